import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mmapio, output, started } from '../../support/cli.js';
import { temporaryFile } from '../../support/files.js';

describe('mmapio irq', () => {
  it('prints each interrupt with its time and the count of the driver', () => {
    const { status, stdout, stderr } = mmapio(['irq', 'sim:timer', '--count', '2', '--timeout', '30s']);
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^ +0\.\d{6} s {2}\+ *[\d.]+ ms {2}count 1\n +0\.\d{6} s {2}\+ *[\d.]+ ms {2}count 2\n$/,
    );
    assert.equal(stderr, '2 interrupts, 0 missed\n');
  });

  it('gives a line of JSON for each', () => {
    const [line = ''] = output(['irq', 'sim:timer', '-n', '1', '--json']).split('\n');
    const { count, missed, time, since } = JSON.parse(line);
    assert.deepEqual([count, missed, time], [1, 0, since]);
  });

  it('ends with 3 where too few came in time', () => {
    const { status, stderr } = mmapio(['irq', 'sim:timer', '-n', '1', '--timeout', '1']);
    assert.equal(status, 3);
    assert.match(stderr, /0 of 1 interrupts came/);
  });

  it('ends with 0 when it is interrupted', async (t) => {
    const irq = started(t, ['irq', 'sim:timer']);
    await irq.until(/count 1/);
    irq.signal('SIGINT');
    assert.equal(await irq.ended, 0);
    assert.match(irq.output, /\d interrupts, 0 missed/);
  });

  it('says what has no interrupt', (t) => {
    const { status, stderr } = mmapio(['irq', `file:${temporaryFile(t, 8)}`]);
    assert.equal(status, 2);
    assert.match(stderr, /has no interrupt/);
  });
});
