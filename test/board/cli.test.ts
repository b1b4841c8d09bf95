/* The command on devices of a real kernel. The FIFO of fw-cfg shows how many reads there were: each takes a byte. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Uio } from 'mmapio';
import { clearClock, prepareClock, RTC, raiseClock } from '../support/board-devices.js';
import { mmapio, output, started } from '../support/cli.js';
import { temporaryFolder } from '../support/files.js';

const FIRMWARE = 'uio:fw-cfg@9020000/firmware';

/** Chooses item 0 of the FIFO and goes to its beginning: the bytes "QEMU". */
function rewind(): void {
  assert.equal(
    output(['write', FIRMWARE, '8=0', '--width', '16', '--byte-order', 'big']),
    '0x0008 = 0x0000 (1 write)\n',
  );
}

test('list shows the devices with their drivers', () => {
  const text = output(['list']);
  assert.match(
    text,
    /uio:rtc@9010000 {2}\/dev\/uio\d+ {2}uio_pdrv_genirq, version devicetree, \d+ interrupts/,
  );
  assert.match(text, /map \d 'firmware' {2}0x9020000/);
});

test('read makes one access for each register that is named', () => {
  rewind();
  assert.equal(
    output(['read', FIRMWARE, '0', '0', '0', '0', '--width', '8', '-q']),
    '0x51\n0x45\n0x4d\n0x55\n',
  );
});

test('read takes width and byte order', () => {
  const value = output(['read', FIRMWARE, '0x10', '--width', '64', '--byte-order', 'big', '-q']);
  assert.equal(value, '0x51454d5520434647\n');
});

test('what cannot be understood accesses nothing', () => {
  rewind();
  assert.equal(mmapio(['read', FIRMWARE, '0', '0x1000', '--width', '8']).status, 1);
  assert.equal(mmapio(['write', FIRMWARE, '0:3=1', 'x=1', '--width', '8']).status, 1);
  output(['list']);
  output(['doctor']);
  assert.equal(output(['read', FIRMWARE, '0', '--width', '8', '-q']), '0x51\n');
});

test('copy takes a FIFO element by element', (t) => {
  rewind();
  const file = join(temporaryFolder(t), 'item');
  mmapio(['copy', FIRMWARE, file, '--fifo', '--width', '8', '--range', '0+4']);
  assert.equal(output(['read', `file:${file}`, '0', '-q']), '0x554d4551\n');
});

test('write changes bits of device memory and keeps the others', () => {
  const memory = 'uio:memory@70000000';
  output(['write', memory, '0x40=0xffffffff', '0x40:11:4=0x5a', '--verify']);
  assert.equal(output(['read', memory, '0x40', '0x40:11:4', '-q']), '0xfffff5af\n0x5a\n');
});

test('copy brings blocks to device memory and back', (t) => {
  const file = join(temporaryFolder(t), 'block');
  const memory = 'uio:memory@70000000';
  const input = Uint8Array.from({ length: 0x1000 }, (_, index) => index % 251);
  assert.equal(mmapio(['copy', '-', memory, '--width', '64'], { input }).status, 0);
  assert.equal(mmapio(['copy', memory, file, '--range', '0+0x1000']).status, 0);
  assert.deepEqual(new Uint8Array(readFileSync(file)), input);
});

test('watch waits for the clock to count on', () => {
  const now = output(['read', `uio:${RTC.name}`, '0', '-q']).trim();
  assert.equal(
    mmapio(['watch', `uio:${RTC.name}`, '--until', `0!=${now}`, '-i', '100', '-t', '30s']).status,
    0,
  );
});

test('irq prints an interrupt and leaves it off', async (t) => {
  const irq = started(t, ['irq', `uio:${RTC.name}`, '--count', '1']);
  using uio = new Uio(RTC.name);
  const clock = prepareClock(uio);
  raiseClock(clock);
  await irq.until(/count \d+/);
  assert.equal(await irq.ended, 0);
  clearClock(clock);
});

test('doctor finds drivers and devices', () => {
  const text = output(['doctor']);
  assert.match(text, /✓ UIO drivers: uio_pdrv_genirq/);
  assert.match(text, /✓ \/dev\/uio0: .*: may be used/);
});

test('a device that does not answer is exit code 2', () => {
  const { status, stderr } = mmapio(['read', 'uio:nothing@66000000', '0']);
  assert.equal(status, 2, stderr);
});
