/* Interrupts of real devices: raised by the clock, and from outside by the board's button. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Uio } from 'mmapio';
import { pressButton } from '../../board/guest/control.js';
import { clearClock, GPIO, prepareClock, RTC, raiseClock } from '../support/board-devices.js';
import { withCode } from '../support/errors.js';
import { countDescriptors, countThreads } from '../support/resources.js';

test('the alarm of the clock ends a wait', async () => {
  using uio = new Uio(RTC.name);
  const clock = prepareClock(uio);
  const before = uio.integer('event');
  uio.irqOn();
  clock.writeWord(RTC.MATCH, clock.readWord(RTC.DATA) + 1);
  assert.equal(await uio.waitIrq({ timeout: 30_000 }), before + 1);
  clearClock(clock);
});

test('a synchronous wait ends too', () => {
  using uio = new Uio(RTC.name);
  const clock = prepareClock(uio);
  uio.irqOn();
  clock.writeWord(RTC.MATCH, clock.readWord(RTC.DATA) + 1);
  assert.equal(uio.waitIrqSync(30_000), uio.integer('event'));
  clearClock(clock);
});

test('without an interrupt the time runs up', async () => {
  using uio = new Uio(RTC.name);
  prepareClock(uio);
  uio.irqOn();
  assert.equal(await uio.waitIrq({ timeout: 20 }), null);
  assert.equal(uio.waitIrqSync(20), null);
});

test('an interrupt that is off does not come, until it is on', async () => {
  using uio = new Uio(RTC.name);
  const clock = prepareClock(uio);
  uio.irqOff();
  raiseClock(clock);
  assert.equal(await uio.waitIrq({ timeout: 20 }), null);
  uio.irqOn();
  assert.equal(await uio.waitIrq({ timeout: 30_000 }), uio.integer('event'));
  clearClock(clock);
});

test('a level interrupt comes once for each turn of a loop', async () => {
  using uio = new Uio(RTC.name);
  const clock = prepareClock(uio);
  raiseClock(clock);
  const counts: number[] = [];
  for await (const { count, missed } of uio.interrupts()) {
    assert.equal(missed, 0);
    counts.push(count);
    clearClock(clock);
    if (counts.length === 50) break;
    raiseClock(clock);
  }
  assert.deepEqual(
    counts,
    counts.map((_, i) => (counts[0] ?? 0) + i),
  );
});

test('a loop goes on, and turns the interrupt on again, where another wait takes its interrupts', async () => {
  using uio = new Uio(RTC.name);
  const clock = prepareClock(uio);
  const loop = uio.interrupts();
  for (let turns = 0; turns < 3; turns++) {
    const turn = loop.next();
    raiseClock(clock);
    const count = uio.waitIrqSync(30_000);
    assert.deepEqual((await turn).value, { count, missed: 0 });
    clearClock(clock);
  }
  await loop.return();
});

test('interrupts that nobody waited for are missed', async () => {
  using uio = new Uio(RTC.name);
  const clock = prepareClock(uio);
  const loop = uio.interrupts({ rearm: false });
  const first = uio.integer('event');
  for (let i = 0; i < 4; i++) {
    const before = uio.integer('event');
    raiseClock(clock);
    uio.irqOn();
    // The other processor may be the one that takes the interrupt.
    while (uio.integer('event') === before);
    clearClock(clock);
  }
  const { value } = await loop.next();
  assert.deepEqual(value, { count: uio.integer('event'), missed: uio.integer('event') - first - 1 });
  assert.ok((value?.missed ?? 0) >= 3);
  await loop.return();
});

test('the button raises an interrupt from outside', async () => {
  using uio = new Uio(GPIO.name);
  const gpio = uio.regs();
  gpio.writeWord(GPIO.LEVEL, 0);
  gpio.writeWord(GPIO.RISING, GPIO.BUTTON);
  gpio.writeWord(GPIO.CLEAR, 0xff);
  gpio.writeWord(GPIO.ENABLE, GPIO.BUTTON);
  let presses = 0;
  // The GPIO keeps its line high from the edge until it is cleared: to the kernel this is a level.
  const loop = uio.interrupts({ rearm: 'level' });
  for (let next = loop.next(); presses < 3; next = loop.next()) {
    pressButton();
    const { value } = await next;
    assert.equal(value?.missed, 0);
    assert.equal(gpio.readWord(GPIO.MASKED), GPIO.BUTTON);
    while ((gpio.readWord(GPIO.BUTTON_LINE) & GPIO.BUTTON) !== 0);
    gpio.writeWord(GPIO.CLEAR, GPIO.BUTTON);
    presses++;
  }
  gpio.writeWord(GPIO.ENABLE, 0);
});

test('a wait can be given up, and the next one still works', async () => {
  using uio = new Uio(RTC.name);
  const clock = prepareClock(uio);
  uio.irqOn();
  const signal = AbortSignal.timeout(10);
  await assert.rejects(uio.waitIrq({ signal }), withCode('ABORT_ERR'));
  raiseClock(clock);
  assert.notEqual(await uio.waitIrq({ timeout: 30_000 }), null);
  clearClock(clock);
});

test('two who have the device open both see its interrupt', async () => {
  using one = new Uio(RTC.name);
  using other = new Uio(RTC.name);
  const clock = prepareClock(one);
  const waits = [one.waitIrq({ timeout: 30_000 }), other.waitIrq({ timeout: 30_000 })];
  one.irqOn();
  raiseClock(clock);
  const counts = await Promise.all(waits);
  assert.deepEqual(counts, Array(2).fill(one.integer('event')));
  clearClock(clock);
});

test('closing ends a wait with an error and a loop without one', async () => {
  const uio = new Uio(RTC.name);
  const wait = uio.waitIrq();
  const loop = uio.interrupts().next();
  uio.close();
  await assert.rejects(wait, withCode('ERR_CLOSED', /uio\d/));
  assert.deepEqual(await loop, { done: true, value: undefined });
  await assert.rejects(uio.waitIrq(), withCode('ERR_CLOSED'));
  assert.throws(() => uio.irqOff(), withCode('ERR_CLOSED'));
});

test('a device without an interrupt says so', async () => {
  using uio = new Uio('memory@70000000');
  await assert.rejects(uio.waitIrq({ timeout: 1000 }), withCode('EIO', /has no interrupt/));
  assert.throws(() => uio.waitIrqSync(1000), withCode('EIO'));
  assert.throws(() => uio.irqOn(), withCode('EIO', /has no interrupt/));
  await assert.rejects(uio.interrupts().next(), withCode('EIO'));
});

test('waits on every device at once need one thread, and leave nothing', async () => {
  using clock = new Uio(RTC.name);
  await clock.waitIrq({ timeout: 1 });
  const before = [countDescriptors(), countThreads()];
  for (let round = 0; round < 20; round++) {
    const all = Uio.list().filter((info) => ['twin', GPIO.name].includes(info.name));
    const devices = all.map(({ device }) => new Uio({ device }));
    const waits = devices.map((uio) => uio.waitIrq({ timeout: 1 }));
    assert.deepEqual(await Promise.all(waits), [null, null, null]);
    for (const uio of devices) uio.close();
  }
  assert.deepEqual([countDescriptors(), countThreads()], before);
});
