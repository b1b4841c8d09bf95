/* The listing in docs/import.md is the one below, between the two lines. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseSvd } from 'mmapio/import';
import { type DeviceDescription, listRegisters } from 'mmapio/registers';
import { packageRoot } from '../../support/descriptions.js';

// ----
function* listing(device: DeviceDescription): Generator<string> {
  const line = (...columns: unknown[]) => columns.map((column) => column ?? '-').join(' ');
  for (const { path, address, register } of listRegisters(device)) {
    const { size, access, resetValue, modifiedWriteValues, readAction } = register;
    yield line(path, address, size, access, resetValue, modifiedWriteValues, readAction);
    for (const field of register.fields) {
      const bits = `[${field.bitOffset + field.bitWidth - 1}:${field.bitOffset}]`;
      const names = field.enumerations?.flatMap(({ values }) => values).length ?? 0;
      yield line(
        `${path}:${field.name}`,
        bits,
        field.access,
        field.modifiedWriteValues,
        field.readAction,
        names,
      );
    }
  }
}
// ----

describe('a listing of every register, one a line', () => {
  it('has what holds after inheritance, and a dash for what is declared nowhere', () => {
    const device = parseSvd(
      `<device><name>D</name><peripherals>
        <peripheral><name>A</name><baseAddress>0x1000</baseAddress><size>16</size><access>read-write</access><registers>
          <register><name>CR</name><addressOffset>4</addressOffset><resetValue>0x80</resetValue><fields>
            <field><name>EN</name><bitRange>[0:0]</bitRange></field>
            <field><name>MODE</name><lsb>1</lsb><msb>2</msb><access>write-only</access><enumeratedValues>
              <enumeratedValue><name>X</name><value>0</value></enumeratedValue>
              <enumeratedValue><name>Y</name><isDefault>true</isDefault></enumeratedValue></enumeratedValues></field>
          </fields></register>
          <cluster><dim>2</dim><dimIncrement>8</dimIncrement><name>CH[%s]</name><addressOffset>0x10</addressOffset>
            <register><name>SR</name><addressOffset>2</addressOffset><access>read-only</access><readAction>clear</readAction></register>
          </cluster></registers></peripheral>
        <peripheral derivedFrom="A"><name>B</name><baseAddress>0x2000</baseAddress><size>8</size></peripheral>
      </peripherals></device>`,
    );
    assert.deepEqual(
      [...listing(device)],
      [
        'A.CR 0x1004 16 read-write 0x80 - -',
        'A.CR:EN [0:0] read-write - - 0',
        'A.CR:MODE [2:1] write-only - - 2',
        'A.CH[0].SR 0x1012 16 read-only - - clear',
        'A.CH[1].SR 0x101A 16 read-only - - clear',
        'B.CR 0x2004 8 read-write 0x80 - -',
        'B.CR:EN [0:0] read-write - - 0',
        'B.CR:MODE [2:1] write-only - - 2',
        'B.CH[0].SR 0x2012 8 read-only - - clear',
        'B.CH[1].SR 0x201A 8 read-only - - clear',
      ],
    );
  });

  it('is made as the documentation shows', () => {
    const read = (...path: string[]) => readFileSync(join(packageRoot, ...path), 'utf8');
    const [, shown] = read('test', 'unit', 'import', 'listing.test.ts').split('// ----\n');
    assert.ok(read('docs', 'import.md').includes(`\`\`\`ts\n${shown}\`\`\``));
  });
});
