/* A progress bar on standard error, for work that takes long enough to wonder about. */
import { clearLine, cursorTo } from 'node:readline';

/** Milliseconds before anything is shown, and between two drawings. */
const DELAY = 500;
const INTERVAL = 100;
const LENGTH = 30;

export class Progress {
  #next = performance.now() + DELAY;
  #shown = false;

  show(done: number, total: number): void {
    const now = performance.now();
    if (!process.stderr.isTTY || now < this.#next) return;
    this.#next = now + INTERVAL;
    this.#shown = true;
    const filled = Math.floor((done / total) * LENGTH);
    const percent = `${Math.floor((done / total) * 100)}`.padStart(3);
    cursorTo(process.stderr, 0);
    process.stderr.write(`${'█'.repeat(filled)}${'░'.repeat(LENGTH - filled)} ${percent} %`);
  }

  /** Takes the bar away. */
  end(): void {
    if (!this.#shown) return;
    clearLine(process.stderr, 0);
    cursorTo(process.stderr, 0);
  }
}
