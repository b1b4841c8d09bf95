/* The runtime, the native core, and which engine performs accesses here. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MemoryMap } from '../../index.js';
import type { Finding } from '../commands/doctor.js';

export async function examineEngine(): Promise<Finding[]> {
  const { bun, deno, node }: Record<string, string | undefined> = process.versions;
  const name = bun !== undefined ? `bun ${bun}` : deno !== undefined ? `deno ${deno}` : `node ${node}`;
  const runtime: Finding = {
    subject: 'runtime',
    state: 'good',
    text: `${name} on ${process.platform} ${process.arch}`,
  };
  try {
    const { MemoryMap } = await import('../../index.js');
    const core: Finding = { subject: 'native core', state: 'good', text: 'loaded' };
    return [runtime, core, engineFinding(MemoryMap)];
  } catch (error) {
    return [runtime, { subject: 'native core', state: 'problem', text: (error as Error).message }];
  }
}

/** Maps a file of its own, to see which engine is chosen. */
function engineFinding(Mapping: typeof MemoryMap): Finding {
  const subject = 'engine';
  const folder = mkdtempSync(join(tmpdir(), 'mmapio-doctor-'));
  try {
    const file = join(folder, 'page');
    writeFileSync(file, new Uint8Array(64));
    const engine = engineOf(() => Mapping.open(file));
    return { subject, state: engine === 'window' ? 'good' : 'note', ...explainEngine(Mapping, engine, file) };
  } catch (error) {
    return { subject, state: 'problem', text: (error as Error).message };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function engineOf(open: () => MemoryMap): string {
  const map = open();
  map.close();
  return map.engine;
}

function explainEngine(
  Mapping: typeof MemoryMap,
  engine: string,
  file: string,
): { text: string; remedy?: string } {
  const forced = process.env.MMAPIO_ENGINE;
  if (forced !== undefined && forced !== '' && forced !== 'auto') {
    return { text: `${engine}, because MMAPIO_ENGINE says so` };
  }
  if (engine === 'window') return { text: 'window: the fast one, verified for this runtime' };
  try {
    engineOf(() => Mapping.open(file, { engine: 'window' }));
  } catch (error) {
    return {
      text: `native. ${(error as Error).message}`,
      remedy:
        'Accesses are exact and slower. WebAssembly (--jitless) and address space (ulimit -v) are what it needs.',
    };
  }
  return {
    text: 'native: the window is not verified for this runtime',
    remedy:
      'Accesses are exact and slower. docs/engines.md has the runtimes that the window is verified for.',
  };
}
