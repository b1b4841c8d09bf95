import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileEntry } from './archive.js';
import type { CpioEntry } from './cpio.js';
import { BoardError } from './errors.js';
import { checkout } from './host.js';
import type { Machine } from './machine.js';

/** Where the checkout is in the guest, and where every other file of the host is, under its own path. */
const guestCheckout = '/mmapio';
const guestHost = '/host';

/** The path in the guest of a file of the host. */
export function guestPath(path: string): string {
  const inside = relative(checkout, resolve(path));
  if (inside === '') {
    return guestCheckout;
  }
  const outside = inside.startsWith(`..${sep}`) || inside === '..';
  return outside ? join(guestHost, resolve(path)) : join(guestCheckout, inside);
}

/** The files of the system that a developer of the board may want to change: they go in anew at every start. */
function* guestSystem(): Generator<CpioEntry> {
  const guest = join(checkout, 'board', 'guest');
  yield fileEntry('init', join(guest, 'init'), 0o755);
  yield* tree(join(guest, 'etc'), 'etc');
}

/** The package itself, as an `import` of `mmapio` needs it, and the programs of the board. */
function* packageFiles(machine: Machine): Generator<CpioEntry> {
  yield* hostFiles(join(checkout, 'package.json'));
  for (const path of ['dist', `prebuilds/linux-${machine.arch}.node`, 'board/guest', 'build/board/guest']) {
    if (existsSync(join(checkout, path))) {
      yield* hostFiles(join(checkout, path));
    }
  }
  yield { type: 'symlink', path: `${guestHost.slice(1)}/node_modules/mmapio`, target: guestCheckout };
}

/** What every board carries, and `paths` (files and directories of the host) at their {@link guestPath}. */
export function* boardFiles(machine: Machine, paths: readonly string[] = []): Generator<CpioEntry> {
  yield* guestSystem();
  yield* packageFiles(machine);
  for (const path of paths) {
    yield* hostFiles(path);
  }
}

/**
 * A script with what it needs: the files it imports by relative path, what those import, and the package.json that
 * tells what kind of module each is.
 */
export async function scriptFiles(script: string): Promise<string[]> {
  if (!existsSync(script) || !statSync(script).isFile()) {
    throw new BoardError(`There is no script ${script}.`);
  }
  const { preProcessFile } = (await import('typescript')).default;
  const found = new Set<string>();
  const visit = (path: string) => {
    if (found.has(path)) {
      return;
    }
    found.add(path);
    addPackageJson(path, found);
    for (const { fileName } of preProcessFile(readFileSync(path, 'utf8'), true, true).importedFiles) {
      const imported = resolve(dirname(path), fileName);
      if (fileName.startsWith('.') && existsSync(imported) && statSync(imported).isFile()) {
        visit(imported);
      }
    }
  };
  visit(resolve(script));
  return [...found];
}

function addPackageJson(path: string, found: Set<string>): void {
  for (let directory = dirname(path); directory !== dirname(directory); directory = dirname(directory)) {
    const file = join(directory, 'package.json');
    if (existsSync(file)) {
      found.add(file);
      return;
    }
  }
}

function hostFiles(path: string): Generator<CpioEntry> {
  if (!existsSync(path)) {
    throw new BoardError(`There is no file or directory ${path} to take to the board.`);
  }
  return tree(path, guestPath(path).slice(1));
}

/** A file, or a directory with everything below it; links are followed, so that the copy stands for itself. */
function* tree(source: string, path: string): Generator<CpioEntry> {
  const status = statSync(source);
  if (status.isFile()) {
    yield fileEntry(path, realpathSync(source), status.mode & 0o111 ? 0o755 : 0o644);
  } else if (status.isDirectory()) {
    yield { type: 'directory', path };
    for (const name of readdirSync(source).sort()) {
      if (name !== '.git') {
        yield* tree(join(source, name), `${path}/${name}`);
      }
    }
  }
}
