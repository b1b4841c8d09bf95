/* Checks of the options of waits and loops, before anything is begun. */
import {
  checkMilliseconds,
  checkOptions,
  checkSignal,
  invalidArgument,
  LONGEST_DELAY,
  show,
} from '../check.js';
import type { InterruptOptions, Rearm, WaitOptions } from './interrupt-source.js';

/** Milliseconds, `Infinity` for no limit. */
export function checkTimeout(timeout: unknown): number {
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  const limit = checkMilliseconds('timeout', timeout);
  return limit <= LONGEST_DELAY ? limit : Number.POSITIVE_INFINITY;
}

export interface CheckedWait {
  timeout: number;
  signal: AbortSignal | undefined;
}

export function checkWaitOptions(options: WaitOptions): CheckedWait {
  checkOptions<WaitOptions>(options, ['timeout', 'signal']);
  return { timeout: checkTimeout(options.timeout), signal: checkSignal(options.signal) };
}

export interface CheckedLoop {
  signal: AbortSignal | undefined;
  rearm: Rearm;
}

export function checkInterruptOptions(options: InterruptOptions): CheckedLoop {
  checkOptions<InterruptOptions>(options, ['signal', 'rearm']);
  const { rearm = 'level' } = options;
  if (rearm !== 'level' && rearm !== 'edge' && rearm !== false)
    throw invalidArgument(`rearm is ${show(rearm)}: it takes 'level', 'edge' or false`);
  return { signal: checkSignal(options.signal), rearm };
}
