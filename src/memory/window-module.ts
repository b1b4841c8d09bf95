/*
 * The WebAssembly module through which a window is accessed: one exported function for each kind of access.
 *
 * The rules were measured with QEMU as the witness (docs/engines.md):
 * - One access a function. As soon as several stand in one, V8 drops, merges and even doubles plain loads.
 * - On V8, loads are atomic loads: one plain load in machine code (`mov`, `ldar`) that V8 never drops or merges.
 * - On JavaScriptCore an atomic load is a read-modify-write, so there, and only there, loads are plain.
 * - Stores are plain everywhere: an atomic store is an `xchg` on x86, which reads too.
 *
 * After its access each function looks at the fault count, the first word of the memory, and calls the imported
 * `fault(address)` when a bus error was contained.
 */

export interface WindowAccess {
  read8(address: number): number;
  read16(address: number): number;
  /** Signed, as all i32 results of WebAssembly. */
  read32(address: number): number;
  /** Signed, as all i64 results of WebAssembly. */
  read64(address: number): bigint;
  write8(address: number, value: number): void;
  write16(address: number, value: number): void;
  write32(address: number, value: number): void;
  write64(address: number, value: bigint): void;
}

type Code = readonly number[];

const I32 = 0x7f;
const I64 = 0x7e;
const END = 0x0b;
const ATOMIC = 0xfe;

const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const name = (text: string): Code => vector([...Buffer.from(text)].map((byte) => [byte]));
const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
const localGet = (index: number): Code => [0x20, index];
const localSet = (index: number): Code => [0x21, index];

function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

interface Access {
  name: keyof WindowAccess;
  valueType: number;
  /** Log2 of the width in bytes: the alignment hint of the instruction. */
  alignment: number;
  plain: number;
  /** The second byte of the atomic form; loads only. */
  atomic?: number;
}

const READS: readonly Access[] = [
  { name: 'read8', valueType: I32, alignment: 0, plain: 0x2d, atomic: 0x12 },
  { name: 'read16', valueType: I32, alignment: 1, plain: 0x2f, atomic: 0x13 },
  { name: 'read32', valueType: I32, alignment: 2, plain: 0x28, atomic: 0x10 },
  { name: 'read64', valueType: I64, alignment: 3, plain: 0x29, atomic: 0x11 },
];
const WRITES: readonly Access[] = [
  { name: 'write8', valueType: I32, alignment: 0, plain: 0x3a },
  { name: 'write16', valueType: I32, alignment: 1, plain: 0x3b },
  { name: 'write32', valueType: I32, alignment: 2, plain: 0x36 },
  { name: 'write64', valueType: I64, alignment: 3, plain: 0x37 },
];

function instruction(access: Access, atomicLoads: boolean): Code {
  const opcode = atomicLoads && access.atomic !== undefined ? [ATOMIC, access.atomic] : [access.plain];
  return [...opcode, access.alignment, 0];
}

/** `if (faultCount != 0) fault(address)` */
function checkFault(atomicLoads: boolean): Code {
  const load = atomicLoads ? [ATOMIC, 0x10, 2, 0] : [0x28, 2, 0];
  return [0x41, 0, ...load, 0x04, 0x40, ...localGet(0), 0x10, 0, END];
}

function readBody(access: Access, atomicLoads: boolean): Code {
  const code = [
    ...vector([[1, access.valueType]]),
    ...localGet(0),
    ...instruction(access, atomicLoads),
    ...localSet(1),
    ...checkFault(atomicLoads),
    ...localGet(1),
    END,
  ];
  return [...unsigned(code.length), ...code];
}

function writeBody(access: Access, atomicLoads: boolean): Code {
  const code = [
    ...vector([]),
    ...localGet(0),
    ...localGet(1),
    ...instruction(access, false),
    ...checkFault(atomicLoads),
    END,
  ];
  return [...unsigned(code.length), ...code];
}

/** The module's bytes. It imports `window.memory` (of that many 64 KiB pages) and `window.fault`. */
export function windowModule(pages: number, atomicLoads: boolean): Uint8Array<ArrayBuffer> {
  const accesses = [...READS, ...WRITES];
  const functionType = (parameters: Code, results: Code): Code => [
    0x60,
    ...vector(parameters.map((type) => [type])),
    ...vector(results.map((type) => [type])),
  ];
  const types = [
    functionType([I32], []),
    ...READS.map((access) => functionType([I32], [access.valueType])),
    ...WRITES.map((access) => functionType([I32, access.valueType], [])),
  ];
  const imports = [
    [...name('window'), ...name('fault'), 0x00, 0],
    [...name('window'), ...name('memory'), 0x02, 0x01, ...unsigned(pages), ...unsigned(pages)],
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector(imports)),
    ...section(3, vector(accesses.map((_, index) => [index + 1]))),
    ...section(7, vector(accesses.map((access, index) => [...name(access.name), 0x00, index + 1]))),
    ...section(
      10,
      vector([
        ...READS.map((access) => readBody(access, atomicLoads)),
        ...WRITES.map((access) => writeBody(access, atomicLoads)),
      ]),
    ),
  ]);
}
