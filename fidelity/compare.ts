import { type Access, AccessLog, describe } from './access-log.js';

/**
 * What became of an access:
 * - `dropped`: said and not seen; `doubled`: seen again right after itself; `invented`: seen and never said
 * - `widened`, `split`: seen in another width, as one access or as several
 * - `swapped`: seen in another order
 * - `direction`, `value`: the same place and width, but a write for a read, or another value
 * - `different`: none of these alone
 */
export type MismatchKind =
  | 'dropped'
  | 'doubled'
  | 'invented'
  | 'widened'
  | 'split'
  | 'swapped'
  | 'direction'
  | 'value'
  | 'different';

export interface Mismatch {
  kind: MismatchKind;
  /** Where in the sequence that the program says. */
  index: number;
  said: Access[];
  seen: Access[];
}

export interface Comparison {
  said: number;
  seen: number;
  /** Accesses that were seen as said. */
  matched: number;
  /** How many accesses are concerned, by kind. */
  mismatches: Partial<Record<MismatchKind, number>>;
  /** The first few. */
  examples: Mismatch[];
}

/** How far apart two sequences may drift at one place. */
const REACH = 48;

/**
 * What shows that they are together again: how many equal accesses, after how many differing ones at most. One equal
 * access is enough at a short distance, where something is wrong with each of many accesses.
 */
const TOGETHER = [
  { within: 4, equal: 3 },
  { within: 2, equal: 1 },
  { within: 2 * REACH, equal: 3 },
  { within: 2 * REACH, equal: 1 },
];

const EXAMPLES = 5;

/** Compares what a program says it did with what was seen, access by access and in order. */
export function compare(said: AccessLog, seen: AccessLog): Comparison {
  const result: Comparison = {
    said: said.length,
    seen: seen.length,
    matched: 0,
    mismatches: {},
    examples: [],
  };
  let i = 0;
  let j = 0;
  while (i < said.length || j < seen.length) {
    if (i < said.length && j < seen.length && said.same(i, seen, j)) {
      result.matched++;
      i++;
      j++;
      continue;
    }
    const { left, right } = difference(said, i, seen, j);
    report(result, { said, i, left, seen, j, right });
    i += left;
    j += right;
  }
  return result;
}

/** The smallest stretches on both sides after which the sequences are together again. */
function difference(said: AccessLog, i: number, seen: AccessLog, j: number): { left: number; right: number } {
  const pieces = covering(seen, j, i < said.length ? said.at(i) : undefined);
  if (pieces > 0) return { left: 1, right: pieces };
  const merged = covering(said, i, j < seen.length ? seen.at(j) : undefined);
  if (merged > 0) return { left: merged, right: 1 };
  for (const { within, equal } of TOGETHER) {
    for (let total = 1; total <= within; total++) {
      for (let left = Math.max(0, total - REACH); left <= Math.min(total, REACH); left++) {
        const right = total - left;
        const near = within > 4 || Math.max(left, right) <= 2;
        if (!together(said, i + left, seen, j + right, equal, near)) continue;
        if (left === 0) return { left, right: firstSame(right, (step) => said.same(i, seen, j + step)) };
        if (right === 0) return { left: firstSame(left, (step) => said.same(i + step, seen, j)), right };
        return { left, right };
      }
    }
  }
  return {
    left: Math.min(REACH, said.length - i),
    right: Math.min(REACH, seen.length - j),
  };
}

/**
 * Where one side only has more: how much of it to take. What stands in the middle of it may be an access that both have,
 * with something wrong before and behind it.
 */
function firstSame(length: number, same: (step: number) => boolean): number {
  for (let step = 1; step < length; step++) if (same(step)) return step;
  return length;
}

/** How many accesses from there on are pieces of a wider one, one piece after the other. */
function covering(log: AccessLog, start: number, wider: Access | undefined): number {
  if (wider === undefined) return 0;
  let end = Number.NaN;
  let count = 0;
  for (; start + count < log.length; count++) {
    const piece = log.at(start + count);
    if (!lies(piece, wider) || (count > 0 && piece.address !== end)) break;
    end = piece.address + piece.width;
  }
  return count;
}

/** Whether that many accesses are equal from there on, or, where `atEnd` allows it, all that are left. */
function together(
  said: AccessLog,
  i: number,
  seen: AccessLog,
  j: number,
  equal: number,
  atEnd: boolean,
): boolean {
  for (let step = 0; step < equal; step++) {
    const ended = [i + step >= said.length, j + step >= seen.length];
    if (ended.includes(true)) return atEnd && !ended.includes(false);
    if (!said.same(i + step, seen, j + step)) return false;
  }
  return true;
}

interface Hunk {
  said: AccessLog;
  i: number;
  left: number;
  seen: AccessLog;
  j: number;
  right: number;
}

