import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkout } from '../../../board/host.js';
import { guestPath, scriptFiles } from '../../../board/payload.js';

describe('what goes along with a script', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'board-payload-'));
    const files = {
      'package.json': '{"type": "module"}',
      'project/main.ts': "import { a } from './lib/a.ts';\nimport 'mmapio';\nawait import('../other.js');\n",
      'project/lib/a.ts': "export * from './b.mjs';\nimport '../main.ts';\n",
      'project/lib/b.mjs': "// import './unused.ts'\n",
      'project/lib/unused.ts': '',
      'other.js': '',
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
  });
  after(() => rmSync(directory, { recursive: true }));

  it('is what it imports by relative path, and the package.json that rules there', async () => {
    const files = await scriptFiles(join(directory, 'project/main.ts'));
    const expected = ['project/main.ts', 'package.json', 'project/lib/a.ts', 'project/lib/b.mjs', 'other.js'];
    assert.deepEqual(files.sort(), expected.map((name) => join(directory, name)).sort());
  });

  it('is an error when there is no script', async () => {
    await assert.rejects(scriptFiles(join(directory, 'none.ts')), /There is no script/);
    await assert.rejects(scriptFiles(directory), /There is no script/);
  });

  it('keeps its place: in the checkout, or under its own path', () => {
    assert.equal(guestPath(checkout), '/mmapio');
    assert.equal(guestPath(join(checkout, 'examples', 'a.ts')), '/mmapio/examples/a.ts');
    assert.equal(guestPath(join(checkout, '..x', 'a.ts')), '/mmapio/..x/a.ts');
    assert.equal(guestPath(dirname(checkout)), join('/host', dirname(checkout)));
    assert.equal(guestPath('/home/me/a.ts'), '/host/home/me/a.ts');
  });
});
