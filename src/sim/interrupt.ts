import { MmapioError } from '../errors.js';
import { checkNotAborted } from '../interrupts/abort.js';
import type {
  Interrupt,
  InterruptOptions,
  InterruptSource,
  WaitOptions,
} from '../interrupts/interrupt-source.js';
import { loop } from '../interrupts/loop.js';
import { checkWaitOptions } from '../interrupts/options.js';
import { PendingWaits } from '../interrupts/pending-waits.js';
import type { Clock } from './clock.js';

/**
 * The interrupt of a simulated device, as a program sees a real one through UIO: each interrupt counts, turns the
 * line off until it is turned on again, and wakes whoever waits. One that comes while the line is off waits for
 * it to be turned on.
 *
 * Timeouts are in the time of the device's clock.
 */
export class SimulatedInterrupt implements InterruptSource {
  readonly #clock: Clock;
  readonly #waits = new PendingWaits();
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
    try {
      const { timeout, signal } = checkWaitOptions(options);
      this.#checkOpen();
      checkNotAborted(signal);
      if (this.#isPending()) return Promise.resolve(this.#take());
      if (timeout === 0) return Promise.resolve(null);
      return this.#waits.add(signal, (expire) =>
        timeout < Infinity ? this.#clock.after(timeout, expire) : () => {},
      );
    } catch (error) {
      return Promise.reject(error);
    }
  }

  interrupts(options: InterruptOptions = {}): AsyncGenerator<Interrupt, void, void> {
    const source = {
      checkOpen: () => this.#checkOpen(),
      isClosed: () => this.#closed,
      lastCount: () => this.#seen,
      isPending: () => this.#isPending(),
      rearm: () => this.irqOn(),
      wait: (options: WaitOptions) => this.waitIrq(options),
    };
    return loop(source, options);
  }

  /** Ends every wait with `ERR_CLOSED`, and every loop. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waits.fail(closedError());
  }

  /** Whether there is an interrupt that nobody has taken yet. */
  #isPending(): boolean {
    return this.#seen !== this.#count;
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
    if (this.#waits.size > 0) this.#waits.answer(this.#take());
  }

  #checkOpen(): void {
    if (this.#closed) throw closedError();
  }
}

const closedError = () => new MmapioError('ERR_CLOSED', 'The simulated device is closed');
