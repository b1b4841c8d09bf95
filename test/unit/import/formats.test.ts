import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import {
  applyOverrides,
  parseDescription,
  parseHwh,
  parseIpXact,
  parseLitexCsv,
  parseXsa,
  readDescription,
} from 'mmapio/import';
import { listRegisters } from 'mmapio/registers';
import { addresses, svdRegisters } from '../../support/svd.js';

const litexJson = {
  csr_bases: { ctrl: 0xf0000000, uart: 0xf0000800, uart_phy: 0xf0001000 },
  csr_registers: {
    ctrl_reset: { addr: 0xf0000000, size: 1, type: 'rw' },
    ctrl_bus_errors: { addr: 0xf0000008, size: 1, type: 'ro' },
    uart_rxtx: { addr: 0xf0000800, size: 1, type: 'rw' },
    uart_phy_tuning_word: { addr: 0xf0001000, size: 2, type: 'rw' },
  },
  constants: { config_csr_data_width: 32, config_csr_alignment: 32, uart_interrupt: 3 },
  memories: { main_ram: { base: 0x40000000, size: 0x10000000, type: 'cached' } },
};
const litexCsv = `#--- exported
csr_base,ctrl,0xf0000000,,
csr_base,uart,0xf0000800,,
csr_base,uart_phy,0xf0001000,,
csr_register,ctrl_reset,0xf0000000,1,rw
csr_register,ctrl_bus_errors,0xf0000008,1,ro
csr_register,uart_rxtx,0xf0000800,1,rw
csr_register,uart_phy_tuning_word,0xf0001000,2,rw
constant,config_csr_data_width,32,,
constant,config_csr_alignment,32,,
constant,uart_interrupt,3,,
memory_region,main_ram,0x40000000,268435456,cached
`;

