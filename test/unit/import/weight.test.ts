import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../../support/descriptions.js';

const dist = join(packageRoot, 'dist');

/** What a file of the built package imports, directly or through other files of it: files of it, and packages. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  const imported = readFileSync(join(dist, file), 'utf8').matchAll(
    /^(?:import|export)\b[^;]*?from ?['"]([^'"]+)['"]|^import ['"]([^'"]+)['"]/gm,
  );
  for (const [, from, alone] of imported) {
    const name = from ?? alone ?? '';
    const path = name.startsWith('.') ? relative(dist, join(dist, dirname(file), name)) : name;
    if (path.startsWith('node:') || seen.has(path)) continue;
    seen.add(path);
    if (name.startsWith('.')) loadedBy(path, seen);
  }
  return seen;
}

/** The files that rollup.config.js makes of other people's libraries, and what is in no file of the package. */
const foreign = (file: string) =>
  [...loadedBy(file)].filter((name) => !name.endsWith('.js') || name.includes('library-')).sort();

describe('what a program loads', () => {
  for (const entry of ['index.js', 'registers/index.js', 'sim/index.js']) {
    it(`of ${entry} is this package's own code only, and none of the command's`, () => {
      assert.deepEqual(foreign(entry), []);
      assert.deepEqual(
        [...loadedBy(entry)].filter((name) => name.startsWith('cli/')),
        [],
      );
    });
  }

  it('of import/index.js is the XML and the zip library as well', () => {
    const libraries = ['fflate', 'saxes', 'xmlchars'].map((name) => `chunks/library-${name}.js`);
    assert.deepEqual(foreign('import/index.js'), libraries);
  });
});
