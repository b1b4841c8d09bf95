/* A progress bar on standard error, for work that takes long enough to wonder about. */
import { clearLine, cursorTo } from 'node:readline';

/** Milliseconds before anything is shown, and between two drawings. */
const DELAY = 500;
const INTERVAL = 100;
const LENGTH = 30;

/** As much of a terminal's stream as is needed. */
type Terminal = NodeJS.WritableStream & { readonly isTTY?: boolean };

export class Progress {
  readonly #output: Terminal;
  readonly #now: () => number;
  #next: number;
  #shown = false;

  constructor(output: Terminal = process.stderr, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#next = now() + DELAY;
  }

  show(done: number, total: number): void {
    const now = this.#now();
    if (this.#output.isTTY !== true || now < this.#next) return;
    this.#next = now + INTERVAL;
    this.#shown = true;
    const filled = Math.floor((done / total) * LENGTH);
    const percent = `${Math.floor((done / total) * 100)}`.padStart(3);
    cursorTo(this.#output, 0);
    this.#output.write(`${'█'.repeat(filled)}${'░'.repeat(LENGTH - filled)} ${percent} %`);
  }

  /** Takes the bar away. */
  end(): void {
    if (!this.#shown) return;
    clearLine(this.#output, 0);
    cursorTo(this.#output, 0);
  }
}