async function inFile<T>(
  name: string,
  content: string | Uint8Array,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mmapio-'));
  try {
    await writeFile(join(folder, name), content);
    return await use(join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('LiteX', () => {
  it('csr.json and csr.csv of one design give the same description', async () => {
    const fromJson = await inFile('csr.json', JSON.stringify(litexJson), readDescription);
    assert.deepEqual(parseLitexCsv(litexCsv), fromJson);
    assert.deepEqual(await inFile('csr.csv', litexCsv, readDescription), fromJson);
    assert.deepEqual(addresses(fromJson), [
      'ctrl.reset 0xF0000000',
      'ctrl.bus_errors 0xF0000008',
      'uart.rxtx 0xF0000800',
      'uart_phy.tuning_word[0] 0xF0001000',
      'uart_phy.tuning_word[1] 0xF0001004',
    ]);
    assert.deepEqual(fromJson.peripherals[1]?.interrupts, [{ name: 'uart', value: 3 }]);
    assert.equal(fromJson.peripherals[3]?.addressBlocks?.[0]?.usage, 'memory');
    assert.equal([...listRegisters(fromJson)][1]?.register.access, 'read-only');
  });

  it('a bus of 8 bits is read 32 bits at a time, of which 8 count', () => {
    const device = parseLitexCsv(litexCsv.replace('data_width,32', 'data_width,8'));
    const { register } = [...listRegisters(device)][0] ?? {};
    assert.deepEqual([register?.size, register?.fields[0]?.bitWidth], [32, 8]);
  });

  it('a bad line is named', () => {
    assert.throws(() => parseLitexCsv('csr_base,a,zero,,', { file: 'csr.csv' }), {
      message: "csr.csv:1: csr_base a: 'zero' is no number",
    });
  });
});

describe('Vivado', () => {
  const hwh = (instance: string) =>
    `<EDKSYSTEM VIVADOVERSION="2023.1"><SYSTEMINFO NAME="top"/><MODULES><MODULE INSTANCE="${instance}"><ADDRESSBLOCKS>
      <ADDRESSBLOCK NAME="Reg" INTERFACE="S_AXI"><REGISTERS><REGISTER NAME="GPIO_DATA"><PROPERTY NAME="ADDRESS_OFFSET" VALUE="0x4"/>
      <PROPERTY NAME="SIZE" VALUE="32"/></REGISTER></REGISTERS></ADDRESSBLOCK></ADDRESSBLOCKS></MODULE></MODULES>
      <MEMORYMAP><MEMRANGE INSTANCE="${instance}" ADDRESSBLOCK="Reg" BASEVALUE="0xA00000000" HIGHVALUE="0xA0000FFFF"/>
      <MEMRANGE INSTANCE="${instance}" ADDRESSBLOCK="Reg" BASEVALUE="0xA00000000" HIGHVALUE="0xA0000FFFF"/></MEMORYMAP></EDKSYSTEM>`;

  it('a range that two masters see is one peripheral, above 32 bits too', () => {
    assert.deepEqual(addresses(parseHwh(hwh('gpio'))), ['gpio.GPIO_DATA 0xA00000004']);
  });

  it('the handoff is found inside an .xsa, of several the one of the default design', async () => {
    const sysdef = '<Project><File BD_TYPE="DEFAULT_BD" Name="top.hwh"/><File Name="sub.hwh"/></Project>';
    const archive = zipSync({
      'sub.hwh': strToU8(hwh('sub')),
      'top.hwh': strToU8(hwh('top')),
      'sysdef.xml': strToU8(sysdef),
    });
    assert.deepEqual(addresses(parseXsa(archive)), ['top.GPIO_DATA 0xA00000004']);
    assert.deepEqual(addresses(await inFile('a.xsa', archive, readDescription)), [
      'top.GPIO_DATA 0xA00000004',
    ]);
  });

  it('an archive that is none is an error', () => {
    assert.throws(() => parseXsa(new Uint8Array([0x50, 0x4b, 1, 2]), { file: 'a.xsa' }), {
      code: 'ERR_BAD_DESCRIPTION',
    });
    assert.throws(() => parseXsa(zipSync({ 'a.bit': new Uint8Array(4) })), /holds no \.hwh/);
  });
});

describe('IP-XACT', () => {
  const component = (prefix: string, register: string, more = '') => {
    const tag = (text: string) => text.replace(/<(\/?)(\w)/g, `<$1${prefix}:$2`);
    return tag(`<component xmlns:${prefix}="http://example/"><vendor>v</vendor><name>core</name><memoryMaps><memoryMap>
      <name>M</name><addressBlock><name>B</name><baseAddress>0x1000</baseAddress><range>4096</range><width>32</width>
      <access>read-write</access>${register}</addressBlock></memoryMap></memoryMaps>${more}</component>`);
  };

  it('of 2009: reset on the register, dim, register files', () => {
    const device = parseIpXact(
      component(
        'spirit',
        `<register><name>R</name><dim>2</dim><addressOffset>0x8</addressOffset><size>32</size><reset><value>0x5</value><mask>0xF</mask></reset>
          <field><name>F</name><bitOffset>4</bitOffset><bitWidth>2</bitWidth><access>read-only</access><readAction>clear</readAction>
          <enumeratedValues><enumeratedValue><name>A</name><value>1</value></enumeratedValue></enumeratedValues></field></register>
        <registerFile><name>RF</name><dim>2</dim><addressOffset>0x100</addressOffset><range>0x20</range>
          <register><name>S</name><addressOffset>4</addressOffset><size>16</size></register></registerFile>`,
      ),
    );
    assert.deepEqual(addresses(device), [
      'B.R[0] 0x1008',
      'B.R[1] 0x100C',
      'B.RF[0].S 0x1104',
      'B.RF[1].S 0x1124',
    ]);
    const { register } = [...listRegisters(device)][0] ?? {};
    assert.deepEqual(
      [register?.resetValue, register?.resetMask, register?.access],
      ['0x5', '0xF', 'read-write'],
    );
    assert.deepEqual(register?.fields, [
      {
        name: 'F',
        bitOffset: 4,
        bitWidth: 2,
        access: 'read-only',
        readAction: 'clear',
        enumerations: [{ values: [{ name: 'A', value: '0x1' }] }],
      },
    ]);
  });

  it("of 2014: resets on fields, SystemVerilog numbers, expressions over the component's parameters", () => {
    const device = parseIpXact(
      component(
        'ipxact',
        `<register><name>R</name><addressOffset>BASE + 4 * 'h2</addressOffset><size>32</size>
          <field><name>F</name><bitOffset>0</bitOffset><resets><reset><value>8'hA_5</value></reset></resets><bitWidth>8</bitWidth>
          <modifiedWriteValue>oneToClear</modifiedWriteValue></field></register>`,
        '<parameters><parameter parameterId="BASE"><name>base</name><value>(1 &lt;&lt; 4)</value></parameter></parameters>',
      ),
    );
    assert.deepEqual(addresses(device), ['B.R 0x1018']);
    const [field] = [...listRegisters(device)][0]?.register.fields ?? [];
    assert.deepEqual([field?.resetValue, field?.modifiedWriteValues], ['0xA5', 'oneToClear']);
  });

  it('an expression that cannot be worked out is an error with its line', () => {
    assert.throws(
      () =>
        parseIpXact(
          component(
            'ipxact',
            '<register><name>R</name><addressOffset>WHO</addressOffset><size>32</size></register>',
          ),
        ),
      { code: 'ERR_BAD_DESCRIPTION', message: /^line 3: register R: <addressOffset> is 'WHO'/ },
    );
  });
});

describe("the library's own JSON", () => {
  const device = svdRegisters(
    '<register><name>R</name><addressOffset>0x10</addressOffset><size>32</size></register>',
  );

  it('comes back as it was written', () => {
    const { warnings: _, ...description } = device;
    assert.deepEqual(parseDescription(JSON.stringify(device)), { ...description, warnings: [] });
  });

  it('takes numbers in any usual form', () => {
    const json = { format: 'mmapio-device', formatVersion: 1, name: 'D' };
    const peripheral = {
      name: 'P',
      baseAddress: 4096,
      registers: [{ name: 'R', offset: '0x10', size: '32' }],
    };
    const [entry] = listRegisters(parseDescription(JSON.stringify({ ...json, peripherals: [peripheral] })));
    assert.deepEqual([entry?.address, entry?.register.size], ['0x1010', 32]);
  });

  it('says where a member is wrong', () => {
    const text = JSON.stringify(device).replace('"size":32', '"sise":32');
    assert.throws(() => parseDescription(text, { file: 'd.json' }), {
      message: "d.json: device(D).peripherals[0](P).registers[0](R): has the unknown member 'sise'",
    });
  });
});

describe('overrides', () => {
  const device = () =>
    svdRegisters(
      `<register><name>A1</name><addressOffset>0</addressOffset><access>read-write</access><fields><field><name>F</name><bitRange>[0:0]</bitRange></field></fields></register>
       <register><name>A2</name><addressOffset>4</addressOffset></register>`,
    );

  it('correct registers and fields, by pattern, and take members away', () => {
    const result = applyOverrides(device(), {
      'P.A*': { readAction: 'clear' },
      'P.A1': { access: null },
      'P.A1:F': { modifiedWriteValues: 'oneToClear' },
    });
    const [a1, a2] = Array.from(listRegisters(result), ({ register }) => register);
    assert.deepEqual([a1?.readAction, a1?.access, a2?.readAction], ['clear', undefined, 'clear']);
    assert.equal(a1?.fields[0]?.modifiedWriteValues, 'oneToClear');
  });

  it('add fields and registers where their position is given', () => {
    const result = applyOverrides(device(), {
      'P.A2:NEW': { bitOffset: 4, bitWidth: 2 },
      'P.EXTRA': { offset: '0x20', size: 8 },
    });
    assert.deepEqual(addresses(result), ['P.A1 0x1000', 'P.A2 0x1004', 'P.EXTRA 0x1020']);
    assert.deepEqual([...listRegisters(result)][1]?.register.fields[0]?.name, 'NEW');
  });

  it('that match nothing are refused', () => {
    assert.throws(
      () => applyOverrides(device(), { 'P.B': { access: 'read-only' } }),
      /P\.B: matches no register or field/,
    );
  });

  it('do not change the description they apply to', () => {
    const before = device();
    applyOverrides(before, { 'P.A1': { readAction: 'clear' } });
    assert.deepEqual(before, device());
  });
});
