/* Loops over the interrupts of one device. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { InterruptLine } from '#src/interrupts/interrupt-line.js';
import type { Rearm } from '#src/interrupts/interrupt-source.js';
import { withCode } from '../../support/errors.js';
import { fakeDevice } from '../../support/fake-line.js';

test('a loop tells each interrupt and how many were missed', async (t) => {
  const { line, raise } = fakeDevice(t, 10);
  const seen: unknown[] = [];
  raise(11);
  for await (const interrupt of line.interrupts()) {
    seen.push(interrupt);
    if (seen.length === 3) break;
    raise(seen.length === 1 ? 15 : 16);
  }
  assert.deepEqual(seen, [
    { count: 11, missed: 0 },
    { count: 15, missed: 3 },
    { count: 16, missed: 0 },
  ]);
});

test('missed interrupts are counted across the wrap of the count', async (t) => {
  const { line, raise } = fakeDevice(t, 0x7fffffff);
  raise(-0x80000000 + 2);
  const loop = line.interrupts();
  assert.deepEqual(await loop.next(), { done: false, value: { count: -0x80000000 + 2, missed: 2 } });
  await loop.return();
});

/** Ways in which somebody beside a loop may take an interrupt. */
const TAKERS: Record<string, (line: InterruptLine) => unknown> = {
  'a look': (line) => line.wait({ timeout: 0 }),
  'a wait': (line) => line.wait(),
  'a synchronous wait': (line) => line.waitSync(60_000),
};

for (const [name, take] of Object.entries(TAKERS)) {
  test(`an interrupt that ${name} takes while the loop waits is a turn of the loop`, async (t) => {
    const { line, raise } = fakeDevice(t);
    const loop = line.interrupts();
    const turn = loop.next();
    raise(1);
    assert.equal(await take(line), 1);
    assert.deepEqual(await turn, { done: false, value: { count: 1, missed: 0 } });
    await loop.return();
  });

  test(`an interrupt that ${name} takes while the loop's body runs is its next turn`, async (t) => {
    const { line, raise } = fakeDevice(t);
    const loop = line.interrupts();
    raise(1);
    await loop.next();
    raise(2);
    assert.equal(await take(line), 2);
    raise(4);
    assert.equal(await take(line), 4);
    assert.deepEqual(await loop.next(), { done: false, value: { count: 4, missed: 2 } });
    await loop.return();
  });
}

test('a level interrupt that another has taken is served before it is turned on', async (t) => {
  const device = fakeDevice(t);
  const loop = device.line.interrupts();
  device.raise(1);
  await loop.next();
  device.raise(2);
  assert.equal(device.line.waitSync(0), 2);
  await loop.next();
  assert.equal(device.rearmed, 0);
  const next = loop.next();
  assert.equal(device.rearmed, 1);
  device.raise(3);
  await next;
  await loop.return();
});

/** How often the interrupt had been turned on when each body of a loop ran; `pending`: one came before the loop. */
async function rearmedInBodies(t: TestContext, rearm: Rearm, pending: boolean): Promise<number[]> {
  const device = fakeDevice(t);
  const seen: number[] = [];
  const raise = () => device.raise(seen.length + 1);
  if (pending) raise();
  else setImmediate(raise);
  for await (const _ of device.line.interrupts({ rearm })) {
    seen.push(device.rearmed);
    if (seen.length === 3) break;
    raise();
  }
  return seen;
}

test("a level interrupt is turned on first, and again after the loop's body", async (t) => {
  assert.deepEqual(await rearmedInBodies(t, 'level', false), [1, 2, 3]);
});

test('a level interrupt that is pending already is served before it is turned on', async (t) => {
  assert.deepEqual(await rearmedInBodies(t, 'level', true), [0, 1, 2]);
});

test("an edge interrupt is turned on first, and again before the loop's body", async (t) => {
  assert.deepEqual(await rearmedInBodies(t, 'edge', false), [2, 3, 4]);
  assert.deepEqual(await rearmedInBodies(t, 'edge', true), [2, 3, 4]);
});

test('an interrupt is never turned on where that was asked', async (t) => {
  assert.deepEqual(await rearmedInBodies(t, false, false), [0, 0, 0]);
});

test('close ends a loop, also one that waits', async (t) => {
  const { line } = fakeDevice(t);
  const next = line.interrupts().next();
  setImmediate(() => line.close());
  assert.deepEqual(await next, { done: true, value: undefined });
});

test('an abort ends a loop with an error', async (t) => {
  const { line } = fakeDevice(t);
  const controller = new AbortController();
  const next = line.interrupts({ signal: controller.signal }).next();
  setImmediate(() => controller.abort());
  await assert.rejects(next, withCode('ABORT_ERR'));
});

const REARM: readonly Rearm[] = ['level', 'edge', false];

test('a loop that is aborted before it begins turns nothing on', async (t) => {
  const device = fakeDevice(t);
  for (const rearm of REARM) {
    const loop = device.line.interrupts({ rearm, signal: AbortSignal.abort() });
    await assert.rejects(loop.next(), withCode('ABORT_ERR'));
  }
  assert.equal(device.rearmed, 0);
});

test('a loop that is closed before it begins turns nothing on', async (t) => {
  const device = fakeDevice(t);
  const loop = device.line.interrupts();
  device.line.close();
  await assert.rejects(loop.next(), withCode('ERR_CLOSED'));
  assert.equal(device.rearmed, 0);
});

for (const [how, ended] of [
  ['an abort', (loop: Promise<unknown>) => assert.rejects(loop, withCode('ABORT_ERR'))],
  ['close', async (loop: Promise<unknown>) => assert.deepEqual(await loop, { done: true, value: undefined })],
] as const) {
  test(`after ${how} in the body the interrupt is not turned on any more`, async (t) => {
    for (const rearm of REARM) {
      const device = fakeDevice(t);
      const controller = new AbortController();
      const loop = device.line.interrupts({ rearm, signal: controller.signal });
      device.raise(1);
      await loop.next();
      const { rearmed } = device;
      if (how === 'close') device.line.close();
      else controller.abort();
      await ended(loop.next());
      assert.equal(device.rearmed, rearmed);
    }
  });

  test(`${how} that comes with the interrupt turns nothing on`, async (t) => {
    for (const rearm of REARM) {
      const device = fakeDevice(t);
      const controller = new AbortController();
      const loop = device.line.interrupts({ rearm, signal: controller.signal });
      const turn = loop.next();
      const { rearmed } = device;
      device.raise(1);
      assert.equal(device.line.waitSync(0), 1);
      if (how === 'close') device.line.close();
      else {
        controller.abort();
        assert.deepEqual(
          (await turn).value,
          { count: 1, missed: 0 },
          'it has been taken: nobody else would get it',
        );
      }
      await ended(how === 'close' ? turn : loop.next());
      assert.equal(device.rearmed, rearmed);
    }
  });
}
