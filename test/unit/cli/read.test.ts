import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mmapio, output } from '../../support/cli.js';
import { temporaryFile } from '../../support/files.js';

const lines = (text: string) => text.trimEnd().split('\n');

describe('mmapio read', () => {
  it('reads offsets, ranges and bits of a file, of 32 bits unless told otherwise', (t) => {
    const target = `file:${temporaryFile(t, 0x40)}`;
    assert.deepEqual(lines(output(['read', target, '0x10', '4-12', '0x20+8', '0:7:4', '0:1'])), [
      '0x0010      0x13121110',
      '0x0004      0x07060504',
      '0x0008      0x0b0a0908',
      '0x0020      0x23222120',
      '0x0024      0x27262524',
      '0x0000:7:4  0x0',
      '0x0000:1    0x0',
    ]);
  });

  it('takes the width, byte order and base that it is told', (t) => {
    const target = `file:${temporaryFile(t, 0x40)}`;
    const read = (...args: string[]) => output(['read', target, '8', '-q', ...args]).trim();
    assert.equal(read('--width', '8'), '0x08');
    assert.equal(read('--width', '16'), '0x0908');
    assert.equal(read('--width', '64'), '0x0f0e0d0c0b0a0908');
    assert.equal(read('--width', '64', '--byte-order', 'big'), '0x08090a0b0c0d0e0f');
    assert.equal(read('--byte-order', 'big'), '0x08090a0b');
    assert.equal(read('--width', '8', '--format', 'dec'), '8');
    assert.equal(read('--width', '8', '--format', 'bin'), '0b00001000');
  });

  it('finds registers and fields by name, and by pattern', () => {
    assert.deepEqual(lines(output(['read', 'sim:timer', 'ID', 'CTRL', 'CTRL.RATE', 'CTRL:0', 'CH*.LEN'])), [
      '0x0000  ID              0x54494d52',
      '0x0004  CTRL            0x00000001  ENABLE=1 RATE=slow TAG=0',
      '0x0004  CTRL.RATE       0x0         slow',
      '0x0004  CTRL:0          0x1',
      ...[0, 1, 2, 3].map((index) => `0x00${index + 2}0  CHANNEL[${index}].LEN  0x00000000`),
    ]);
  });

  it('finds them in a description of a vendor', (t) => {
    const target = `file:${temporaryFile(t, 0x40)}`;
    const map = ['--map', 'examples/thermometer.svd', '--peripheral', 'SENSOR0'];
    assert.equal(output(['read', target, ...map, 'CELSIUS[1]']), '0x000c  CELSIUS[1]  0x0f0e0d0c\n');
  });

  it('gives JSON', () => {
    assert.deepEqual(JSON.parse(output(['read', 'sim:timer', 'CTRL', 'CTRL.RATE', 'COMMAND*', '--json'])), [
      {
        name: 'CTRL',
        offset: 4,
        width: 32,
        value: '0x00000001',
        fields: [
          { name: 'ENABLE', bits: [0, 0], value: '0x1' },
          { name: 'RATE', bits: [5, 4], value: '0x0', meaning: 'slow' },
          { name: 'TAG', bits: [15, 8], value: '0x00' },
        ],
      },
      { name: 'CTRL.RATE', offset: 4, width: 32, bits: [5, 4], value: '0x0', meaning: 'slow' },
      { name: 'COMMAND', offset: 20, width: 32, value: null, reason: 'write-only' },
    ]);
  });

  it('reads what a pattern matches only where that has no effects, and what is named in any case', () => {
    assert.match(output(['read', 'sim:timer', 'EV*']), /EVENTS\s+-\s+reading has side effects/);
    assert.match(output(['read', 'sim:timer', 'EV*', '--force']), /EVENTS\s+0x00000000/);
    assert.match(output(['read', 'sim:timer', 'EVENTS']), /EVENTS\s+0x00000000/);
    const refused = mmapio(['read', 'sim:timer', 'ID', 'COMMAND']);
    assert.deepEqual([refused.status, refused.stdout], [2, '']);
    assert.match(refused.stderr, /^mmapio: COMMAND is write-only/);
  });

  it('works on files that may only be read', (t) => {
    const path = temporaryFile(t, 8);
    assert.equal(output(['read', `file:${path}`, '4', '-q']), '0x07060504\n');
  });
});

describe('a wrong command line', () => {
  const cases: [args: string[], message: RegExp][] = [
    [['read', 'sim:timer'], /missing required argument 'what'/],
    [['raed', 'sim:timer', '0'], /Did you mean read\?/],
    [['read', 'smi:timer', '0'], /Did you mean 'sim:'\?/],
    [['read', 'sim:tiemr', 'ID'], /Did you mean 'timer'\?/],
    [['read', 'rtc', '0'], /For a UIO device: uio:rtc/],
    [['read', 'regs.bin/x', '0'], /For a plain file: file:regs.bin\/x/],
    [['read', 'sim:timer', 'CTLR'], /Did you mean 'CTRL'\?/],
    [['read', 'sim:timer', 'CTRL.RTAE'], /Did you mean 'RATE'\?/],
    [['read', 'sim:timer', 'CHANNEL[4].LEN'], /Did you mean 'CHANNEL\[0\].LEN'\?/],
    [['read', 'sim:timer', '0x1000'], /passes the end of the region/],
    [['read', 'sim:timer', '0x2'], /not aligned for 32 bits/],
    [['read', 'sim:timer', '8-4'], /The range 8-4 is empty/],
    [['read', 'sim:timer', '0+3'], /no whole number of 32-bit registers/],
    [['read', 'sim:timer', '0:32'], /a register of 32 bits has no bit 32/],
    [['read', 'sim:timer', '0:3:4'], /most significant bit comes first/],
    [['read', 'sim:timer', '0:x'], /is no bit field/],
    [['read', 'sim:timer', '0xg'], /neither an offset nor a range/],
    [['read', 'sim:timer', '0', '--width', '24'], /--width is '24': it takes 8, 16, 32 or 64/],
    [['read', 'sim:timer', 'X', '--map', 'examples/thermometer.svd'], /choose one with --peripheral/],
    [
      ['read', 'sim:timer', 'X', '--map', 'examples/thermometer.svd', '-p', 'SENSR1'],
      /Did you mean 'SENSOR1'\?/,
    ],
    [['read', 'file:package.json', 'CTRL'], /names need --map FILE/],
  ];
  for (const [args, message] of cases) {
    it(`mmapio ${args.join(' ')}: exit code 1, and what was meant`, () => {
      const { status, stdout, stderr } = mmapio(args);
      assert.match(stderr, message);
      assert.deepEqual([status, stdout], [1, '']);
    });
  }

  it('a device that refuses is exit code 2', (t) => {
    const path = temporaryFile(t, 8);
    for (const [target, message] of [
      [`file:${path}.gone`, /ENOENT/],
      ['uio:gone', /There is no UIO device 'gone'/],
      ['sim:timer', /hits no register/],
    ] as const) {
      const { status, stderr } = mmapio(['read', target, '0x1c']);
      assert.match(stderr, message);
      assert.equal(status, 2);
    }
  });
});
