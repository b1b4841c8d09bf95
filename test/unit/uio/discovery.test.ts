/* Finding UIO devices in sysfs, here a plain folder. */
import assert from 'node:assert/strict';
import fs, { rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Uio } from 'mmapio';
import { withCode } from '../../support/errors.js';
import { fakeUio } from '../../support/fake-uio.js';

const DMA = {
  device: 'uio0',
  name: 'dma-controller@60010000',
  version: '1.2',
  maps: [{ name: 'control', addr: '0x60010000', size: '0x1000' }],
  node: new Uint8Array(4096),
};

test('a device is listed as sysfs describes it', (t) => {
  const roots = fakeUio(t, [
    {
      ...DMA,
      maps: [...DMA.maps, { name: 'data', addr: '0xfedcba9876543000', size: '0x20000', offset: '0x10' }],
      ports: [{ name: 'legacy', start: '0xc000', size: '0x20', porttype: 'port_x86' }],
    },
  ]);
  assert.deepEqual(Uio.list(roots), [
    {
      name: 'dma-controller@60010000',
      device: 'uio0',
      version: '1.2',
      maps: [
        { index: 0, name: 'control', addr: 0x60010000n, size: 0x1000, offset: 0 },
        { index: 1, name: 'data', addr: 0xfedcba9876543000n, size: 0x20000, offset: 0x10 },
      ],
      ports: [{ index: 0, name: 'legacy', start: 0xc000, size: 0x20, porttype: 'port_x86' }],
    },
  ]);
});

test('devices and maps are in the order of their numbers', (t) => {
  const names = ['uio10', 'uio2', 'uio0'];
  const maps = Array.from({ length: 12 }, (_, i) => ({ addr: `0x${i}000`, size: '0x1000' }));
  const list = Uio.list(
    fakeUio(
      t,
      names.map((device) => ({ device, name: device, maps })),
    ),
  );
  assert.deepEqual(
    list.map((info) => info.device),
    ['uio0', 'uio2', 'uio10'],
  );
  assert.deepEqual(
    list[0]?.maps.map((map) => map.index),
    maps.map((_, i) => i),
  );
});

test('a machine without UIO has no devices', (t) => {
  const roots = fakeUio(t, []);
  assert.deepEqual(Uio.list(roots), []);
  rmSync(roots.sysfs, { recursive: true });
  assert.deepEqual(Uio.list(roots), []);
  assert.throws(
    () => new Uio('timer', roots),
    withCode('ERR_NOT_FOUND', /There is none at all: load a UIO driver/),
  );
});

test('a device that goes while sysfs is read is left out', (t) => {
  const roots = fakeUio(t, [DMA, { ...DMA, device: 'uio1', name: 'other' }]);
  rmSync(join(roots.sysfs, 'class/uio/uio0/version'));
  assert.deepEqual(
    Uio.list(roots).map((info) => info.name),
    ['other'],
  );
});

test('a device is opened by its name or by the name of the kernel', (t) => {
  const roots = fakeUio(t, [DMA]);
  for (const selector of [DMA.name, { device: 'uio0' }, { device: '/dev/uio0' }]) {
    using uio = new Uio(selector, roots);
    assert.equal(uio.name, DMA.name);
    assert.equal(uio.device, 'uio0');
    assert.equal(uio.version, '1.2');
    assert.equal(uio.path, join(roots.dev, 'uio0'));
    assert.match(inspect(uio), /^Uio \{ dma-controller@60010000, .*uio0, 1 maps \}$/);
  }
});

test('an unknown name lists the known ones', (t) => {
  const roots = fakeUio(t, [DMA, { ...DMA, device: 'uio1', name: 'timer' }]);
  for (const selector of ['dma', { device: 'uio7' }]) {
    assert.throws(
      () => new Uio(selector, roots),
      withCode('ERR_NOT_FOUND', /There are: 'dma-controller@60010000' \(uio0\), 'timer' \(uio1\)/),
    );
  }
});

