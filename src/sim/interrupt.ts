import { AbortError, MmapioError } from '../errors.js';
import type {
  Interrupt,
  InterruptOptions,
  InterruptSource,
  WaitOptions,
} from '../interrupts/interrupt-source.js';
import type { Clock } from './clock.js';

interface Waiter {
  resolve(count: number | null): void;
  reject(error: unknown): void;
}

/**
 * The interrupt of a simulated device, as a program sees a real one through UIO: each interrupt counts, turns the
 * line off until it is turned on again, and wakes whoever waits. One that comes while the line is off waits for
 * it to be turned on.
 *
 * Timeouts are in the time of the device's clock.
 */
export class SimulatedInterrupt implements InterruptSource {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();
  #count = 0;
  #seen = 0;
  #enabled = true;
  #level = false;
  #pending = false;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** All interrupts so far. */
  get count(): number {
    return this.#count;
  }

  /** Whether the line is on. */
  get enabled(): boolean {
    return this.#enabled;
  }

  /** An edge: one interrupt, now or as soon as the line is on. */
  raise(): void {
    this.#pending = true;
    this.#deliver();
  }

  /** The state of a level interrupt: it comes again for as long as it is active and turned on. */
  setLevel(active: boolean): void {
    this.#level = active;
    this.#deliver();
  }

  irqOn(): void {
    this.#checkOpen();
    this.#enabled = true;
    this.#deliver();
  }

  irqOff(): void {
    this.#checkOpen();
    this.#enabled = false;
  }

  waitIrq(options: WaitOptions = {}): Promise<number | null> {
    const { timeout = Number.POSITIVE_INFINITY, signal } = options;
    try {
      this.#checkOpen();
      if (typeof timeout !== 'number' || !(timeout >= 0)) {
        throw new MmapioError(
          'ERR_INVALID_ARGUMENT',
          `timeout is ${timeout}: it takes milliseconds, 0 or more`,
        );
      }
      if (signal?.aborted) throw new AbortError(signal);
    } catch (error) {
      return Promise.reject(error);
    }
    if (this.#seen !== this.#count) return Promise.resolve(this.#take());
    if (timeout === 0) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      const cancel =
        timeout === Number.POSITIVE_INFINITY
          ? undefined
          : this.#clock.after(timeout, () => waiter.resolve(null));
      const onAbort = () => waiter.reject(new AbortError(signal as AbortSignal));
      const settle = (conclude: () => void) => {
        cancel?.();
        signal?.removeEventListener('abort', onAbort);
        this.#waiters.delete(waiter);
        conclude();
      };
      const waiter: Waiter = {
        resolve: (count) => settle(() => resolve(count)),
        reject: (error) => settle(() => reject(error)),
      };
      signal?.addEventListener('abort', onAbort);
      this.#waiters.add(waiter);
    });
  }

  async *interrupts(options: InterruptOptions = {}): AsyncGenerator<Interrupt, void, void> {
    const { signal, rearm = 'level' } = options;
    if (rearm !== 'level' && rearm !== 'edge' && rearm !== false) {
      throw new MmapioError('ERR_INVALID_ARGUMENT', `rearm is '${rearm}': it takes 'level', 'edge' or false`);
    }
    let previous = this.#seen;
    if (rearm !== false) this.irqOn();
    while (!this.#closed) {
      const count = await this.#next(previous, signal);
      if (count === null) return;
      const missed = Math.max(0, ((count - previous) | 0) - 1);
      previous = count;
      if (rearm === 'edge') this.irqOn();
      yield { count, missed };
      if (rearm === 'level' && !this.#closed) this.irqOn();
    }
  }

  /** Ends every wait with `ERR_CLOSED`, and every loop. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiter of [...this.#waiters]) waiter.reject(closedError());
  }

  /** The count after `previous`, which another waiter may have taken meanwhile; `null` once closed. */
  async #next(previous: number, signal: AbortSignal | undefined): Promise<number | null> {
    if (this.#count !== previous) return this.#take();
    try {
      return await this.waitIrq(signal === undefined ? {} : { signal });
    } catch (error) {
      if (this.#closed && !(error instanceof AbortError)) return null;
      throw error;
    }
  }

  #take(): number {
    this.#seen = this.#count;
    return this.#count;
  }

  #deliver(): void {
    if (!this.#enabled || this.#closed || !(this.#level || this.#pending)) return;
    this.#enabled = false;
    this.#pending = false;
    this.#count = (this.#count + 1) | 0;
    if (this.#waiters.size === 0) return;
    const count = this.#take();
    for (const waiter of [...this.#waiters]) waiter.resolve(count);
  }

  #checkOpen(): void {
    if (this.#closed) throw closedError();
  }
}

const closedError = () => new MmapioError('ERR_CLOSED', 'The simulated device is closed');
