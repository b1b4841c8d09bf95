/* Suggestions for mistyped names. */

/** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other. */
function distance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      let least = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length] ?? 0;
}

/** The name that was probably meant: at most a third of its letters differ, upper and lower case count as one. */
function nearest(word: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    if (Math.abs(name.length - word.length) > 3) continue;
    const steps = distance(word.toLowerCase(), name.toLowerCase());
    if (steps < least && steps <= Math.max(1, Math.ceil(name.length / 3))) [best, least] = [name, steps];
  }
  return best;
}

/** A sentence for the end of an error message: the nearest name, or the first few that there are. */
export function suggestion(word: string, names: Iterable<string>): string {
  const all = [...new Set(names)];
  const near = nearest(word, all);
  if (near !== undefined) return `Did you mean '${near}'?`;
  if (all.length === 0) return 'There is none.';
  const shown = all.slice(0, 12).join(', ');
  return `There are: ${shown}${all.length > 12 ? `, … (${all.length} in all)` : ''}`;
}
