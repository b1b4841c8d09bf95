/** Where a simulated device takes its time from. */
export interface Clock {
  /** Milliseconds since some fixed instant. */
  now(): number;
  /** Calls back once, `delay` milliseconds from now; the result cancels it. */
  after(delay: number, callback: () => void): () => void;
}

/** Real time. Its timers keep no process alive. */
export class RealClock implements Clock {
  now(): number {
    return performance.now();
  }

  after(delay: number, callback: () => void): () => void {
    const timer = setTimeout(callback, delay).unref();
    return () => clearTimeout(timer);
  }
}

interface Timer {
  due: number;
  callback: () => void;
}

/** Time that stands still until it is stepped: tests take no longer than their code. */
export class SteppedClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  after(delay: number, callback: () => void): () => void {
    const timer = { due: this.#now + Math.max(0, delay), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets `duration` milliseconds pass: calls back whatever becomes due, in order, each at its own time. */
  advance(duration: number): void {
    const end = this.#now + duration;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = next.due;
      next.callback();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers)
      if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer;
    return next;
  }
}
