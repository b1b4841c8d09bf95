/* MemoryMap.open and fromFd: what they refuse, and what the error says. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { MemoryMap, SystemError } from 'mmapio';
import { runModule } from '../../support/child.js';
import { withCode } from '../../support/errors.js';
import { temporaryFile, temporaryFolder } from '../../support/files.js';
import { countDescriptors, countMappings } from '../../support/resources.js';

test('a system error has the properties of one of Node.js', () => {
  assert.throws(
    () => MemoryMap.open('/dev/no-such-device', { length: 4096 }),
    (error) => {
      assert.ok(error instanceof SystemError);
      assert.equal(error.code, 'ENOENT');
      assert.equal(error.errno, -2);
      assert.equal(error.syscall, 'open');
      assert.equal(error.path, '/dev/no-such-device');
      assert.match(error.message, /is its driver loaded/);
      assert.ok(error.cause instanceof Error);
      return true;
    },
  );
});

test('a device needs a length', () => {
  assert.throws(
    () => MemoryMap.open('/dev/zero'),
    withCode('ERR_INVALID_ARGUMENT', /not a regular file: give one/),
  );
  assert.throws(() => MemoryMap.open('/dev/zero', { length: 0 }), withCode('ERR_OUT_OF_RANGE'));
});

test('what cannot be mapped says so', () => {
  assert.throws(() => MemoryMap.open('/dev/tty0', { length: 4096 }), SystemError);
  assert.throws(() => MemoryMap.open('/dev/null', { length: 4096 }), withCode('ENODEV', /cannot be mapped/));
});

test('a FIFO is refused at once, though nobody writes to it', (t) => {
  const path = join(temporaryFolder(t), 'fifo');
  execFileSync('mkfifo', [path]);
  for (const access of ['read', 'read-write'] as const) {
    assert.throws(
      () => MemoryMap.open(path, { access, length: 4096 }),
      withCode('ENODEV', /cannot be mapped/),
    );
  }
});

test('a path that can be none is refused', () => {
  for (const path of ['/dev/\0null', new URL('http://localhost/'), undefined, null, 7, {}]) {
    assert.throws(() => MemoryMap.open(path as string), withCode('ERR_INVALID_ARGUMENT', /path is/));
  }
});

test('options are an object of those that there are', (t) => {
  const path = temporaryFile(t, 64);
  const mistyped = { lenght: 4 };
  assert.throws(
    () => MemoryMap.open(path, mistyped as object),
    withCode('ERR_INVALID_ARGUMENT', /no option lenght: there are length, offset/),
  );
  for (const options of [null, 4096, 'read']) {
    assert.throws(
      () => MemoryMap.open(path, options as unknown as object),
      withCode('ERR_INVALID_ARGUMENT', /options is/),
    );
    assert.throws(
      () => MemoryMap.fromFd(0, options as unknown as object),
      withCode('ERR_INVALID_ARGUMENT', /options is/),
    );
  }
  for (const options of [{ sync: 'no' }, { engine: Symbol('fast') }, { access: 'write' }]) {
    assert.throws(() => MemoryMap.open(path, options as unknown as object), withCode('ERR_INVALID_ARGUMENT'));
  }
});

test('a folder is no file', (t) => {
  assert.throws(() => MemoryMap.open(temporaryFolder(t), { length: 1 }), withCode('EISDIR'));
});

test('a mapping never passes the end of a regular file', (t) => {
  const path = temporaryFile(t, 100);
  assert.throws(
    () => MemoryMap.open(path, { length: 101 }),
    withCode('ERR_OUT_OF_RANGE', /holds 0x64 bytes/),
  );
  assert.throws(() => MemoryMap.open(path, { offset: 99, length: 2 }), withCode('ERR_OUT_OF_RANGE'));
  assert.throws(() => MemoryMap.open(path, { offset: 100 }), withCode('ERR_OUT_OF_RANGE', /nothing is left/));
  assert.throws(() => MemoryMap.open(temporaryFile(t, 0)), withCode('ERR_OUT_OF_RANGE'));
});

test('a descriptor that may only be read is not mapped for writing', (t) => {
  const fd = openSync(temporaryFile(t, 64), 'r');
  t.after(() => closeSync(fd));
  assert.throws(() => MemoryMap.fromFd(fd), withCode('EACCES', /unless access is 'read'/));
  MemoryMap.fromFd(fd, { access: 'read' }).close();
});

test('a file that may not be opened says so, and what may be done with it', (t) => {
  const path = temporaryFile(t, 64);
  const open = (mode: number, access: string) => {
    chmodSync(path, mode);
    return runModule(
      `if (process.getuid() === 0) process.setuid(65534);
      const { MemoryMap } = await import('mmapio');
      try { MemoryMap.open(process.env.TEST_FILE, { access: '${access}' }).close(); console.log('open'); }
      catch (error) { console.log(error.message); }`,
      { TEST_FILE: path },
    ).stdout;
  };
  chmodSync(dirname(path), 0o755);
  assert.match(open(0o444, 'read-write'), /^EACCES: .* may not write the file: map it with access: 'read'/);
  assert.match(open(0o444, 'read'), /^open$/m);
  assert.match(open(0, 'read'), /^EACCES: .* may not read the file/);
});

test('a descriptor that is not open says so', () => {
  assert.throws(() => MemoryMap.fromFd(9999, { length: 1 }), withCode('EBADF', /9999 .* is not open/));
  for (const fd of [-1, 1.5, Number.NaN, 2 ** 31, '3', null, undefined]) {
    assert.throws(() => MemoryMap.fromFd(fd as number), withCode('ERR_INVALID_ARGUMENT'));
  }
});

test('arguments of the wrong kind are refused and leave nothing open', (t) => {
  const path = temporaryFile(t, 64);
  const before = [countDescriptors(), countMappings('registers')];
  const notBytes = fc.oneof(
    fc.constantFrom(-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
    fc.string(),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
  );
  const property = fc.property(fc.constantFrom('offset', 'length'), notBytes, (option, value) => {
    if (value === null && option === 'offset') return;
    assert.throws(
      () => MemoryMap.open(path, { [option]: value }),
      withCode(typeof value === 'number' ? 'ERR_OUT_OF_RANGE' : 'ERR_INVALID_ARGUMENT'),
    );
  });
  fc.assert(property);
  for (const access of ['write', 'rw', '', 7]) {
    assert.throws(() => MemoryMap.open(path, { access: access as 'read' }), withCode('ERR_INVALID_ARGUMENT'));
  }
  for (const wrong of [undefined, null, 7, {}, []]) {
    assert.throws(() => MemoryMap.open(wrong as never), withCode('ERR_INVALID_ARGUMENT'));
  }
  assert.deepEqual([countDescriptors(), countMappings('registers')], before);
});
