/* What waits and loops refuse, before they begin. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InterruptOptions, WaitOptions } from '#src/interrupts/interrupt-source.js';
import { runModule } from '../../support/child.js';
import { withCode } from '../../support/errors.js';
import { fakeDevice, makeFifo } from '../../support/fake-line.js';

const refused = (message: RegExp) => withCode('ERR_INVALID_ARGUMENT', message);

test('a timeout that is none is refused, and shown', async (t) => {
  const { line } = fakeDevice(t);
  const shown: [unknown, RegExp][] = [
    [-1, /timeout is -0x1:/],
    [Number.NaN, /timeout is NaN:/],
    ['5', /timeout is '5':/],
    [5n, /timeout is 0x5n:/],
    [null, /timeout is null:/],
    [{}, /timeout is \{\}:/],
    [Symbol('soon'), /timeout is Symbol\(soon\):/],
  ];
  for (const [timeout, message] of shown) {
    await assert.rejects(line.wait({ timeout: timeout as number }), refused(message));
    assert.throws(() => line.waitSync(timeout as number), refused(message));
  }
});

test('a timeout beyond what a timer can do is no limit', async (t) => {
  const { line, raise } = fakeDevice(t);
  for (const timeout of [2 ** 31, 1e300, Number.POSITIVE_INFINITY]) {
    const wait = line.wait({ timeout });
    raise(1);
    assert.equal(await wait, 1);
  }
});

test('a synchronous wait beyond what a timer can do has no limit', (t) => {
  const path = makeFifo(t);
  const code = `
    import { execFile } from 'node:child_process';
    import { constants, openSync, readSync } from 'node:fs';
    import { InterruptLine } from '#src/interrupts/interrupt-line.js';
    const path = process.env.TEST_FIFO;
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const read = () => { try { return readSync(fd, Buffer.alloc(4)); } catch { return null; } };
    const line = new InterruptLine({ fd, path, read, rearm() {} }, 0);
    for (const timeout of [2 ** 31, 1e300, Infinity]) {
      execFile('sh', ['-c', 'printf 1234 > "$TEST_FIFO"']);
      console.log(line.waitSync(timeout));
    }`;
  const { stdout, stderr } = runModule(code, { TEST_FIFO: path });
  assert.equal(stdout, '4\n4\n4\n', stderr);
});

test('options that are none are refused', async (t) => {
  const { line } = fakeDevice(t);
  for (const options of [null, 1000, 5n, 'soon', true, Symbol('soon'), () => {}]) {
    await assert.rejects(
      line.wait(options as WaitOptions),
      refused(/options is .*: it takes an object of timeout, signal/),
    );
    await assert.rejects(
      line.interrupts(options as InterruptOptions).next(),
      refused(/options is .*: it takes an object of signal, rearm/),
    );
  }
  await assert.rejects(
    line.wait({ timout: 5 } as object),
    refused(/no option timout: there are timeout, signal/),
  );
});

test('a signal that is none is refused: a controller, for example', async (t) => {
  const device = fakeDevice(t);
  for (const none of [new AbortController(), null, {}, true]) {
    const signal = none as AbortSignal;
    const message = /signal is .*: it takes an AbortSignal, such as the signal of an AbortController/;
    await assert.rejects(device.line.wait({ signal }), refused(message));
    await assert.rejects(device.line.interrupts({ signal }).next(), refused(message));
  }
  assert.equal(device.rearmed, 0);
});

test('a rearm policy that does not exist is refused, and shown', async (t) => {
  const device = fakeDevice(t);
  for (const none of ['never', true, null, 0, Symbol('never')]) {
    await assert.rejects(
      device.line.interrupts({ rearm: none as 'level' }).next(),
      refused(/rearm is ('never'|true|null|0x0|Symbol\(never\)): it takes 'level', 'edge' or false/),
    );
  }
  assert.equal(device.rearmed, 0);
});

test('a wait that was refused does not keep the process alive', (t) => {
  const code = `
    import { constants, openSync } from 'node:fs';
    import { InterruptLine } from '#src/interrupts/interrupt-line.js';
    const path = process.env.TEST_FIFO;
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const line = new InterruptLine({ fd, path, read: () => null, rearm() {} }, 0);
    const refused = [{ signal: new AbortController() }, { signal: 5, timeout: 1e9 }, 1000, null];
    for (const options of refused) line.wait(options).catch(({ code }) => console.log(code));`;
  const { status, stdout } = runModule(code, { TEST_FIFO: makeFifo(t) });
  assert.equal(stdout, 'ERR_INVALID_ARGUMENT\n'.repeat(4));
  assert.equal(status, 0);
});
