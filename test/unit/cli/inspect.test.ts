/* Commands that touch no device: list, decode, doctor, help. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mmapio, output } from '../../support/cli.js';
import { fakeUio } from '../../support/fake-uio.js';

const env = (roots: { sysfs: string; dev: string }) => ({ MMAPIO_SYSFS: roots.sysfs, MMAPIO_DEV: roots.dev });

const DEVICES = [
  {
    device: 'uio0',
    name: 'dma@60010000',
    event: 7,
    maps: [
      { name: 'control', addr: '0x60010000', size: '0x1000' },
      { addr: '0x60020000', size: '0x10000' },
    ],
    node: new Uint8Array(0x2000).fill(0xab),
  },
];

describe('mmapio list', () => {
  it('draws a tree of the UIO devices and their maps', (t) => {
    const roots = fakeUio(t, DEVICES);
    assert.match(
      output(['list'], { env: env(roots) }),
      new RegExp(
        [
          '^UIO devices',
          '└─ uio:dma@60010000 {2}/dev/uio0 {2}no driver, version devicetree, 7 interrupts',
          " {3}├─ map 0 'control' {2}0x60010000 {2}0x1000 bytes",
          ' {3}└─ map 1 {2}0x60020000 {2}0x10000 bytes',
          '',
        ].join('\n'),
      ),
    );
    const { uio } = JSON.parse(output(['list', '--json'], { env: env(roots) }));
    assert.deepEqual(
      [uio[0].name, uio[0].interrupts, uio[0].maps[0].addr],
      ['dma@60010000', 7, '0x60010000'],
    );
  });

  it('says so where there is none', (t) => {
    assert.match(output(['list'], { env: env(fakeUio(t, [])) }), /^UIO devices\n└─ none\n/);
  });
});

describe('a UIO target', () => {
  it('is chosen by name, map name, map index or device node', (t) => {
    const roots = fakeUio(t, DEVICES);
    for (const target of [
      'uio:dma@60010000',
      'uio:dma@60010000/control',
      'uio:dma@60010000/0',
      '/dev/uio0',
      '/dev/uio0/0',
    ]) {
      assert.equal(output(['read', target, '0', '-q'], { env: env(roots) }), '0xabababab\n', target);
    }
  });

  it('is suggested by the nearest name', (t) => {
    const roots = fakeUio(t, DEVICES);
    const { status, stderr } = mmapio(['read', 'uio:dma@60010001', '0'], { env: env(roots) });
    assert.equal(status, 2);
    assert.match(stderr, /Did you mean 'dma@60010000'\?/);
    assert.match(
      mmapio(['read', '/dev/uio0/contrl', '0'], { env: env(roots) }).stderr,
      /has no map 'contrl'/,
    );
  });
});

describe('mmapio decode', () => {
  const file = ['decode', 'examples/thermometer.svd', '-p', 'SENSOR0'];

  it('splits values into fields', () => {
    assert.equal(output([...file, 'CTRL=0x21']), 'CTRL = 0x00000021\n  0    ENABLE=1\n  5:4  RATE=HUNDRED\n');
    assert.equal(
      output([...file, '--register', 'STATUS', '2']),
      'STATUS = 0x00000002\n  0  READY=0\n  1  TOO_HOT=1\n',
    );
    assert.deepEqual(JSON.parse(output([...file, 'CTRL=1', '--json']))[0].fields[1].meaning, 'ONE');
  });

  it('asks which register it is about', () => {
    for (const [args, message] of [
      [['5'], /Which register is 5 a value of\?/],
      [['CTLR=5'], /Did you mean 'CTRL'\?/],
      [['CTRL=0x100000000'], /does not fit/],
      [['CTRL=x'], /takes a number/],
    ] as const) {
      const { status, stderr } = mmapio([...file, ...args]);
      assert.match(stderr, message);
      assert.equal(status, 1);
    }
  });
});

describe('mmapio doctor', () => {
  it('names the engine and each obstacle with its remedy', (t) => {
    const roots = env(fakeUio(t, DEVICES));
    const text = output(['doctor'], { env: roots });
    assert.match(text, /✓ native core: loaded/);
    assert.match(text, /engine: (window|native)/);
    assert.match(text, /✓ \/dev\/uio0: dma@60010000: may be used/);
    assert.match(text, /! UIO drivers: .*\n {4}For a device tree node: modprobe/);
    const findings = JSON.parse(output(['doctor', '--json'], { env: { ...roots, MMAPIO_ENGINE: 'native' } }));
    const engine = findings.find(({ subject }: { subject: string }) => subject === 'engine');
    assert.deepEqual(engine.text, 'native, because MMAPIO_ENGINE says so');
  });
});

describe('mmapio --help', () => {
  it('shows every command, and each shows its accesses and examples', () => {
    const text = output(['--help']);
    const commands = Array.from(text.matchAll(/^ {2}([a-z]+) (?:\[|<)/gm), (match) => match[1] ?? '');
    for (const name of [
      'list',
      'read',
      'write',
      'dump',
      'watch',
      'irq',
      'copy',
      'types',
      'decode',
      'doctor',
      'repl',
    ]) {
      assert.ok(commands.includes(name), name);
    }
    for (const name of ['read', 'copy', 'doctor']) {
      assert.match(output(['help', name]), /Accesses:.*Examples:\n {2}mmapio /s);
    }
    assert.match(output(['help', 'targets']), /uio:NAME\[\/MAP\]/);
    assert.match(output(['help', 'what']), /0x0\+0x40/);
  });

  it('is an error where there is no command', () => {
    const { status, stderr } = mmapio([]);
    assert.equal(status, 1);
    assert.match(stderr, /^Usage: mmapio/);
  });
});
