import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { MemoryMap, MemoryMappedIO, type OpenOptions, type RegionOptions } from 'mmapio';

/** A folder that goes away with the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mmapio-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file of that many bytes (0, 1, 2, … 250, 0, 1, …), or with that content. */
export function temporaryFile(t: TestContext, content: number | Uint8Array): string {
  const path = join(temporaryFolder(t), 'registers');
  writeFileSync(path, typeof content === 'number' ? counting(content) : content);
  return path;
}

/** A prime period, so that no two pages are alike. */
export function counting(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i % 251);
}

/** A file that is mapped until the test ends. */
export function mappedFile(
  t: TestContext,
  content: number | Uint8Array,
  options: OpenOptions & RegionOptions = {},
): { path: string; map: MemoryMap; region: MemoryMappedIO } {
  const { byteOrder = 'little', ...mapping } = options;
  const path = temporaryFile(t, content);
  const map = MemoryMap.open(path, mapping);
  t.after(() => map.close());
  return { path, map, region: new MemoryMappedIO(map, 0, map.length, { byteOrder }) };
}
