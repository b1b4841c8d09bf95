import type { ArrayDescription } from '../../registers/description.js';

/** A `dim` element group, read. */
export interface Dim {
  count: number;
  /** Bytes between elements; bits for fields. */
  increment: number;
  /** What replaces `%s`, one per element. */
  labels: string[];
}

/** A range of more is a mistake, for no `dim` is that long; it names nothing. */
const LONGEST_RANGE = 1 << 20;

const range = (from: number, to: number) =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => (from <= to ? from + index : from - index));

function expandPart(part: string): string[] {
  const numbers = /^(\d+)\s*-\s*(\d+)$/.exec(part);
  if (numbers !== null) {
    const [first, last] = [Number(numbers[1]), Number(numbers[2])];
    return Math.abs(last - first) < LONGEST_RANGE ? range(first, last).map(String) : [];
  }
  const letters = /^([A-Za-z])\s*-\s*([A-Za-z])$/.exec(part);
  if (letters === null) return [part];
  const [from, to] = [letters[1], letters[2]].map((letter) => (letter as string).charCodeAt(0));
  return range(from as number, to as number).map((code) => String.fromCharCode(code));
}

/** The labels in a `dimIndex`: `0-3`, `A-D`, `A,B,C`, `1,3,5-7`. */
export function dimLabels(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap(expandPart);
}

/** One or more items that an element with a `dim` stands for. */
export interface Instance {
  name: string;
  /** What to add to the element's own position. */
  shift: number;
  /** Replaces `%s` in texts. */
  label: string | undefined;
  array: ArrayDescription | undefined;
}

/** The name with its placeholder replaced. */
export const labelled = (text: string, label: string) =>
  text.replaceAll('[%s]', label).replaceAll('%s', label);

/**
 * A name that ends in `[%s]` and counts from 0 is an array and stays one; every other `%s` is a list of items
 * with names of their own.
 */
export function instancesOf(name: string, dim: Dim | undefined, arrays: boolean): Instance[] {
  // One element without a place for its index is simply the element.
  if (dim === undefined || (dim.count === 1 && !name.includes('%s')))
    return [{ name, shift: 0, label: undefined, array: undefined }];
  const counts = dim.labels.every((label, index) => label === String(index));
  const base = name.endsWith('[%s]') ? name.slice(0, -4) : name;
  // A dim whose name has no place for an index can only be an array.
  if (arrays && !base.includes('%s') && (counts || base === name)) {
    return [{ name: base, shift: 0, label: undefined, array: { count: dim.count, stride: dim.increment } }];
  }
  return dim.labels.map((label, index) => ({
    name: name.includes('%s') ? labelled(name, label) : `${name}${label}`,
    shift: index * dim.increment,
    label,
    array: undefined,
  }));
}
