#!/usr/bin/env node
import { CommanderError } from 'commander';
import { EXIT, exitCodeOf } from './exit.js';
import { createProgram } from './program.js';

/** A reader that has seen enough, such as `head`, is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
});

/** What the completion scripts call; no command of its own. */
async function complete(): Promise<void> {
  const { printCompletions } = await import('./completion.js');
  await printCompletions(process.argv.slice(process.argv.indexOf('--') + 1));
}

async function run(): Promise<void> {
  if (process.argv[2] === 'complete' && process.argv[3] === '--') return complete();
  const program = createProgram();
  if (process.argv.length <= 2) {
    program.outputHelp({ error: true });
    process.exitCode = EXIT.usage;
  } else await program.parseAsync();
}

try {
  await run();
} catch (error) {
  if (error instanceof CommanderError) {
    // Its message is printed already; only help and version end with 0.
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  } else {
    process.stderr.write(`mmapio: ${(error as Error).message}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
