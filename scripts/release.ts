/*
 * npm run release [-- --dry-run]: publishes the version in package.json, in the folder it is started in.
 *
 * Refuses what is not exactly a commit, a version that the changelog does not tell about, and a failing suite; only then
 * builds the core of every machine, packs, and publishes that tarball with provenance. The registry gets provenance
 * from a CI service that npm trusts, so the last step works there only; --dry-run does everything else anywhere.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

class Refusal extends Error {}

/** Runs a command that shows its own output, or that is captured and returned. */
function run(
  command: string,
  args: readonly string[],
  how: 'shown' | 'captured',
  env?: NodeJS.ProcessEnv,
): string {
  const { status, stdout, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', how === 'shown' ? 'inherit' : 'pipe', 'inherit'],
  });
  if (status !== 0)
    throw new Refusal(`${[command, ...args].join(' ')} failed${error ? `: ${error.message}` : ''}`);
  return stdout ?? '';
}

function requireCleanTree(): void {
  const changes = run('git', ['status', '--porcelain'], 'captured');
  if (changes !== '') throw new Refusal(`the tree has changes that are not committed:\n${changes.trimEnd()}`);
}

function requireChangelog(version: string): void {
  const headings = readFileSync('CHANGELOG.md', 'utf8').match(/^## .*$/gm) ?? [];
  const heading = headings.find((line) => line.split(/\s+/)[1] === version);
  if (heading === undefined) throw new Refusal(`CHANGELOG.md has no heading for ${version}`);
  if (/unreleased/i.test(heading)) throw new Refusal(`CHANGELOG.md still says "${heading.slice(3)}"`);
}

function requireNewTag(tag: string): void {
  if (run('git', ['tag', '--list', tag], 'captured') !== '')
    throw new Refusal(`the tag ${tag} exists already`);
}

/** The tarball is what was tested: nothing is built or run between packing and publishing it. */
function pack(): string {
  const folder = 'build/release';
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  run('npm', ['run', '--silent', 'prebuilds'], 'shown');
  const args = ['pack', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', folder];
  const [packed] = JSON.parse(run('npm', args, 'captured')) as [{ filename: string }];
  return resolve(join(folder, packed.filename));
}

function release(dryRun: boolean): void {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const tag = `v${version}`;
  requireCleanTree();
  requireChangelog(version);
  requireNewTag(tag);
  // What is tested and packed is built from the commit, with nothing left over from another.
  run('git', ['clean', '-dfqX', 'build', 'dist', 'prebuilds'], 'shown');
  // CI: what cannot be tested here fails instead of being left out
  run('npm', ['run', '--silent', 'lint'], 'shown', { CI: 'true' });
  run('npm', ['test', '--silent'], 'shown', { CI: 'true' });
  requireCleanTree();
  const tarball = pack();
  const publish = ['publish', tarball, '--provenance', '--access', 'public', '--ignore-scripts'];
  run('npm', dryRun ? [...publish, '--dry-run'] : publish, 'shown');
  if (!dryRun) run('git', ['tag', '--annotate', tag, '--message', tag], 'shown');
  console.log(
    dryRun
      ? `release: ${tag} would be published`
      : `release: ${tag} is published; now: git push origin ${tag}`,
  );
}

try {
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
  release(values['dry-run']);
} catch (error) {
  console.error(`release: ${(error as Error).message}`);
  process.exitCode = 1;
}
