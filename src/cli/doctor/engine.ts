/* The runtime, the native core, and which engine performs accesses here. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentRuntime, isWindowVerified } from '../../memory/runtime.js';
import type { Finding } from '../commands/doctor.js';

export async function examineEngine(): Promise<Finding[]> {
  const { name, major, arch } = currentRuntime();
  const runtime: Finding = {
    subject: 'runtime',
    state: 'good',
    text: `${name} ${process.versions[name] ?? major} on ${process.platform} ${arch}`,
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
function engineFinding(MemoryMap: typeof import('../../index.js').MemoryMap): Finding {
  const subject = 'engine';
  const folder = mkdtempSync(join(tmpdir(), 'mmapio-doctor-'));
  try {
    const file = join(folder, 'page');
    writeFileSync(file, new Uint8Array(64));
    const map = MemoryMap.open(file);
    const { engine } = map;
    map.close();
    return { subject, state: engine === 'window' ? 'good' : 'note', ...explainEngine(engine) };
  } catch (error) {
    return { subject, state: 'problem', text: (error as Error).message };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function explainEngine(engine: string): { text: string; remedy?: string } {
  const forced = process.env.MMAPIO_ENGINE;
  if (forced !== undefined && forced !== '' && forced !== 'auto') {
    return { text: `${engine}, because MMAPIO_ENGINE says so` };
  }
  if (engine === 'window') return { text: 'window: the fast one, verified for this runtime' };
  const runtime = currentRuntime();
  if (!isWindowVerified(runtime)) {
    return {
      text: `native: the window is not verified for ${runtime.name} ${runtime.major} on ${runtime.arch}`,
      remedy: 'Accesses are exact and slower. Node.js 20, 22, 24 and 26 on x64 and arm64 have the window.',
    };
  }
  return {
    text: 'native: no window can be made here',
    remedy:
      'WebAssembly is off (--jitless), or address space is limited (ulimit -v). Accesses are exact and slower; ' +
      'MMAPIO_ENGINE=window makes the error say which.',
  };
}
