/* The README's examples are the files that the suite runs on the board. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('the README shows the examples as they are run', () => {
  const blocks = [...read('README.md').matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]);
  assert.deepEqual(blocks, [read('examples/alarm.ts'), read('examples/registers.ts')]);
});

test('every example is run by the suite', () => {
  const run = read('test/run.ts');
  for (const example of readdirSync(new URL('examples', root))) {
    assert.ok(run.includes(example.replace(/\.ts$/, '')), example);
  }
});
