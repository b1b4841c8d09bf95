import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The checkout. */
export const packageRoot = findRoot();

/** A vendor's file, from the folder that lies beside the checkout. */
export const vendorFile = (name: string) => join(packageRoot, '..', 'shared', 'register-descriptions', name);
