/*
 * The same patterns with what JavaScript has itself: views over an ArrayBuffer that is the device's memory.
 */
import { openSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { MemoryMappedIO } from 'mmapio';
import { findBar, type Ground, openMarks } from './grounds.js';
import { compile, type Pattern } from './pattern.js';
import { makePlan, Recorder } from './pattern-run.js';
import { patterns } from './patterns.js';
import { runtimeName } from './runtime-name.js';
import { sendStatement } from './statement.js';

/** What the program is to do: its only argument, as JSON. */
export interface NaiveTask {
  run: number;
  tool: keyof typeof tools;
  count: number;
  warm: number;
  seed: number;
}

/** What the patterns need of a region. */
interface NaiveRegion {
  readWord(offset: number): number;
  writeWord(offset: number, value: number): void;
  readBlock?(offset: number, array: Uint32Array): void;
  writeBlock?(offset: number, array: Uint32Array): void;
}

class TypedArrayRegion implements NaiveRegion {
  readonly #words: Uint32Array;
  constructor(memory: ArrayBuffer) {
    this.#words = new Uint32Array(memory);
  }
  readWord(offset: number): number {
    return this.#words[offset >>> 2] as number;
  }
  writeWord(offset: number, value: number): void {
    this.#words[offset >>> 2] = value;
  }
  readBlock(offset: number, array: Uint32Array): void {
    array.set(this.#words.subarray(offset >>> 2, (offset >>> 2) + array.length));
  }
  writeBlock(offset: number, array: Uint32Array): void {
    this.#words.set(array, offset >>> 2);
  }
}

class DataViewRegion implements NaiveRegion {
  readonly #view: DataView;
  constructor(memory: ArrayBuffer) {
    this.#view = new DataView(memory);
  }
  readWord(offset: number): number {
    return this.#view.getUint32(offset, true);
  }
  writeWord(offset: number, value: number): void {
    this.#view.setUint32(offset, value, true);
  }
}

class BufferRegion implements NaiveRegion {
  readonly #bytes: Buffer;
  constructor(memory: ArrayBuffer) {
    this.#bytes = Buffer.from(memory);
  }
  readWord(offset: number): number {
    return this.#bytes.readUInt32LE(offset);
  }
  writeWord(offset: number, value: number): void {
    this.#bytes.writeUInt32LE(value, offset);
  }
  readBlock(offset: number, array: Uint32Array): void {
    const { buffer, byteOffset, byteLength } = array;
    this.#bytes.copy(Buffer.from(buffer, byteOffset, byteLength), 0, offset, offset + byteLength);
  }
  writeBlock(offset: number, array: Uint32Array): void {
    Buffer.from(array.buffer, array.byteOffset, array.byteLength).copy(this.#bytes, offset);
  }
}

class AtomicsRegion implements NaiveRegion {
  readonly #words: Uint32Array;
  constructor(memory: ArrayBuffer) {
    this.#words = new Uint32Array(memory);
  }
  readWord(offset: number): number {
    return Atomics.load(this.#words, offset >>> 2);
  }
  writeWord(offset: number, value: number): void {
    Atomics.store(this.#words, offset >>> 2, value);
  }
}

const tools = {
  Uint32Array: TypedArrayRegion,
  DataView: DataViewRegion,
  Buffer: BufferRegion,
  Atomics: AtomicsRegion,
};

/** The patterns that need nothing but single accesses, and the transfers where the tool has them. */
const NAMES = new Set([
  'a read whose value is used',
  'a read whose value is not used',
  'the same register twice in one expression',
  'a read that does not depend on the loop',
  'polling for a value',
  'equal writes to one register',
  'a write, then another one over it',
  'a write, then a read of the same register',
  'reads of adjacent registers',
  'readBlock',
  'writeBlock',
]);

const task = JSON.parse(process.argv[2] ?? '') as NaiveTask;
const require = createRequire(import.meta.url);
const addon = require(`../view-${process.arch}.node`) as { view(fd: number, length: number): ArrayBuffer };
const { path, physical, length } = findBar('0x1b36 0x0010', 2);
const Region = tools[task.tool];
const region = (memory: ArrayBuffer) => new Region(memory) as unknown as MemoryMappedIO;
const device: Ground = {
  io: region(addon.view(openSync(path, 'r+'), length)),
  physical,
  bigEndian: false,
  offset: 0,
  length: 0x400,
  widths: [4],
};
const ordinary = { ...device, io: region(new ArrayBuffer(length)) };
const recorder = new Recorder(openMarks(), task.run);
const possible = ({ name }: Pattern) => NAMES.has(name) && (name in device.io || !name.endsWith('Block'));
for (const pattern of patterns.filter(possible)) {
  const run = compile(pattern, 4);
  const record = (heat: string, n: number) => {
    const plan = makePlan(device, 4, n, task.seed);
    recorder.record(
      `${pattern.name}, ${heat}`,
      device,
      () => run(device.io, plan),
      (say) => pattern.says(say, plan),
    );
  };
  record('cold', 64);
  const plan = makePlan(ordinary, 4, task.warm, task.seed);
  for (let call = 0; call < 20; call++) run(ordinary.io, plan);
  record('hot', task.count);
}
sendStatement({ runtime: runtimeName(), engine: task.tool, segments: recorder.segments }, recorder.log);
