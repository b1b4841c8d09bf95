/* What Tab offers: what the command answers, and what the scripts of bash and zsh make of it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { output } from '../../support/cli.js';
import { packageRoot } from '../../support/descriptions.js';
import { fakeUio } from '../../support/fake-uio.js';

const DEVICES = [
  {
    device: 'uio0',
    name: 'dma@60010000',
    maps: [{ name: 'control', addr: '0x60010000', size: '0x1000' }],
  },
];

describe('completion', () => {
  const words = (...line: string[]) =>
    output(['complete', '--', ...line])
      .split('\n')
      .map((one) => one.split('\t')[0]);

  it('knows commands, options, targets, registers, fields and peripherals', (t) => {
    assert.deepEqual(words('wa'), ['watch', ':4', '']);
    assert.deepEqual(words('read', 'sim:timer', '--wi'), ['--width', ':4', '']);
    assert.deepEqual(words('read', 'sim:timer', 'CTRL.R'), ['CTRL.RATE', ':4', '']);
    assert.deepEqual(words('dump', 'x', '--map', 'examples/thermometer.svd', '-p', 'SENSOR1', 'CE'), [
      'CELSIUS[0]',
      'CELSIUS[1]',
      ':4',
      '',
    ]);
    const { sysfs, dev } = fakeUio(t, DEVICES);
    const uio = output(['complete', '--', 'read', 'uio'], { env: { MMAPIO_SYSFS: sysfs, MMAPIO_DEV: dev } });
    assert.match(uio, /^uio:dma@60010000\t/);
  });

  it('leaves file names to the shell', () => {
    assert.deepEqual(words('read', 'sim:timer', '--map', ''), [':0', '']);
    assert.deepEqual(words('types', ''), [':0', '']);
  });

  it('has a script for fish', () => {
    assert.match(output(['completion', 'fish']), /complete -c mmapio/);
  });
});

/** Runs a shell in which `mmapio` is the command under test; what it prints, a word a line. */
function shell(name: 'bash' | 'zsh', program: string): string[] {
  const { status, stdout, stderr } = spawnSync(name, ['-c', program], {
    cwd: packageRoot,
    encoding: 'utf8',
    env: { ...process.env, NODE: process.execPath, MAIN: join(packageRoot, 'dist/cli/main.js') },
  });
  assert.deepEqual([status, stderr], [0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

/** What bash completes at the end of a line, and the options it is given for that. */
function bash(line: string): string[] {
  return shell(
    'bash',
    `mmapio() { "$NODE" "$MAIN" "$@"; }
    compopt() { echo "compopt $*"; }
    COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
    source <(mmapio completion bash)
    COMP_LINE='${line}' COMP_POINT=${line.length}
    __mmapio_complete
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
}

/** The same of zsh, whose own words for it are replaced by ones that print. */
function zsh(line: string): string[] {
  return shell(
    'zsh',
    `mmapio() { "$NODE" "$MAIN" "$@" }
    compdef() { }; compset() { echo "compset $*" }; _files() { echo files }
    compadd() { print -rl -- \${(P)@[-1]} }
    source <(mmapio completion zsh)
    words=(${line.replace(/ $/, " ''")}) CURRENT=$#words
    _mmapio`,
  );
}

/** In CI it must be there. */
const withZsh =
  spawnSync('zsh', ['--version']).error === undefined || process.env.CI !== undefined
    ? {}
    : { skip: 'zsh is not installed' };

for (const { name, complete, options } of [
  { name: 'bash', complete: bash, options: {} },
  { name: 'zsh', complete: zsh, options: withZsh },
]) {
  describe(`completion in ${name}, of every kind`, options, () => {
    it('completes a command, an option and a register', () => {
      assert.deepEqual(
        complete('mmapio wa').map((word) => word.split(' ')[0]),
        ['watch'],
      );
      assert.deepEqual(
        complete('mmapio read sim:timer --wi').map((word) => word.split(' ')[0]),
        ['--width'],
      );
      assert.deepEqual(complete('mmapio read sim:timer CTRL.R'), ['CTRL.RATE']);
    });

    it('offers everything behind a blank', () => {
      assert.ok(complete('mmapio read ').some((word) => word.startsWith('sim:timer')));
    });
  });
}

describe('completion in bash, with colons and files', () => {
  it('completes a target from before its colon and from behind it', () => {
    assert.deepEqual(bash('mmapio read si'), ['sim:timer']);
    assert.deepEqual(bash('mmapio read sim:'), ['timer']);
  });

  it('has no blank behind what goes on', () => {
    assert.deepEqual(bash('mmapio read me'), ['compopt -o nospace', 'mem:']);
  });

  it('completes file names by itself', () => {
    assert.deepEqual(bash('mmapio types exa'), ['compopt -o default']);
  });
});

describe('completion in zsh, with colons and files', withZsh, () => {
  it('completes a target whole', () => {
    assert.deepEqual(zsh('mmapio read sim:'), ['sim:timer']);
  });

  it('completes file names by itself, behind a colon too', () => {
    assert.deepEqual(zsh('mmapio read file:exa'), ['compset -P *:', 'files']);
  });
});
