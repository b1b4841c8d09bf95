import assert from 'node:assert/strict';
import { renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { PciDevice, type RegisterIO } from 'mmapio';
import { withCode } from '../../support/errors.js';
import { fakePci, IO, MEMORY, MEMORY_64_PREFETCH } from '../../support/fake-pci.js';
import { countDescriptors, countMappings } from '../../support/resources.js';

const address = '0000:00:04.0';
const bars = {
  0: { address: 0xfea00000, size: 0x2000, flags: MEMORY },
  2: { address: 0xc040, size: 32, flags: IO },
  4: { address: 0x8_0000_0000, size: 0x1000, flags: MEMORY_64_PREFETCH },
};

describe('a memory BAR', () => {
  it('is a region of exactly its size', (t) => {
    using pci = new PciDevice(address, fakePci(t, [{ address, bars }]));
    const regs = pci.bar(0);
    assert.equal(regs.length, 0x2000);
    assert.equal(regs.readWord(0x1000), counting(0x1000));
    assert.equal(pci.bar(0, { offset: 0x1000, length: 4 }).readWord(0), counting(0x1000));
    assert.equal(pci.bar(0, { offset: 0x1000, byteOrder: 'big' }).readByte(1), 0x1001 % 251);
    assert.throws(() => regs.readWord(0x2000), withCode('ERR_OUT_OF_RANGE'));
  });

  it('that does not exist is an error that lists those that do', (t) => {
    using pci = new PciDevice(address, fakePci(t, [{ address, bars }]));
    assert.throws(
      () => pci.bar(1),
      withCode('ERR_NOT_FOUND', /0 \(memory, 0x2000 bytes\), 2 \(io, 0x20 bytes\)/),
    );
    assert.throws(() => pci.bar(-1), withCode('ERR_NOT_FOUND'));
    assert.throws(() => pci.bar(11), withCode('ERR_NOT_FOUND', /has no BAR 11;/));
  });

  it('is mapped anew after a bus error, as soon as that is possible', (t) => {
    const roots = fakePci(t, [{ address, bars }]);
    using pci = new PciDevice(address, roots);
    const regs = pci.bar(0);
    const file = join(roots.sysfs, 'bus/pci/devices', address, 'resource0');
    truncateSync(file);
    assert.throws(() => regs.readWord(0), withCode('ERR_BUS_FAULT'));
    renameSync(file, `${file}.away`);
    assert.throws(() => pci.bar(0), withCode('ENOENT'));
    assert.throws(() => pci.bar(0), withCode('ENOENT'), 'not the mapping that is closed');
    writeFileSync(file, new Uint8Array(0x2000));
    assert.equal(pci.bar(0).readWord(0), 0);
  });

  it('can be written with combining only where it is prefetchable', (t) => {
    using pci = new PciDevice(address, fakePci(t, [{ address, bars }]));
    assert.throws(() => pci.bar(0, { writeCombine: true }), withCode('ERR_UNSUPPORTED', /not prefetchable/));
    assert.throws(() => pci.bar(4, { writeCombine: true }), withCode('ENOENT', /resource4_wc/));
  });

  it('is refused as ports, and ports as memory', (t) => {
    using pci = new PciDevice(address, fakePci(t, [{ address, bars }]));
    assert.throws(() => pci.bar(2), withCode('ERR_UNSUPPORTED', /use ports\(2\)/));
    assert.throws(() => pci.ports(0), withCode('ERR_UNSUPPORTED', /use bar\(0\)/));
  });
});

/** Configuration space and I/O ports, both over a plain file. */
const kinds: [name: string, open: (pci: PciDevice) => RegisterIO, length: number][] = [
  ['configuration space', (pci) => pci.config, 256],
  ['an I/O BAR', (pci) => pci.ports(2), 32],
];

for (const [name, open, length] of kinds) {
  describe(name, () => {
    it('is read and written by 8, 16 and 32 bits, little-endian', (t) => {
      using pci = new PciDevice(address, fakePci(t, [{ address, bars }]));
      const regs = open(pci);
      assert.equal(regs.length, length);
      regs.writeUint32(0x10, 0x44332211);
      assert.equal(regs.readUint16(0x12), 0x4433);
      regs.writeUint8(0x13, 0xff);
      regs.writeUint16(0x10, 0xabcd);
      assert.equal(regs.readUint32(0x10), 0xff33abcd);
      assert.equal(regs.readUint8(0x10), 0xcd);
    });

    it('refuses what it cannot hold before any access', (t) => {
      using pci = new PciDevice(address, fakePci(t, [{ address, bars }]));
      const regs = open(pci);
      assert.throws(() => regs.readUint32(length - 2), withCode('ERR_OUT_OF_RANGE'));
      assert.throws(() => regs.readUint16(1), withCode('ERR_UNALIGNED'));
      assert.throws(() => regs.readUint8(-1), withCode('ERR_OUT_OF_RANGE'));
      assert.throws(() => regs.readUint8(Number.NaN), withCode('ERR_OUT_OF_RANGE'));
      assert.throws(() => regs.writeUint8(0, 256), withCode('ERR_INVALID_VALUE'));
      assert.throws(() => regs.writeUint32(0, -1), withCode('ERR_INVALID_VALUE'));
      assert.throws(() => regs.readUint64(0), withCode('ERR_UNSUPPORTED', /two of 32 bits/));
      assert.throws(() => regs.writeUint64(0, 0n), withCode('ERR_UNSUPPORTED'));
    });

    it('holds what was written, at every offset and width', (t) => {
      using pci = new PciDevice(address, fakePci(t, [{ address, bars }]));
      const regs = open(pci);
      const expected = Buffer.alloc(length);
      for (let i = 0; i < length; i += 4) regs.writeUint32(i, 0);
      const write = {
        8: (offset: number, value: number) => {
          regs.writeUint8(offset, value & 0xff);
          expected.writeUInt8(value & 0xff, offset);
        },
        16: (offset: number, value: number) => {
          regs.writeUint16(offset, value & 0xffff);
          expected.writeUInt16LE(value & 0xffff, offset);
        },
        32: (offset: number, value: number) => {
          regs.writeUint32(offset, value);
          expected.writeUInt32LE(value, offset);
        },
      };
      const step = fc.record({
        slot: fc.nat(length / 4 - 1),
        value: fc.nat(0xffffffff),
        width: fc.constantFrom(8, 16, 32),
      });
      fc.assert(
        fc.property(fc.array(step), (steps) => {
          for (const { slot, value, width } of steps) {
            write[width](slot * 4, value);
            assert.equal(regs.readUint32(slot * 4), expected.readUInt32LE(slot * 4));
          }
        }),
      );
    });

    it('is closed with the device, and shows nothing of what is in it', (t) => {
      const pci = new PciDevice(address, fakePci(t, [{ address, bars }]));
      const regs = open(pci);
      assert.match(inspect(regs), /DescriptorRegisters/);
      pci.close();
      assert.throws(() => regs.readUint8(0), withCode('ERR_CLOSED'));
      assert.throws(() => open(pci).readUint8(0), withCode('ERR_CLOSED'));
    });
  });
}

describe('a PCI device', () => {
  it('lets it master the bus by bit 2 of the command register', (t) => {
    using pci = new PciDevice(address, fakePci(t, [{ address }]));
    pci.setBusMaster(true);
    assert.equal(pci.config.readUint16(4), 0x0407);
    pci.setBusMaster(false);
    assert.equal(pci.config.readUint16(4), 0x0403);
  });

  it('is present as long as its vendor id can be read', (t) => {
    const absent = Buffer.alloc(256, 0xff);
    const roots = fakePci(t, [{ address }, { address: '0000:00:05.0', config: absent }]);
    using pci = new PciDevice(address, roots);
    assert.equal(pci.isPresent(), true);
    using gone = new PciDevice('00:05.0', roots);
    assert.equal(gone.isPresent(), false);
  });

  it('is enabled once, and disabled when it closes', (t) => {
    const roots = fakePci(t, [{ address }, { address: '0000:00:05.0', enable: 1 }]);
    const pci = new PciDevice(address, roots);
    pci.enable();
    assert.equal(roots.read(address, 'enable')[0], '1');
    pci.close();
    assert.equal(roots.read(address, 'enable')[0], '0');
    const enabled = new PciDevice('00:05.0', roots);
    enabled.enable();
    enabled.close();
    assert.equal(roots.read('0000:00:05.0', 'enable')[0], '1');
  });

  it('has no interrupt here without uio_pci_generic', async (t) => {
    using pci = new PciDevice(address, fakePci(t, [{ address, driver: 'e1000e' }]));
    assert.throws(() => pci.irqOn(), withCode('ERR_UNSUPPORTED', /e1000e.*takeOver\('uio_pci_generic'\)/));
    await assert.rejects(pci.waitIrq({ timeout: 0 }), withCode('ERR_UNSUPPORTED'));
  });

  it('leaks neither descriptors nor mappings', (t) => {
    const roots = fakePci(t, [{ address, bars }]);
    const use = () => {
      using pci = new PciDevice(address, roots);
      pci.bar(0).readWord(0);
      pci.bar(4).readWord(0);
      pci.ports(2).readUint8(0);
      pci.isPresent();
    };
    use();
    const [descriptors, mappings] = [countDescriptors(), countMappings('resource0')];
    for (let i = 0; i < 1000; i++) use();
    assert.equal(countDescriptors(), descriptors);
    assert.equal(countMappings('resource0'), mappings);
  });
});

describe('the driver of a PCI device', () => {
  it('is told by sysfs', (t) => {
    const roots = fakePci(t, [{ address, driver: 'e1000e' }, { address: '0000:00:05.0' }]);
    using pci = new PciDevice(address, roots);
    using other = new PciDevice('00:05.0', roots);
    assert.equal(pci.driver, 'e1000e');
    assert.equal(other.driver, null);
  });

  it('is unbound and bound by address', (t) => {
    const roots = fakePci(t, [{ address, driver: 'e1000e' }], ['e1000e', 'other']);
    using pci = new PciDevice(address, roots);
    pci.bind('other');
    assert.equal(roots.readDriver('e1000e', 'unbind'), address);
    assert.equal(roots.readDriver('other', 'bind'), address);
  });

  it('must be loaded, or else the device keeps the one it has', (t) => {
    const roots = fakePci(t, [{ address, driver: 'e1000e' }], ['e1000e']);
    using pci = new PciDevice(address, roots);
    assert.throws(() => pci.bind('vfio-pci'), withCode('ERR_NOT_FOUND', /modprobe vfio-pci/));
    assert.throws(() => pci.takeOver('vfio-pci'), withCode('ERR_NOT_FOUND', /modprobe vfio-pci/));
    for (const none of ['', '.', '..', '../drivers/e1000e', undefined]) {
      assert.throws(() => pci.bind(none as string), withCode('ERR_NOT_FOUND'));
    }
    assert.equal(roots.readDriver('e1000e', 'unbind'), '');
    assert.equal(roots.read(address, 'driver_override'), '(null)\n');
  });

  it('gets the device back when the one that took it over fails', (t) => {
    const roots = fakePci(t, [{ address, driver: 'e1000e' }], ['e1000e', 'uio_pci_generic']);
    using pci = new PciDevice(address, roots);
    // A plain folder binds nothing: as far as it shows, the driver refused.
    assert.throws(() => pci.takeOver('uio_pci_generic'), withCode('ERR_UNSUPPORTED', /did not take/));
    assert.equal(roots.read(address, 'driver_override')[0], '\n');
  });

  it('that an administrator has chosen is chosen again afterwards', (t) => {
    const roots = fakePci(t, [{ address, driver: 'e1000e' }], ['e1000e', 'vfio-pci']);
    const file = join(roots.sysfs, 'bus/pci/devices', address, 'driver_override');
    writeFileSync(file, 'e1000e\n');
    using pci = new PciDevice(address, roots);
    assert.throws(() => pci.takeOver('vfio-pci'), withCode('ERR_UNSUPPORTED', /did not take/));
    assert.match(roots.read(address, 'driver_override'), /^e1000e\n/);
  });

  it('stays when it is the wanted one already', (t) => {
    const roots = fakePci(t, [{ address, driver: 'vfio-pci' }], ['vfio-pci']);
    using pci = new PciDevice(address, roots);
    using taken = pci.takeOver('vfio-pci');
    taken.close();
    assert.equal(taken.previous, 'vfio-pci');
    assert.equal(roots.readDriver('vfio-pci', 'unbind'), '');
  });
});

function counting(offset: number): number {
  return [3, 2, 1, 0].reduce((word, byte) => (word << 8) | ((offset + byte) % 251), 0) >>> 0;
}
