import { describe, it } from 'node:test';
import {
  type Access,
  type Engine,
  type Interrupt,
  type InterruptSource,
  MemoryMap,
  MemoryMappedIO,
  type RegisterIO,
  Uio,
} from 'mmapio';

/*
 * What the compiler accepts and refuses. Nothing here runs: that this file compiles is the test, and an expected error
 * that does not come is an error itself.
 */

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_T extends true>() => {};

export function accepted(path: string, fd: number, buffer: SharedArrayBuffer) {
  using map = MemoryMap.open(new URL(path), {
    offset: 4,
    length: 8,
    access: 'read',
    engine: 'auto',
    sync: false,
  });
  const region = new MemoryMappedIO(map, 0, 8, { byteOrder: 'big' });
  for (const memory of [
    MemoryMap.fromFd(fd, { length: 8 }),
    buffer,
    new Uint8Array(8),
    new DataView(buffer),
  ]) {
    new MemoryMappedIO(memory).slice(4).barrier();
  }
  holds<Same<typeof map.engine, Engine>>();
  holds<Same<typeof region.access, Access>>();
  holds<Same<ReturnType<typeof region.readByte | typeof region.readWord>, number>>();
  holds<Same<ReturnType<typeof region.readQuad>, bigint>>();
  holds<Same<ReturnType<typeof region.modifyUint64>, bigint>>();

  // a block comes back as the array that was given
  const samples = region.readBlock(0, new Float32Array(2));
  holds<Same<typeof samples, Float32Array<ArrayBuffer>>>();
  region.writeFifo(0, new BigInt64Array(1));

  // drivers are written against these two
  const registers: RegisterIO = region;
  const source: InterruptSource = new Uio('name');
  return { registers, source };
}

export async function waits(uio: Uio, signal: AbortSignal) {
  const count = await uio.waitIrq({ timeout: 10, signal });
  holds<Same<typeof count, number | null>>();
  const now = uio.waitIrqSync(10);
  holds<Same<typeof now, number | null>>();
  for await (const interrupt of uio.interrupts({ rearm: 'edge', signal })) {
    holds<Same<typeof interrupt, Interrupt>>();
  }
}

export function refused(map: MemoryMap, region: MemoryMappedIO, uio: Uio) {
  // @ts-expect-error a map is opened, not constructed
  new MemoryMap('/dev/uio0');
  // @ts-expect-error the engine cannot be changed
  map.engine = 'native';
  // @ts-expect-error an option that does not exist
  MemoryMap.open('/dev/uio0', { size: 8 });
  // @ts-expect-error an engine that does not exist
  MemoryMap.open('/dev/uio0', { engine: 'wasm' });
  // @ts-expect-error a descriptor is opened by its owner, with or without O_SYNC
  MemoryMap.fromFd(3, { sync: true });
  // @ts-expect-error a path is not memory
  new MemoryMappedIO('/dev/uio0');
  // @ts-expect-error 64 bits are a bigint
  region.writeQuad(0, 1);
  // @ts-expect-error 32 bits are a number
  region.writeWord(0, 1n);
  // @ts-expect-error a mask for 64 bits is a bigint
  region.modifyQuad(0, 1, 1n);
  // @ts-expect-error a number of elements is not an array
  region.readBlock(0, 4);
  // @ts-expect-error the width of the elements is that of the accesses, and a DataView has none
  region.writeBlock(0, new DataView(new ArrayBuffer(4)));
  // @ts-expect-error a device's number alone is no name
  new Uio(0);
  // @ts-expect-error the word is timeout
  void uio.waitIrq({ timeoutMs: 10 });
  // @ts-expect-error true is neither level nor edge
  uio.interrupts({ rearm: true });
}

describe('types of the core', () => {
  it('are checked by compiling this file', () => {});
});
