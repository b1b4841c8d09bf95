import { start } from 'node:repl';

// Runs on the board: a prompt with everything that mmapio exports, and the board's own controls, as global names.

const { pressButton } = await import('./control.js');
const mmapio: object = await import('mmapio').catch((error: Error) => {
  process.stderr.write(`mmapio cannot be imported: ${error.message}\n`);
  return {};
});

process.stdout.write(
  `Node.js ${process.version} on a virtual ${process.arch} board; mmapio is loaded: ${Object.keys(mmapio).join(', ')}.\n` +
    'Uio.list() shows the devices. Leave with .exit or Ctrl-D.\n',
);
const repl = start({ prompt: 'board> ', breakEvalOnSigint: true });
Object.assign(repl.context, mmapio, { pressButton });
repl.on('exit', () => process.exit());
