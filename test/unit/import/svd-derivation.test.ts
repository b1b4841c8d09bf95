import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listRegisters } from 'mmapio/registers';
import { addresses, svd, svdRegisters } from '../../support/svd.js';

const register = (name: string, offset: number, more = '', attributes = '') =>
  `<register ${attributes}><name>${name}</name><addressOffset>${offset}</addressOffset>${more}</register>`;
const field = (name: string, bit: number, more = '', attributes = '') =>
  `<field ${attributes}><name>${name}</name><bitRange>[${bit}:${bit}]</bitRange>${more}</field>`;
const peripheral = (name: string, base: string, registers: string, attributes = '', more = '') =>
  `<peripheral ${attributes}><name>${name}</name>${more}<baseAddress>${base}</baseAddress>` +
  `${registers && `<registers>${registers}</registers>`}</peripheral>`;

describe('derivedFrom in CMSIS-SVD', () => {
  it('takes the registers of a peripheral that comes later in the file', () => {
    const device = svd(
      peripheral('B', '0x2000', '', 'derivedFrom="A"') + peripheral('A', '0x1000', register('R', 4)),
    );
    assert.deepEqual(addresses(device), ['B.R 0x2004', 'A.R 0x1004']);
  });

  it('follows several steps', () => {
    const device = svd(
      peripheral('C', '0x3000', '', 'derivedFrom="B"') +
        peripheral('B', '0x2000', '', 'derivedFrom="A"') +
        peripheral('A', '0x1000', register('R', 0)),
    );
    assert.deepEqual(addresses(device), ['C.R 0x3000', 'B.R 0x2000', 'A.R 0x1000']);
  });

  it("adds a derived peripheral's own registers to the inherited ones", () => {
    const device = svd(
      peripheral('A', '0x1000', register('R', 0) + register('S', 4)) +
        peripheral('B', '0x2000', register('S', 8) + register('T', 12), 'derivedFrom="A"'),
    );
    assert.deepEqual(addresses(device).slice(2), ['B.R 0x2000', 'B.S 0x2008', 'B.T 0x200C']);
  });

  it('inherits interrupts and address blocks only where there are none of its own', () => {
    const more = '<addressBlock><offset>0</offset><size>16</size><usage>registers</usage></addressBlock>';
    const irq = (name: string, value: number) =>
      `<interrupt><name>${name}</name><value>${value}</value></interrupt>`;
    const device = svd(
      peripheral('A', '0x1000', register('R', 0), '', more + irq('A', 1)) +
        peripheral('B', '0x2000', '', 'derivedFrom="A"', irq('B', 2)),
    );
    assert.deepEqual(device.peripherals[1]?.interrupts, [{ name: 'B', value: 2 }]);
    assert.deepEqual(device.peripherals[1]?.addressBlocks, [{ offset: 0, size: 16, usage: 'registers' }]);
  });

  it("takes a register's fields, access and reset value, and adds its own fields", () => {
    const device = svdRegisters(
      register('S', 4, `<fields>${field('F2', 1)}</fields>`, 'derivedFrom="R"') +
        register(
          'R',
          0,
          `<access>read-only</access><resetValue>7</resetValue><fields>${field('F1', 0)}</fields>`,
        ),
    );
    const [s] = listRegisters(device);
    assert.deepEqual(
      [s?.register.access, s?.register.resetValue, s?.register.fields.map(({ name }) => name)],
      ['read-only', '0x7', ['F1', 'F2']],
    );
  });

  it('finds a register of another peripheral by its path', () => {
    const device = svd(
      peripheral('A', '0x1000', register('R', 0, '<size>8</size>')) +
        peripheral('B', '0x2000', register('R', 4, '', 'derivedFrom="A.R"')),
    );
    assert.equal([...listRegisters(device)][1]?.register.size, 8);
  });

  it('prefers the sibling of that name to a register elsewhere', () => {
    const device = svd(
      peripheral('A', '0x1000', register('R', 0, '<size>8</size>')) +
        peripheral(
          'B',
          '0x2000',
          register('R', 0, '<size>16</size>') + register('S', 4, '', 'derivedFrom="R"'),
        ),
    );
    assert.equal([...listRegisters(device)][2]?.register.size, 16);
  });

  it('derives clusters, also from inside another cluster', () => {
    const device = svdRegisters(
      `<cluster><name>OUT</name><addressOffset>0x100</addressOffset>
        <cluster><name>IN</name><addressOffset>0x10</addressOffset>${register('R', 4)}</cluster></cluster>` +
        '<cluster derivedFrom="OUT.IN"><name>COPY</name><addressOffset>0x200</addressOffset></cluster>',
    );
    assert.deepEqual(addresses(device), ['P.OUT.IN.R 0x1114', 'P.COPY.R 0x1204']);
  });

  it('finds a register in a cluster that is itself derived', () => {
    const device = svd(
      peripheral(
        'A',
        '0x1000',
        `<cluster><name>C</name><addressOffset>0</addressOffset>${register('R', 0, '<size>8</size>')}</cluster>`,
      ) +
        peripheral(
          'B',
          '0x2000',
          `${register('X', 24, '', 'derivedFrom="B.D.R"')}<cluster derivedFrom="A.C"><name>D</name><addressOffset>16</addressOffset></cluster>`,
        ),
    );
    assert.equal([...listRegisters(device)][1]?.register.size, 8);
  });

  it('derives from an array: with a %s as an array, without as one register', () => {
    const dim = '<dim>2</dim><dimIncrement>4</dimIncrement>';
    const device = svdRegisters(
      register('A[%s]', 0, `${dim}<size>16</size>`) +
        register('B[%s]', 0x10, '', 'derivedFrom="A[%s]"') +
        register('C', 0x20, '', 'derivedFrom="A[%s]"'),
    );
    assert.deepEqual(addresses(device).slice(2), ['P.B[0] 0x1010', 'P.B[1] 0x1014', 'P.C 0x1020']);
    assert.equal([...listRegisters(device)].at(-1)?.register.size, 16);
  });

  it('derives from one element of a list', () => {
    const list = '<dim>2</dim><dimIncrement>4</dimIncrement><dimIndex>A,B</dimIndex><size>16</size>';
    const device = svdRegisters(register('R%s', 0, list) + register('S', 8, '', 'derivedFrom="RB"'));
    assert.equal([...listRegisters(device)].at(-1)?.register.size, 16);
  });

  it('tells registers of one name apart by their alternate group', () => {
    const group = (name: string, size: number) =>
      `<alternateGroup>${name}</alternateGroup><size>${size}</size>`;
    const device = svdRegisters(
      register('R', 0, group('A', 8)) +
        register('R', 0, group('B', 16)) +
        register('S', 4, '', 'derivedFrom="R_B"'),
    );
    assert.equal([...listRegisters(device)].at(-1)?.register.size, 16);
  });

  it('derives a field with its bits, and with bits of its own', () => {
    const values =
      '<enumeratedValues><enumeratedValue><name>ON</name><value>1</value></enumeratedValue></enumeratedValues>';
    const device = svdRegisters(
      register(
        'R',
        0,
        `<fields><field derivedFrom="B"><name>A</name></field>${field('B', 3, `<access>read-only</access>${values}`)}
        <field derivedFrom="B"><name>C</name><bitOffset>5</bitOffset><bitWidth>2</bitWidth></field></fields>`,
      ),
    );
    const fields = [...listRegisters(device)][0]?.register.fields;
    assert.deepEqual(
      fields?.map(({ name, bitOffset, bitWidth, access, enumerations }) => [
        name,
        bitOffset,
        bitWidth,
        access,
        enumerations?.[0]?.values.length,
      ]),
      [
        ['A', 3, 1, 'read-only', 1],
        ['B', 3, 1, 'read-only', 1],
        ['C', 5, 2, 'read-only', 1],
      ],
    );
  });

  it('derives enumerated values by name, by path, and from a field that is named instead', () => {
    const values = (more: string) =>
      `<enumeratedValues>${more}<enumeratedValue><name>ON</name><value>1</value></enumeratedValue></enumeratedValues>`;
    const derived = (from: string) => `<enumeratedValues derivedFrom="${from}"/>`;
    const device = svdRegisters(
      register(
        'R',
        0,
        `<fields>${field('A', 0, values('<name>E</name>'))}${field('B', 1, derived('E'))}</fields>`,
      ) +
        register(
          'S',
          4,
          `<fields>${field('C', 0, derived('R.A.E'))}${field('D', 1, derived('E'))}</fields>`,
        ) +
        register('T', 8, `<fields>${field('F', 0, values(''))}${field('G', 1, derived('F'))}</fields>`),
    );
    const named = [...listRegisters(device)].flatMap(({ register: { fields } }) =>
      fields.map(({ enumerations }) => enumerations?.[0]?.values[0]?.name),
    );
    assert.deepEqual(named, ['ON', 'ON', 'ON', 'ON', 'ON', 'ON']);
    assert.deepEqual(device.warnings, []);
  });

  it('warns of a name that is nowhere and keeps what the element says itself', () => {
    const device = svd(peripheral('B', '0x2000', register('R', 0), 'derivedFrom="GONE"'));
    assert.deepEqual(addresses(device), ['B.R 0x2000']);
    assert.match(device.warnings[0]?.message ?? '', /peripheral B: derivedFrom="GONE" names nothing/);
  });

  it('refuses a circle', () => {
    assert.throws(
      () => svd(peripheral('A', '0', '', 'derivedFrom="B"') + peripheral('B', '0', '', 'derivedFrom="A"')),
      { code: 'ERR_BAD_DESCRIPTION', message: /circle/ },
    );
  });
});
