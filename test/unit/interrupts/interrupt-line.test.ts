/*
 * Waiting for interrupts. A FIFO stands for the device node: it is readable when something was written, in messages of
 * 4 bytes, as a UIO device is. Real interrupts are tested on the board.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { InterruptLine } from '#src/interrupts/interrupt-line.js';
import type { Rearm } from '#src/interrupts/interrupt-source.js';
import { runModule } from '../../support/child.js';
import { withCode } from '../../support/errors.js';
import { temporaryFile, temporaryFolder } from '../../support/files.js';
import { countDescriptors, countThreads } from '../../support/resources.js';

interface FakeDevice {
  line: InterruptLine;
  /** Makes an interrupt happen with that total count. */
  raise(count: number): void;
  /** How often the interrupt was turned on. */
  rearmed: number;
}

function fakeDevice(t: TestContext, countBefore = 0): FakeDevice {
  const path = join(temporaryFolder(t), 'uio0');
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const device: FakeDevice = {
    line: new InterruptLine(
      {
        fd,
        path,
        read: () => readCount(fd),
        rearm: () => {
          device.rearmed++;
        },
      },
      countBefore,
    ),
    raise: (count) => {
      writeSync(fd, Int32Array.of(count));
    },
    rearmed: 0,
  };
  t.after(() => {
    device.line.close();
    closeSync(fd);
  });
  return device;
}

/** The latest of what was written. */
function readCount(fd: number): number | null {
  const counts = new Int32Array(64);
  try {
    return counts[readSync(fd, counts, 0, counts.byteLength, null) / 4 - 1] ?? null;
  } catch {
    return null;
  }
}

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

test('an interrupt that a synchronous wait has taken does not end an asynchronous one', async (t) => {
  const { line, raise } = fakeDevice(t);
  const wait = line.wait({ timeout: 60_000 });
  raise(1);
  assert.equal(line.waitSync(0), 1);
  setImmediate(() => raise(2));
  assert.equal(await wait, 2);
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
  let listeners = 0;
  const add = t.mock.method(signal, 'addEventListener', () => listeners++);
  const remove = t.mock.method(signal, 'removeEventListener', () => listeners--);
  const wait = line.wait({ signal });
  assert.equal(listeners, 1);
  raise(1);
  await wait;
  assert.equal(listeners, 0);
  assert.deepEqual(remove.mock.calls[0]?.arguments.slice(0, 2), add.mock.calls[0]?.arguments.slice(0, 2));
});

test('close ends every wait with an error, and refuses new ones', async (t) => {
  const { line } = fakeDevice(t);
  const waits = [line.wait(), line.wait({ timeout: 60_000 })];
  line.close();
  for (const wait of waits) await assert.rejects(wait, withCode('ERR_CLOSED'));
  await assert.rejects(line.wait(), withCode('ERR_CLOSED'));
  assert.throws(() => line.waitSync(0), withCode('ERR_CLOSED'));
});

test('a timeout that is none is refused', async (t) => {
  const { line } = fakeDevice(t);
  for (const timeout of [-1, Number.NaN, '5', null, {}]) {
    await assert.rejects(line.wait({ timeout: timeout as number }), withCode('ERR_INVALID_ARGUMENT'));
    assert.throws(() => line.waitSync(timeout as number), withCode('ERR_INVALID_ARGUMENT'));
  }
});

test('a timeout beyond what a timer can do is no limit', async (t) => {
  const { line, raise } = fakeDevice(t);
  for (const timeout of [2 ** 31, Number.POSITIVE_INFINITY]) {
    const wait = line.wait({ timeout });
    raise(1);
    assert.equal(await wait, 1);
  }
});

test('a file that cannot be waited for is an error', async (t) => {
  const path = temporaryFile(t, 0);
  const fd = openSync(path, 'r');
  t.after(() => closeSync(fd));
  const line = new InterruptLine({ fd, path, read: () => null, rearm: () => {} }, 0);
  await assert.rejects(line.wait({ timeout: 1000 }), withCode('EPERM', /is it a device with an interrupt/));
});

