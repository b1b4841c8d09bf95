import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root: the first folder upwards that has the package's manifest. */
function root(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** A vendor's file, from the folder that lies beside the checkout. */
export const vendorFile = (name: string) => join(root(), '..', 'shared', 'register-descriptions', name);
