import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { array, bit, block, field, reg8, reg32, registerMap, registerMapFrom } from 'mmapio/registers';
import { LoggedMemory } from '../../support/logged-memory.js';

function at<S extends Parameters<typeof registerMap>[0]>(spec: S) {
  const regs = new LoggedMemory(0x100);
  return { regs, t: registerMap(spec).at(regs) };
}

const mixed = {
  R: reg32(0, {
    PLAIN: field(3, 0),
    W1C: bit(4).w1c(),
    W0C: bit(5).w0c(),
    RO: bit(6).readOnly(),
    WO: field(11, 8).writeOnly().reset(0xa),
  }).reset(0x0000_000f),
};

describe('write', () => {
  it('gives fields that it is not given their reset value, and acting bits what does nothing', () => {
    const { regs, t } = at(mixed);
    t.R.write({});
    assert.deepEqual(regs.taken(), ['w32 0x0 0xa2f']);
    t.R.write({ PLAIN: 1, W1C: 1, W0C: 0 });
    assert.deepEqual(regs.taken(), ['w32 0x0 0xa11']);
  });

  it('fills reserved bits as the register says', () => {
    const { regs, t } = at({
      A: reg8(0, { F: bit(0) }).reserved('one'),
      B: reg8(1, { F: bit(0) }).reset(0xf0),
    });
    t.A.write({ F: 0 });
    t.B.write({ F: 1 });
    assert.deepEqual(regs.taken(), ['w8 0x0 0xfe', 'w8 0x1 0xf1']);
  });

  it('refuses to leave out what must be written back as read', () => {
    const { regs, t } = at({ R: reg32(0, { KEY: field(7, 4).writeAsRead(), F: bit(0) }) });
    assert.throws(() => t.R.write({ F: 1 }), {
      code: 'ERR_REGISTER_ACCESS',
      message: /R: KEY must be written back/,
    });
    regs.poke(0, 0x50);
    t.R.modify({ F: 1 });
    assert.deepEqual(regs.taken(), ['r32 0x0', 'w32 0x0 0x51']);
  });
});

describe('modify', () => {
  it('keeps plain and reserved bits, and does not clear, set or toggle by accident', () => {
    const { regs, t } = at(mixed);
    regs.poke(0, 0xffff_ff5f);
    t.R.modify({ PLAIN: 0 });
    assert.deepEqual(regs.taken(), ['r32 0x0', 'w32 0x0 0xfffffa60']);
  });

  it('acts on the acting bits that it is given', () => {
    const { regs, t } = at(mixed);
    regs.poke(0, 0x30);
    t.R.modify({ W1C: 1, W0C: 0 });
    assert.deepEqual(regs.taken(), ['r32 0x0', 'w32 0x0 0xa10']);
  });

  it('leaves alone the unknown bits of a register in which writing 1 clears', () => {
    const { regs, t } = at({ R: reg32(0, { A: bit(0), B: bit(1) }).w1c() });
    regs.poke(0, 0xff);
    t.R.modify({ A: 1 });
    assert.deepEqual(regs.taken(), ['r32 0x0', 'w32 0x0 0x1']);
  });

  it('of a register without fields takes a function', () => {
    const { regs, t } = at({ R: reg32(0) });
    regs.poke(0, 5);
    t.R.modify((value) => value + 1);
    assert.deepEqual(regs.taken(), ['r32 0x0', 'w32 0x0 0x6']);
  });

  it('finds a bad field before it reads', () => {
    const { regs, t } = at(mixed);
    assert.throws(() => t.R.modify({ PLAIN: 16 as number }), { code: 'ERR_INVALID_VALUE' });
    assert.deepEqual(regs.taken(), []);
  });
});

