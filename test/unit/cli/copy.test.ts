import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { mmapio } from '../../support/cli.js';
import { counting, temporaryFile, temporaryFolder } from '../../support/files.js';

describe('mmapio copy', () => {
  for (const width of ['8', '16', '32', '64']) {
    it(`copies a region to a file and back, ${width} bits at a time`, (t) => {
      const target = temporaryFile(t, 0x1000);
      const file = join(temporaryFolder(t), 'copy');
      const there = mmapio(['copy', `file:${target}`, file, '--width', width]);
      assert.deepEqual([there.status, there.stderr], [0, `4096 bytes read, ${width} bits at a time\n`]);
      assert.deepEqual(readFileSync(file), Buffer.from(counting(0x1000)));
      writeFileSync(file, Buffer.alloc(0x10, 0xee));
      assert.equal(
        mmapio(['copy', file, `file:${target}`, '--width', width, '--range', '0x20+0x10']).status,
        0,
      );
      const expected = Buffer.from(counting(0x1000)).fill(0xee, 0x20, 0x30);
      assert.deepEqual(readFileSync(target), expected);
    });
  }

  it('writes as much as the file has', (t) => {
    const target = temporaryFile(t, new Uint8Array(16));
    const { status, stderr } = mmapio(['copy', '-', `file:${target}`], { input: Uint8Array.of(1, 2, 3, 4) });
    assert.deepEqual([status, stderr], [0, '4 bytes written, 32 bits at a time\n']);
    assert.equal(readFileSync(target).toString('hex'), '01020304000000000000000000000000');
  });

  it('goes through standard output', () => {
    const { stdout } = mmapio(['copy', 'sim:timer', '-', '--range', '0+4']);
    assert.equal(stdout, 'RMIT');
    assert.equal(mmapio(['copy', 'sim:timer', '-', '--range', '0+4', '--byte-order', 'big']).stdout, 'TIMR');
  });

  it('reads or writes a FIFO at one offset', (t) => {
    const target = temporaryFile(t, new Uint8Array(16));
    mmapio(['copy', '-', `file:${target}`, '--fifo', '--range', '4+8'], {
      input: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    });
    assert.equal(readFileSync(target).toString('hex'), '00000000050607080000000000000000');
    assert.equal(
      mmapio(['copy', `file:${target}`, '-', '--fifo', '--range', '4+8']).stdout,
      '\x05\x06\x07\x08\x05\x06\x07\x08',
    );
  });

  it('refuses before any access what cannot be', (t) => {
    const target = `file:${temporaryFile(t, 16)}`;
    for (const [args, message] of [
      [['a', 'b'], /one target and one plain file/],
      [[target, target], /one target and one plain file/],
      [[target, '-', '--range', '8+16'], /do not fit/],
      [[target, '-', '--range', '1+4'], /must be multiples of 4/],
      [['-', target, '--range', '0+8'], /fewer than the 8 of --range/],
    ] as const) {
      const { status, stderr } = mmapio(['copy', ...args]);
      assert.match(stderr, message);
      assert.equal(status, 1);
    }
  });
});
