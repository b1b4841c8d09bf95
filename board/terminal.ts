import type { Board } from './board.js';
import { shellCommand } from './host.js';

/**
 * Connects the user's terminal with the guest's while a command runs there. Every key goes to the guest, Ctrl-C
 * too: it is for the guest's program and not for this one.
 */
export async function runTerminal(board: Board, command: string): Promise<number> {
  const { stdin, stdout } = process;
  const { TERM = 'linux' } = process.env;
  const { input, output } = board.terminal;
  const resize = () => board.resize(stdout.rows, stdout.columns);
  stdin.setRawMode(true);
  try {
    output.pipe(stdout, { end: false });
    stdin.pipe(input);
    stdout.on('resize', resize);
    resize();
    return await board.run(`export ${shellCommand([`TERM=${TERM}`])}; ${command}`, { terminal: true });
  } finally {
    stdout.off('resize', resize);
    stdin.unpipe(input);
    output.unpipe(stdout);
    stdin.setRawMode(false);
  }
}
