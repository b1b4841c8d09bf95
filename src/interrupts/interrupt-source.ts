/** How long to wait, and how to give up earlier. */
export interface WaitOptions {
  /** Milliseconds; 0 only looks. Default, and for anything above 2³¹ − 1: no limit. */
  timeout?: number;
  /** Aborting it ends the wait with an {@link AbortError} whose `cause` is the signal's reason. */
  signal?: AbortSignal;
}

/**
 * When an interrupt that its kernel driver turns off each time it happens is turned on again.
 *
 * - `'level'`: after the loop's body, which has by then made the device lower its line. Turned on before, the same
 *   interrupt would come again at once.
 * - `'edge'`: before the loop's body, so that an edge that comes while the body runs is not lost.
 * - `false`: never; for drivers that leave it on, and for programs that call `irqOn()` themselves.
 */
export type Rearm = 'level' | 'edge' | false;

export interface InterruptOptions {
  /** Aborting it ends the loop, at once or behind its body, with an {@link AbortError}; it turns nothing on any more. */
  signal?: AbortSignal;
  /** Default `'level'`. */
  rearm?: Rearm;
}

/** One turn of the loop over a source's interrupts. */
export interface Interrupt {
  /** All interrupts of the device so far, as its driver counts them (32 bits, signed: it wraps). */
  count: number;
  /** Interrupts since the turn before that have no turn of their own. */
  missed: number;
}

/** What every device with an interrupt offers: real, simulated or recorded. */
export interface InterruptSource {
  /** Turns the interrupt on. */
  irqOn(): void;
  /** Turns the interrupt off. */
  irqOff(): void;
  /**
   * The count of interrupts at the next one, or `null` when the time is up first. Rejects with `ERR_INVALID_ARGUMENT` before
   * anything begins. An interrupt ends every wait that is pending when its count is taken, whoever takes it.
   */
  waitIrq(options?: WaitOptions): Promise<number | null>;
  /**
   * The interrupts as they come, turned on again as `rearm` says, until the source is closed or the signal aborted. One
   * that another wait takes is a turn too. Nothing happens before the first `next()`, which rejects with
   * `ERR_INVALID_ARGUMENT` for options that are none.
   */
  interrupts(options?: InterruptOptions): AsyncGenerator<Interrupt, void, void>;
}
