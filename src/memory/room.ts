/** A stretch of an address space, in bytes. */
interface Stretch {
  start: number;
  length: number;
}

/**
 * Hands out stretches of an address space, first fit, and takes them back.
 *
 * Free stretches are kept sorted and merged, so opening and closing in any order does not fragment for ever.
 */
export class Room {
  readonly #free: Stretch[];

  constructor(start: number, end: number) {
    this.#free = [{ start, length: end - start }];
  }

  /** The start of a free stretch of that length, or `undefined` when there is none. */
  take(length: number): number | undefined {
    const index = this.#free.findIndex((stretch) => stretch.length >= length);
    const stretch = this.#free[index];
    if (stretch === undefined) return undefined;
    const { start } = stretch;
    if (stretch.length === length) this.#free.splice(index, 1);
    else this.#free[index] = { start: start + length, length: stretch.length - length };
    return start;
  }

  /** Takes the stretch at `start`. False when not all of it is free. */
  takeAt(start: number, length: number): boolean {
    const end = start + length;
    const index = this.#free.findIndex((one) => one.start <= start && end <= one.start + one.length);
    const stretch = this.#free[index];
    if (stretch === undefined) return false;
    const before = { start: stretch.start, length: start - stretch.start };
    const after = { start: end, length: stretch.start + stretch.length - end };
    this.#free.splice(index, 1, ...[before, after].filter((rest) => rest.length > 0));
    return true;
  }

  /** Takes back what {@link take} and {@link takeAt} gave. */
  give(start: number, length: number): void {
    const found = this.#free.findIndex((stretch) => stretch.start > start);
    const index = found < 0 ? this.#free.length : found;
    const before = this.#free[index - 1];
    const after = this.#free[index];
    const joinsBefore = before !== undefined && before.start + before.length === start;
    const joinsAfter = after !== undefined && start + length === after.start;
    const merged = {
      start: joinsBefore ? before.start : start,
      length: length + (joinsBefore ? before.length : 0) + (joinsAfter ? after.length : 0),
    };
    const first = joinsBefore ? index - 1 : index;
    this.#free.splice(first, Number(joinsBefore) + Number(joinsAfter), merged);
  }
}
