import { MmapioError, SystemError } from '../errors.js';
import { native } from '../native/binding.js';
import { checkNotAborted } from './abort.js';
import { watchReadable } from './descriptor-watch.js';
import type { Interrupt, InterruptOptions, WaitOptions } from './interrupt-source.js';
import { loop } from './loop.js';
import { checkTimeout, checkWaitOptions } from './options.js';
import { PendingWaits } from './pending-waits.js';

/**
 * Waits in a row that may be answered before the event loop gets a turn: a device that never stops raising its interrupt
 * must not keep timers and signals from the program that waits for it.
 */
const WAITS_IN_A_TURN = 64;

/** What differs between kinds of interrupts. */
export interface LineDevice {
  /** Readable when an interrupt has happened since the latest {@link read}. Owned by the device. */
  fd: number;
  /** The device node, for messages. */
  path: string;
  /** Takes what happened since the last call: the total count, or `null` for nothing. Never blocks. */
  read(): number | null;
  /** Turns the interrupt on again for a loop. Does nothing where the driver never turns it off. */
  rearm(): void;
}

/**
 * Waiting for the interrupts of one descriptor. Whoever takes a count, asynchronously or not, ends every wait that is
 * pending with it.
 */
export class InterruptLine {
  readonly #device: LineDevice;
  readonly #waits = new PendingWaits(() => this.#unwatch());
  #stopWatching: (() => void) | undefined;
  #closed = false;
  #lastCount: number;
  #waitsInTurn = 0;

  /** @param count - the count before the first interrupt that can be seen */
  constructor(device: LineDevice, count: number) {
    this.#device = device;
    this.#lastCount = count;
  }

  wait(options: WaitOptions = {}): Promise<number | null> {
    try {
      const { timeout, signal } = checkWaitOptions(options);
      this.#checkOpen();
      checkNotAborted(signal);
      const count = timeout === 0 || ++this.#waitsInTurn <= WAITS_IN_A_TURN ? this.#take() : null;
      if (count !== null || timeout === 0) return Promise.resolve(count);
      return this.#enqueue(timeout, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  waitSync(timeout?: number): number | null {
    const limit = checkTimeout(timeout);
    this.#checkOpen();
    // The clock is asked only where it matters: on some machines it is a slow device.
    const deadline = limit > 0 && limit < Infinity ? performance.now() + limit : limit;
    for (;;) {
      const count = this.#take();
      if (count !== null || limit === 0) return count;
      const left = limit < Infinity ? Math.max(0, deadline - performance.now()) : -1;
      const ready = native.poll(this.#device.fd, left);
      if (ready < 0) throw new SystemError(ready, 'poll', this.#device.path);
      if (ready === 0) return null;
    }
  }

  interrupts(options: InterruptOptions = {}): AsyncGenerator<Interrupt, void, void> {
    const source = {
      checkOpen: () => this.#checkOpen(),
      isClosed: () => this.#closed,
      lastCount: () => this.#lastCount,
      isPending: () => native.poll(this.#device.fd, 0) > 0,
      rearm: () => this.#device.rearm(),
      wait: (options: WaitOptions) => this.wait(options),
    };
    return loop(source, options);
  }

  /** Ends every wait with `ERR_CLOSED`, and every loop. To be called before the descriptor is closed. */
  close(): void {
    this.#closed = true;
    this.#waits.fail(this.#closedError());
  }

  #enqueue(timeout: number, signal: AbortSignal | undefined): Promise<number | null> {
    const wait = this.#waits.add(signal, (expire) => {
      // An interrupt that came in time counts, also where the event loop was too busy to tell of it.
      const onTimeout = () => {
        this.#look();
        expire();
      };
      const timer = timeout < Infinity ? setTimeout(onTimeout, timeout) : undefined;
      return () => clearTimeout(timer);
    });
    queueMicrotask(() => this.#lookAgain());
    return wait;
  }

  /**
   * Runs behind the code that called {@link wait}, which often makes the device raise its interrupt next. Waking the
   * watching thread, and this one through it, takes many times as long as looking.
   */
  #lookAgain(): void {
    if (this.#waitsInTurn <= WAITS_IN_A_TURN) this.#look();
    if (this.#waits.size > 0) this.#stopWatching ??= this.#watch();
  }

  /** Looks once more after a turn of the event loop, and leaves it to the thread then. */
  #watch(): () => void {
    const { fd, path } = this.#device;
    let stop = () => clearImmediate(turn);
    const turn = setImmediate(() => {
      this.#waitsInTurn = 0;
      this.#look();
      if (this.#waits.size === 0) return;
      try {
        stop = watchReadable(fd, path, () => this.#onReadable());
      } catch (error) {
        this.#waits.fail(error);
      }
    });
    return () => stop();
  }

  #unwatch(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  #onReadable(): void {
    this.#look();
    if (this.#waits.size === 0) return;
    // Nothing to take after all, and a watch tells only once.
    this.#unwatch();
    this.#stopWatching = this.#watch();
  }

  /** Ends every wait when an interrupt, or an error, is there. */
  #look(): void {
    if (this.#waits.size === 0) return;
    try {
      this.#take();
    } catch (error) {
      this.#waits.fail(error);
    }
  }

  #take(): number | null {
    const count = this.#device.read();
    if (count === null) return null;
    this.#lastCount = count;
    this.#waits.answer(count);
    return count;
  }

  #checkOpen(): void {
    if (this.#closed) throw this.#closedError();
  }

  #closedError(): MmapioError {
    return new MmapioError('ERR_CLOSED', `${this.#device.path} is closed`);
  }
}
