/* The thread that waits for every device, and the life of the process. */
import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { InterruptLine } from '#src/interrupts/interrupt-line.js';
import { runModule } from '../../support/child.js';
import { withCode } from '../../support/errors.js';
import { fakeDevice, makeFifo, openFifo } from '../../support/fake-line.js';
import { temporaryFile } from '../../support/files.js';
import { countDescriptors, countThreads } from '../../support/resources.js';

test('a file that cannot be waited for is an error', async (t) => {
  const path = temporaryFile(t, 0);
  const fd = openSync(path, 'r');
  t.after(() => closeSync(fd));
  const line = new InterruptLine({ fd, path, read: () => null, rearm: () => {} }, 0);
  await assert.rejects(line.wait({ timeout: 1000 }), withCode('EPERM', /is it a device with an interrupt/));
});

test('an error of the device ends every wait', async (t) => {
  const path = makeFifo(t);
  const fd = openFifo(path);
  t.after(() => closeSync(fd));
  const read = () => {
    throw new Error('gone');
  };
  const line = new InterruptLine({ fd, path, read, rearm: () => {} }, 0);
  const waits = [line.wait(), line.wait({ timeout: 60_000 })];
  writeSync(fd, 'x');
  for (const wait of waits) await assert.rejects(wait, /gone/);
});

test('ten thousand waits need one thread and leave no descriptor', async (t) => {
  const devices = Array.from({ length: 20 }, () => fakeDevice(t));
  const first = devices[0]?.line.wait();
  // The thread has it after two turns.
  await turn();
  await turn();
  devices[0]?.raise(0);
  await first;
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
  const path = makeFifo(t);
  const env = { TEST_FIFO: path };
  assert.equal(runModule(program('await line.wait({ timeout: 1 });'), env).status, 0);
  assert.equal(runModule(program('line.wait().catch(() => {}); line.close();'), env).status, 0);
  const alive = 'line.wait(); setTimeout(() => process.exit(9), 50).unref();';
  assert.equal(runModule(program(alive), env).status, 9);
});

test('workers wait too, and may be ended while they do', (t) => {
  const path = makeFifo(t);
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

test('waits end with an error when the thread cannot wait any more, and it does not go on trying', (t) => {
  // Somebody closes a descriptor that is not his: the thread notices after the next interrupt.
  const code = `
    import { closeSync, constants, openSync, readdirSync, readlinkSync, readSync, writeSync } from 'node:fs';
    import { InterruptLine } from '#src/interrupts/interrupt-line.js';
    const open = (path) => {
      const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
      const read = () => { try { return readSync(fd, Buffer.alloc(4)); } catch { return null; } };
      return { fd, line: new InterruptLine({ fd, path, read, rearm() {} }, 0) };
    };
    const polls = () => readdirSync('/proc/self/fd').filter((fd) => {
      try { return readlinkSync('/proc/self/fd/' + fd) === 'anon_inode:[eventpoll]'; } catch { return false; }
    });
    const before = polls();
    const [one, other] = process.env.TEST_FIFOS.split(' ').map(open);
    const first = one.line.wait();
    const pending = other.line.wait();
    // The thread has both after two turns.
    for (let i = 0; i < 2; i++) await new Promise((resolve) => setImmediate(resolve));
    const ours = polls().filter((fd) => !before.includes(fd));
    closeSync(Number(ours[0]));
    writeSync(one.fd, 'once');
    console.log(ours.length, await first);
    console.log(await pending.catch(({ code }) => code));
    console.log(await one.line.wait({ timeout: 60_000 }).catch(({ code }) => code));`;
  const { status, stdout, stderr } = runModule(code, { TEST_FIFOS: `${makeFifo(t)} ${makeFifo(t)}` });
  assert.equal(stdout, '1 4\nEBADF\nEBADF\n', stderr);
  assert.equal(status, 0);
});
