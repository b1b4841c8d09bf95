/* Which I/O virtual addresses a DMA buffer gets, and which may be chosen. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { IoAddresses } from '#src/vfio/io-addresses.js';
import { withCode } from '../../support/errors.js';

const PAGE = 0x1000;

/** As Intel's IOMMU has it: the addresses of message-signalled interrupts are left out. */
const ranges = [
  { start: 0n, end: 0xfedf_ffffn },
  { start: 0xfef0_0000n, end: 0x7f_ffff_ffffn },
];

function addresses(): IoAddresses {
  return new IoAddresses('/dev/vfio/7', PAGE, ranges);
}

describe('the address of a DMA buffer', () => {
  it('is the lowest that is free, above the first page', () => {
    const io = addresses();
    assert.equal(io.take(PAGE), 0x1000n);
    assert.equal(io.take(2 * PAGE), 0x2000n);
    io.give(0x1000n, PAGE);
    assert.equal(io.take(PAGE), 0x1000n);
  });

  it('is the one that was chosen, as a number or a bigint', () => {
    const io = addresses();
    assert.equal(io.take(PAGE, 0x10_0000), 0x10_0000n);
    assert.equal(io.take(PAGE, 0x7f_ffff_f000n), 0x7f_ffff_f000n);
    assert.equal(io.take(PAGE), 0x1000n);
  });

  it('is not one that another buffer has, even in part', () => {
    const io = addresses();
    io.take(4 * PAGE, 0x8000);
    for (const [address, length] of [
      [0x8000, PAGE],
      [0xb000, PAGE],
      [0x7000, 2 * PAGE],
      [0xb000, 2 * PAGE],
      [0x7000, 6 * PAGE],
    ] as const) {
      assert.throws(() => io.take(length, address), withCode('EEXIST', /0x[0-9a-f]+ to .*choose others/));
    }
    assert.equal(io.take(PAGE, 0x7000), 0x7000n);
    assert.equal(io.take(PAGE, 0xc000), 0xc000n);
    io.give(0x8000n, 4 * PAGE);
    assert.equal(io.take(4 * PAGE, 0x8000), 0x8000n);
  });

  it('is one that the IOMMU takes, with all of the buffer', () => {
    const io = addresses();
    const listed = /takes 0x1000 to 0xfedfffff, 0xfef00000 to 0x7fffffffff/;
    for (const address of [0, 0xfee0_0000, 0xfedf_f000, 0x80_0000_0000]) {
      assert.throws(() => io.take(2 * PAGE, address), withCode('ERR_OUT_OF_RANGE', listed));
    }
    assert.throws(() => io.take(PAGE, -4096), withCode('ERR_OUT_OF_RANGE'));
    assert.throws(() => io.take(PAGE, 2n ** 64n), withCode('ERR_OUT_OF_RANGE'));
  });

  it('is that of a page', () => {
    const io = addresses();
    for (const address of [0x1001, 0x1800n, 0x7f_ffff_ffffn]) {
      assert.throws(() => io.take(PAGE, address), withCode('ERR_UNALIGNED', /page size, 0x1000/));
    }
  });

  it('is a number or a bigint', () => {
    for (const address of ['4096', null, {}, 4096.5, Number.NaN]) {
      assert.throws(
        () => addresses().take(PAGE, address as number),
        withCode(typeof address === 'number' ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARGUMENT'),
      );
    }
  });

  it('is below 4 GiB, and none of the interrupts’, where the kernel does not tell what the IOMMU takes', () => {
    const io = new IoAddresses('/dev/vfio/7', PAGE, []);
    assert.throws(() => io.take(PAGE, 0xfee0_0000), withCode('ERR_OUT_OF_RANGE', /0xfedfffff$/));
  });

  it('is missing when there are too few', () => {
    const io = new IoAddresses('/dev/vfio/7', PAGE, [{ start: 1n, end: 0x3ffen }]);
    assert.throws(() => io.take(3 * PAGE), withCode('ENOMEM'));
    assert.equal(io.take(2 * PAGE), 0x1000n, 'whole pages of what the IOMMU takes');
    assert.throws(() => io.take(PAGE), withCode('ENOMEM', /No I\/O virtual addresses/));
  });
});

it('chosen and unchosen addresses never overlap, and are all free again in the end', () => {
  const step = fc.record({ pages: fc.integer({ min: 1, max: 8 }), at: fc.option(fc.nat(63)) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const io = new IoAddresses('/dev/vfio/7', PAGE, [{ start: 0n, end: 0x3ffffn }]);
      const taken: { start: bigint; length: number }[] = [];
      for (const { pages, at } of steps) {
        const length = pages * PAGE;
        let start: bigint;
        try {
          start = io.take(length, at === null ? undefined : at * PAGE);
        } catch {
          continue;
        }
        const end = start + BigInt(length);
        for (const other of taken)
          assert.ok(end <= other.start || start >= other.start + BigInt(other.length));
        taken.push({ start, length });
      }
      for (const { start, length } of taken) io.give(start, length);
      assert.equal(io.take(63 * PAGE), 0x1000n);
    }),
  );
});
