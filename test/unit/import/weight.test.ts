import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../../support/descriptions.js';

/** Packages that a file of the built package imports, directly or through other files of it. */
function packagesOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const imported = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\b[^;]*?from ?['"]([^'"]+)['"]|^import ['"]([^'"]+)['"]/gm,
  );
  return Array.from(imported, (match) => match[1] ?? match[2] ?? '').flatMap((name) => {
    if (name.startsWith('.')) return packagesOf(join(dirname(file), name), seen);
    return name.startsWith('node:') ? [] : [name];
  });
}

describe('what a program loads', () => {
  for (const entry of ['index.js', 'registers/index.js', 'sim/index.js']) {
    it(`of ${entry} is this package's own code only`, () => {
      assert.deepEqual(packagesOf(join(packageRoot, 'dist', entry)), []);
    });
  }

  it('of import/index.js is the XML and the zip library as well', () => {
    const packages = new Set(packagesOf(join(packageRoot, 'dist', 'import/index.js')));
    assert.deepEqual([...packages].sort(), ['fflate', 'saxes']);
  });
});
