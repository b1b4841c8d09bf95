/*
 * What a register map costs over the raw accesses that it makes, as ratios within one run.
 *
 * The region is ordinary memory behind a bounds check, so that next to nothing hides the map's own work; on a
 * device every access costs more and the ratios fall.
 */
import type { RegisterIO } from 'mmapio';
import { bit, field, reg32, registerMap } from 'mmapio/registers';

class PlainMemory implements RegisterIO {
  readonly length: number;
  readonly #words: Uint32Array;

  constructor(length: number) {
    this.length = length;
    this.#words = new Uint32Array(length / 4);
  }

  #index(offset: number): number {
    if (offset < 0 || offset + 4 > this.length || (offset & 3) !== 0) throw new RangeError('outside');
    return offset >>> 2;
  }

  readUint32(offset: number): number {
    return this.#words[this.#index(offset)] as number;
  }
  writeUint32(offset: number, value: number): void {
    if (value !== value >>> 0) throw new RangeError('value');
    this.#words[this.#index(offset)] = value;
  }
  readUint8 = unused;
  readUint16 = unused;
  readUint64 = unused;
  writeUint8 = unused;
  writeUint16 = unused;
  writeUint64 = unused;
}

function unused(): never {
  throw new Error('not part of this measurement');
}

const map = registerMap({
  CTRL: reg32(0x00, {
    ENABLE: bit(0),
    MODE: field(2, 1, { oneshot: 0, periodic: 1 }),
    PRESCALE: field(15, 8),
  }),
  STATUS: reg32(0x04, { DONE: bit(0).w1c(), BUSY: bit(1).readOnly(), LEVEL: field(15, 8).readOnly() }),
});

const regs = new PlainMemory(0x1000);
const t = map.at(regs);
const ROUNDS = 21;
const ACCESSES = 200_000;

let sink = 0;
const cases: Record<string, (count: number) => void> = {
  'raw read': (count) => {
    for (let i = 0; i < count; i++) sink += regs.readUint32(4);
  },
  'read().LEVEL': (count) => {
    for (let i = 0; i < count; i++) sink += t.STATUS.read().LEVEL;
  },
  'read(), one enumerated field': (count) => {
    for (let i = 0; i < count; i++) if (t.CTRL.read().MODE === 'periodic') sink++;
  },
  'read(), three fields': (count) => {
    for (let i = 0; i < count; i++) {
      const { DONE, BUSY, LEVEL } = t.STATUS.read();
      sink += DONE + BUSY + LEVEL;
    }
  },
  'raw write': (count) => {
    for (let i = 0; i < count; i++) regs.writeUint32(0, i & 0xffff);
  },
  'write, three fields': (count) => {
    for (let i = 0; i < count; i++) t.CTRL.write({ ENABLE: i & 1, MODE: 'periodic', PRESCALE: i & 0xff });
  },
  'raw read and write': (count) => {
    for (let i = 0; i < count; i++) regs.writeUint32(0, (regs.readUint32(0) & ~0xff00) >>> 0);
  },
  'modify, one field': (count) => {
    for (let i = 0; i < count; i++) t.CTRL.modify({ PRESCALE: i & 0xff });
  },
};

const baselines: Record<string, string> = {
  'read().LEVEL': 'raw read',
  'read(), one enumerated field': 'raw read',
  'read(), three fields': 'raw read',
  'write, three fields': 'raw write',
  'modify, one field': 'raw read and write',
};

const times = new Map<string, number[]>(Object.keys(cases).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(cases)) {
    const start = process.hrtime.bigint();
    run(ACCESSES);
    times.get(name)?.push(Number(process.hrtime.bigint() - start) / ACCESSES);
  }
}

const median = (name: string) => {
  const sorted = (times.get(name) ?? []).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};
for (const name of Object.keys(cases)) {
  const baseline = baselines[name];
  const ratio =
    baseline === undefined ? '' : `  ${(median(name) / median(baseline)).toFixed(2)} x ${baseline}`;
  console.log(`${name.padEnd(30)} ${median(name).toFixed(2).padStart(7)} ns${ratio}`);
}
if (Number.isNaN(sink)) console.log(sink);
