import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type CpioEntry, cpioArchive } from '../../../board/cpio.js';

interface Member {
  path: string;
  mode: number;
  data: string;
}

/** Reads an archive as the kernel does: fixed-width hexadecimal header, name, data, both padded to four bytes. */
function members(archive: Buffer): Member[] {
  const found: Member[] = [];
  for (let at = 0; at < archive.length; ) {
    assert.equal(archive.toString('latin1', at, at + 6), '070701');
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const dataAt = at + ((110 + nameSize + 3) & ~3);
    found.push({
      path: archive.toString('utf8', at + 110, at + 110 + nameSize - 1),
      mode,
      data: archive.toString('latin1', dataAt, dataAt + size),
    });
    at = (dataAt + size + 3) & ~3;
  }
  return found;
}

const archive = (...entries: CpioEntry[]) => Buffer.concat([...cpioArchive(entries)]);

describe('a cpio archive', () => {
  it('holds files, links and directories with their modes', () => {
    const found = members(
      archive(
        { type: 'directory', path: 'bin', mode: 0o700 },
        { type: 'file', path: 'bin/tool', mode: 0o755, data: Buffer.from('text') },
        { type: 'symlink', path: 'bin/link', target: 'tool' },
      ),
    );
    assert.deepEqual(found, [
      { path: 'bin', mode: 0o040700, data: '' },
      { path: 'bin/tool', mode: 0o100755, data: 'text' },
      { path: 'bin/link', mode: 0o120777, data: 'tool' },
      { path: 'TRAILER!!!', mode: 0, data: '' },
    ]);
  });

  it('has each parent directory once, before what is in it', () => {
    const file = (path: string): CpioEntry => ({ type: 'file', path, data: new Uint8Array() });
    const paths = members(archive(file('a/b/c'), file('a/b/d'), file('a/e'))).map(({ path }) => path);
    assert.deepEqual(paths, ['a', 'a/b', 'a/b/c', 'a/b/d', 'a/e', 'TRAILER!!!']);
  });

  it('keeps any name and content, of any length', () => {
    const name = fc.stringMatching(/^[a-zäß_.]{1,20}$/).filter((text) => !/^\.+$/.test(text));
    fc.assert(
      fc.property(name, fc.uint8Array({ maxLength: 50 }), (path, data) => {
        const [member] = members(archive({ type: 'file', path, data }));
        assert.deepEqual(member, { path, mode: 0o100644, data: Buffer.from(data).toString('latin1') });
      }),
    );
  });

  it('is the same for the same input, and four-byte aligned, so that archives can be concatenated', () => {
    const entry: CpioEntry = { type: 'file', path: 'x', data: Buffer.from('12345') };
    assert.deepEqual(archive(entry), archive(entry));
    assert.equal(archive(entry).length % 4, 0);
  });

  it('refuses a path that is empty, absolute or cut by a zero', () => {
    for (const path of ['', '/etc/passwd', 'a\0b']) {
      assert.throws(() => archive({ type: 'directory', path }), RangeError);
    }
  });
});
