import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inTerminal, mmapio, output, started } from '../../support/cli.js';

const ESCAPE = '\x1b';
const HIDE_CURSOR = `${ESCAPE}[?25l`;
const SHOW_CURSOR = `${ESCAPE}[?25h`;

describe('mmapio watch', () => {
  it('prints a line for each change into a pipe, until the condition holds', () => {
    const text = output(['watch', 'sim:timer', 'COUNT', 'CTRL.RATE', '--until', 'COUNT=2', '-i', '20']);
    assert.deepEqual(
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/^ *[\d.]+ s {2}/, '')),
      [
        '0x000c  COUNT      0x00000000',
        '0x0004  CTRL.RATE  0x0         slow',
        '0x000c  COUNT  0x00000001',
        '0x000c  COUNT  0x00000002',
      ],
    );
  });

  it('ends with 3 where the condition never held', () => {
    const { status, stderr } = mmapio([
      'watch',
      'sim:timer',
      '--until',
      'CTRL.RATE=fast',
      '-i',
      '10',
      '-n',
      '3',
    ]);
    assert.equal(status, 3);
    assert.match(stderr, /CTRL.RATE=fast was not met/);
    const late = mmapio(['watch', 'sim:timer', '--until', 'ID!=0x54494d52', '-i', '10', '--timeout', '50']);
    assert.equal(late.status, 3);
  });

  it('gives a line of JSON for each look', () => {
    const looks = output(['watch', 'sim:timer', 'CTRL.RATE', '-n', '2', '-i', '1', '--json'])
      .trim()
      .split('\n');
    assert.deepEqual(
      looks.map((line) => JSON.parse(line).values[0].meaning),
      ['slow', 'slow'],
    );
  });

  it('reads registers with side effects only when forced', () => {
    const refused = mmapio(['watch', 'sim:timer', 'EVENTS', '-n', '1']);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /EVENTS is not watched, reading has side effects/);
    assert.equal(mmapio(['watch', 'sim:timer', '--until', 'EVENTS=1', '-n', '1']).status, 1);
    assert.doesNotMatch(output(['watch', 'sim:timer', '-n', '1']), /EVENTS|COMMAND/);
    assert.match(output(['watch', 'sim:timer', 'EVENTS', '-n', '1', '--force']), /EVENTS {2}0x00000000/);
  });

  it('ends with 0 when it is interrupted', async (t) => {
    const watch = started(t, ['watch', 'sim:timer', 'COUNT', '-i', '10']);
    await watch.until(/COUNT/);
    watch.signal('SIGTERM');
    assert.equal(await watch.ended, 0);
  });

  it('redraws in place on a terminal, marks what changed, and gives the terminal back on Ctrl-C', async (t) => {
    const watch = inTerminal(t, ['watch', 'sim:timer', 'COUNT', 'ID', '-i', '20']);
    await watch.until(/COUNT {2}0x00000002.*[▁▂▃▄▅▆▇█]{3}/);
    assert.ok(watch.output.includes(HIDE_CURSOR));
    assert.ok(watch.output.includes('\x1b[3A'), 'moves up over three lines');
    assert.ok(watch.output.includes(`${ESCAPE}[1m${ESCAPE}[33m0x000c  COUNT`));
    watch.type('\x03');
    assert.equal(await watch.ended, 0);
    assert.ok(watch.output.lastIndexOf(SHOW_CURSOR) > watch.output.lastIndexOf('COUNT'));
    assert.match(watch.output, /[^-]icanon.*[^-]echo\b/s);
  });

  it('draws without colours where NO_COLOR is set', async (t) => {
    const watch = inTerminal(
      t,
      ['watch', 'sim:timer', 'COUNT', '-i', '20', '--until', 'COUNT=1'],
      'NO_COLOR=1',
    );
    assert.equal(await watch.ended, 0);
    assert.match(watch.output, /COUNT {2}0x00000001/);
    assert.ok(!watch.output.includes(`${ESCAPE}[1m`) && !watch.output.includes(`${ESCAPE}[33m`));
  });
});
