import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listRegisters } from 'mmapio/registers';
import { addresses, svd, svdRegister, svdRegisters } from '../../support/svd.js';

const register = (name: string, offset: number | string, more = '') =>
  `<register><name>${name}</name><addressOffset>${offset}</addressOffset>${more}</register>`;

describe('registers in CMSIS-SVD', () => {
  it('inherit size, access and reset from every level, the nearest first', () => {
    const device = svd(
      `<peripheral><name>P</name><baseAddress>0</baseAddress><access>read-only</access><registers>
        ${register('A', 0)}
        <cluster><name>C</name><addressOffset>8</addressOffset><size>16</size>${register('B', 0, '<resetValue>0x12</resetValue>')}</cluster>
      </registers></peripheral>`,
      '<size>8</size><access>read-write</access><resetValue>0xFF</resetValue><resetMask>0x0F</resetMask>',
    );
    const facts = Array.from(listRegisters(device), ({ register: r }) => [
      r.size,
      r.access,
      r.resetValue,
      r.resetMask,
    ]);
    assert.deepEqual(facts, [
      [8, 'read-only', '0xFF', '0xF'],
      [16, 'read-only', '0x12', '0xF'],
    ]);
  });

  it('have no size, access or reset value that is declared nowhere', () => {
    const r = svdRegister('<fields><field><name>F</name><lsb>0</lsb><msb>0</msb></field></fields>');
    assert.deepEqual(r, {
      kind: 'register',
      name: 'R',
      offset: 0,
      fields: [{ name: 'F', bitOffset: 0, bitWidth: 1 }],
    });
  });

  it('keep a reset value that is wider than the register, with a warning', () => {
    const device = svdRegisters(register('R', 0, '<size>8</size><resetValue>0x12345678</resetValue>'));
    const [entry] = listRegisters(device);
    assert.equal(entry?.register.resetValue, '0x12345678');
    assert.equal(device.warnings[0]?.code, 'value-outside-register');
  });

  it('carry side effects where they are declared', () => {
    const r = svdRegister(
      `<modifiedWriteValues>oneToClear</modifiedWriteValues><readAction>clear</readAction><fields>
        <field><name>A</name><bitOffset>0</bitOffset><bitWidth>1</bitWidth></field>
        <field><name>B</name><bitOffset>1</bitOffset><bitWidth>1</bitWidth>
          <modifiedWriteValues>zeroToSet</modifiedWriteValues><readAction>modifyExternal</readAction></field></fields>`,
    );
    assert.deepEqual([r.modifiedWriteValues, r.readAction], ['oneToClear', 'clear']);
    assert.deepEqual(
      r.fields.map((f) => [f.modifiedWriteValues, f.readAction]),
      [
        [undefined, undefined],
        ['zeroToSet', 'modifyExternal'],
      ],
    );
  });

  it('understand the access words of older schemas', () => {
    for (const [word, access] of [
      ['read', 'read-only'],
      ['write', 'write-only'],
      ['read-write', 'read-write'],
      ['writeOnce', 'writeOnce'],
      ['read-writeonce', 'read-writeOnce'],
    ]) {
      assert.equal(svdRegister(`<access>${word}</access>`).access, access);
    }
  });

  it('leave access undefined where the word means nothing', () => {
    const device = svdRegisters(register('R', 0, '<access>sometimes</access>'));
    assert.equal([...listRegisters(device)][0]?.register.access, undefined);
    assert.match(device.warnings[0]?.message ?? '', /<access> is 'sometimes'/);
  });

  it('of several <registers> elements are all there', () => {
    const device = svd(
      `<peripheral><name>P</name><baseAddress>0</baseAddress>
        <registers>${register('A', 0)}</registers><registers>${register('B', 4)}</registers></peripheral>`,
    );
    assert.deepEqual(addresses(device), ['P.A 0x0', 'P.B 0x4']);
  });

  it('may share an address, and a name in different alternate groups', () => {
    const device = svdRegisters(
      register('R', 0, '<alternateGroup>G1</alternateGroup>') +
        register('R', 0, '<alternateGroup>G2</alternateGroup>'),
    );
    assert.deepEqual(
      Array.from(listRegisters(device), ({ path, register: r }) => [path, r.alternateGroup]),
      [
        ['P.R', 'G1'],
        ['P.R', 'G2'],
      ],
    );
  });

  it("carry the peripheral's prefix and suffix in their names", () => {
    const device = svdRegisters(
      `${register('R', 0)}<cluster><name>C</name><addressOffset>4</addressOffset>${register('S', 0)}</cluster>`,
      '<prependToName>P_</prependToName><appendToName>_X</appendToName>',
    );
    assert.deepEqual(addresses(device), ['P.P_R_X 0x1000', 'P.C.P_S_X 0x1004']);
  });

  it('have addresses above 32 bits', () => {
    const device = svd(
      `<peripheral><name>P</name><baseAddress>0xFFFFFFFF00000000</baseAddress><registers>${register('R', '0x10')}</registers></peripheral>`,
    );
    assert.deepEqual(addresses(device), ['P.R 0xFFFFFFFF00000010']);
  });

  it('with decimal numbers and leading zeros are decimal', () => {
    const device = svdRegisters(register('R', '010') + register('S', '0X14'));
    assert.deepEqual(addresses(device), ['P.R 0x100A', 'P.S 0x1014']);
  });
});

