/* Lines that are drawn again and again in the same place of a terminal. */
import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

/** A line and whether it stands out. */
export interface ScreenLine {
  text: string;
  paint?: (text: string) => string;
}

export class Screen {
  readonly #terminal = process.stdout;
  #drawn = 0;

  constructor() {
    this.#terminal.write(HIDE_CURSOR);
  }

  /** Draws over what was drawn before; what does not fit into the terminal is cut off. */
  draw(lines: readonly ScreenLine[]): void {
    // A pseudo-terminal may say 0.
    const rows = this.#terminal.rows || 24;
    const columns = this.#terminal.columns || 80;
    const fitting = lines.slice(0, rows - 1);
    const hidden = lines.length - fitting.length;
    if (hidden > 0) fitting.splice(-1, 1, { text: `… ${hidden + 1} more: make the terminal higher` });
    if (this.#drawn > 0) moveCursor(this.#terminal, 0, -this.#drawn);
    cursorTo(this.#terminal, 0);
    clearScreenDown(this.#terminal);
    for (const { text, paint = (plain: string) => plain } of fitting) {
      this.#terminal.write(`${paint(text.slice(0, columns - 1))}\n`);
    }
    this.#drawn = fitting.length;
  }

  /** Leaves the last drawing where it is. */
  close(): void {
    this.#terminal.write(SHOW_CURSOR);
  }
}
