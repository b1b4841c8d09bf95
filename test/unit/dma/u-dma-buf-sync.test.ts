/* The commands that u-dma-buf takes, against the fields that the driver takes out of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { syncCommands } from '#src/dma/u-dma-buf-sync.js';
import { withCode } from '../../support/errors.js';

/** What the driver makes of a command. */
function decoded(command: bigint) {
  return {
    offset: Number(command >> 32n),
    size: Number(command & 0xffff_fff0n),
    direction: Number((command >> 2n) & 3n),
    go: Number(command & 3n),
  };
}

const directions = ['both', 'to-device', 'from-device'] as const;
const GIB = 2 ** 30;

/** Ranges of all magnitudes that begin below 4 GiB less a page and end below 8 GiB less two: all that can be said. */
const ranges = fc
  .tuple(
    fc.nat(32),
    fc.nat(32),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([a, b, x, y]) => {
    const offset = Math.floor(Math.min(x * 2 ** a, 4 * GIB - 2 ** 16));
    return { offset, length: Math.floor(Math.min(y * 2 ** (b + 1), 8 * GIB - 2 ** 17 - offset)) };
  });

describe('the commands for a range', () => {
  it('cover it in multiples of 16 bytes, without a gap, an overlap or more than that', () => {
    fc.assert(
      fc.property(ranges, fc.constantFrom(...directions), ({ offset, length }, direction) => {
        const commands = syncCommands({ offset, length, direction }).map(decoded);
        if (length === 0) return assert.deepEqual(commands, []);
        let next = offset - (offset % 16);
        for (const command of commands) {
          assert.equal(command.offset, next);
          assert.equal(command.direction, directions.indexOf(direction));
          assert.equal(command.go, 1);
          assert.notEqual(command.size, 0);
          next += command.size;
        }
        assert.equal(next, Math.ceil((offset + length) / 16) * 16);
      }),
    );
  });

  it('are two for 4 GiB and more, split where a page ends, so that no cache line is in both', () => {
    const bounds = (offset: number, length: number) =>
      syncCommands({ offset, length, direction: 'both' })
        .map(decoded)
        .map(({ offset: first, size }) => [first, first + size]);
    const split = 4 * GIB - 0x1_0000;
    assert.deepEqual(bounds(0, 6 * GIB), [
      [0, split],
      [split, 6 * GIB],
    ]);
    assert.deepEqual(bounds(0x10, 4 * GIB), [
      [0x10, split],
      [split, 4 * GIB + 0x10],
    ]);
    assert.deepEqual(bounds(0, 4 * GIB - 16), [[0, 4 * GIB - 16]]);
    assert.deepEqual(bounds(0x1_0000, 4 * GIB - 16), [[0x1_0000, 4 * GIB + 0x1_0000 - 16]]);
  });

  it('share no cache line, wherever the range begins', () => {
    const offsets = fc.nat(2 ** 17);
    const lengths = fc.integer({ min: 4 * GIB, max: 6 * GIB });
    fc.assert(
      fc.property(offsets, lengths, (offset, length) => {
        const [, ...others] = syncCommands({ offset, length, direction: 'both' }).map(decoded);
        assert.equal(others.length, 1);
        for (const command of others) assert.equal(command.offset % 2 ** 16, 0);
      }),
    );
  });

  it('do not exist where a range begins at 4 GiB or above, or goes on too far', () => {
    const commands = (offset: number, length: number) => () =>
      syncCommands({ offset, length, direction: 'both' });
    assert.throws(commands(4 * GIB, 16), withCode('ERR_UNSUPPORTED', /0x10 bytes at offset 0x100000000/));
    assert.throws(commands(0, 8 * GIB), withCode('ERR_UNSUPPORTED'));
    assert.equal(commands(4 * GIB - 16, 32)().length, 1);
    fc.assert(
      fc.property(
        fc.integer({ min: 4 * GIB, max: 2 ** 50 }),
        fc.integer({ min: 1, max: 2 ** 50 }),
        (offset, length) => {
          assert.throws(commands(offset, length), withCode('ERR_UNSUPPORTED'));
        },
      ),
    );
  });
});
