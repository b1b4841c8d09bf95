/* Finding the board's devices through the kernel's own sysfs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Uio } from 'mmapio';
import { runModule } from '../support/child.js';
import { withCode } from '../support/errors.js';

test('every device of the board is listed', () => {
  const names = Uio.list().map((info) => info.name);
  assert.deepEqual(names.toSorted(), [
    'empty@a100000',
    'fw-cfg@9020000',
    'gpio@9030000',
    'memory@70000000',
    'rtc@9010000',
    'twin',
    'twin',
    'virtio@a000200',
  ]);
});

test('names come straight from sysfs', () => {
  for (const info of Uio.list()) {
    assert.equal(`${info.name}\n`, readFileSync(`/sys/class/uio/${info.device}/name`, 'utf8'));
  }
});

test('a map is described as the kernel does', () => {
  using uio = new Uio('virtio@a000200');
  assert.deepEqual(uio.maps, [
    { index: 0, name: 'virtio_mmio@a000200', addr: 0xa000000n, size: 0x1000, offset: 0x200 },
  ]);
  assert.equal(uio.version, 'devicetree');
  assert.deepEqual(uio.ports, []);
  assert.equal(uio.integer('event'), 0);
  assert.equal(uio.attribute('maps/map0/offset'), '0x200');
});

test('two named maps are found by name', () => {
  using uio = new Uio('fw-cfg@9020000');
  assert.deepEqual(
    uio.maps.map((map) => map.name),
    ['firmware', 'slot'],
  );
  assert.equal(uio.mapInfo('slot').index, 1);
});

test('two devices of one name are told apart by the name of the kernel', () => {
  assert.throws(() => new Uio('twin'), withCode('ERR_AMBIGUOUS'));
  const twins = Uio.list().filter((info) => info.name === 'twin');
  for (const { device } of twins) {
    using uio = new Uio({ device });
    assert.equal(uio.name, 'twin');
  }
});

test('a user without rights is told of groups and udev rules', () => {
  const { stdout, stderr } = runModule(`
    import { Uio } from 'mmapio';
    process.setgid(1000);
    process.setuid(1000);
    console.log(Uio.list().length);
    try { new Uio('rtc@9010000'); } catch (error) { console.log(error.code, error.path, error.message); }`);
  assert.match(stdout, /^8\nEACCES \/dev\/uio\d EACCES: permission denied, open .*udev rule/, stderr);
});
