import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { mmapio, output } from '../../support/cli.js';
import { temporaryFile } from '../../support/files.js';

const hex = (path: string) => readFileSync(path).toString('hex');

describe('mmapio write', () => {
  it('writes whole registers without reading them', (t) => {
    const path = temporaryFile(t, 8);
    assert.equal(
      output(['write', `file:${path}`, '0=0x11223344', '4=0b1']),
      ['0x0000 = 0x11223344 (1 write)', '0x0004 = 0x00000001 (1 write)', ''].join('\n'),
    );
    assert.equal(hex(path), '4433221101000000');
  });

  it('takes width and byte order', (t) => {
    const path = temporaryFile(t, new Uint8Array(8));
    output(['write', `file:${path}`, '2=0x1234', '--width', '16', '--byte-order', 'big']);
    output(['write', `file:${path}`, '7=255', '--width', '8']);
    assert.equal(hex(path), '00001234000000ff');
  });

  it('changes bits with one read and one write, and keeps the others', (t) => {
    const path = temporaryFile(t, Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    assert.equal(output(['write', `file:${path}`, '0:11:4=0x5a']), '0x0000:11:4 = 0x5a (1 read, 1 write)\n');
    assert.equal(hex(path), 'aff5ffff');
  });

  it('shows old and new, reads back and compares, only when told to', () => {
    assert.equal(
      output(['write', 'sim:timer', 'CTRL.RATE=fast', '--show']),
      'CTRL.RATE = 0x1, was 0x0, is 0x1 (2 reads, 1 write)\n',
    );
    assert.equal(
      output(['write', 'sim:timer', 'CHANNEL[1].LEN=7', '--verify']),
      'CHANNEL[1].LEN = 0x00000007, is 0x00000007 (1 read, 1 write)\n',
    );
    const wrong = mmapio(['write', 'sim:timer', 'STATUS.TICKED=1', 'CTRL=0', '--verify']);
    assert.equal(wrong.status, 3);
    assert.match(
      wrong.stderr,
      /STATUS.TICKED does not hold what was written; 1 further writes were not done/,
    );
  });

  it('does not clear write-one-to-clear bits that it was not given', (t) => {
    const path = temporaryFile(t, Uint8Array.of(0, 0, 0, 0, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    const map = ['--map', 'examples/thermometer.svd', '-p', 'SENSOR0'];
    output(['write', `file:${path}`, ...map, 'STATUS:5:4=1']);
    assert.equal(readFileSync(path)[4], 0x11);
  });

  it('checks everything before the first write', (t) => {
    const path = temporaryFile(t, new Uint8Array(8));
    for (const [assignment, message] of [
      ['4=0x100000000', /does not fit into the 32 bits/],
      ['4', /is no assignment/],
      ['4=x', /takes a number/],
      ['8=1', /passes the end of the region/],
      ['0+8=1', /is 2 registers/],
    ] as const) {
      const { status, stderr } = mmapio(['write', `file:${path}`, '0=1', assignment]);
      assert.match(stderr, message);
      assert.equal(status, 1);
    }
    assert.equal(hex(path), '0000000000000000');
  });

  it('follows the rules of the register map', () => {
    for (const [assignment, status, message] of [
      ['ID=1', 2, /ID is read-only/],
      ['STATUS.RUNNING=1', 2, /STATUS.RUNNING is read-only/],
      ['COMMAND.RESET=1', 2, /write all of COMMAND/],
      ['CTRL.RATE=fsat', 1, /Did you mean 'fast'\?/],
      ['CTRL.RATE=4', 1, /does not fit into the 2 bits/],
    ] as const) {
      const refused = mmapio(['write', 'sim:timer', assignment]);
      assert.match(refused.stderr, message);
      assert.deepEqual([refused.status, refused.stdout], [status, '']);
    }
    assert.equal(output(['write', 'sim:timer', 'COMMAND=1']), 'COMMAND = 0x00000001 (1 write)\n');
  });

  it('gives JSON with the accesses that it made', () => {
    assert.deepEqual(
      JSON.parse(output(['write', 'sim:timer', 'CTRL.TAG=0xab', 'CTRL=1', '--show', '--json'])),
      [
        {
          name: 'CTRL.TAG',
          offset: 4,
          width: 32,
          value: '0xab',
          old: '0x00',
          now: '0xab',
          accesses: { reads: 2, writes: 1 },
        },
        {
          name: 'CTRL',
          offset: 4,
          width: 32,
          value: '0x00000001',
          old: '0x0000ab01',
          now: '0x00000001',
          accesses: { reads: 2, writes: 1 },
        },
      ],
    );
  });
});
