import { type SpawnOptions, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BoardError } from './errors.js';

/** The checkout this program belongs to (it is compiled to build/board/). */
export const checkout: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What to do when a tool is missing. */
export const installPackages =
  'Install the Debian packages that the board needs: scripts/install-debian-packages';

/** Path of a program in $PATH, or null. */
export function findProgram(name: string): string | null {
  const { PATH = '' } = process.env;
  for (const directory of PATH.split(delimiter)) {
    const path = join(directory || '.', name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this directory
    }
  }
  return null;
}

/** Path of a program in $PATH; when it is missing, the error says what it was wanted for. */
export function requireProgram(name: string, purpose: string): string {
  const path = findProgram(name);
  if (path === null) {
    throw new BoardError(
      `The board needs ${name} ${purpose}, and it is not installed here.`,
      installPackages,
    );
  }
  return path;
}

/** How to run a program of the host. */
export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  /** Said when the program fails: what was run, in short, and what to do about it. */
  shown?: string;
  hint?: string;
}

/** Runs a program to its end and returns what it wrote to standard output. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { hint, shown = `${program} ${args.join(' ')}`, ...rest } = options;
  const spawnOptions: SpawnOptions = { ...rest, stdio: ['ignore', 'pipe', 'pipe'] };
  const child = spawn(program, args, spawnOptions);
  const output: Buffer[] = [];
  const messages: Buffer[] = [];
  child.stdout?.on('data', (data: Buffer) => output.push(data));
  child.stderr?.on('data', (data: Buffer) => messages.push(data));
  const outcome = await new Promise<string | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code === 0 ? null : `${code ?? signal}`));
  });
  if (outcome !== null) {
    const said = Buffer.concat(messages.length > 0 ? messages : output).toString();
    const tail = said.trimEnd().split('\n').slice(-15).join('\n  ');
    throw new BoardError(`${shown} failed (${outcome}):\n  ${tail}`, hint);
  }
  return Buffer.concat(output).toString();
}

/** Tells the user what takes time just now. Standard error: standard output belongs to the guest's program. */
export function progress(message: string): void {
  process.stderr.write(`board: ${message}\n`);
}

/** `words` as one command line of a POSIX shell. */
export function shellCommand(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
