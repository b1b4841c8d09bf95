/*
 * The libraries that a part needs are in it, each in a file of its own that only that part loads: nothing is installed
 * beside the package, and of each library there is only what is used.
 *
 * Few files instead of many: Node.js takes about half a millisecond to load a module, so that the package imports in less
 * than half the time. `build/src/` has the modules one by one, as the tests of internals use them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';

const { exports, bin } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const commands = Object.values(bin).map((file) => `./${file}`);
const entries = [...Object.values(exports).flatMap((entry) => entry.default ?? []), ...commands];

/** The package of npm's that a module is from: its folder and its name. */
function packageOf(id) {
  const [, folder, name] = /^\0?(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(id) ?? [];
  return name && { folder, name };
}

/** What the package's entries share: one small file for all. */
const SHARED = /\/build\/src\/(errors|permission|check|interrupts\/(abort|loop|options|pending-waits))\.js$/;

function chunkOf(id) {
  const { name } = packageOf(id) ?? {};
  if (name !== undefined) return `library-${name.replace(/\W+/g, '-')}`;
  return SHARED.test(id) ? 'shared' : undefined;
}

function license({ folder, name }) {
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return `${name} ${version}, ${license}\n${text}`;
}

/** Writes down whose code is in the package. */
const licenses = {
  name: 'licenses',
  generateBundle(_options, bundle) {
    const packages = Object.values(bundle).flatMap(({ modules = {} }) => Object.keys(modules).map(packageOf));
    const texts = new Set(packages.filter(Boolean).map(license));
    const source = [...texts].sort().join(`\n${'-'.repeat(80)}\n\n`);
    this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES.txt', source });
  },
};

export default {
  input: Object.fromEntries(
    entries.map((file) => [file.replace(/^\.\/dist\/|\.js$/g, ''), file.replace('./dist/', 'build/src/')]),
  ),
  external: /^node:/,
  plugins: [nodeResolve(), commonjs(), licenses],
  output: {
    dir: 'dist',
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    manualChunks: chunkOf,
    generatedCode: 'es2015',
  },
  onwarn(warning) {
    // What a library does within itself is its own business.
    const ids = warning.ids ?? [warning.id ?? ''];
    if (!ids.every(packageOf)) throw new Error(warning.message);
  },
};
