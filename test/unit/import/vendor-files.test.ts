import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDescription, readDescription, readSvd } from 'mmapio/import';
import { type ListedRegister, listRegisters, registerMapFrom } from 'mmapio/registers';
import { vendorFile, withVendorFiles } from '../../support/descriptions.js';

function totals(registers: Iterable<ListedRegister>) {
  const sum = { registers: 0, fields: 0, values: 0 };
  for (const { register } of registers) {
    sum.registers++;
    sum.fields += register.fields.length;
    for (const field of register.fields)
      for (const list of field.enumerations ?? []) sum.values += list.values.length;
  }
  return sum;
}

describe("vendors' files", withVendorFiles, () => {
  for (const [file, expected] of [
    ['ARM_Sample.svd', { registers: 33, fields: 60, values: 222 }],
    ['CMSDK_CM3.svd', { registers: 116, fields: 182, values: 156 }],
    ['fu540.svd', { registers: 25, fields: 67, values: 0 }],
    ['rp2040.svd', { registers: 1114, fields: 4821, values: 1699 }],
    ['esp32c3.svd', { registers: 5950, fields: 5048, values: 0 }],
  ] as const) {
    it(`${file} is read whole, without a warning, survives as JSON, and every peripheral becomes a register map`, async () => {
      const device = await readSvd(vendorFile(file));
      assert.deepEqual(totals(listRegisters(device)), expected);
      assert.deepEqual(device.warnings, []);
      assert.deepEqual(parseDescription(JSON.stringify(device)), device);
      for (const peripheral of device.peripherals) {
        const left: unknown[] = [];
        const map = registerMapFrom(peripheral, { onLeftOut: (what) => left.push(what) });
        assert.equal([...map.entries()].length, totals(listRegisters(peripheral)).registers);
        assert.deepEqual(left, []);
      }
    });
  }

  it('a register of the RP2040 has what its file says', async () => {
    const device = await readSvd(vendorFile('rp2040.svd'));
    const found = [...listRegisters(device)].find(({ path }) => path === 'UART1.UARTRSR');
    assert.equal(found?.address, '0x40038004');
    assert.deepEqual(
      [found?.register.size, found?.register.access, found?.register.resetValue],
      [32, undefined, '0x0'],
    );
    assert.deepEqual(
      found?.register.fields.map((f) => [f.name, f.bitOffset, f.bitWidth, f.access, f.modifiedWriteValues]),
      [
        ['OE', 3, 1, 'read-write', 'oneToClear'],
        ['BE', 2, 1, 'read-write', 'oneToClear'],
        ['PE', 1, 1, 'read-write', 'oneToClear'],
        ['FE', 0, 1, 'read-write', 'oneToClear'],
      ],
    );
  });

  it('the accelerator in a Vivado handoff has its registers at the address of its memory range', async () => {
    const device = await readDescription(vendorFile('lfcW1A1-pynqZ1-Z2.hwh'));
    assert.deepEqual(
      device.peripherals.map((p) => [p.name, p.baseAddress, p.registers.length]),
      [
        ['ps7', '0x0', 0],
        ['BlackBoxJam_0', '0x43C00000', 16],
      ],
    );
    const [ctrl] = device.peripherals[1]?.registers ?? [];
    assert.ok(ctrl?.kind === 'register');
    assert.deepEqual(
      [ctrl.name, ctrl.offset, ctrl.size, ctrl.access, ctrl.resetValue],
      ['CTRL', 0, 32, 'read-write', '0x0'],
    );
    assert.deepEqual(
      ctrl.fields.slice(0, 2).map((f) => [f.name, f.bitOffset, f.bitWidth, f.access, f.readAction]),
      [
        ['AP_START', 0, 1, 'read-write', undefined],
        ['AP_DONE', 1, 1, 'read-only', 'modify'],
      ],
    );
  });
});