describe('clear, set and toggle', () => {
  const acting = {
    R: reg8(0, {
      C1: bit(0).w1c(),
      C0: bit(1).w0c(),
      S1: bit(2).w1s(),
      T1: bit(3).w1t(),
      RO: bit(4).readOnly(),
    }),
  };

  it('are one write that does nothing else', () => {
    const { regs, t } = at(acting);
    t.R.clear('C1');
    t.R.clear('C0');
    t.R.clear('C1', 'C0');
    t.R.set('S1');
    t.R.toggle('T1');
    assert.deepEqual(regs.taken(), ['w8 0x0 0x3', 'w8 0x0 0x0', 'w8 0x0 0x1', 'w8 0x0 0x6', 'w8 0x0 0xa']);
  });

  it('refuse to be called without a name', () => {
    const { regs, t } = at(acting);
    assert.throws(() => t.R.clear(), { code: 'ERR_INVALID_ARGUMENT' });
    assert.deepEqual(regs.taken(), []);
  });

  it('refuse a register where the one write would replace other fields', () => {
    const { regs, t } = at(mixed);
    assert.throws(() => t.R.clear('W1C'), {
      code: 'ERR_REGISTER_ACCESS',
      message: 'R: a single write to clear W1C would overwrite PLAIN, WO; use modify({ W1C: … })',
    });
    assert.deepEqual(regs.taken(), []);
  });
});

describe('a read with side effects', () => {
  const effectful = {
    FIFO: reg8(0).readAction('modify'),
    STATUS: reg8(1, { A: bit(0).readClears(), B: bit(1) }),
  };

  it('happens only when asked for as such', () => {
    const { regs, t } = at(effectful);
    regs.poke(0, 0x55, 8);
    assert.equal(t.FIFO.readWithEffects(), 0x55);
    assert.deepEqual(t.STATUS.readWithEffects(), { A: 0, B: 0 });
    assert.deepEqual(regs.taken(), ['r8 0x0', 'r8 0x1']);
  });

  it('is refused otherwise, before any access', async () => {
    const { regs } = at(effectful);
    const status = registerMap(effectful).register(regs, 'STATUS');
    const refusal = {
      code: 'ERR_READ_EFFECT',
      message: /STATUS has a side effect \(clear on A\): use readWithEffects/,
    };
    assert.throws(() => status.read(), refusal);
    assert.throws(() => status.readValue(), refusal);
    assert.throws(() => status.modify({ B: 1 }), refusal);
    await assert.rejects(status.until({ B: 1 }), refusal);
    assert.deepEqual(regs.taken(), []);
  });
});

describe('what no compiler has checked', () => {
  const regs = new LoggedMemory(0x20);
  const map = registerMap({
    CTRL: reg32(0, { MODE: field(2, 1, { oneshot: 0, periodic: 1 }), EN: bit(0), W: field(31, 0) }),
    RO: reg32(4).readOnly(),
    WO: reg32(8).writeOnly(),
    BUSY: reg32(12, { B: bit(0).readOnly(), F: bit(1) }),
  });
  const ctrl = map.register(regs, 'CTRL');
  const refusals: [string, () => unknown, string, RegExp][] = [
    [
      'a field that is not there',
      () => ctrl.write({ MOD: 1 }),
      'ERR_NOT_FOUND',
      /CTRL has no field 'MOD'; it has MODE, EN, W/,
    ],
    [
      'a name that is not there',
      () => ctrl.write({ MODE: 'both' }),
      'ERR_INVALID_VALUE',
      /CTRL\.MODE: 'both' is none of its names: oneshot, periodic/,
    ],
    [
      'a name where there are none',
      () => ctrl.write({ EN: 'on' }),
      'ERR_INVALID_VALUE',
      /CTRL\.EN: has no names/,
    ],
    [
      'a value too wide',
      () => ctrl.modify({ MODE: 4 }),
      'ERR_INVALID_VALUE',
      /CTRL\.MODE: 4 does not fit into 2 bits/,
    ],
    ['a negative value', () => ctrl.write({ W: -1 }), 'ERR_INVALID_VALUE', /-1 does not fit/],
    ['a fraction', () => ctrl.write({ W: 0.5 }), 'ERR_INVALID_VALUE', /cannot be written with 0\.5/],
    ['a whole value where fields are', () => ctrl.write(1), 'ERR_INVALID_ARGUMENT', /written by its fields/],
    [
      'fields where a whole value is',
      () => map.register(regs, 'WO').write({ A: 1 }),
      'ERR_INVALID_ARGUMENT',
      /has no fields/,
    ],
    [
      'a read-only field',
      () => map.register(regs, 'BUSY').write({ B: 1 }),
      'ERR_REGISTER_ACCESS',
      /BUSY\.B is read-only/,
    ],
    [
      'a read-only register',
      () => map.register(regs, 'RO').writeValue(1),
      'ERR_REGISTER_ACCESS',
      /RO is read-only/,
    ],
    [
      'a write-only register',
      () => map.register(regs, 'WO').readValue(),
      'ERR_REGISTER_ACCESS',
      /WO is write-only/,
    ],
    ['a register that is not there', () => map.register(regs, 'CTLR'), 'ERR_NOT_FOUND', /no register 'CTLR'/],
  ];
  for (const [what, action, code, message] of refusals) {
    it(`is refused at run time, before any access: ${what}`, () => {
      assert.throws(action, { name: 'MmapioError', code, message });
      assert.deepEqual(regs.taken(), []);
    });
  }
});

