import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { VfioDevice } from 'mmapio';
import { withCode } from '../../support/errors.js';
import { fakePci } from '../../support/fake-pci.js';
import { countDescriptors } from '../../support/resources.js';

const address = '0000:00:04.0';

describe('a device that VFIO cannot open', () => {
  it('is not behind an IOMMU', (t) => {
    const roots = fakePci(t, [{ address, driver: 'vfio-pci' }]);
    assert.throws(() => new VfioDevice(address, roots), withCode('ERR_UNSUPPORTED', /intel_iommu=on/));
  });

  it('has another driver, or none', (t) => {
    const roots = fakePci(t, [
      { address, driver: 'e1000e', iommuGroup: 3 },
      { address: '0000:00:05.0', iommuGroup: 4 },
    ]);
    assert.throws(
      () => new VfioDevice(address, roots),
      withCode('ERR_UNSUPPORTED', /driver e1000e.*takeOver\('vfio-pci'\)/),
    );
    assert.throws(() => new VfioDevice('00:05.0', roots), withCode('ERR_UNSUPPORTED', /driver none/));
  });

  it('is on a machine without the drivers', (t) => {
    const roots = fakePci(t, [{ address, driver: 'vfio-pci', iommuGroup: 3 }]);
    assert.throws(() => new VfioDevice(address, roots), withCode('ENOENT', /modprobe vfio-pci/));
  });

  it('has a group that is not there, or is nothing of the kind; nothing is left open', (t) => {
    const roots = fakePci(t, [{ address, driver: 'vfio-pci', iommuGroup: 3 }]);
    mkdirSync(join(roots.dev, 'vfio'));
    writeFileSync(join(roots.dev, 'vfio/vfio'), '');
    const before = countDescriptors();
    assert.throws(() => new VfioDevice(address, roots), withCode('ENOENT', /takeOver\('vfio-pci'\)/));
    writeFileSync(join(roots.dev, 'vfio/3'), '');
    assert.throws(() => new VfioDevice(address, roots), withCode('ENOTTY', /VFIO_GROUP_GET_STATUS/));
    assert.equal(countDescriptors(), before);
  });

  it('is unknown', (t) => {
    const roots = fakePci(t, [{ address }]);
    assert.throws(() => new VfioDevice('00:06.0', roots), withCode('ERR_NOT_FOUND', /0000:00:04.0/));
  });
});
