import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { openInitrd } from './archive.js';
import type { CpioEntry } from './cpio.js';
import { BoardError } from './errors.js';
import { defaultNode, type Image, prepareImage } from './image.js';
import { arm64, type Machine } from './machine.js';
import { type Channel, channels, firstChannel, qemuArguments } from './qemu.js';
import { Qmp } from './qmp.js';
import { lines, MarkedOutput, Tail } from './streams.js';

/** What a program in the guest may ask of the outside, by name; the value returned goes back to it as JSON. */
export type Requests = Readonly<Record<string, (board: Board, argument: unknown) => unknown>>;

/** How to start a board. */
export interface BoardOptions {
  /** Default: {@link arm64}. */
  machine?: Machine;
  /** Version of Node.js in the guest. Default: $MMAPIO_BOARD_NODE, or {@link defaultNode}. */
  node?: string;
  /** Files for the guest, on top of the system's own. */
  files?: Iterable<CpioEntry>;
  /** Added to `press-button`, which every board answers. */
  requests?: Requests;
  /** Further arguments of QEMU, such as `['-device', 'edu']` or `['-trace', 'memory_region_ops_read']`. */
  extraQemuArguments?: readonly string[];
  /** Further kernel parameters. */
  extraKernelParameters?: string;
  /**
   * Where QEMU's standard error goes, which is also where its traces go: a file descriptor, or a function that takes it
   * piece by piece and has got all of it when {@link Board.stop} is done. Default: kept for error messages.
   */
  qemuLog?: number | ((data: Buffer) => void);
  /** How long the guest may take to come up, in ms. Default: 120000. */
  bootTimeout?: number;
  /** Aborting it stops the board, also while it is being built. */
  signal?: AbortSignal;
}

/** Where a command's streams go. */
export interface CommandOptions {
  /** Default: dropped. */
  stdout?: Writable;
  /** Default: dropped. */
  stderr?: Writable;
  /** Run the command in the guest's terminal, {@link Board.terminal}, and not with three separate streams. */
  terminal?: boolean;
}

/** Raises an interrupt from outside: on the arm64 machine the power button is line 3 of the GPIO. */
const pressButton: Requests = {
  'press-button': (board) => board.qmp.execute('system_powerdown'),
};

/** Builds what is needed, starts a board and waits until its system is up. */
export async function startBoard(options: BoardOptions = {}): Promise<Board> {
  const machine = options.machine ?? arm64;
  const node = options.node ?? defaultNode(machine);
  const image = await prepareImage({ machine, node, signal: options.signal });
  options.signal?.throwIfAborted();
  const initrd = openInitrd(image.archives, options.files ?? []);
  try {
    const board = new Board(machine, image, initrd, options);
    await board.booted(options.bootTimeout ?? 120_000);
    return board;
  } finally {
    closeSync(initrd);
  }
}

/** A running virtual machine. */
export class Board {
  /** Commands from outside to the virtual machine. */
  readonly qmp: Qmp;
  /** Settled when the virtual machine has ended. */
  readonly ended: Promise<void>;
  readonly #qemu: ChildProcess;
  readonly #sockets: Readonly<Record<Channel, Socket>>;
  readonly #requests: Requests;
  readonly #console = new Tail(64 * 1024);
  readonly #messages = new Tail(16 * 1024);
  readonly #ready: Promise<void>;
  #outcome = '';
  #finished: ((code: number) => void) | null = null;

