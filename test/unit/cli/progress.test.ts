/* The progress bar: only on a terminal, and only for what takes long. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { Progress } from '#src/cli/progress.js';

/** What is written for work of which 100 ms pass between two steps of a tenth. */
function written(isTTY: boolean, steps: number): string {
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  let now = 0;
  const progress = new Progress(output, () => now);
  for (let done = 1; done <= steps; done++) {
    now += 100;
    progress.show(done, 10);
  }
  progress.end();
  return output.read() ?? '';
}

test('a bar is drawn on a terminal after half a second, in place, and taken away at the end', () => {
  const text = written(true, 6);
  const bar = (filled: number, percent: number) =>
    `\x1b[1G${'█'.repeat(filled)}${'░'.repeat(30 - filled)}  ${percent} %`;
  assert.equal(text, `${bar(15, 50)}${bar(18, 60)}\x1b[2K\x1b[1G`);
});

test('short work draws nothing', () => {
  assert.equal(written(true, 4), '');
});

test('a pipe gets no bar', () => {
  assert.equal(written(false, 10), '');
});
