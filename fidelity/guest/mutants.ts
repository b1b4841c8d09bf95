/*
 * The proof that the comparison finds what it is for: programs that say one thing and do another. Every segment names
 * the kind of mismatch that it must be found to be.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { type WindowAccess, windowModule } from '#src/memory/window-module.js';
import { native } from '#src/native/binding.js';
import type { MismatchKind } from '../compare.js';
import { findBar, type Ground, grounds, openMarks } from './grounds.js';
import { type WrongAccess, wrongModule } from './mutant-module.js';
import { Recorder } from './pattern-run.js';
import { runtimeName } from './runtime-name.js';
import { type Say, sendStatement } from './statement.js';

/** What the program is to do: its only argument, as JSON. */
export interface MutantTask {
  run: number;
  /** `faulty`: single wrong accesses. `modules`: WebAssembly that a window must not be made of. */
  part: 'faulty' | 'modules';
}

declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

interface Mutant {
  name: string;
  expected: MismatchKind;
  /** What it does in place of the one access, or two, that it says. */
  act(io: Ground['io']): void;
  /** Default: reads a word at 8. */
  says?(say: Say): void;
}

const AROUND = 200;

const faulty: readonly Mutant[] = [
  { name: 'a read dropped', expected: 'dropped', act: () => {} },
  { name: 'a write dropped', expected: 'dropped', act: () => {}, says: (say) => say.write(8, 1) },
  {
    name: 'a read doubled',
    expected: 'doubled',
    act(io) {
      io.readWord(8);
      io.readWord(8);
    },
  },
  {
    name: 'a write doubled',
    expected: 'doubled',
    act(io) {
      io.writeWord(8, 1);
      io.writeWord(8, 1);
    },
    says: (say) => say.write(8, 1),
  },
  { name: 'a read widened', expected: 'widened', act: (io) => io.readQuad(8) },
  {
    name: 'two writes merged into one',
    expected: 'widened',
    act: (io) => io.writeQuad(8, 0x0000_0002_0000_0001n),
    says(say) {
      say.write(8, 1);
      say.write(12, 2);
    },
  },
  {
    name: 'a read split',
    expected: 'split',
    act(io) {
      io.readHalf(8);
      io.readHalf(10);
    },
  },
  { name: 'a read of one byte of a word', expected: 'split', act: (io) => io.readByte(9) },
  {
    name: 'two writes swapped',
    expected: 'swapped',
    act(io) {
      io.writeWord(12, 2);
      io.writeWord(8, 1);
    },
    says(say) {
      say.write(8, 1);
      say.write(12, 2);
    },
  },
  {
    name: 'a read of another register invented',
    expected: 'invented',
    act(io) {
      io.readWord(8);
      io.readWord(16);
    },
  },
  { name: 'a write in place of a read', expected: 'direction', act: (io) => io.writeWord(8, 0) },
  {
    name: 'another value written',
    expected: 'value',
    act: (io) => io.writeWord(8, 3),
    says: (say) => say.write(8, 1),
  },
];

/** The mutation stands between accesses that are as said. */
function runFaulty(recorder: Recorder, ground: Ground): void {
  for (const { name, expected, act, says = (say: Say) => say.read(8) } of faulty) {
    const around = (access: (value: number) => void) => {
      for (let i = 0; i < AROUND; i++) access(i);
    };
    recorder.record(
      name,
      ground,
      () => {
        around((i) => ground.io.writeWord(0, i));
        act(ground.io);
        around((i) => ground.io.writeWord(4, i));
      },
      (say) => {
        around((i) => say.write(0, i));
        says(say);
        around((i) => say.write(4, i));
      },
      expected,
    );
  }
}

const PAGES = 32;
const AT = 0x100000;
const COUNT = 20_000;

/** A WebAssembly memory of this test's own with the device in it, put there by the core. */
function openMemory(): { memory: object } {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  native.attachWindow(memory.buffer);
  const { path, length } = findBar('0x1b36 0x0010', 2);
  const fd = openSync(path, constants.O_RDWR | constants.O_SYNC);
  // not its last pages: the WebAssembly memory ends there
  if (native.map(fd, 0, length / 2, true, AT) < 0) throw new Error('the device cannot be mapped');
  closeSync(fd);
  return { memory };
}

/** What becomes of loops of plain loads depends on the compiler: each is left whole by the other versions. */
const LOOPS: Readonly<Record<string, { loop: 'readFifo' | 'writeWhenReady'; expected: MismatchKind }>> = {
  20: { loop: 'writeWhenReady', expected: 'split' },
  22: { loop: 'writeWhenReady', expected: 'split' },
  24: { loop: 'writeWhenReady', expected: 'invented' },
  26: { loop: 'readFifo', expected: 'dropped' },
};

function runLoops(recorder: Recorder, ground: Ground, wrong: WrongAccess): void {
  const mutant = LOOPS[Number.parseInt(process.versions.node, 10)];
  if (mutant === undefined) return;
  const { loop, expected } = mutant;
  for (let warm = 0; warm < 500; warm++) wrong[loop](0x10000, 0x10010, 4000);
  const says = {
    readFifo(say: Say) {
      for (let i = 0; i < COUNT; i++) say.read(0);
    },
    writeWhenReady(say: Say) {
      for (let i = 0; i < COUNT; i++) {
        say.read(0);
        say.write(4, COUNT - i);
      }
    },
  };
  const names = {
    readFifo: 'a block transfer by a WebAssembly loop of plain loads',
    writeWhenReady: 'a bit of a status tested in a WebAssembly loop of plain loads',
  };
  recorder.record(names[loop], ground, () => wrong[loop](AT, 0x10000, COUNT), says[loop], expected);
}

function runModules(recorder: Recorder, ground: Ground): void {
  const { memory } = openMemory();
  const wrong = new WebAssembly.Instance(new WebAssembly.Module(wrongModule(PAGES)), { window: { memory } })
    .exports as WrongAccess;
  const fault = () => {};
  const atomic = new WebAssembly.Instance(new WebAssembly.Module(windowModule(PAGES, true)), {
    window: { memory, fault },
  }).exports as WindowAccess;
  const times = (access: (i: number) => void) => {
    for (let i = 0; i < COUNT; i++) access(i);
  };
  const { bun } = process.versions as Record<string, string | undefined>;
  if (process.arch === 'x64' && bun === undefined) {
    recorder.record(
      'an atomic store in the window',
      ground,
      () => times((i) => wrong.write32(AT, i)),
      (say) => times((i) => say.write(0, i)),
      'invented',
    );
  }
  if (bun === undefined) runLoops(recorder, ground, wrong);
  if (bun !== undefined) {
    recorder.record(
      'an atomic load in the window of JavaScriptCore',
      ground,
      () => times(() => atomic.read32(AT)),
      (say) => times(() => say.read(0)),
      'invented',
    );
  }
}

const task = JSON.parse(process.argv[2] ?? '') as MutantTask;
const engine = task.part === 'faulty' ? 'window' : 'native';
const ground = grounds.cmb?.(engine) as Ground;
const recorder = new Recorder(openMarks(), task.run);
if (task.part === 'faulty') runFaulty(recorder, ground);
else runModules(recorder, ground);
sendStatement({ runtime: runtimeName(), engine, segments: recorder.segments }, recorder.log);
