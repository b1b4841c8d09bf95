import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { packageRoot } from '../../support/descriptions.js';

function mmapio(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...args], {
    cwd: packageRoot,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('mmapio types', () => {
  it('writes a module with a register map for each peripheral', () => {
    const { status, stdout, stderr } = mmapio('types', 'examples/thermometer.svd');
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /^export const SENSOR0 = registerMap\(\{$/m);
    assert.match(stdout, /^export const SENSOR0_BASE = 0x40020000n;$/m);
  });

  it('writes chosen peripherals only', () => {
    const { stdout } = mmapio('types', 'examples/thermometer.svd', '--peripheral', 'SENSOR1');
    assert.deepEqual(stdout.match(/^export const \w+/gm), [
      'export const SENSOR1',
      'export const SENSOR1_BASE',
    ]);
  });

  it('exits with 1 and says why where it is called wrongly', () => {
    for (const args of [['types'], ['types', 'a', 'b'], ['types', 'a', '--colour']]) {
      const { status, stderr } = mmapio(...args);
      assert.equal(status, 1, args.join(' '));
      assert.match(stderr, /^error: .*\n\(mmapio --help/);
    }
  });

  it('exits with 2 where the file is not there or not usable', () => {
    const missing = mmapio('types', 'gone.svd');
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /^mmapio: ENOENT: .*'gone\.svd'/);
    const unusable = mmapio('types', 'package.json');
    assert.equal(unusable.status, 2);
    assert.match(unusable.stderr, /^mmapio: package\.json: device\(mmapio\): has no 'format'/);
  });
});
