import { Writable } from 'node:stream';
import { type Board, startBoard } from '../board/board.js';
import type { CpioEntry } from '../board/cpio.js';
import { checkout } from '../board/host.js';
import type { Machine } from '../board/machine.js';
import { boardFiles, guestPath } from '../board/payload.js';
import { guestFiles } from './run.js';
import { stop } from './stop.js';

/** Runs a command on the board and returns what it writes; throws where it fails. */
export type Print = (command: string) => Promise<string>;

/** Runs something on a board that is started for it; `print` returns what a command writes. */
export async function onBoard<T>(
  machine: Machine,
  node: string,
  files: readonly CpioEntry[],
  use: (print: Print) => Promise<T>,
): Promise<T> {
  const board = await startBoard({
    machine,
    node,
    files: [...boardFiles(machine, guestFiles), ...files],
    signal: stop,
  });
  try {
    return await use((command) => printed(board, command));
  } finally {
    await board.stop();
  }
}

async function printed(board: Board, command: string): Promise<string> {
  const output: string[] = [];
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      output.push(chunk.toString('latin1'));
      done();
    },
  });
  const code = await board.run(`cd ${guestPath(checkout)} && ${command}`, { stdout });
  if (code !== 0) throw new Error(`${command} ended with ${code} on the board`);
  return output.join('');
}
