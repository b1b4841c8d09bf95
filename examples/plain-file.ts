// The same accesses over a plain file, for a machine with no device at hand: what is written is in the file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryMap, MemoryMappedIO } from 'mmapio';

const folder = mkdtempSync(join(tmpdir(), 'mmapio-'));
const file = join(folder, 'registers');
writeFileSync(file, new Uint8Array(0x1000));
try {
  using map = MemoryMap.open(file);
  const regs = new MemoryMappedIO(map);
  regs.writeWord(0x64, 0xdeadbeef);
  regs.writeBlock(0x80, Uint16Array.of(0x1111, 0x2222, 0x3333));
  regs.modifyWord(0x64, 0xff, 0x00); // one load, one store
  console.log(`engine ${map.engine}, word at 0x64: 0x${regs.readWord(0x64).toString(16)}`);
  console.log(`in the file: ${readFileSync(file).subarray(0x64, 0x68).toString('hex')}, lowest byte first`);
} finally {
  rmSync(folder, { recursive: true });
}