test('a name that several devices have says how to choose', (t) => {
  const roots = fakeUio(t, [DMA, { ...DMA, device: 'uio1' }]);
  assert.throws(
    () => new Uio(DMA.name, roots),
    withCode('ERR_AMBIGUOUS', /\{ device: 'uio0' \} or \{ device: 'uio1' \}/),
  );
  new Uio({ device: 'uio1' }, roots).close();
});

test('what selects no device is refused', (t) => {
  const roots = fakeUio(t, [DMA]);
  for (const bad of [undefined, null, 0, {}, { device: 0 }, []]) {
    assert.throws(() => new Uio(bad as never, roots), withCode('ERR_INVALID_ARGUMENT'));
  }
});

test('a device without a node says what may be missing', (t) => {
  const { node: _, ...withoutNode } = DMA;
  assert.throws(() => new Uio(DMA.name, fakeUio(t, [withoutNode])), withCode('ENOENT', /devtmpfs or udev/));
});

test('attributes are read as text and as numbers', (t) => {
  using uio = new Uio(DMA.name, fakeUio(t, [{ ...DMA, event: -5 }]));
  assert.equal(uio.attribute('name'), DMA.name);
  assert.equal(uio.attribute('maps/map0/addr'), '0x60010000');
  assert.equal(uio.integer('maps/map0/addr'), 0x60010000);
  assert.equal(uio.integer('event'), -5);
  assert.throws(
    () => uio.integer('name'),
    withCode('ERR_INVALID_VALUE', /60010000'. attribute\(\) gives its/),
  );
  for (const read of [(name: string) => uio.attribute(name), (name: string) => uio.integer(name)]) {
    assert.throws(() => read('no-such-file'), withCode('ENOENT', /uio0\/no-such-file'/));
    assert.throws(() => read('maps'), withCode('EISDIR', /uio0\/maps'/));
    assert.throws(() => read(''), withCode('ERR_INVALID_ARGUMENT', /'' is no attribute/));
  }
  assert.throws(() => uio.attribute('../uio0/name'), withCode('ERR_INVALID_ARGUMENT'));
  assert.throws(() => uio.attribute(7 as never), withCode('ERR_INVALID_ARGUMENT'));
});

test('an attribute is read once, because what the kernel says may change', (t) => {
  const roots = fakeUio(t, [{ ...DMA, event: 1 }]);
  const file = join(roots.sysfs, 'class/uio/uio0/event');
  using uio = new Uio(DMA.name, roots);
  const read = t.mock.method(fs, 'readFileSync');
  syncBuiltinESMExports();
  t.after(() => {
    read.mock.restore();
    syncBuiltinESMExports();
  });
  assert.equal(uio.integer('event'), 1);
  assert.deepEqual(
    read.mock.calls.map(({ arguments: [path] }) => path),
    [file],
  );
});

test('an attribute too large for a number says so', (t) => {
  using uio = new Uio(
    DMA.name,
    fakeUio(t, [{ ...DMA, maps: [{ addr: '0xfedcba9876543000', size: '0x1000' }] }]),
  );
  assert.throws(() => uio.integer('maps/map0/addr'), withCode('ERR_INVALID_VALUE', /attribute\(\)/));
});

test('a map is found by index or name', (t) => {
  const map = { addr: '0x1000', size: '0x1000' };
  const maps = ['control', 'data', 'data'].map((name) => ({ ...map, name }));
  using uio = new Uio(DMA.name, fakeUio(t, [{ ...DMA, maps }]));
  assert.equal(uio.mapInfo(1).name, 'data');
  assert.equal(uio.mapInfo('control').index, 0);
  assert.throws(() => uio.mapInfo('data'), withCode('ERR_AMBIGUOUS', /choose by index/));
  assert.throws(
    () => uio.mapInfo('status'),
    withCode('ERR_NOT_FOUND', /it has: 0 'control', 1 'data', 2 'data'/),
  );
  assert.throws(() => uio.mapInfo(3), withCode('ERR_NOT_FOUND'));
  assert.throws(() => uio.mapInfo(null as never), withCode('ERR_NOT_FOUND'));
});
