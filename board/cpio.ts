/**
 * Writes cpio archives in the "newc" format, which is what Linux unpacks as an initramfs
 * (Documentation/driver-api/early-userspace/buffer-format.rst in the kernel's source). Archives written here may be
 * concatenated: the kernel unpacks one after the other, and a later file replaces an earlier one of the same path.
 */

/** One thing in an archive. Paths are relative to the guest's root and have no leading slash. */
export type CpioEntry =
  | { type: 'directory'; path: string; mode?: number }
  | { type: 'file'; path: string; mode?: number; data: Uint8Array }
  | { type: 'symlink'; path: string; target: string };

const FileType = { directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const;
const DefaultMode = { directory: 0o755, file: 0o644, symlink: 0o777 } as const;

/** Yields the archive in pieces, so that a large file is never copied. Missing parent directories are added. */
export function* cpioArchive(entries: Iterable<CpioEntry>): Generator<Uint8Array> {
  const directories = new Set<string>();
  let inode = 1;
  for (const entry of entries) {
    for (const parent of missingParents(entry.path, directories)) {
      yield* record({ type: 'directory', path: parent }, inode++);
    }
    if (entry.type === 'directory') {
      directories.add(entry.path);
    }
    yield* record(entry, inode++);
  }
  yield header('TRAILER!!!', { inode: 0, mode: 0, size: 0 });
}

function missingParents(path: string, known: Set<string>): string[] {
  const parts = path.split('/').slice(0, -1);
  const parents = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const missing = parents.filter((parent) => !known.has(parent));
  for (const parent of missing) {
    known.add(parent);
  }
  return missing;
}

function* record(entry: CpioEntry, inode: number): Generator<Uint8Array> {
  if (entry.path === '' || entry.path.startsWith('/') || entry.path.includes('\0')) {
    throw new RangeError(`not a path of a cpio archive: ${JSON.stringify(entry.path)}`);
  }
  const data = content(entry);
  const permissions = 'mode' in entry && entry.mode !== undefined ? entry.mode : DefaultMode[entry.type];
  yield header(entry.path, { inode, mode: FileType[entry.type] | permissions, size: data.length });
  yield data;
  yield padding(data.length);
}

function content(entry: CpioEntry): Uint8Array {
  switch (entry.type) {
    case 'directory':
      return new Uint8Array(0);
    case 'symlink':
      return Buffer.from(entry.target);
    case 'file':
      return entry.data;
  }
}

function header(
  path: string,
  { inode, mode, size }: { inode: number; mode: number; size: number },
): Uint8Array {
  const name = Buffer.from(`${path}\0`);
  const links = 1;
  // uid, gid and mtime are 0: the same input gives the same archive
  const fields = [inode, mode, 0, 0, links, 0, size, 0, 0, 0, 0, name.length, 0];
  const text = `070701${fields.map(hex).join('')}`;
  return Buffer.concat([Buffer.from(text), name, padding(text.length + name.length)]);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function padding(length: number): Uint8Array {
  return new Uint8Array(-length & 3);
}
