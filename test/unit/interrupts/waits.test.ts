/* Waits of one device, asynchronous and synchronous. Real interrupts are tested on the board. */
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { withCode } from '../../support/errors.js';
import { fakeDevice } from '../../support/fake-line.js';

test('a wait ends with the count of the next interrupt', async (t) => {
  const { line, raise } = fakeDevice(t);
  const wait = line.wait({ timeout: 60_000 });
  raise(1);
  assert.equal(await wait, 1);
});

test('an interrupt that came before the wait is not lost', async (t) => {
  const { line, raise } = fakeDevice(t);
  raise(5);
  assert.equal(await line.wait({ timeout: 0 }), 5);
  assert.equal(await line.wait({ timeout: 0 }), null);
});

test('a wait ends with null when its time is up', async (t) => {
  const { line } = fakeDevice(t);
  assert.equal(await line.wait({ timeout: 5 }), null);
  assert.equal(line.waitSync(5), null);
  assert.equal(line.waitSync(0), null);
});

test('an interrupt that is raised right behind the call ends the wait without a turn of the event loop', async (t) => {
  const { line, raise } = fakeDevice(t);
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  const wait = line.wait();
  raise(1);
  assert.equal(await wait, 1);
  const next = line.interrupts({ rearm: false }).next();
  raise(2);
  assert.deepEqual((await next).value, { count: 2, missed: 0 });
  assert.equal(turned, false);
});

test('interrupts without end leave the event loop its turns', async (t) => {
  const { line, raise } = fakeDevice(t);
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  for (let count = 1; !turned; count++) {
    assert.ok(count <= 1000, 'a thousand waits, and no turn');
    raise(count);
    assert.equal(await line.wait(), count);
  }
});

test('an interrupt that came in time counts, however late the event loop is', async (t) => {
  const { line, raise } = fakeDevice(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const wait = line.wait({ timeout: 20 });
  await turn();
  await turn();
  raise(7);
  t.mock.timers.tick(20);
  assert.equal(await wait, 7);
});

test('waits of one device end together, at one interrupt', async (t) => {
  const { line, raise } = fakeDevice(t);
  const waits = [line.wait(), line.wait({ timeout: 60_000 }), line.wait()];
  raise(3);
  assert.deepEqual(await Promise.all(waits), [3, 3, 3]);
});

test('a synchronous wait takes an interrupt that is there', (t) => {
  const { line, raise } = fakeDevice(t);
  raise(2);
  assert.equal(line.waitSync(60_000), 2);
});

test('an interrupt that a later wait takes ends the earlier one too', async (t) => {
  const { line, raise } = fakeDevice(t);
  const earlier = line.wait({ timeout: 60_000 });
  raise(1);
  const later = line.wait({ timeout: 60_000 });
  assert.deepEqual(await Promise.all([earlier, later]), [1, 1]);
});

test('an interrupt that a look takes ends the waits that are pending', async (t) => {
  const { line, raise } = fakeDevice(t);
  const waits = [line.wait(), line.wait({ timeout: 60_000 })];
  raise(1);
  assert.equal(await line.wait({ timeout: 0 }), 1);
  assert.deepEqual(await Promise.all(waits), [1, 1]);
  assert.equal(await line.wait({ timeout: 0 }), null, 'and is told once');
});

test('an interrupt that a synchronous wait takes ends the waits that are pending', async (t) => {
  const { line, raise } = fakeDevice(t);
  const wait = line.wait({ timeout: 60_000 });
  raise(1);
  assert.equal(line.waitSync(60_000), 1);
  assert.equal(await wait, 1);
});

test('every wait that is pending when an interrupt is taken ends with it, whoever takes it', async (t) => {
  const { line, raise } = fakeDevice(t);
  const actions = fc.constantFrom('raise', 'wait', 'look', 'look and block', 'turn');
  let total = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(actions, { maxLength: 30 }), async (steps) => {
      const waits: { from: number; ended: Promise<number | null> }[] = [];
      for (const step of steps) {
        if (step === 'raise') raise(++total);
        else if (step === 'wait') waits.push({ from: total, ended: line.wait() });
        else if (step === 'look') await line.wait({ timeout: 0 });
        else if (step === 'look and block') line.waitSync(0);
        else await turn();
      }
      raise(++total);
      assert.equal(line.waitSync(60_000), total);
      for (const { from, ended } of waits) {
        const count = Number(await ended);
        assert.ok(count >= from && count <= total, `${count} for a wait that began at ${from}`);
      }
    }),
    { numRuns: 100 },
  );
});

test('an abort ends a wait with the reason as the cause', async (t) => {
  const { line, raise } = fakeDevice(t);
  const controller = new AbortController();
  const wait = line.wait({ signal: controller.signal });
  const reason = new Error('enough');
  controller.abort(reason);
  await assert.rejects(wait, (error) => withCode('ABORT_ERR')(error) && (error as Error).cause === reason);
  raise(1);
  assert.equal(await line.wait({ timeout: 0 }), 1, 'the interrupt is there for the next wait');
});

test('a wait ends in the same way however far it has got', async (t) => {
  const stages = [async () => {}, () => Promise.resolve(), turn, () => turn().then(() => turn())];
  for (const reach of stages) {
    const { line, raise } = fakeDevice(t);
    const controller = new AbortController();
    const aborted = assert.rejects(line.wait({ signal: controller.signal }), withCode('ABORT_ERR'));
    await reach();
    controller.abort();
    await aborted;
    raise(1);
    await turn();
    assert.equal(await line.wait({ timeout: 0 }), 1, 'nobody took it for a wait that has ended');
    const closed = assert.rejects(line.wait(), withCode('ERR_CLOSED'));
    await reach();
    line.close();
    await closed;
  }
});

test('a signal that is aborted already ends a wait at once', async (t) => {
  const { line, raise } = fakeDevice(t);
  raise(1);
  await assert.rejects(line.wait({ signal: AbortSignal.abort() }), withCode('ABORT_ERR'));
});

test('an ended wait leaves no listener on its signal', async (t) => {
  const { line, raise } = fakeDevice(t);
  const { signal } = new AbortController();
  const wait = line.wait({ signal });
  assert.equal(getEventListeners(signal, 'abort').length, 1);
  raise(1);
  await wait;
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('any number of waits on one signal, of several devices, are one listener', async (t) => {
  const lines = [fakeDevice(t).line, fakeDevice(t).line];
  const controller = new AbortController();
  const { signal } = controller;
  const waits = Array.from({ length: 12 }, (_, i) => lines[i % 2]?.wait({ signal }));
  const early = lines[0]?.wait({ signal, timeout: 1 });
  assert.equal(getEventListeners(signal, 'abort').length, 1);
  assert.equal(await early, null);
  assert.equal(getEventListeners(signal, 'abort').length, 1, 'until the last has ended');
  controller.abort();
  for (const wait of waits) await assert.rejects(wait as Promise<unknown>, withCode('ABORT_ERR'));
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('close ends every wait with an error, and refuses new ones', async (t) => {
  const { line } = fakeDevice(t);
  const waits = [line.wait(), line.wait({ timeout: 60_000 })];
  line.close();
  for (const wait of waits) await assert.rejects(wait, withCode('ERR_CLOSED'));
  await assert.rejects(line.wait(), withCode('ERR_CLOSED'));
  assert.throws(() => line.waitSync(0), withCode('ERR_CLOSED'));
});
