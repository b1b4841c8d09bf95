/* Checks of the options of waits and loops, before anything is begun. */
import { checkOptions, invalidArgument, show } from '../memory/check.js';
import type { InterruptOptions, Rearm, WaitOptions } from './interrupt-source.js';

/** The longest delay of a JavaScript timer: anything above is no limit. */
const LONGEST_TIMEOUT = 0x7fffffff;

/** Milliseconds, `Infinity` for no limit. */
export function checkTimeout(timeout: unknown): number {
  if (timeout === undefined) return Number.POSITIVE_INFINITY;
  if (typeof timeout !== 'number' || !(timeout >= 0))
    throw invalidArgument(`timeout is ${show(timeout)}: it takes milliseconds, 0 or more`);
  return timeout <= LONGEST_TIMEOUT ? timeout : Number.POSITIVE_INFINITY;
}

function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw invalidArgument(
    `signal is ${show(signal)}: it takes an AbortSignal, such as the signal of an AbortController`,
  );
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
