/*
 * Few files instead of many: Node.js takes about half a millisecond to load a module, so that the package imports in less
 * than half the time. `build/src/` has the modules one by one, as the tests of internals use them.
 */
import { readFileSync } from 'node:fs';

const { exports, bin } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const commands = Object.values(bin).map((file) => `./${file}`);
const entries = [...Object.values(exports).flatMap((entry) => entry.default ?? []), ...commands];

export default {
  input: Object.fromEntries(
    entries.map((file) => [file.replace(/^\.\/dist\/|\.js$/g, ''), file.replace('./dist/', 'build/src/')]),
  ),
  external: /^[^./]/,
  output: {
    dir: 'dist',
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    generatedCode: 'es2015',
  },
  onwarn(warning) {
    throw new Error(warning.message);
  },
};
