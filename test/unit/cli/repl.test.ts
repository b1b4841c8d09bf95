import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { complete } from '#src/cli/repl/complete.js';
import { inTerminal, output } from '../../support/cli.js';

describe('mmapio repl', () => {
  it('evaluates what comes through a pipe', () => {
    const input =
      'CTRL.write({ RATE: "fast" })\nCTRL.read().RATE\nCHANNEL[1].LEN.write(7)\nio.readUint32(0x30)\n';
    const text = output(['repl', 'sim:timer'], { input });
    assert.match(text, /'fast'/);
    assert.match(text, /> 7\n/);
  });

  it('completes registers, methods and fields on Tab, and leaves the terminal as it was', async (t) => {
    const repl = inTerminal(t, ['repl', 'sim:timer'], 'NO_COLOR=1');
    await repl.until(/mmapio> /);
    repl.type('CHANNEL[2].L\t');
    await repl.until(/CHANNEL\[2\]\.LEN/);
    repl.type('.writeV\t');
    await repl.until(/writeValue/);
    repl.type('(0x55)\rCHANNEL[2].LEN.read()\r');
    await repl.until(/85 \(0x55\)/);
    repl.type('CTRL.modify({ EN\t');
    await repl.until(/ENABLE: /);
    repl.type('0 })\rSTATUS.read()\r');
    await repl.until(/RUNNING: 0/);
    repl.type('.exit\r');
    assert.equal(await repl.ended, 0);
    assert.match(repl.output, /[^-]icanon.*[^-]echo\b/s);
  });

  it('ends with Ctrl-D', async (t) => {
    const repl = inTerminal(t, ['repl', 'sim:timer']);
    await repl.until(/mmapio> /);
    repl.type('\x04');
    assert.equal(await repl.ended, 0);
  });
});

describe('completion at the prompt', () => {
  it('evaluates nothing, getters included', () => {
    const names = {
      device: {
        get status(): never {
          throw new Error('a getter was called');
        },
      },
    };
    assert.deepEqual(complete('device.status.', names), [[], 'device.status.']);
    assert.deepEqual(complete('dev', names), [['device'], 'dev']);
    assert.deepEqual(complete('device.st', names), [['device.status'], 'device.st']);
  });
});
