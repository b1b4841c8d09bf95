/* Element-wise transfers: each element of the array is one access of the array's width. */
import { call, FIXED, native, SWAP_BYTES, TO_DEVICE, type TypedArray } from '../native/binding.js';
import { load8, load16, load32, load64, store8, store16, store32, store64 } from './accessors.js';
import { swap16, swap32, swap64 } from './byte-order.js';
import { throwFault } from './faults.js';
import { BUFFER, type Target } from './target.js';
import { byteLengthOf } from './typed-array.js';

/**
 * Performs the accesses in ascending order; those of a mapping in C, at the speed of C. `at` is a checked address of the
 * target, `width` that of an element in bytes; `flags` are TO_DEVICE, FIXED (every element at the same address, a FIFO)
 * and SWAP_BYTES.
 */
export function transfer(target: Target, at: number, array: TypedArray, width: number, flags: number): void {
  if (target.kind === BUFFER) {
    transferMemory(target, at, array, width, flags);
    return;
  }
  call.slot[0] = target.slot;
  call.offset[0] = at - target.base + target.offsetInSlot;
  if (native.transfer(array, flags) !== undefined) throwFault(target);
}

function transferMemory(target: Target, at: number, array: TypedArray, width: number, flags: number): void {
  const swapBytes = (flags & SWAP_BYTES) !== 0;
  const toDevice = (flags & TO_DEVICE) !== 0;
  const fixed = (flags & FIXED) !== 0;
  const { buffer, byteOffset } = array;
  const length = byteLengthOf(array) / width;
  const same = <T>(value: T): T => value;
  // Unsigned views of the array, so that no bit changes on its way.
  switch (width) {
    case 1:
      run(new Uint8Array(buffer, byteOffset, length), load8, store8, same);
      break;
    case 2:
      run(new Uint16Array(buffer, byteOffset, length), load16, store16, swapBytes ? swap16 : same);
      break;
    case 4:
      run(new Uint32Array(buffer, byteOffset, length), load32, store32, swapBytes ? swap32 : same);
      break;
    default:
      run(new BigUint64Array(buffer, byteOffset, length), load64, store64, swapBytes ? swap64 : same);
  }

  function run<T extends number | bigint>(
    memory: { [index: number]: T; BYTES_PER_ELEMENT: number },
    load: (target: Target, at: number) => T,
    store: (target: Target, at: number, value: T) => void,
    swap: (value: T) => T,
  ): void {
    const step = fixed ? 0 : memory.BYTES_PER_ELEMENT;
    for (let i = 0; i < length; i++) {
      if (toDevice) store(target, at + i * step, swap(memory[i] as T));
      else memory[i] = swap(load(target, at + i * step));
    }
  }
}
