import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { PciDevice, type PciSelector } from 'mmapio';
import { withCode } from '../../support/errors.js';
import { fakePci, IO, MEMORY, MEMORY_64_PREFETCH } from '../../support/fake-pci.js';

describe('PCI devices in sysfs', () => {
  it('are listed by address, with their BARs, driver and IOMMU group', (t) => {
    const roots = fakePci(t, [
      { address: '0000:01:00.0', vendor: 0x8086, device: 0x10d3 },
      {
        address: '0000:00:04.0',
        driver: 'uio_pci_generic',
        iommuGroup: 7,
        bars: {
          0: { address: 0xfea00000, size: 0x100000, flags: MEMORY },
          2: { address: 0xc040, size: 32, flags: IO },
          4: { address: 0x8_0000_0000, size: 0x4000, flags: MEMORY_64_PREFETCH },
        },
      },
    ]);
    const [edu, ethernet] = PciDevice.list(roots);
    assert.equal(ethernet?.address, '0000:01:00.0');
    assert.equal(ethernet?.driver, null);
    assert.deepEqual(edu, {
      address: '0000:00:04.0',
      vendor: 0x1234,
      device: 0x11e8,
      class: 0x00ff00,
      revision: 0x10,
      subsystemVendor: 0x1af4,
      subsystemDevice: 0x1100,
      driver: 'uio_pci_generic',
      iommuGroup: 7,
      bars: [
        { index: 0, address: 0xfea00000n, size: 0x100000, kind: 'memory', prefetchable: false },
        { index: 2, address: 0xc040n, size: 32, kind: 'io', prefetchable: false },
        { index: 4, address: 0x8_0000_0000n, size: 0x4000, kind: 'memory', prefetchable: true },
      ],
    });
  });

  it('are none where there is no PCI', (t) => {
    const { sysfs } = fakePci(t, []);
    assert.deepEqual(PciDevice.list({ sysfs: `${sysfs}/none` }), []);
  });

  it('are listed on this machine', () => {
    for (const { address } of PciDevice.list())
      assert.match(address, /^[0-9a-f]{4,}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/);
  });
});

describe('a PCI device', () => {
  it('is opened by its address, long or short', (t) => {
    const roots = fakePci(t, [{ address: '0000:00:1f.3' }, { address: '10000:e0:06.0' }]);
    for (const address of ['0000:00:1f.3', '00:1f.3', '0:1f.3', '0:0:1F.3']) {
      using pci = new PciDevice(address, roots);
      assert.equal(pci.address, '0000:00:1f.3');
    }
    using other = new PciDevice('10000:e0:6.0', roots);
    assert.equal(other.address, '10000:e0:06.0');
  });

  it('is opened by vendor and device', (t) => {
    const roots = fakePci(t, [{ address: '0000:00:04.0' }, { address: '0000:00:05.0', device: 2 }]);
    using pci = new PciDevice({ vendor: 0x1234, device: 0x11e8 }, roots);
    assert.equal(pci.address, '0000:00:04.0');
    assert.equal(pci.class, 0xff00);
    assert.match(inspect(pci), /0000:00:04.0, 1234:11e8/);
  });

  it('is named in the error when there are several of the kind', (t) => {
    const roots = fakePci(t, [{ address: '0000:00:04.0' }, { address: '0000:00:05.0' }]);
    const open = () => new PciDevice({ vendor: 0x1234, device: 0x11e8 }, roots);
    assert.throws(open, withCode('ERR_AMBIGUOUS', /'0000:00:04.0' or '0000:00:05.0'/));
  });

  it('that is unknown is an error with those that there are', (t) => {
    const roots = fakePci(t, [{ address: '0000:00:04.0' }]);
    assert.throws(
      () => new PciDevice('00:05.0', roots),
      withCode('ERR_NOT_FOUND', /0000:00:04.0 \(1234:11e8\)/),
    );
    assert.throws(
      () => new PciDevice({ vendor: 1, device: 2 }, roots),
      withCode('ERR_NOT_FOUND', /0001:0002/),
    );
  });

  it('cannot be selected by anything else', (t) => {
    const roots = fakePci(t, [{ address: '0000:00:04.0' }]);
    const others = [
      undefined,
      null,
      4,
      {},
      { vendor: 0x1234 },
      { vendor: -1, device: 1 },
      { vendor: 1, device: 0x10000 },
      { vendor: 1.5, device: 1 },
      { vendor: '1234', device: '11e8' },
      '00:20.0',
      '4.0',
    ];
    for (const selector of others) {
      assert.throws(() => new PciDevice(selector as PciSelector, roots), withCode('ERR_INVALID_ARGUMENT'));
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^[0-9a-f:.]+$/i.test(text));
        assert.throws(() => new PciDevice(text, roots), withCode('ERR_INVALID_ARGUMENT'));
      }),
    );
  });
});
