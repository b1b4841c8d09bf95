/*
 * Bus errors that the native core contained: which mapping met one, and what becomes of it.
 *
 * The core counts them where an access looks at once; whose they are is asked here, because the access that notices
 * one need not be the one that met it: views of a DMA buffer look at nothing.
 */
import type { BusError } from '../errors.js';
import { call, native } from '../native/binding.js';
import type { Target } from './target.js';

/** What lies in each slot of the core. */
const targets = new Map<number, WeakRef<Target>>();

let kept = false;

/** From now on bus errors in the target's slot are its own. */
export function watchFaults(target: Target): void {
  targets.set(target.slot, new WeakRef(target));
  if (kept) return;
  kept = true;
  process.on('newListener', keepHandler).on('removeListener', keepHandler);
}

export function unwatchFaults(slot: number): void {
  targets.delete(slot);
}

/** `process.on('SIGBUS')` and its removal replace whatever handler there is: puts the core's in front again. */
function keepHandler(event: string | symbol): void {
  if (event === 'SIGBUS') native.containFaults();
}

/** Ends every mapping of this thread that met a bus error. Returns the error of each. */
export function settleFaults(): Map<Target, BusError> {
  const errors = new Map<Target, BusError>();
  for (let slot = native.takeFault(); slot >= 0; slot = native.takeFault()) {
    const target = targets.get(slot)?.deref();
    if (target === undefined) continue;
    errors.set(target, target.die((call.offset[0] as number) - target.offsetInSlot));
  }
  return errors;
}

/** Throws when it is this target that met a bus error. */
export function throwFault(target: Target): void {
  const error = settleFaults().get(target);
  if (error !== undefined) throw error;
}
