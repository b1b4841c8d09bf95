/*
 * A WebAssembly module that does what a window must not: a store that is atomic, and transfers that are loops of plain
 * loads. See src/memory/window-module.ts for the right one.
 */

export interface WrongAccess {
  write32(address: number, value: number): void;
  /** Reads `count` words, a multiple of four, from one address into consecutive words at `to`. */
  readFifo(address: number, to: number, count: number): void;
  /**
   * `count` times: reads a status word at `address`, looks at a bit of it, and writes how many are left to the word behind
   * it. How often the bit was set goes to `to`.
   */
  writeWhenReady(address: number, to: number, count: number): void;
}

const I32 = 0x7f;
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const constant = (value: number) => [0x41, value];
const load = [0x28, 2, 0];
const storeAt = (offset: number) => [0x36, 2, offset];
const ADD = 0x6a;
const SUBTRACT = 0x6b;
const atomicStore = [0xfe, 0x17, 2, 0];

const vector = (items: readonly (readonly number[])[]) => [items.length, ...items.flat()];
const name = (text: string) => [text.length, ...Buffer.from(text)];
/** With a length of up to 14 bits. */
const section = (id: number, content: readonly number[]) => [
  ...[id, (content.length & 0x7f) | 0x80, content.length >>> 7],
  ...content,
];
const body = (code: readonly number[]) => [code.length, ...code];
const functionType = (parameters: number) => [0x60, ...vector(new Array(parameters).fill([I32])), 0];

const write32 = [...vector([]), ...get(0), ...get(1), ...atomicStore, 0x0b];

/** Four loads in a row: what anyone does, or a compiler, who unrolls the loop. */
const readFifo = [
  ...vector([[4, I32]]),
  ...[0x03, 0x40],
  ...[3, 4, 5, 6].flatMap((local) => [...get(0), ...load, ...set(local)]),
  ...[3, 4, 5, 6].flatMap((local, index) => [...get(1), ...get(local), ...storeAt(4 * index)]),
  ...[...get(1), ...constant(16), ADD, ...set(1)],
  ...[...get(2), ...constant(4), SUBTRACT, 0x22, 2, 0x0d, 0],
  ...[0x0b, 0x0b],
];

const writeWhenReady = [
  ...vector([[1, I32]]),
  ...[0x03, 0x40],
  ...[...get(0), ...load, ...constant(1), 0x71],
  ...[0x04, 0x40, ...get(3), ...constant(1), ADD, ...set(3), 0x0b],
  ...[...get(0), ...get(2), ...storeAt(4)],
  ...[...get(2), ...constant(1), SUBTRACT, 0x22, 2, 0x0d, 0],
  ...[0x0b, ...get(1), ...get(3), ...storeAt(0), 0x0b],
];

/** The module's bytes. It imports `window.memory`, of up to 63 WebAssembly pages. */
export function wrongModule(pages: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([functionType(2), functionType(3)])),
    ...section(2, vector([[...name('window'), ...name('memory'), 0x02, 0x01, pages, pages]])),
    ...section(3, vector([[0], [1], [1]])),
    ...section(
      7,
      vector([
        [...name('write32'), 0, 0],
        [...name('readFifo'), 0, 1],
        [...name('writeWhenReady'), 0, 2],
      ]),
    ),
    ...section(10, vector([body(write32), body(readFifo), body(writeWhenReady)])),
  ]);
}
