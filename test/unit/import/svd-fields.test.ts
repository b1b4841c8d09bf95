import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { svdRegister, svdRegisters } from '../../support/svd.js';

const fieldsOf = (...fields: string[]) =>
  svdRegister(
    `<size>32</size><fields>${fields.map((f) => `<field><name>F</name>${f}</field>`).join('')}</fields>`,
  ).fields;
const bits = (position: string) => fieldsOf(position).map((f) => [f.bitOffset, f.bitWidth]);
const values = (...list: string[]) =>
  fieldsOf(
    `<bitRange>[3:0]</bitRange><enumeratedValues>${list.map((v) => `<enumeratedValue>${v}</enumeratedValue>`).join('')}</enumeratedValues>`,
  )[0]?.enumerations?.[0]?.values;

describe('fields in CMSIS-SVD', () => {
  it('have their bits in any of three forms', () => {
    assert.deepEqual(bits('<bitRange>[7:4]</bitRange>'), [[4, 4]]);
    assert.deepEqual(bits('<lsb>4</lsb><msb>7</msb>'), [[4, 4]]);
    assert.deepEqual(bits('<bitOffset>4</bitOffset><bitWidth>4</bitWidth>'), [[4, 4]]);
    assert.deepEqual(bits('<bitOffset>0x4</bitOffset>'), [[4, 1]]);
  });

  it('with reversed bits are turned round, with a warning', () => {
    const device = svdRegisters(
      '<register><name>R</name><addressOffset>0</addressOffset><fields><field><name>F</name><bitRange>[0:3]</bitRange></field></fields></register>',
    );
    const [r] = device.peripherals[0]?.registers ?? [];
    assert.deepEqual(r?.kind === 'register' && [r.fields[0]?.bitOffset, r.fields[0]?.bitWidth], [0, 4]);
    assert.equal(device.warnings[0]?.code, 'reversed-bits');
  });

  it('outside the register are kept, with a warning', () => {
    const device = svdRegisters(
      '<register><name>R</name><addressOffset>0</addressOffset><size>8</size><fields><field><name>F</name><bitRange>[9:8]</bitRange></field></fields></register>',
    );
    assert.equal(device.warnings[0]?.code, 'field-outside-register');
  });

  it('may overlap', () => {
    assert.deepEqual(
      fieldsOf('<bitRange>[7:0]</bitRange>', '<bitRange>[3:0]</bitRange>').map((f) => f.bitWidth),
      [8, 4],
    );
  });

  it('take over the access of the register where they have none', () => {
    const r = svdRegister(
      '<access>read-only</access><fields><field><name>A</name><bitRange>[0:0]</bitRange></field><field><name>B</name><bitRange>[1:1]</bitRange><access>write-only</access></field></fields>',
    );
    assert.deepEqual(
      r.fields.map((f) => f.access),
      ['read-only', 'write-only'],
    );
  });

  it('outside <fields> are there, with a warning', () => {
    const device = svdRegisters(
      '<register><name>R</name><addressOffset>0</addressOffset><field><name>F</name><bitRange>[3:2]</bitRange></field></register>',
    );
    const [r] = device.peripherals[0]?.registers ?? [];
    assert.deepEqual(r?.kind === 'register' && r.fields.map((f) => [f.name, f.bitOffset]), [['F', 2]]);
    assert.equal(device.warnings[0]?.code, 'misplaced-element');
  });

  it('without a position or a name are left out, with a warning', () => {
    const device = svdRegisters(
      '<register><name>R</name><addressOffset>0</addressOffset><fields><field><name>F</name></field><field><bitRange>[0:0]</bitRange></field></fields></register>',
    );
    assert.deepEqual(
      device.warnings.map(({ code, message }) => [code, message]),
      [
        ['left-out', 'line 1: field P.R.F: the field has no bit position; the field is left out'],
        ['left-out', 'line 1: field P.R: <name> is missing; the field is left out'],
      ],
    );
  });
});

describe('enumerated values in CMSIS-SVD', () => {
  it('are written in every form of number', () => {
    assert.deepEqual(
      values(
        '<name>A</name><value>0X1</value>',
        '<name>B</name><value>#101</value>',
        '<name>C</name><value>0b11</value>',
        '<name>D</name><value>007</value>',
      )?.map((v) => v.value),
      ['0x1', '0x5', '0x3', '0x7'],
    );
  });

  it('keep their don’t-care bits', () => {
    assert.deepEqual(values('<name>A</name><value>0b01x</value>', '<name>B</name><value>#1xx</value>'), [
      { name: 'A', value: '0x2', dontCare: '0x1' },
      { name: 'B', value: '0x4', dontCare: '0x3' },
    ]);
  });

  it('may have a default', () => {
    assert.deepEqual(
      values('<name>A</name><value>0</value>', '<name>REST</name><isDefault>true</isDefault>'),
      [
        { name: 'A', value: '0x0' },
        { name: 'REST', isDefault: true },
      ],
    );
  });

  it('outside their field are kept, with a warning', () => {
    const device = svdRegisters(
      '<register><name>R</name><addressOffset>0</addressOffset><fields><field><name>F</name><bitRange>[0:0]</bitRange><enumeratedValues><enumeratedValue><name>A</name><value>2</value></enumeratedValue></enumeratedValues></field></fields></register>',
    );
    assert.match(device.warnings[0]?.message ?? '', /value of 'A' does not fit into 1 bits/);
  });

  it('outside any field are kept with the register', () => {
    const r = svdRegister(
      '<enumeratedValues><enumeratedValue><name>A</name><value>1</value></enumeratedValue></enumeratedValues>',
    );
    assert.equal(r.enumerations?.[0]?.values.length, 1);
  });

  it('between the fields are kept with the register, and belong to none of them', () => {
    const r = svdRegister(
      '<fields><field><name>F</name><bitRange>[0:0]</bitRange></field><enumeratedValues><enumeratedValue><name>A</name><value>1</value></enumeratedValue></enumeratedValues></fields>',
    );
    assert.equal(r.enumerations?.[0]?.values.length, 1);
    assert.equal(r.fields[0]?.enumerations, undefined);
  });

  it('for reading and for writing stand apart', () => {
    const field = fieldsOf(
      '<bitRange>[0:0]</bitRange><enumeratedValues><usage>read</usage><enumeratedValue><name>BUSY</name><value>1</value></enumeratedValue></enumeratedValues><enumeratedValues><usage>write</usage><enumeratedValue><name>START</name><value>1</value></enumeratedValue></enumeratedValues>',
    )[0];
    assert.deepEqual(
      field?.enumerations?.map((e) => e.usage),
      ['read', 'write'],
    );
  });
});
