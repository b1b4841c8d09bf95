/*
 * What a program does with the installed package: import, map, read, write, meet a bus error, wait. The tests of this
 * folder run it on every runtime and machine; it prints what it saw as JSON.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryMap, MemoryMappedIO, MmapioError, Uio } from 'mmapio';

const folder = mkdtempSync(join(tmpdir(), 'mmapio-exercise-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

/** The code of the error that is thrown, or what is returned. */
function outcome(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    if (error instanceof MmapioError) return error.code;
    throw error;
  }
}

function accesses() {
  const path = join(folder, 'registers');
  writeFileSync(path, new Uint8Array(4096));
  using map = MemoryMap.open(path);
  const region = new MemoryMappedIO(map);
  region.writeWord(8, 0xdeadbeef);
  region.writeHalf(10, 0x1234);
  region.writeByte(8, 0x55);
  const block = region.readBlock(8, new Uint16Array(2));
  const quad = outcome(() => {
    region.writeQuad(16, 0x0123456789abcdefn);
    return region.readQuad(16).toString(16);
  });
  const word = region.readWord(8).toString(16);
  truncateSync(path, 0);
  const fault = outcome(() => region.readWord(0));
  return { engine: map.engine, word, block: Array.from(block), quad, fault };
}

/** A UIO device whose node is a FIFO: what is written to it is read as a count of interrupts. */
async function wait() {
  const roots = { sysfs: join(folder, 'sys'), dev: join(folder, 'dev') };
  const device = join(roots.sysfs, 'class/uio/uio0');
  mkdirSync(device, { recursive: true });
  mkdirSync(roots.dev);
  for (const [name, text] of Object.entries({ name: 'button\n', version: '1\n', event: '0\n' })) {
    writeFileSync(join(device, name), text);
  }
  const node = join(roots.dev, 'uio0');
  execFileSync('mkfifo', [node]);
  using uio = new Uio('button', roots);
  const waiting = uio.waitIrq({ timeout: 60_000 });
  writeFileSync(node, Uint8Array.of(7, 0, 0, 0));
  const count = await waiting;
  return { count, timedOut: uio.waitIrqSync(1) };
}

const versions: Record<string, string | undefined> = process.versions;
const runtime = ['bun', 'deno', 'node'].find((name) => versions[name] !== undefined) ?? '';
console.log(
  JSON.stringify({
    runtime,
    version: versions[runtime],
    arch: process.arch,
    ...accesses(),
    ...(await wait()),
  }),
);
