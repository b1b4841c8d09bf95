import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Access, AccessLog } from '../../../fidelity/access-log.js';
import { compare, compareByStretch, countMismatches, explain } from '../../../fidelity/compare.js';

function log(...accesses: Access[]): AccessLog {
  const result = new AccessLog();
  for (const { write, width, address, value } of accesses) result.push(write, width, address, value);
  return result;
}

const read = (address: number, value: bigint | null = null, width = 4): Access => ({
  write: false,
  width,
  address,
  value,
});
const write = (address: number, value: bigint, width = 4): Access => ({ write: true, width, address, value });

/** Accesses before and after the ones in question. */
const around = (...accesses: Access[]) =>
  log(...[1n, 2n, 3n, 4n].map((n) => write(0, n)), ...accesses, ...[5n, 6n, 7n, 8n].map((n) => write(0, n)));

function kinds(said: Access[], seen: Access[]) {
  return compare(around(...said), around(...seen)).mismatches;
}

const anyAccess = fc.record(
  {
    write: fc.boolean(),
    width: fc.constantFrom(1, 2, 4, 8),
    address: fc.nat(64).map((word) => word * 8),
    value: fc.bigInt(0n, 255n),
  },
  { noNullPrototype: true },
);

describe('comparing what a program says with what was seen', () => {
  it('finds nothing where both are the same', () => {
    fc.assert(
      fc.property(fc.array(anyAccess), (accesses) => {
        const { matched, mismatches } = compare(log(...accesses), log(...accesses));
        assert.deepEqual({ matched, mismatches }, { matched: accesses.length, mismatches: {} });
      }),
    );
  });

  it('finds something wherever one access differs', () => {
    fc.assert(
      fc.property(fc.array(anyAccess, { minLength: 1 }), fc.nat(), anyAccess, (accesses, at, other) => {
        const index = at % accesses.length;
        const changed = accesses.with(index, other);
        fc.pre(
          JSON.stringify(Object.values(accesses[index] ?? {}), text) !==
            JSON.stringify(Object.values(other), text),
        );
        assert.notEqual(countMismatches(compare(log(...accesses), log(...changed))), 0);
      }),
    );
  });

  it('finds every access that is missing or too many', () => {
    fc.assert(
      fc.property(fc.array(anyAccess, { minLength: 1 }), fc.nat(), (accesses, at) => {
        const index = at % accesses.length;
        const fewer = accesses.toSpliced(index, 1);
        assert.equal(countMismatches(compare(log(...accesses), log(...fewer))) > 0, true);
        assert.equal(countMismatches(compare(log(...fewer), log(...accesses))) > 0, true);
      }),
    );
  });

  it('takes any value for a read whose value the program did not look at', () => {
    assert.deepEqual(kinds([read(8)], [read(8, 5n)]), {});
  });

  it('names a dropped access', () => {
    assert.deepEqual(kinds([read(8, 5n)], []), { dropped: 1 });
    assert.deepEqual(kinds([write(8, 5n)], []), { dropped: 1 });
  });

  it('counts how many of equal reads were dropped', () => {
    const reads = Array.from({ length: 20 }, () => read(8));
    assert.deepEqual(kinds(reads, reads.slice(0, 5)), { dropped: 15 });
  });

  it('names a doubled access', () => {
    assert.deepEqual(kinds([read(8)], [read(8, 5n), read(8, 6n)]), { doubled: 1 });
  });

  it('names an invented access', () => {
    assert.deepEqual(kinds([write(8, 1n)], [read(8, 0n), write(8, 1n)]), { invented: 1 });
  });

  it('names an access invented before each of many', () => {
    const writes = Array.from({ length: 20 }, (_, index) => write(8, BigInt(index)));
    const seen = writes.flatMap((access) => [read(8, 0n), access]);
    assert.deepEqual(compare(log(...writes), log(...seen)).mismatches, { invented: 20 });
  });

  it('names an access invented behind some of many equal ones', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 100 }), (invents) => {
        const reads = invents.map(() => read(8));
        const seen = invents.flatMap((invented) => (invented ? [read(8), write(8, 0n)] : [read(8)]));
        const count = invents.filter(Boolean).length;
        const expected = count === 0 ? {} : { invented: count };
        assert.deepEqual(compare(log(...reads), log(...seen)).mismatches, expected);
      }),
    );
  });

  it('names each of many dropped accesses between others that are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 100 }), (drops) => {
        const said = drops.flatMap((drop) => (drop ? [read(8), write(8, 0n)] : [read(8)]));
        const count = drops.filter(Boolean).length;
        const expected = count === 0 ? {} : { dropped: count };
        const reads = drops.map(() => read(8));
        assert.deepEqual(compare(log(...said), log(...reads)).mismatches, expected);
      }),
    );
  });

  it('names a widened access, and several merged into one', () => {
    assert.deepEqual(kinds([read(8)], [read(8, 0n, 8)]), { widened: 1 });
    assert.deepEqual(kinds([write(8, 1n), write(12, 2n)], [write(8, 0x200000001n, 8)]), { widened: 2 });
  });

  it('names a split access', () => {
    assert.deepEqual(kinds([read(8)], [read(8, 0n, 2), read(10, 0n, 2)]), { split: 2 });
    assert.deepEqual(kinds([read(8)], [read(8, 0n, 1)]), { split: 1 });
  });

  it('names each of many split and merged accesses', () => {
    const words = Array.from({ length: 20 }, (_, index) => read(8 * index));
    const bytes = words.flatMap(({ address }) => [0, 1, 2, 3].map((byte) => read(address + byte, 0n, 1)));
    assert.deepEqual(compare(log(...words), log(...bytes)).mismatches, { split: 80 });
    const pairs = words.flatMap(({ address }) => [read(address), read(address + 4)]);
    const quads = words.map(({ address }) => read(address, 0n, 8));
    assert.deepEqual(compare(log(...pairs), log(...quads)).mismatches, { widened: 40 });
  });

  it('names swapped accesses', () => {
    assert.deepEqual(kinds([write(8, 1n), read(12)], [read(12, 0n), write(8, 1n)]), { swapped: 2 });
  });

  it('names a wrong direction and a wrong value', () => {
    assert.deepEqual(kinds([read(8)], [write(8, 0n)]), { direction: 1 });
    assert.deepEqual(kinds([write(8, 1n)], [write(8, 2n)]), { value: 1 });
  });

  it('explains a mismatch in a line', () => {
    const { examples } = compare(around(write(8, 1n)), around(write(8, 2n)));
    assert.equal(
      examples[0] && explain(examples[0]),
      'access 4 value: said write32 0x1 at 0x8; seen write32 0x2 at 0x8',
    );
  });
});

describe('comparing what several threads say', () => {
  it('takes any order between the threads, and one order for each', () => {
    const one = [write(0, 1n), write(0, 2n)] as const;
    const other = [write(0x1000, 3n), write(0x1000, 4n)] as const;
    const said = log(...one, ...other);
    assert.deepEqual(compareByStretch(said, log(other[0], one[0], one[1], other[1]), 0x1000).mismatches, {});
    const { mismatches } = compareByStretch(said, log(other[1], one[0], one[1], other[0]), 0x1000);
    assert.deepEqual(mismatches, { swapped: 2 });
  });
});

describe('a log of accesses', () => {
  it('is the same after its journey as bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyAccess, fc.constant(read(8)))), (accesses) => {
        const sent = log(...accesses);
        const received = AccessLog.decode(Buffer.concat([...sent.encode()]), sent.length);
        assert.deepEqual(
          accesses.map((_, index) => received.at(index)),
          accesses,
        );
      }),
    );
  });
});

function text(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}