describe('a register map', () => {
  it('that does not fit into the region is refused', () => {
    const map = registerMap({ R: reg32(0x10) }, { name: 'timer' });
    assert.equal(map.length, 0x14);
    assert.throws(() => map.at(new LoggedMemory(0x10)), {
      code: 'ERR_OUT_OF_RANGE',
      message: 'timer needs 20 bytes from 0x0 on; the region has 16',
    });
  });

  const mistakes: [string, () => unknown, RegExp][] = [
    [
      'a field outside its register',
      () => registerMap({ R: reg8(0, { F: bit(8 as number) }) }),
      /R\.F: bit 8 is outside a register of 8 bits/,
    ],
    [
      'bits in reverse',
      () => registerMap({ R: reg8(0, { F: field(0, 3) }) }),
      /R\.F: the most significant bit comes first: field\(3, 0\)/,
    ],
    [
      'a value too wide',
      () => registerMap({ R: reg8(0, { F: field(1, 0, { A: 4 }) }) }),
      /R\.F: value 4 of 'A' does not fit/,
    ],
    [
      'an unaligned register',
      () => registerMap({ B: block(0, { R: reg32(2) }) }),
      /B\.R: offset 0x2 is not aligned for 32 bits/,
    ],
    ['a negative offset', () => registerMap({ R: reg8(-1) }), /R: offset -1/],
    [
      'an array of no count',
      () => registerMap({ A: array(1.5, 0, 4, reg32(0)) }),
      /A: an array cannot have 1\.5 elements/,
    ],
  ];
  for (const [what, action, message] of mistakes) {
    it(`with ${what} is refused`, () => {
      assert.throws(action, { code: 'ERR_INVALID_ARGUMENT', message });
    });
  }

  it('lists every register with its path and offset', () => {
    const map = registerMap({
      A: array(2, 0x10, 0x8, { B: block(4, { R: reg8(1) }) }),
      S: array(2, 0, 1, reg8(0)),
    });
    assert.deepEqual(
      Array.from(map.entries(), ({ path, offset }) => `${path} ${offset}`),
      ['A[0].B.R 21', 'A[1].B.R 29', 'S[0] 0', 'S[1] 1'],
    );
  });
});

describe('enumerations of imported registers', () => {
  const map = registerMapFrom({
    name: 'P',
    baseAddress: '0x0',
    registers: [
      {
        kind: 'register',
        name: 'R',
        offset: 0,
        size: 8,
        fields: [
          {
            name: 'F',
            bitOffset: 0,
            bitWidth: 3,
            writeConstraint: { useEnumeratedValues: true },
            enumerations: [
              {
                usage: 'read',
                values: [
                  { name: 'IDLE', value: '0x0' },
                  { name: 'HIGH', value: '0x4', dontCare: '0x3' },
                  { name: 'REST', isDefault: true },
                ],
              },
              { usage: 'write', values: [{ name: 'GO', value: '0x1' }] },
            ],
          },
        ],
      },
    ],
  });
  const regs = new LoggedMemory(1);
  const r = map.register(regs, 'R');

  it('read names with don’t-care bits and the default', () => {
    assert.deepEqual(
      [0, 2, 5, 7].map((value) => r.decode(value)),
      [{ F: 'IDLE' }, { F: 'REST' }, { F: 'HIGH' }, { F: 'HIGH' }],
    );
  });

  it('write the names for writing, and nothing else where only enumerated values are permitted', () => {
    r.write({ F: 'GO' });
    assert.deepEqual(regs.taken(), ['w8 0x0 0x1']);
    assert.throws(() => r.write({ F: 'IDLE' }), { code: 'ERR_INVALID_VALUE' });
  });
});
