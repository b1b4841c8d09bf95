/* What the values of a register were, for `watch`. */

const BARS = '▁▂▃▄▅▆▇█';
const LENGTH = 32;

export class History {
  readonly #values: bigint[] = [];
  #rate: number | undefined;
  #time = 0;

  /** Adds a value; whether it differs from the one before. */
  add(value: bigint, time: number): boolean {
    const last = this.#values.at(-1);
    this.#rate = last === undefined ? undefined : (Number(value - last) / (time - this.#time)) * 1000;
    this.#time = time;
    this.#values.push(value);
    if (this.#values.length > LENGTH) this.#values.shift();
    return last !== undefined && last !== value;
  }

  /** Change since the value before, each second. */
  get rate(): string {
    if (this.#rate === undefined || this.#rate === 0) return '';
    return `${this.#rate > 0 ? '+' : ''}${this.#rate.toPrecision(3).replace(/\.0+$/, '')}/s`;
  }

  /** The latest values as bars between the least and the greatest of them. */
  get sparkline(): string {
    const least = this.#values.reduce((a, b) => (b < a ? b : a), this.#values[0] ?? 0n);
    const most = this.#values.reduce((a, b) => (b > a ? b : a), least);
    const span = Number(most - least);
    return this.#values
      .map((value) => BARS[span === 0 ? 0 : Math.round((Number(value - least) / span) * (BARS.length - 1))])
      .join('');
  }
}
