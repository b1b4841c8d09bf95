import type { Duplex } from 'node:stream';
import { lines } from './streams.js';

/** An event that QEMU reports, such as `SHUTDOWN` or `DEVICE_DELETED`. */
export interface QmpEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Answer to a command of the QEMU Machine Protocol that QEMU refused. */
class QmpError extends Error {
  override readonly name = 'QmpError';
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface Message extends Partial<QmpEvent> {
  return?: unknown;
  error?: { class: string; desc: string };
}

/** The QEMU Machine Protocol: commands from outside to the virtual machine, answered in order. */
export class Qmp {
  readonly #stream: Duplex;
  readonly #pending: Pending[] = [];
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  #closed = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
    lines(
      stream,
      (line) => this.#receive(JSON.parse(line) as Message),
      () => this.#end(),
    );
    // the protocol takes commands only after this one
    this.execute('qmp_capabilities').catch(() => undefined);
  }

  /** Runs a command, such as `system_powerdown`, and returns what it returns. Rejects with {@link QmpError}. */
  execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new QmpError(`${command}: the virtual machine has ended`));
        return;
      }
      this.#pending.push({ resolve, reject });
      this.#stream.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    });
  }

  /** The next event of this name. */
  event(name: string): Promise<QmpEvent> {
    return new Promise((resolve) => {
      const listener = (event: QmpEvent) => {
        if (event.event === name) {
          this.#listeners.delete(listener);
          resolve(event);
        }
      };
      this.#listeners.add(listener);
    });
  }

  #receive(message: Message): void {
    if (message.event !== undefined) {
      for (const listener of [...this.#listeners]) {
        listener(message as QmpEvent);
      }
    } else if (message.error !== undefined) {
      this.#pending.shift()?.reject(new QmpError(message.error.desc));
    } else if ('return' in message) {
      this.#pending.shift()?.resolve(message.return);
    }
  }

  #end(): void {
    this.#closed = true;
    for (const { reject } of this.#pending.splice(0)) {
      reject(new QmpError('the virtual machine has ended'));
    }
  }
}
