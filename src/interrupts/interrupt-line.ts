import { AbortError, MmapioError, SystemError } from '../errors.js';
import { native } from '../native/binding.js';
import { watchReadable } from './descriptor-watch.js';
import type { Interrupt, InterruptOptions, WaitOptions } from './interrupt-source.js';

/** The longest delay of a JavaScript timer. */
const LONGEST_TIMEOUT = 0x7fffffff;

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

interface Waiter {
  resolve(count: number | null): void;
  reject(error: unknown): void;
}

/** Waiting for the interrupts of one descriptor: any number of waiters, all answered by the next interrupt. */
export class InterruptLine {
  readonly #device: LineDevice;
  readonly #waiters = new Set<Waiter>();
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
    const { signal } = options;
    try {
      const timeout = checkTimeout(options.timeout);
      if (this.#closed) throw this.#closedError();
      if (signal?.aborted) throw new AbortError(signal);
      const count = timeout === 0 || ++this.#waitsInTurn <= WAITS_IN_A_TURN ? this.#take() : null;
      if (count !== null || timeout === 0) return Promise.resolve(count);
      return this.#enqueue(timeout, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  waitSync(timeout?: number): number | null {
    const limit = checkTimeout(timeout);
    if (this.#closed) throw this.#closedError();
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

  async *interrupts(options: InterruptOptions = {}): AsyncGenerator<Interrupt, void, void> {
    const { signal, rearm = 'level' } = options;
    if (rearm !== 'level' && rearm !== 'edge' && rearm !== false) {
      throw new MmapioError('ERR_INVALID_ARGUMENT', `rearm is '${rearm}': it takes 'level', 'edge' or false`);
    }
    if (this.#closed) throw this.#closedError();
    let previous = this.#lastCount;
    // A level that is pending already gets its turn first: turned on before it is served, it would come twice.
    if (rearm === 'edge' || (rearm === 'level' && !this.#isPending())) this.#rearm();
    while (!this.#closed) {
      const count = await this.#next(previous, signal);
      if (count === null) return;
      const missed = Math.max(0, ((count - previous) | 0) - 1);
      previous = count;
      if (rearm === 'edge') this.#rearm();
      yield { count, missed };
      if (rearm === 'level' && !this.#closed) this.#rearm();
    }
  }

  /** Ends every wait with `ERR_CLOSED`, and every loop. To be called before the descriptor is closed. */
  close(): void {
    this.#closed = true;
    this.#rejectAll(this.#closedError());
  }

  /** The count after `previous`, which another waiter may have taken meanwhile; `null` once closed. */
  async #next(previous: number, signal: AbortSignal | undefined): Promise<number | null> {
    if (this.#lastCount !== previous) return this.#lastCount;
    try {
      return await this.wait(signal === undefined ? {} : { signal });
    } catch (error) {
      if (this.#closed && !(error instanceof AbortError)) return null;
      throw error;
    }
  }

  #isPending(): boolean {
    return native.poll(this.#device.fd, 0) > 0;
  }

  #rearm(): void {
    if (this.#closed) throw this.#closedError();
    this.#device.rearm();
  }

  #enqueue(timeout: number, signal: AbortSignal | undefined): Promise<number | null> {
    queueMicrotask(() => this.#lookAgain());
    return new Promise((resolve, reject) => {
      const settle = (conclude: () => void) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#waiters.delete(waiter);
        if (this.#waiters.size === 0) this.#unwatch();
        conclude();
      };
      const waiter: Waiter = {
        resolve: (count) => settle(() => resolve(count)),
        reject: (error) => settle(() => reject(error)),
      };
      const onAbort = () => waiter.reject(new AbortError(signal as AbortSignal));
      // An interrupt that came in time counts, also where the event loop was too busy to tell of it.
      const onTimeout = () => {
        this.#look();
        waiter.resolve(null);
      };
      const timer = timeout <= LONGEST_TIMEOUT ? setTimeout(onTimeout, timeout) : undefined;
      signal?.addEventListener('abort', onAbort);
      this.#waiters.add(waiter);
    });
  }

  /**
   * Runs behind the code that called {@link wait}, which often makes the device raise its interrupt next. Waking the
   * watching thread, and this one through it, takes many times as long as looking.
   */
  #lookAgain(): void {
    if (this.#waitsInTurn <= WAITS_IN_A_TURN) this.#look();
    if (this.#waiters.size > 0) this.#stopWatching ??= this.#watch();
  }

  /** Looks once more after a turn of the event loop, and leaves it to the thread then. */
  #watch(): () => void {
    const { fd, path } = this.#device;
    let stop = () => clearImmediate(turn);
    const turn = setImmediate(() => {
      this.#waitsInTurn = 0;
      this.#look();
      if (this.#waiters.size === 0) return;
      try {
        stop = watchReadable(fd, path, () => this.#onReadable());
      } catch (error) {
        this.#rejectAll(error);
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
    if (this.#waiters.size === 0) return;
    // Somebody else took it, waitSync() for example: a watch tells only once.
    this.#unwatch();
    this.#stopWatching = this.#watch();
  }

  /** Answers every waiter when an interrupt, or an error, is there. */
  #look(): void {
    if (this.#waiters.size === 0) return;
    try {
      const count = this.#take();
      if (count === null) return;
      for (const waiter of [...this.#waiters]) waiter.resolve(count);
    } catch (error) {
      this.#rejectAll(error);
    }
  }

  #rejectAll(error: unknown): void {
    for (const waiter of [...this.#waiters]) waiter.reject(error);
  }

  #take(): number | null {
    const count = this.#device.read();
    if (count !== null) this.#lastCount = count;
    return count;
  }

  #closedError(): MmapioError {
    return new MmapioError('ERR_CLOSED', `${this.#device.path} is closed`);
  }
}

/** Milliseconds, `Infinity` for no limit. */
function checkTimeout(timeout: number | undefined): number {
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  if (typeof timeout === 'number' && timeout >= 0) return timeout;
  throw new MmapioError('ERR_INVALID_ARGUMENT', `timeout is ${timeout}: it takes milliseconds, 0 or more`);
}
