import { AbortError } from '../errors.js';
import { checkNotAborted } from './abort.js';
import type { Interrupt, InterruptOptions, WaitOptions } from './interrupt-source.js';
import { checkInterruptOptions } from './options.js';

/** What a loop needs of the source of its interrupts. */
export interface LoopSource {
  /** @throws {MmapioError} `ERR_CLOSED` */
  checkOpen(): void;
  isClosed(): boolean;
  /** The count that was taken last, by whomever. */
  lastCount(): number;
  /** Whether there is an interrupt that nobody has taken yet. */
  isPending(): boolean;
  /** Turns the interrupt on again. */
  rearm(): void;
  /** The next count; it ends with every count that anybody takes. */
  wait(options: WaitOptions): Promise<number | null>;
}

/** `InterruptSource.interrupts` for any source. Once aborted or closed, it turns nothing on any more. */
export async function* loop(
  source: LoopSource,
  options: InterruptOptions,
): AsyncGenerator<Interrupt, void, void> {
  const { signal, rearm } = checkInterruptOptions(options);
  source.checkOpen();
  let previous = source.lastCount();
  // A level that is pending already gets its turn first: turned on before it is served, it would come twice.
  let turnOn = rearm === 'edge' || (rearm === 'level' && !source.isPending());
  for (;;) {
    checkNotAborted(signal);
    let count: number | null = source.lastCount();
    if (count === previous) {
      if (turnOn) source.rearm();
      count = await next(source, signal);
    }
    if (count === null) return;
    // Aborted just now: the interrupt gets its turn nevertheless, because it has been taken.
    if (rearm === 'edge' && !signal?.aborted) source.rearm();
    const missed = Math.max(0, ((count - previous) | 0) - 1);
    previous = count;
    yield { count, missed };
    if (source.isClosed()) return;
    turnOn = rearm === 'level';
  }
}

/** The next count, or `null` once the source is closed. */
async function next(source: LoopSource, signal: AbortSignal | undefined): Promise<number | null> {
  try {
    const count = await source.wait(signal === undefined ? {} : { signal });
    return source.isClosed() ? null : count;
  } catch (error) {
    if (source.isClosed() && !(error instanceof AbortError)) return null;
    throw error;
  }
}
