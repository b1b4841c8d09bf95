/* The real command, as a child: with pipes, or in a terminal. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { packageRoot } from './descriptions.js';

const main = join(packageRoot, 'dist/cli/main.js');

/** No colours, whatever the machine that runs the tests has set. */
const environment = {
  ...process.env,
  NODE_TEST_CONTEXT: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
};

export interface CommandResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  input?: string | Uint8Array;
}

/** Runs `mmapio ARGS` to its end. */
export function mmapio(args: readonly string[], options: RunOptions = {}): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: packageRoot,
    encoding: 'utf8',
    env: { ...environment, ...options.env },
    input: options.input ?? '',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

/** Runs it and returns what it prints; anything but success is an error. */
export function output(args: readonly string[], options: RunOptions = {}): string {
  const { status, stdout, stderr } = mmapio(args, options);
  if (status !== 0) throw new Error(`mmapio ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

/** Milliseconds after which output is waited for no longer. */
const LIMIT = 60_000;

/** A child whose output can be waited for. */
export class RunningCommand {
  output = '';
  #late = false;
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  #onOutput: () => void = () => {};

  constructor(t: TestContext, command: string, args: readonly string[]) {
    const child = spawn(command, args, { cwd: packageRoot, env: { ...environment, TERM: 'xterm-256color' } });
    this.#child = child;
    const collect = (chunk: Buffer) => {
      this.output += chunk;
      this.#onOutput();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    this.ended = new Promise((resolve) => child.on('close', (code) => resolve(code)));
    void this.ended.then(() => this.#onOutput());
    t.after(() => child.kill('SIGKILL'));
  }

  /** Resolves as soon as the output so far matches; rejects where the child ends without, or takes too long. */
  async until(pattern: RegExp): Promise<void> {
    const limit = setTimeout(() => this.#giveUp(), LIMIT);
    try {
      await this.#match(pattern);
    } finally {
      clearTimeout(limit);
    }
  }

  #giveUp(): void {
    this.#late = true;
    this.#onOutput();
  }

  async #match(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output)) {
      if (this.#late || this.#child.exitCode !== null) throw new Error(`No ${pattern} in: ${this.output}`);
      await new Promise<void>((resolve) => {
        this.#onOutput = resolve;
      });
    }
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** `mmapio ARGS` with pipes, still running. */
export function started(t: TestContext, args: readonly string[]): RunningCommand {
  return new RunningCommand(t, process.execPath, [main, ...args]);
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** `mmapio ARGS` in a pseudo-terminal of 40 lines; afterwards `stty -a` shows how it left the terminal. */
export function inTerminal(t: TestContext, args: readonly string[], environment = ''): RunningCommand {
  const command = [process.execPath, main, ...args].map(quote).join(' ');
  // What CI and the person who runs the tests say of colours is not what is tested.
  const colours = 'unset CI NO_COLOR FORCE_COLOR NODE_DISABLE_COLORS; export TERM=xterm-256color';
  const size = 'stty rows 40 cols 120';
  const script = `${colours}; ${size}; trap : INT; ${environment} ${command}; code=$?; stty -a; exit $code`;
  return new RunningCommand(t, 'script', ['-qec', script, '/dev/null']);
}
