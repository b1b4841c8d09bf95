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

const vendorFolder = join(packageRoot, '..', 'shared', 'register-descriptions');

/** A vendor's file, from the folder that lies beside the checkout. */
export const vendorFile = (name: string) => join(vendorFolder, name);

/** Options of tests that need those files, which are no part of the project. In CI they must be there. */
export const withVendorFiles =
  existsSync(vendorFolder) || process.env.CI !== undefined
    ? {}
    : { skip: `the vendors' files are not in ${vendorFolder}` };
