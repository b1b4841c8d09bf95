import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bit, field, reg32, reg64, registerMap } from 'mmapio/registers';
import {
  type Access,
  Expect,
  formatAccesses,
  parseAccesses,
  Recorder,
  Script,
  SimulatedDevice,
  SteppedClock,
  toVcd,
} from 'mmapio/sim';

const map = registerMap(
  {
    CTRL: reg32(0x0, { ENABLE: bit(0), MODE: field(2, 1, { oneshot: 0, periodic: 1 }) }),
    STATUS: reg32(0x4, { DONE: bit(0).w1c(), BUSY: bit(1).readOnly() }),
    COUNT: reg64(0x8).readOnly(),
  },
  { name: 'timer' },
);

/** What a driver might do. */
function drive(io: ConstructorParameters<typeof Recorder>[0]) {
  const t = map.at(io);
  t.CTRL.write({ ENABLE: 1, MODE: 'periodic' });
  if (t.STATUS.read().DONE) t.STATUS.clear('DONE');
  return t.COUNT.read();
}

function recorded() {
  const clock = new SteppedClock();
  const sim = new SimulatedDevice(map, { clock });
  sim.poke('STATUS', { DONE: 1 });
  sim.poke('COUNT', 0x1_0000_0000n);
  sim.onRead('STATUS', () => clock.advance(0.5));
  const recorder = new Recorder(sim, { map, clock });
  drive(recorder);
  return recorder;
}

const TEXT = `0.000 w32 0x0000 0x00000003  # CTRL ENABLE=1 MODE=periodic
0.500 r32 0x0004 0x00000001  # STATUS DONE=1 BUSY=0
0.500 w32 0x0004 0x00000001  # STATUS DONE=1 BUSY=0
0.500 r64 0x0008 0x0000000100000000  # COUNT
`;

describe('a recording', () => {
  it('is every access in order, readable with one a line', () => {
    assert.equal(recorded().toString(), TEXT);
  });

  it('comes back from its text', () => {
    assert.deepEqual(parseAccesses(TEXT), recorded().accesses);
  });

  it('comes back from its text, whatever it holds', () => {
    const access = fc
      .record({
        time: fc.integer({ min: 0, max: 10_000 }),
        direction: fc.constantFrom('read' as const, 'write' as const),
        offset: fc.nat(0xffff),
        width: fc.constantFrom(8 as const, 16 as const, 32 as const, 64 as const),
        bits: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      })
      .map(({ bits, ...rest }): Access => {
        const value = BigInt.asUintN(rest.width, bits);
        return { ...rest, value: rest.width === 64 ? value : Number(value) };
      });
    fc.assert(
      fc.property(fc.array(access), (accesses) => {
        assert.deepEqual(parseAccesses(formatAccesses(accesses, { map })), accesses);
      }),
    );
  });

  it('of a line that is none names the line', () => {
    assert.throws(() => parseAccesses('r32 0x0 0x1\nr33 0x0 0x1'), { message: /^line 2: 'r33 0x0 0x1'/ });
    assert.throws(() => parseAccesses('w8 0x0 0x100'), { code: 'ERR_INVALID_ARGUMENT' });
  });

  it('replayed gives a driver the same answers', () => {
    using replay = new Script(recorded().toString(), { map });
    assert.equal(drive(replay), 0x1_0000_0000n);
  });

  it('exports a value change dump', () => {
    const vcd = toVcd(recorded().accesses, { map });
    assert.equal(
      vcd,
      [
        '$timescale 1 ns $end',
        '$scope module timer $end',
        '$var wire 1 ! write $end',
        '$var wire 32 " CTRL [31:0] $end',
        '$scope module CTRL_fields $end',
        '$var wire 1 # ENABLE $end',
        '$var wire 2 $ MODE [1:0] $end',
        '$upscope $end',
        '$var wire 32 % STATUS [31:0] $end',
        '$scope module STATUS_fields $end',
        '$var wire 1 & DONE $end',
        "$var wire 1 ' BUSY $end",
        '$upscope $end',
        '$var wire 64 ( COUNT [63:0] $end',
        '$upscope $end',
        '$enddefinitions $end',
        '$dumpvars',
        'x!',
        'bx "',
        'x#',
        'bx $',
        'bx %',
        'x&',
        "x'",
        'bx (',
        '$end',
        '#0',
        '1!',
        'b11 "',
        '1#',
        'b1 $',
        '#500000',
        '0!',
        'b1 %',
        '1&',
        "0'",
        '#500001',
        '1!',
        'b1 %',
        '1&',
        "0'",
        '#500002',
        '0!',
        'b100000000000000000000000000000000 (',
        '',
      ].join('\n'),
    );
  });
});

describe('a strict script', () => {
  const expect = new Expect(map);
  const accesses = [
    expect.write('CTRL', { ENABLE: 1, MODE: 'periodic' }),
    expect.read('STATUS', { DONE: 1 }),
    expect.write('STATUS', { DONE: 1 }),
    expect.read('COUNT', 7n),
  ];

  it('answers the accesses that it expects', () => {
    using script = new Script(accesses, { map });
    assert.equal(drive(script), 7n);
  });

  it('refuses any other, with both sequences side by side', () => {
    const script = new Script(
      [accesses[0], expect.read('STATUS', { DONE: 0 }), accesses[3]].flatMap((a) => a ?? []),
      { map },
    );
    const t = map.at(script);
    t.CTRL.write({ ENABLE: 1, MODE: 'periodic' });
    t.STATUS.read();
    assert.throws(() => t.STATUS.clear('DONE'), {
      code: 'ERR_UNEXPECTED_ACCESS',
      message: `access 3 is not the expected one
    expected                                             came
    w32 0x0000 0x00000003 CTRL ENABLE=1 MODE=periodic   w32 0x0000 0x00000003 CTRL ENABLE=1 MODE=periodic
    r32 0x0004 0x00000000 STATUS DONE=0 BUSY=0          r32 0x0004 0x00000000 STATUS DONE=0 BUSY=0
  > r64 0x0008 0x0000000000000007 COUNT                 w32 0x0004 0x00000001 STATUS DONE=1 BUSY=0`.replace(
        'expected                                             came',
        'expected                                            came',
      ),
    });
  });

  it('says at its end what did not come', () => {
    const script = new Script('w32 0 1\nw32 4 2');
    script.writeUint32(0, 1);
    assert.throws(() => script.finish(), {
      message: /^1 expected access did not come\n.*\n.*\n {2}> w32 0x0004 0x00000002 {3}-$/,
    });
  });
});
