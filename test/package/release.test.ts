import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { packageRoot } from '../support/descriptions.js';
import { temporaryFolder } from '../support/files.js';

const script = join(packageRoot, 'build/scripts/release.js');

/** A committed package whose suite and builds are given by shell commands. */
function project(t: TestContext, { changelog = '## 1.2.3\n', test = 'true' } = {}): string {
  const folder = temporaryFolder(t);
  const scripts = { lint: 'true', test, prebuilds: 'true' };
  const files = {
    'package.json': JSON.stringify({ name: 'released', version: '1.2.3', scripts, files: ['a.txt'] }),
    'CHANGELOG.md': `# Changelog\n\n${changelog}`,
    '.gitignore': 'build/\n',
    'a.txt': 'a',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  git(folder, 'init', '--quiet');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '--message', 'first');
  return folder;
}

function git(cwd: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost'];
  const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

function release(cwd: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--dry-run'], {
    cwd,
    encoding: 'utf8',
  });
  return { status, stdout, stderr, packed: existsSync(join(cwd, 'build/release')) };
}

const refusals: readonly [what: string, prepare: (t: TestContext) => string, message: RegExp][] = [
  [
    'a changed file',
    (t) => {
      const folder = project(t);
      writeFileSync(join(folder, 'a.txt'), 'b');
      return folder;
    },
    /not committed:\n M a\.txt/,
  ],
  [
    'a file that is not in the repository',
    (t) => {
      const folder = project(t);
      writeFileSync(join(folder, 'new.txt'), '');
      return folder;
    },
    /not committed:\n\?\? new\.txt/,
  ],
  [
    'a version without a changelog entry',
    (t) => project(t, { changelog: '## 1.2.30\n' }),
    /no heading for 1\.2\.3/,
  ],
  [
    'a version that the changelog calls unreleased',
    (t) => project(t, { changelog: '## 1.2.3 (unreleased)\n' }),
    /still says "1\.2\.3 \(unreleased\)"/,
  ],
  [
    'a version that has its tag',
    (t) => {
      const folder = project(t);
      git(folder, 'tag', 'v1.2.3');
      return folder;
    },
    /v1\.2\.3 exists already/,
  ],
  ['a failing suite', (t) => project(t, { test: 'exit 3' }), /npm test --silent failed/],
  [
    'a suite that changes the tree',
    (t) => project(t, { test: 'echo b > a.txt' }),
    /not committed:\n M a\.txt/,
  ],
];

for (const [what, prepare, message] of refusals) {
  it(`a release refuses ${what}, and packs nothing`, (t) => {
    const { status, stderr, packed } = release(prepare(t));
    assert.equal(status, 1);
    assert.match(stderr, message);
    assert.equal(packed, false);
  });
}

it('a release packs what is committed and would publish that', (t) => {
  const folder = project(t, { test: 'test "$CI" = true' });
  const { status, stdout, stderr } = release(folder);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /v1\.2\.3 would be published/);
  assert.match(stderr, /released@1\.2\.3/);
  assert.deepEqual(readdirSync(join(folder, 'build/release')), ['released-1.2.3.tgz']);
});