function report(result: Comparison, { said, i, left, seen, j, right }: Hunk): void {
  const stretch = (log: AccessLog, start: number, length: number) =>
    Array.from({ length }, (_, step) => log.at(start + step));
  const mismatch: Mismatch = {
    kind: 'different',
    index: i,
    said: stretch(said, i, left),
    seen: stretch(seen, j, right),
  };
  mismatch.kind = classify(mismatch, j > 0 ? seen.at(j - 1) : undefined);
  result.mismatches[mismatch.kind] = (result.mismatches[mismatch.kind] ?? 0) + Math.max(left, right);
  if (result.examples.length < EXAMPLES) result.examples.push(mismatch);
}

function classify({ said, seen }: Mismatch, before: Access | undefined): MismatchKind {
  const [first] = said;
  const [other] = seen;
  if (other === undefined) return 'dropped';
  if (first === undefined) {
    const again = before !== undefined && seen.every((access) => sameAccess(access, before));
    return again ? 'doubled' : 'invented';
  }
  if (said.length === 1 && seen.length === 1) return classifyOne(first, other);
  if (said.length === 1 && seen.every((access) => lies(access, first))) return 'split';
  if (seen.length === 1 && said.every((access) => lies(access, other))) return 'widened';
  if (said.length === seen.length && sameSet(said, seen)) return 'swapped';
  return 'different';
}

function classifyOne(said: Access, seen: Access): MismatchKind {
  if (said.address === seen.address && said.width === seen.width) {
    return said.write === seen.write ? 'value' : 'direction';
  }
  if (said.write !== seen.write) return 'different';
  if (lies(said, seen)) return 'widened';
  return lies(seen, said) ? 'split' : 'different';
}

/** Whether one access is narrower than another one and within its bytes. */
function lies(inner: Access, outer: Access): boolean {
  return (
    inner.write === outer.write &&
    inner.width < outer.width &&
    inner.address >= outer.address &&
    inner.address + inner.width <= outer.address + outer.width
  );
}

function sameAccess(one: Access, other: Access): boolean {
  return one.write === other.write && one.width === other.width && one.address === other.address;
}

function sameSet(one: Access[], other: Access[]): boolean {
  const left = [...other];
  return one.every((access) => {
    const index = left.findIndex((candidate) => sameAccess(access, candidate));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}

/**
 * Compares what several threads say they did, each on a stretch of addresses of its own: the order of each thread's
 * accesses, and not the order between the threads.
 */
export function compareByStretch(said: AccessLog, seen: AccessLog, stretchBytes: number): Comparison {
  const result: Comparison = { said: 0, seen: 0, matched: 0, mismatches: {}, examples: [] };
  const partsOfSeen = partition(seen, stretchBytes);
  const partsOfSaid = partition(said, stretchBytes);
  for (const stretch of new Set([...partsOfSaid.keys(), ...partsOfSeen.keys()])) {
    const [one, other] = [partsOfSaid.get(stretch), partsOfSeen.get(stretch)];
    addComparison(result, compare(one ?? EMPTY, other ?? EMPTY));
  }
  return result;
}

/** Adds the counts of one comparison to another. */
export function addComparison(sum: Comparison, part: Comparison): void {
  sum.said += part.said;
  sum.seen += part.seen;
  sum.matched += part.matched;
  for (const [kind, count] of Object.entries(part.mismatches) as [MismatchKind, number][]) {
    sum.mismatches[kind] = (sum.mismatches[kind] ?? 0) + count;
  }
  sum.examples.push(...part.examples.slice(0, EXAMPLES - sum.examples.length));
}

export function countMismatches({ mismatches }: Pick<Comparison, 'mismatches'>): number {
  return Object.values(mismatches).reduce((sum, count) => sum + count, 0);
}

/** A mismatch in a line. */
export function explain({ kind, index, said, seen }: Mismatch): string {
  const list = (accesses: Access[]) => {
    const shown = accesses.slice(0, 4).map(describe).join(', ') || 'nothing';
    return accesses.length > 4 ? `${shown} and ${accesses.length - 4} more` : shown;
  };
  return `access ${index} ${kind}: said ${list(said)}; seen ${list(seen)}`;
}

const EMPTY = new AccessLog();

function partition(log: AccessLog, stretchBytes: number): Map<number, AccessLog> {
  const parts = new Map<number, AccessLog>();
  for (let index = 0; index < log.length; index++) {
    const stretch = Math.floor(log.addressAt(index) / stretchBytes);
    let part = parts.get(stretch);
    if (part === undefined) {
      part = new AccessLog();
      parts.set(stretch, part);
    }
    part.append(log, index, index + 1);
  }
  return parts;
}