test('an error of the device ends every wait', async (t) => {
  const path = join(temporaryFolder(t), 'uio0');
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  t.after(() => closeSync(fd));
  const read = () => {
    throw new Error('gone');
  };
  const line = new InterruptLine({ fd, path, read, rearm: () => {} }, 0);
  const waits = [line.wait(), line.wait({ timeout: 60_000 })];
  writeSync(fd, 'x');
  for (const wait of waits) await assert.rejects(wait, /gone/);
});

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

test('an interrupt that another wait has taken is not lost for a loop', async (t) => {
  const { line, raise } = fakeDevice(t);
  const loop = line.interrupts();
  raise(1);
  await loop.next();
  raise(2);
  assert.equal(await line.wait({ timeout: 0 }), 2);
  assert.deepEqual(await loop.next(), { done: false, value: { count: 2, missed: 0 } });
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

test('a rearm policy that does not exist is refused', async (t) => {
  const { line } = fakeDevice(t);
  await assert.rejects(
    line.interrupts({ rearm: 'never' as 'level' }).next(),
    withCode('ERR_INVALID_ARGUMENT'),
  );
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

test('ten thousand waits need one thread and leave no descriptor', async (t) => {
  const devices = Array.from({ length: 20 }, () => fakeDevice(t));
  await devices[0]?.line.wait({ timeout: 1 });
  const before = [countDescriptors(), countThreads()];
  for (let round = 1; round <= 500; round++) {
    const waits = devices.map(({ line }) => line.wait({ timeout: 60_000 }));
    for (const device of devices) device.raise(round);
    assert.deepEqual(await Promise.all(waits), Array(20).fill(round));
  }
  assert.deepEqual([countDescriptors(), countThreads()], before);
});

/** A program that opens a device at the FIFO $TEST_FIFO and runs `body` with `line`. */
const program = (body: string) => `
  import { constants, openSync } from 'node:fs';
  import { InterruptLine } from '#src/interrupts/interrupt-line.js';
  const path = process.env.TEST_FIFO;
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const line = new InterruptLine({ fd, path, read: () => null, rearm() {} }, 0);
  ${body}`;

test('a process ends when its waits have ended, and lives while one is pending', (t) => {
  const path = join(temporaryFolder(t), 'uio0');
  execFileSync('mkfifo', [path]);
  const env = { TEST_FIFO: path };
  assert.equal(runModule(program('await line.wait({ timeout: 1 });'), env).status, 0);
  assert.equal(runModule(program('line.wait().catch(() => {}); line.close();'), env).status, 0);
  const alive = 'line.wait(); setTimeout(() => process.exit(9), 50).unref();';
  assert.equal(runModule(program(alive), env).status, 9);
});

test('workers wait too, and may be ended while they do', (t) => {
  const path = join(temporaryFolder(t), 'uio0');
  execFileSync('mkfifo', [path]);
  const code = `
    import { readdirSync } from 'node:fs';
    import { Worker } from 'node:worker_threads';
    const work = \`import('node:fs').then(async ({ openSync }) => {
      const { InterruptLine } = await import('#src/interrupts/interrupt-line.js');
      const path = process.env.TEST_FIFO;
      const line = new InterruptLine({ fd: openSync(path, 'r+'), path, read: () => null, rearm() {} }, 0);
      const waited = await line.wait({ timeout: 1 });
      line.wait();
      (await import('node:worker_threads')).parentPort.postMessage(waited);
    })\`;
    const count = () => readdirSync('/proc/self/task').length;
    const run = () => new Promise((resolve, reject) => {
      const worker = new Worker(work, { eval: true }).on('error', reject);
      worker.on('message', (waited) => worker.terminate().then(() => resolve(waited)));
    });
    const first = await run();
    const before = count();
    for (let i = 0; i < 5; i++) await Promise.all([run(), run()]);
    // A thread that has ended may be listed for a moment; of ten workers' threads, none would be gone if they leaked.
    console.log(first, count() - before < 5);`;
  const { stdout, stderr } = runModule(code, { TEST_FIFO: path });
  assert.equal(stdout, 'null true\n', stderr);
});
