/*
 * Compiles the window's module over a memory of its own and uses it, so that V8's --print-wasm-code shows the machine
 * code. Accesses no device.
 */
import { type WindowAccess, windowModule } from '#src/memory/window-module.js';

declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number }) => object;
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const PAGES = 16;
const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
const module = new WebAssembly.Module(windowModule(PAGES, true));
const window = { memory, fault: () => {} };
const access = new WebAssembly.Instance(module, { window }).exports as WindowAccess;
access.write8(8, access.read8(8));
access.write16(8, access.read16(8));
access.write32(8, access.read32(8));
access.write64(8, access.read64(8));
