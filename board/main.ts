import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { parseArguments, usage } from './arguments.js';
import { type Board, startBoard } from './board.js';
import { type BoardTask, planTask } from './task.js';
import { runTerminal } from './terminal.js';

/** Runs the command line and returns the exit code. */
async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const parsed = parseArguments(args);
  if (parsed.action.kind === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const task = await planTask(parsed, process.stdin.isTTY && process.stdout.isTTY, signal);
  if (task === null) {
    return 0;
  }
  const board = await startBoard({ ...task.board, signal });
  try {
    return await runTask(board, task);
  } finally {
    await board.stop();
    if (parsed.consoleLog !== undefined) {
      writeFileSync(parsed.consoleLog, board.consoleLog);
    }
  }
}

async function runTask(board: Board, task: BoardTask): Promise<number> {
  if (task.terminal) {
    return runTerminal(board, task.command);
  }
  if (process.stdin.isTTY) {
    board.stdin.end();
  } else {
    process.stdin.on('error', () => board.stdin.end());
    process.stdin.pipe(board.stdin);
  }
  return board.run(task.command, { stdout: process.stdout, stderr: process.stderr });
}

const stopped = new AbortController();
let exitCode: number | undefined;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    exitCode ??= 128 + constants.signals[name];
    stopped.abort();
  });
}
// whoever read our output has gone
process.stdout.on('error', () => {
  exitCode ??= 128 + constants.signals.SIGPIPE;
  stopped.abort();
});

main(process.argv.slice(2), stopped.signal)
  .catch((error: Error) => {
    if (exitCode === undefined) {
      process.stderr.write(`${error.name === 'BoardError' ? error.message : error.stack}\n`);
    }
    return 1;
  })
  .then((code) => {
    process.exitCode = exitCode ?? code;
    process.stdin.destroy();
  });