  /** Use {@link startBoard}. */
  constructor(machine: Machine, image: Image, initrd: number, options: BoardOptions) {
    const stdio: StdioOptions = [
      'ignore',
      'ignore',
      typeof options.qemuLog === 'number' ? options.qemuLog : 'pipe',
      initrd,
      ...channels.map(() => 'pipe' as const),
    ];
    const args = qemuArguments(machine, image, options);
    // a process group of its own: Ctrl-C is for the program in the guest, or for this process to decide on
    this.#qemu = spawn(machine.qemu, args, { stdio, detached: true });
    const sockets = channels.map(
      (channel, index) => [channel, this.#qemu.stdio[firstChannel + index]] as const,
    );
    this.#sockets = Object.fromEntries(sockets) as unknown as Record<Channel, Socket>;
    for (const socket of Object.values(this.#sockets)) {
      socket.on('error', () => {}); // the end of QEMU is seen by its exit
    }
    this.#requests = { ...pressButton, ...options.requests };
    this.qmp = new Qmp(this.#sockets.qmp);
    this.#sockets.console.on('data', (data: Buffer) => this.#console.append(data.toString('latin1')));
    const keep = (data: Buffer) => this.#messages.append(data.toString());
    this.#qemu.stderr?.on('data', typeof options.qemuLog === 'function' ? options.qemuLog : keep);
    this.ended = new Promise((resolve) => {
      this.#qemu.on('error', (error) => {
        this.#outcome = error.message;
        resolve();
      });
      this.#qemu.on('close', (code, signal) => {
        this.#outcome ||= code === null ? `ended by ${signal}` : `exit code ${code}`;
        resolve();
      });
    });
    this.#ready = this.#listen();
    this.#sockets.commands.write('start\n');
    lines(this.#sockets.control, (line) => void this.#answer(line));
    options.signal?.addEventListener('abort', () => this.#kill(), { once: true });
  }

  /** What the kernel wrote to its console, the last 64 KiB of it. */
  get consoleLog(): string {
    return this.#console.toString();
  }

  /** The guest's terminal. */
  get terminal(): { input: Writable; output: Readable } {
    return { input: this.#sockets.terminal, output: this.#sockets.terminal };
  }

  /** Standard input of the guest's commands; it can be ended once. */
  get stdin(): Writable {
    return this.#sockets.stdin;
  }

  /** Tells the guest's terminal its size, in characters. */
  resize(rows: number, columns: number): void {
    this.#sockets.window.write(`${rows} ${columns}\n`);
  }

  /** Waits for the guest's system to come up. */
  async booted(timeout: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, timeout, 'late');
    });
    const outcome = await Promise.race([this.#ready, this.ended.then(() => 'ended'), late]);
    clearTimeout(timer);
    if (outcome === undefined) {
      return;
    }
    await this.stop();
    const reason = outcome === 'late' ? `was not up within ${timeout / 1000} s` : `ended (${this.#outcome})`;
    const log = [
      this.#messages.toString().trim(),
      this.consoleLog.trimEnd().split('\n').slice(-40).join('\n'),
    ];
    throw new BoardError(
      `The board did not start: ${reason}.`,
      `QEMU and the kernel said:\n${log.join('\n')}`,
    );
  }

  /** Runs a shell command in the guest and returns its exit code. One command at a time. */
  async run(command: string, options: CommandOptions = {}): Promise<number> {
    if (this.#finished !== null) {
      throw new BoardError('The board is running another command.');
    }
    const mark = randomBytes(16).toString('hex');
    const written = [
      this.#collect(this.#sockets.stdout, mark, options.stdout),
      this.#collect(this.#sockets.stderr, mark, options.stderr),
    ];
    const finished = new Promise<number>((resolve) => {
      this.#finished = resolve;
    });
    const kind = options.terminal ? 'terminal' : 'streams';
    this.#sockets.commands.write(`${kind} ${mark} ${Buffer.from(command).toString('base64')}\n`);
    const ended = this.ended.then(() => {
      throw new BoardError(
        `The board ended while it ran a command (${this.#outcome}).`,
        this.#messages.toString(),
      );
    });
    try {
      const code = await Promise.race([finished, ended]);
      await Promise.race([Promise.all(written), ended]);
      return code;
    } finally {
      this.#finished = null;
    }
  }

  /** Ends the virtual machine. Harmless when it has ended. */
  async stop(): Promise<void> {
    this.#kill();
    await this.ended;
    for (const socket of Object.values(this.#sockets)) {
      socket.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #kill(): void {
    // nothing of the machine outlives a run, so there is nothing to shut down in order
    this.#qemu.kill('SIGKILL');
  }

  /** Settled when the guest's system is ready for commands. */
  #listen(): Promise<void> {
    return new Promise((resolve) => {
      lines(this.#sockets.commands, (line) => {
        const [word, argument] = line.split(' ');
        if (word === 'ready') {
          resolve();
        } else if (word === 'exit') {
          this.#finished?.(Number(argument));
        }
      });
    });
  }

  /** Passes a command's output on, up to the mark. */
  #collect(from: Socket, mark: string, to: Writable | undefined): Promise<void> {
    return new Promise((resolve) => {
      const receive = (data: Buffer) => output.push(data);
      const output = new MarkedOutput(
        mark,
        (data) => {
          if (to !== undefined && !to.write(data)) {
            from.pause();
            to.once('drain', () => from.resume());
          }
        },
        () => {
          from.off('data', receive);
          resolve();
        },
      );
      from.on('data', receive);
    });
  }

  /** A line from a program in the guest: `{"request": name, "argument": value}`; so is the answer. */
  async #answer(line: string): Promise<void> {
    let answer: object;
    try {
      const { request, argument } = JSON.parse(line) as { request: string; argument?: unknown };
      const handler = Object.hasOwn(this.#requests, request) ? this.#requests[request] : undefined;
      if (handler === undefined) {
        throw new Error(`the board has no request ${JSON.stringify(request)}`);
      }
      answer = { value: await handler(this, argument) };
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
    this.#sockets.control.write(`${JSON.stringify(answer)}\n`);
  }
}