describe('dim in CMSIS-SVD', () => {
  const dim = (count: number, increment: number, index = '') =>
    `<dim>${count}</dim><dimIncrement>${increment}</dimIncrement>${index && `<dimIndex>${index}</dimIndex>`}`;
  const names = (name: string, dims: string) => addresses(svdRegisters(register(name, 0, dims)));

  it('makes an array of NAME[%s], its increment in bytes', () => {
    assert.deepEqual(names('R[%s]', dim(3, 8)), ['P.R[0] 0x1000', 'P.R[1] 0x1008', 'P.R[2] 0x1010']);
    assert.deepEqual(names('R[%s]', dim(2, 4, '0-1')), ['P.R[0] 0x1000', 'P.R[1] 0x1004']);
  });

  it('makes a list of NAME%s, whatever the form of its index', () => {
    assert.deepEqual(names('R%s', dim(2, 4)), ['P.R0 0x1000', 'P.R1 0x1004']);
    assert.deepEqual(names('R%s_X', dim(3, 4, '3-5')), ['P.R3_X 0x1000', 'P.R4_X 0x1004', 'P.R5_X 0x1008']);
    assert.deepEqual(names('R%s', dim(3, 4, 'A-C')), ['P.RA 0x1000', 'P.RB 0x1004', 'P.RC 0x1008']);
    assert.deepEqual(names('R%s', dim(3, 4, 'X, Y,Z')), ['P.RX 0x1000', 'P.RY 0x1004', 'P.RZ 0x1008']);
  });

  it('makes a list of NAME[%s] whose index does not count from 0', () => {
    assert.deepEqual(names('R[%s]', dim(2, 4, 'A,B')), ['P.RA 0x1000', 'P.RB 0x1004']);
    assert.deepEqual(names('R[%s]', dim(2, 4, '1-2')), ['P.R1 0x1000', 'P.R2 0x1004']);
  });

  it('does not depend on the smallest addressable unit', () => {
    const device = svd(
      `<peripheral><name>P</name><baseAddress>0</baseAddress><registers>${register('R[%s]', 0, dim(2, 4))}</registers></peripheral>`,
      '<addressUnitBits>32</addressUnitBits>',
    );
    assert.deepEqual(addresses(device), ['P.R[0] 0x0', 'P.R[1] 0x4']);
  });

  it('repeats clusters inside clusters', () => {
    const device = svdRegisters(
      `<cluster>${dim(2, 0x100)}<name>A[%s]</name><addressOffset>0</addressOffset>
        <cluster>${dim(2, 0x10)}<name>B%s</name><addressOffset>4</addressOffset>${register('R', 8)}</cluster></cluster>`,
    );
    assert.deepEqual(addresses(device), [
      'P.A[0].B0.R 0x100C',
      'P.A[0].B1.R 0x101C',
      'P.A[1].B0.R 0x110C',
      'P.A[1].B1.R 0x111C',
    ]);
  });

  it('repeats peripherals', () => {
    const device = svd(
      `<peripheral>${dim(2, 0x1000, 'A,B')}<name>U%s</name><baseAddress>0x4000</baseAddress><registers>${register('R', 4)}</registers></peripheral>`,
    );
    assert.deepEqual(addresses(device), ['UA.R 0x4004', 'UB.R 0x5004']);
  });

  it('repeats fields, counting in bits', () => {
    const r = svdRegister(
      `<fields><field>${dim(3, 2)}<name>F%s</name><bitOffset>1</bitOffset><bitWidth>2</bitWidth></field></fields>`,
    );
    assert.deepEqual(
      r.fields.map((f) => [f.name, f.bitOffset, f.bitWidth]),
      [
        ['F0', 1, 2],
        ['F1', 3, 2],
        ['F2', 5, 2],
      ],
    );
  });

  it('names the alternate of each register of a list', () => {
    const device = svdRegisters(
      register('R%s', 0, dim(2, 4)) +
        register('S%s', 0, `${dim(2, 4)}<alternateRegister>R%s</alternateRegister>`),
    );
    assert.deepEqual(
      Array.from(listRegisters(device), ({ register: r }) => r.alternateRegister),
      [undefined, undefined, 'R0', 'R1'],
    );
  });

  it('with a range that no array can have numbers all', () => {
    const device = svdRegisters(register('R%s', 0, dim(2, 4, '0-99999999999')));
    assert.deepEqual(addresses(device), ['P.R0 0x1000', 'P.R1 0x1004']);
    assert.equal(device.warnings[0]?.code, 'bad-index');
  });

  it('with more or fewer labels than elements warns and numbers the rest', () => {
    const device = svdRegisters(register('R%s', 0, dim(3, 4, 'A,B')));
    assert.deepEqual(addresses(device), ['P.RA 0x1000', 'P.RB 0x1004', 'P.R2 0x1008']);
    assert.equal(device.warnings[0]?.code, 'bad-index');
  });
});
