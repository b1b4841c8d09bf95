import { createRequire } from 'node:module';
import { join } from 'node:path';
import { checkout, installPackages, run } from '../board/host.js';
import { compilerPrefix, type Machine } from '../board/machine.js';

/** Compiles the addon that shows device memory as an ArrayBuffer, for the comparison with JavaScript's own views. */
export async function compileView(machine: Machine): Promise<void> {
  const headers = createRequire(import.meta.url)('node-api-headers') as { include_dir: string };
  const options = ['-std=c11', '-O2', '-fPIC', '-shared', '-isystem', headers.include_dir];
  const output = join(checkout, `build/fidelity/view-${machine.arch}.node`);
  const source = join(checkout, 'fidelity/native/view.c');
  await run(`${compilerPrefix(machine)}gcc`, [...options, '-o', output, source], { hint: installPackages });
}
