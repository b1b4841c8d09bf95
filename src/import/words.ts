import type { Access, ModifiedWriteValues, ReadAction } from '../registers/description.js';

/*
 * The words of descriptions, which CMSIS-SVD took from IP-XACT.
 */

export const ACCESS_WORDS = [
  'read-only',
  'write-only',
  'read-write',
  'writeOnce',
  'read-writeOnce',
] as const satisfies Access[];

export const WRITE_WORDS = [
  'oneToClear',
  'oneToSet',
  'oneToToggle',
  'zeroToClear',
  'zeroToSet',
  'zeroToToggle',
  'clear',
  'set',
  'modify',
] as const satisfies ModifiedWriteValues[];

export const READ_WORDS = ['clear', 'set', 'modify', 'modifyExternal'] as const satisfies ReadAction[];
export const USAGE_WORDS = ['read', 'write', 'read-write'] as const;

/** The words by their lower-case spelling. */
export const wordTable = <T extends string>(words: readonly T[]): Record<string, T> =>
  Object.fromEntries(words.map((word) => [word.toLowerCase(), word]));
