/*
 * What a register map costs over the raw accesses that it makes, as ratios within one run.
 *
 * Two regions, each in a process of its own: `plain` is a typed array behind a bounds check, next to nothing, so that
 * the map's own work stands out; `region` is a MemoryMappedIO over ordinary memory, what programs use. On a device
 * the accesses cost more and the ratios fall.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MemoryMappedIO, type RegisterIO } from 'mmapio';
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

const ROUNDS = 21;
const ACCESSES = 200_000;

function casesFor(regs: RegisterIO): Record<string, (count: number) => number> {
  const t = map.at(regs);
  return {
    'raw read': (count) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += regs.readUint32(4);
      return sum;
    },
    'read().LEVEL': (count) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += t.STATUS.read().LEVEL;
      return sum;
    },
    'read().MODE, a name': (count) => {
      let sum = 0;
      for (let i = 0; i < count; i++) if (t.CTRL.read().MODE === 'periodic') sum++;
      return sum;
    },
    'read(), three fields': (count) => {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const { DONE, BUSY, LEVEL } = t.STATUS.read();
        sum += DONE + BUSY + LEVEL;
      }
      return sum;
    },
    'raw write': (count) => {
      for (let i = 0; i < count; i++) regs.writeUint32(0, i & 0xffff);
      return 0;
    },
    'write, three fields': (count) => {
      for (let i = 0; i < count; i++) t.CTRL.write({ ENABLE: i & 1, MODE: 'periodic', PRESCALE: i & 0xff });
      return 0;
    },
    'raw read and write': (count) => {
      for (let i = 0; i < count; i++)
        regs.writeUint32(0, ((regs.readUint32(0) & ~0xff00) | (i & 0xff00)) >>> 0);
      return 0;
    },
    'modify, one field': (count) => {
      for (let i = 0; i < count; i++) t.CTRL.modify({ PRESCALE: i & 0xff });
      return 0;
    },
  };
}

const BASELINES: Record<string, string> = {
  'read().LEVEL': 'raw read',
  'read().MODE, a name': 'raw read',
  'read(), three fields': 'raw read',
  'write, three fields': 'raw write',
  'modify, one field': 'raw read and write',
};

function measure(regs: RegisterIO): void {
  const cases = casesFor(regs);
  const best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const start = process.hrtime.bigint();
      run(ACCESSES);
      const each = Number(process.hrtime.bigint() - start) / ACCESSES;
      best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, each));
    }
  }
  for (const [name, each] of best) {
    const baseline = BASELINES[name];
    const ratio =
      baseline === undefined ? '' : `  ${(each / (best.get(baseline) ?? each)).toFixed(2)} x ${baseline}`;
    console.log(`  ${name.padEnd(24)} ${each.toFixed(2).padStart(6)} ns${ratio}`);
  }
}

const kind = process.argv[2];
if (kind === 'plain') measure(new PlainMemory(0x1000));
else if (kind === 'region') measure(new MemoryMappedIO(new ArrayBuffer(0x1000)));
else {
  for (const each of ['plain', 'region']) {
    console.log(each);
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), each], { stdio: 'inherit' });
  }
}
