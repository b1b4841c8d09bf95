import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { BoardArguments } from './arguments.js';
import type { BoardOptions } from './board.js';
import { BoardError } from './errors.js';
import { checkout, findProgram, installPackages, progress, run, shellCommand } from './host.js';
import { defaultNode, prepareImage } from './image.js';
import { arm64, type Machine, machines } from './machine.js';
import { boardFiles, guestPath, scriptFiles } from './payload.js';

/** What is to be done on which board. */
export interface BoardTask {
  board: BoardOptions;
  /** A command of the guest's shell. */
  command: string;
  /** Whether the command gets the user's terminal. */
  terminal: boolean;
}

/** Turns the command line into a task; null when there is nothing left to do. */
export async function planTask(
  parsed: BoardArguments,
  interactive: boolean,
  signal: AbortSignal,
): Promise<BoardTask | null> {
  const machine = machineNamed(parsed.machine);
  const node = parsed.node ?? defaultNode(machine);
  if (parsed.action.kind === 'prepare') {
    await prepareImage({ machine, node, signal });
    return null;
  }
  await compileNative(machine, signal);
  const { files, directory, words } = await program(parsed.action);
  const environment = parsed.env.length === 0 ? [] : ['env', ...parsed.env];
  const command = `cd ${shellCommand([directory])} && ${shellCommand([...environment, ...words])}`;
  return {
    board: { machine, node, files: boardFiles(machine, [...files, ...parsed.with]) },
    command,
    terminal: interactive && parsed.action.kind === 'repl',
  };
}

function machineNamed(name: string | undefined): Machine {
  const machine = name === undefined ? arm64 : machines.find((candidate) => candidate.name === name);
  if (machine === undefined) {
    const names = machines.map((candidate) => candidate.name).join(', ');
    throw new BoardError(`There is no machine ${name}: --machine takes ${names}.`);
  }
  return machine;
}

/** What to run: the files it needs, the directory it runs in and its words. */
interface Program {
  files: string[];
  directory: string;
  words: string[];
}

async function program(action: BoardArguments['action']): Promise<Program> {
  switch (action.kind) {
    case 'script':
      return script(action.script, action.args);
    case 'tests':
      return tests(action.files);
    case 'command':
      return { files: [], directory: guestPath(checkout), words: ['sh', '-c', action.command] };
    default: {
      const repl = guestPath(join(checkout, 'build/board/guest/repl.js'));
      return { files: [], directory: guestPath(checkout), words: ['node', repl] };
    }
  }
}

async function script(path: string, args: readonly string[]): Promise<Program> {
  const guest = guestPath(path);
  const inCheckout = guest.startsWith(`${guestPath(checkout)}/`);
  const directory = inCheckout ? guestPath(checkout) : dirname(guest);
  return { files: await scriptFiles(path), directory, words: ['node', guest, ...args] };
}

/** Compiled tests import the rest of `build/` by relative path, so all of it goes along. */
function tests(paths: readonly string[]): Program {
  const files = paths.flatMap(testFiles);
  if (files.length === 0) {
    throw new BoardError(
      `There are no tests (*.test.js) in ${paths.join(', ')}.`,
      'Compile them first: npx tsc -b',
    );
  }
  const build = join(checkout, 'build');
  const words = ['node', '--test', ...files.map(guestPath)];
  const elsewhere = paths.filter((path) => relative(build, path).startsWith('..'));
  return { files: [build, ...elsewhere], directory: guestPath(checkout), words };
}

function testFiles(path: string): string[] {
  if (!existsSync(path)) {
    throw new BoardError(`There are no tests ${path}.`, 'Compile them first: npx tsc -b');
  }
  if (!statSync(path).isDirectory()) {
    return [resolve(path)];
  }
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  return names.filter((name) => name.endsWith('.test.js')).map((name) => resolve(path, name));
}

/** Compiles the native core for the board; make decides whether there is anything to do. */
export async function compileNative(machine: Machine, signal: AbortSignal): Promise<void> {
  if (!existsSync(join(checkout, 'native', 'Makefile'))) {
    return;
  }
  if (findProgram('make') === null) {
    progress('make is not installed: the native core on the board is the one in prebuilds/, if any');
    return;
  }
  const args = ['--no-print-directory', '-C', join(checkout, 'native'), `ARCH=${machine.arch}`];
  await run('make', args, { signal, hint: installPackages });
}
