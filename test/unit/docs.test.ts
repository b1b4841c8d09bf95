/* The guide's pages lead somewhere, and tell about every error code. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const pages = ['README.md', ...readdirSync(new URL('docs', root)).map((name) => `docs/${name}`)];

test('every link of the guide to a page has that page', () => {
  for (const page of pages) {
    for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
      assert.ok(existsSync(new URL(target, new URL(page, root))), `${page} links to ${target}`);
    }
  }
});

test('every page of the guide is linked from another one', () => {
  for (const page of pages.filter((name) => name !== 'README.md')) {
    const name = page.replace('docs/', '');
    const others = pages.filter((other) => other !== page);
    assert.ok(
      others.some((other) => read(other).includes(`${name})`) || read(other).includes(`${name}#`)),
      `nothing links to ${page}`,
    );
  }
});

test('docs/errors.md has every code', () => {
  const codes = Array.from(read('src/errors.ts').matchAll(/^ {2}\| '(\w+)'/gm), (match) => match[1] ?? '');
  assert.ok(codes.length > 10);
  const table = read('docs/errors.md');
  for (const code of codes) assert.ok(table.includes(`| \`${code}\` |`), code);
});
