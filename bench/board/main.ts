/*
 * `npm run bench:board -- [TASK...]`: interrupts and DMA on an x86_64 board, and round trips beside C in the same run.
 * Takes some minutes: the machine is emulated, and edu takes a tenth of a second for each transfer.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startBoard } from '../../board/board.js';
import { x64Iommu } from '../../board/machine.js';
import { boardFiles, guestPath } from '../../board/payload.js';

const build = fileURLToPath(new URL('../..', import.meta.url));
const source = fileURLToPath(new URL('../../../bench/c/interrupts.c', import.meta.url));
const program = `${build}bench/interrupts`;

/** Slots of the board's bus that are free. */
const SLOTS = Array.from({ length: 15 }, (_, i) => i + 8);
const FUNCTIONS = [0, 1, 2, 3];

/** Many devices, so that transfers overlap. */
const devices = SLOTS.flatMap((slot) =>
  FUNCTIONS.flatMap((fn) => [
    '-device',
    `edu,addr=0x${slot.toString(16)}.${fn},multifunction=on,dma_mask=0xffffffffffff`,
  ]),
);

const all = ['round-trips', 'interrupts', 'leaks', 'dma'];
const asked = process.argv.slice(2);

execFileSync('cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-static', '-o', program, source]);
for (const task of asked.length > 0 ? asked : all) {
  await using board = await startBoard({
    machine: x64Iommu,
    files: boardFiles(x64Iommu, [build]),
    extraQemuArguments: task === 'dma' ? devices : [],
  });
  const guest = guestPath(`${build}bench/board/guest.js`);
  const command = `ulimit -l unlimited; node --expose-gc ${guest} ${task} ${guestPath(program)}`;
  const code = await board.run(`cd /mmapio && ${command}`, {
    stdout: process.stdout,
    stderr: process.stderr,
  });
  if (code !== 0) process.exitCode = 1;
}
