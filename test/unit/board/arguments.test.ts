import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseArguments } from '../../../board/arguments.js';
import { BoardError } from '../../../board/errors.js';

const action = (...args: string[]) => parseArguments(args).action;

describe('the command line of the board', () => {
  it('starts the prompt when it is empty', () => {
    assert.deepEqual(action(), { kind: 'repl' });
  });

  it('runs a script with everything that follows it, options too', () => {
    assert.deepEqual(action('a.ts', '--node', 'x', '--', 'b'), {
      kind: 'script',
      script: 'a.ts',
      args: ['--node', 'x', '--', 'b'],
    });
  });

  it('takes its own options before the script', () => {
    const parsed = parseArguments([
      '--node',
      '24.22.0',
      '--machine',
      'x64',
      '--with',
      'a',
      '--with=b',
      '--env',
      'X=1',
      'a.ts',
      '--with',
      'c',
    ]);
    assert.equal(parsed.node, '24.22.0');
    assert.equal(parsed.machine, 'x64');
    assert.deepEqual(parsed.with, ['a', 'b']);
    assert.deepEqual(parsed.env, ['X=1']);
    assert.deepEqual(parsed.action, { kind: 'script', script: 'a.ts', args: ['--with', 'c'] });
  });

  it('takes a script whose name begins with a dash after --', () => {
    assert.deepEqual(action('--', '-a.ts', 'b'), { kind: 'script', script: '-a.ts', args: ['b'] });
  });

  it('runs tests, commands and preparations', () => {
    assert.deepEqual(action('--tests', 'a', 'b'), { kind: 'tests', files: ['a', 'b'] });
    assert.deepEqual(action('--command', 'ls -l'), { kind: 'command', command: 'ls -l' });
    assert.deepEqual(action('--prepare'), { kind: 'prepare' });
    assert.deepEqual(action('--help'), { kind: 'help' });
  });

  it('refuses what it does not know, and shows the usage', () => {
    for (const args of [
      ['--nonsense'],
      ['--node'],
      ['--tests'],
      ['--prepare', 'a.ts'],
      ['--env', 'X', 'a.ts'],
    ]) {
      assert.throws(() => parseArguments(args), BoardError, args.join(' '));
    }
    assert.throws(() => parseArguments(['--nonsense']), /Usage: npm run board/);
  });
});
