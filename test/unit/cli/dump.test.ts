import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mmapio, output } from '../../support/cli.js';
import { temporaryFile } from '../../support/files.js';

describe('mmapio dump', () => {
  it('shows every register of the map with its fields', () => {
    const text = output(['dump', 'sim:timer']);
    assert.equal(text.trimEnd().split('\n').length, 14);
    assert.match(text, /^0x0004 {2}CTRL {12}0x00000001 {2}ENABLE=1 RATE=slow TAG=0$/m);
  });

  it('does not read what is write-only or changes by reading, unless forced', () => {
    const text = output(['dump', 'sim:timer']);
    assert.match(text, /EVENTS\s+-\s+reading has side effects/);
    assert.match(text, /COMMAND\s+-\s+write-only/);
    const forced = mmapio(['dump', 'sim:timer', 'EVENTS', 'COMMAND', '--force']);
    assert.equal(forced.status, 2);
    assert.match(forced.stderr, /COMMAND is write-only/);
    assert.match(output(['dump', 'sim:timer', 'EVENTS', '--force']), /EVENTS\s+0x00000000/);
  });

  it('has a line for each field when told to', () => {
    assert.deepEqual(output(['dump', 'sim:timer', 'CTRL', '--long']).trimEnd().split('\n'), [
      '0x0004  CTRL    0x00000001',
      '          0                 ENABLE=1',
      '          5:4               RATE=slow',
      '          15:8              TAG=0',
    ]);
  });

  it('dumps a range without a map, and nothing without either', (t) => {
    const target = `file:${temporaryFile(t, 0x10)}`;
    assert.equal(output(['dump', target, '0+8']), '0x0000  0x03020100\n0x0004  0x07060504\n');
    const { status, stderr } = mmapio(['dump', target]);
    assert.equal(status, 1);
    assert.match(stderr, /Without --map FILE, say which registers/);
  });

  it('leaves out registers beyond the end of the region, and says so', (t) => {
    const target = `file:${temporaryFile(t, 8)}`;
    const { status, stdout, stderr } = mmapio([
      'dump',
      target,
      '--map',
      'examples/thermometer.svd',
      '-p',
      'SENSOR0',
    ]);
    assert.deepEqual([status, stdout.split('\n').length], [0, 3]);
    assert.match(stderr, /2 registers of SENSOR0 lie outside the region/);
  });
});
