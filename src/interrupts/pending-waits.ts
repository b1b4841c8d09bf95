import { AbortError } from '../errors.js';
import { onAbort } from './abort.js';

interface Wait {
  resolve(count: number | null): void;
  reject(error: unknown): void;
}

/** The waits of one source that have not ended yet: the next count, or error, ends them all. */
export class PendingWaits {
  readonly #waits = new Set<Wait>();
  readonly #onLastEnded: () => void;

  constructor(onLastEnded: () => void = () => {}) {
    this.#onLastEnded = onLastEnded;
  }

  get size(): number {
    return this.#waits.size;
  }

  /**
   * A wait that ends with {@link answer}, {@link fail}, the signal or its time.
   *
   * @param startTimer - is given what to call, later, when the time is up, and returns what stops the timer
   */
  add(
    signal: AbortSignal | undefined,
    startTimer: (expire: () => void) => () => void,
  ): Promise<number | null> {
    return new Promise((resolve, reject) => {
      const settle = (conclude: () => void) => {
        stopTimer();
        stopListening?.();
        this.#waits.delete(wait);
        if (this.#waits.size === 0) this.#onLastEnded();
        conclude();
      };
      const wait: Wait = {
        resolve: (count) => settle(() => resolve(count)),
        reject: (error) => settle(() => reject(error)),
      };
      this.#waits.add(wait);
      const stopTimer = startTimer(() => wait.resolve(null));
      const stopListening = signal && onAbort(signal, () => wait.reject(new AbortError(signal)));
    });
  }

  answer(count: number): void {
    for (const wait of [...this.#waits]) wait.resolve(count);
  }

  fail(error: unknown): void {
    for (const wait of [...this.#waits]) wait.reject(error);
  }
}
