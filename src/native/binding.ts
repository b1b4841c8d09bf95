import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { MmapioError } from '../errors.js';

/** Any typed array; its element width is the width of the accesses. */
export type TypedArray =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;

/**
 * The native core, as `native/addon.c` exports it. Nothing here checks its arguments: a wrong one is undefined
 * behaviour. Only `memory/` and `interrupts/` call it, with what they have checked.
 *
 * Functions that can be refused return a negative errno. Accesses name a mapping by its slot.
 */
export interface NativeBinding {
  readonly pageSize: number;

  /** `windowAddress` below 0: anywhere outside the window. Returns the mapping's slot. */
  map(fd: number, offset: number, length: number, writable: boolean, windowAddress: number): number;
  unmap(slot: number): void;
  sync(slot: number, offset: number, length: number): number;
  attachWindow(bytes: ArrayBuffer): void;
  /** Offset in the mapping of its latest bus error, which is thereby dealt with. */
  takeFault(slot: number): number;

  /** Reads return `undefined` when a bus error happened. */
  read8(slot: number, offset: number): number | undefined;
  read16(slot: number, offset: number): number | undefined;
  read32(slot: number, offset: number): number | undefined;
  read64(slot: number, offset: number): bigint | undefined;
  /** Writes return something other than `undefined` when a bus error happened. */
  write8(slot: number, offset: number, value: number): unknown;
  write16(slot: number, offset: number, value: number): unknown;
  write32(slot: number, offset: number, value: number): unknown;
  write64(slot: number, offset: number, value: bigint): unknown;
  /** Likewise. */
  transfer(
    slot: number,
    offset: number,
    memory: TypedArray,
    width: number,
    toDevice: boolean,
    fixed: boolean,
    swapBytes: boolean,
  ): unknown;
  barrier(): void;

  /** `callback` is called with the id of each watch that ends. */
  startWatcher(callback: (id: number) => void): number;
  watch(fd: number, id: number): number;
  unwatch(fd: number): number;
  /** 1 when `fd` is readable or broken, 0 when the time is up; `timeoutMs` below 0: no limit. */
  poll(fd: number, timeoutMs: number): number;
}

function load(): NativeBinding {
  const file = fileURLToPath(new URL(`../../prebuilds/linux-${process.arch}.node`, import.meta.url));
  try {
    return createRequire(import.meta.url)(file) as NativeBinding;
  } catch (cause) {
    throw new MmapioError(
      'ERR_NOT_FOUND',
      `The native core of mmapio cannot be loaded for ${process.platform} ${process.arch} (looked for ${file}). ` +
        'Build it with `npm run build` in the package, which needs make and a C compiler',
      { cause },
    );
  }
}

export const native: NativeBinding = load();
