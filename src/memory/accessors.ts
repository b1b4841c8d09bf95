/*
 * One access of one width at a checked address: the only place that decides between the engines.
 *
 * Addresses are relative to what the target's kind says (see TargetFacts.base). Everything about them has been checked
 * by the caller; what is left to notice here is a bus error, or an ordinary buffer that was detached.
 */
import { MmapioError } from '../errors.js';
import { native } from '../native/binding.js';
import { BUFFER, type Target, WINDOW } from './target.js';
import { windowAccess } from './window.js';

export function load8(target: Target, at: number): number {
  if (target.kind === WINDOW) return windowAccess.read8(at);
  if (target.kind === BUFFER) return target.bytes[at] ?? refuseDetached(target);
  return native.read8(target.slot, at) ?? throwFault(target);
}

export function load16(target: Target, at: number): number {
  if (target.kind === WINDOW) return windowAccess.read16(at);
  if (target.kind === BUFFER) return target.halves[at >>> 1] ?? refuseDetached(target);
  return native.read16(target.slot, at) ?? throwFault(target);
}

export function load32(target: Target, at: number): number {
  if (target.kind === WINDOW) return windowAccess.read32(at) >>> 0;
  if (target.kind === BUFFER) return target.words[at >>> 2] ?? refuseDetached(target);
  return native.read32(target.slot, at) ?? throwFault(target);
}

export function load64(target: Target, at: number): bigint {
  if (target.kind === WINDOW) return BigInt.asUintN(64, windowAccess.read64(at));
  if (target.kind === BUFFER) return target.quads[at >>> 3] ?? refuseDetached(target);
  return native.read64(target.slot, at) ?? throwFault(target);
}

export function store8(target: Target, at: number, value: number): void {
  if (target.kind === WINDOW) windowAccess.write8(at, value);
  else if (target.kind === BUFFER) {
    if (at >= target.bytes.length) refuseDetached(target);
    target.bytes[at] = value;
  } else if (native.write8(target.slot, at, value) !== undefined) throwFault(target);
}

export function store16(target: Target, at: number, value: number): void {
  if (target.kind === WINDOW) windowAccess.write16(at, value);
  else if (target.kind === BUFFER) {
    if (at >= target.bytes.length) refuseDetached(target);
    target.halves[at >>> 1] = value;
  } else if (native.write16(target.slot, at, value) !== undefined) throwFault(target);
}

export function store32(target: Target, at: number, value: number): void {
  if (target.kind === WINDOW) windowAccess.write32(at, value | 0);
  else if (target.kind === BUFFER) {
    if (at >= target.bytes.length) refuseDetached(target);
    target.words[at >>> 2] = value;
  } else if (native.write32(target.slot, at, value) !== undefined) throwFault(target);
}

export function store64(target: Target, at: number, value: bigint): void {
  if (target.kind === WINDOW) windowAccess.write64(at, value);
  else if (target.kind === BUFFER) {
    if (at >= target.bytes.length) refuseDetached(target);
    target.quads[at >>> 3] = value;
  } else if (native.write64(target.slot, at, value) !== undefined) throwFault(target);
}

/** A contained bus error of a mapping becomes the error of the access that met it. */
export function throwFault(target: Target): never {
  throw target.die(native.takeFault(target.slot) - target.offsetInSlot);
}

function refuseDetached(target: Target): never {
  throw new MmapioError('ERR_CLOSED', `The ${target.name} was detached or made smaller: its memory is gone`);
}
