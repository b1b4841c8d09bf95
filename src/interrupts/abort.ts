import { AbortError } from '../errors.js';

/*
 * Giving up waits through a signal. All waits on a signal share one listener, because Node.js takes the eleventh listener of
 * a signal for a leak, and says so.
 */

const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

function callAll(event: Event): void {
  for (const callback of [...(callbacks.get(event.target as AbortSignal) ?? [])]) callback();
}

/** Calls back when the signal aborts, until the function that it returns is called. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  let all = callbacks.get(signal);
  if (all === undefined) {
    all = new Set();
    callbacks.set(signal, all);
    signal.addEventListener('abort', callAll);
  }
  const added = all.add(callback);
  return () => {
    if (!added.delete(callback) || added.size > 0) return;
    callbacks.delete(signal);
    signal.removeEventListener('abort', callAll);
  };
}

/** @throws {AbortError} where the signal is aborted already */
export function checkNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortError(signal);
}
