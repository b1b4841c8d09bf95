/*
 * The window: a WebAssembly memory of this thread over whose pages devices are mapped.
 *
 * The memory is never exported, grown or unmapped: a page given back is replaced by an empty one. It is made when the
 * first mapping wants it.
 */
import { native } from '../native/binding.js';
import { setWindowAccess } from './accessors.js';
import { Room } from './room.js';
import { currentRuntime, wantsAtomicLoads } from './runtime.js';
import { type WindowAccess, windowModule } from './window-module.js';

/** As much of the global as is used here; its declaration otherwise comes with the browser's. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const WASM_PAGE = 0x10000;

/**
 * 256 MiB: room for many devices, and still granted where memory is short. Its pages exist only once touched (about
 * 1 MB resident). Up to 4 GiB no size made the garbage collector measurably slower (Node.js 20, 22 and 26), but Node.js
 * up to 24 reports all of it as external memory. What does not fit is mapped by the native engine.
 */
const WINDOW_BYTES = 256 * 1024 * 1024;

interface Window {
  room: Room;
}

let opened: Window | { failure: unknown } | undefined;

/** What to do when an access at this address of the window was answered by a bus error: throws. */
let onFault: (address: number) => void = () => {};

export function setWindowFaultHandler(handler: (address: number) => void): void {
  onFault = handler;
}

function createWindow(): Window {
  const pages = WINDOW_BYTES / WASM_PAGE;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const code = windowModule(pages, wantsAtomicLoads(currentRuntime()));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(code), {
    window: { memory, fault: (address: number) => onFault(address >>> 0) },
  });
  native.attachWindow(memory.buffer);
  setWindowAccess(instance.exports as WindowAccess);
  // The first WebAssembly page holds the fault count.
  return { room: new Room(WASM_PAGE, WINDOW_BYTES) };
}

/** The window of this thread, or why it cannot be had: WebAssembly is off, or the address space is limited. */
function openWindow(): Window | { failure: unknown } {
  if (opened === undefined) {
    try {
      opened = createWindow();
    } catch (failure) {
      opened = { failure };
    }
  }
  return opened;
}

/** Reserves that many bytes (whole pages) of the window. Returns their address, or why there are none. */
export function takeWindow(length: number): number | { reason: string } {
  const window = openWindow();
  if ('failure' in window) return { reason: `no WebAssembly memory can be had here (${window.failure})` };
  return window.room.take(length) ?? { reason: `${length} bytes do not fit into what is free of the window` };
}

/** Gives them back. Their pages must have been replaced before. */
export function giveWindow(address: number, length: number): void {
  const window = openWindow();
  if ('room' in window) window.room.give(address, length);
}
