/*
 * One access of one width at a checked address: the only place that decides between the engines.
 *
 * Addresses are relative to what the target's kind says (see TargetFacts.base). Everything about them has been checked
 * by the caller; what is left to notice here is a bus error, or an ordinary buffer that was detached.
 *
 * What the hot path uses is bound to names of this module that it does not export: V8 looks the value of an imported or
 * exported binding up at every use. Together with the `=== true` of memory-mapped-io.ts (a bare boolean field is
 * converted at every use) this took a third off an access.
 */
import { MmapioError } from '../errors.js';
import { call, native } from '../native/binding.js';
import { BUFFER as KIND_BUFFER, WINDOW as KIND_WINDOW, type Target } from './target.js';
import type { WindowAccess } from './window-module.js';

const WINDOW = KIND_WINDOW;
const BUFFER = KIND_BUFFER;
const core = native;
const { offset: callOffset, slot: callSlot, value: callValue, value64: callValue64, faultCount } = call;

/**
 * Empty until the window is open. Each function is set once, because V8 takes for constant what a property was first
 * given, and looks it up at every use once it was given another.
 */
const windowAccess = {} as WindowAccess;

/** Tells how the window is accessed, once it is open. */
export function setWindowAccess(access: WindowAccess): void {
  Object.assign(windowAccess, access);
}

export function load8(target: Target, at: number): number {
  if (target.kind === WINDOW) return windowAccess.read8(at);
  if (target.kind === BUFFER) return target.bytes[at] ?? refuseDetached(target);
  describe(target, at);
  core.read8();
  return result(target);
}

export function load16(target: Target, at: number): number {
  if (target.kind === WINDOW) return windowAccess.read16(at);
  if (target.kind === BUFFER) return target.halves[at >>> 1] ?? refuseDetached(target);
  describe(target, at);
  core.read16();
  return result(target);
}

export function load32(target: Target, at: number): number {
  if (target.kind === WINDOW) return windowAccess.read32(at) >>> 0;
  if (target.kind === BUFFER) return target.words[at >>> 2] ?? refuseDetached(target);
  describe(target, at);
  core.read32();
  return result(target);
}

export function load64(target: Target, at: number): bigint {
  // One asUintN behind all branches: where unsigned values of several are merged, the optimising compiler of Node.js 20
  // ends the process at `BigInt.asUintN(32, value >> 32n)`.
  return BigInt.asUintN(64, loadSigned64(target, at));
}

/** The bits of the register, with or without a sign. */
function loadSigned64(target: Target, at: number): bigint {
  if (target.kind === WINDOW) return windowAccess.read64(at);
  if (target.kind === BUFFER) return target.quads[at >>> 3] ?? refuseDetached(target);
  describe(target, at);
  core.read64();
  checkFault(target);
  return callValue64[0] as bigint;
}

export function store8(target: Target, at: number, value: number): void {
  if (target.kind === WINDOW) windowAccess.write8(at, value);
  else if (target.kind === BUFFER) {
    if (at >= target.bytes.length) refuseDetached(target);
    target.bytes[at] = value;
  } else {
    describe(target, at);
    callValue[0] = value;
    core.write8();
    checkFault(target);
  }
}

export function store16(target: Target, at: number, value: number): void {
  if (target.kind === WINDOW) windowAccess.write16(at, value);
  else if (target.kind === BUFFER) {
    if (at >= target.bytes.length) refuseDetached(target);
    target.halves[at >>> 1] = value;
  } else {
    describe(target, at);
    callValue[0] = value;
    core.write16();
    checkFault(target);
  }
}

export function store32(target: Target, at: number, value: number): void {
  if (target.kind === WINDOW) windowAccess.write32(at, value | 0);
  else if (target.kind === BUFFER) {
    if (at >= target.bytes.length) refuseDetached(target);
    target.words[at >>> 2] = value;
  } else {
    describe(target, at);
    callValue[0] = value;
    core.write32();
    checkFault(target);
  }
}

export function store64(target: Target, at: number, value: bigint): void {
  if (target.kind === WINDOW) windowAccess.write64(at, value);
  else if (target.kind === BUFFER) {
    if (at >= target.bytes.length) refuseDetached(target);
    target.quads[at >>> 3] = value;
  } else {
    describe(target, at);
    callValue64[0] = value;
    core.write64();
    checkFault(target);
  }
}

function describe(target: Target, at: number): void {
  callSlot[0] = target.slot;
  callOffset[0] = at;
}

function result(target: Target): number {
  checkFault(target);
  return callValue[0] as number;
}

function checkFault(target: Target): void {
  if (faultCount[0] !== 0) throwFault(target);
}

/** A contained bus error of a mapping becomes the error of the access that met it. */
export function throwFault(target: Target): never {
  throw target.die(core.takeFault(target.slot) - target.offsetInSlot);
}

function refuseDetached(target: Target): never {
  throw new MmapioError('ERR_CLOSED', `The ${target.name} was detached or made smaller: its memory is gone`);
}
