import { type Command, createCommand } from 'commander';
import { type AccessOptions, targetArgument, withAccess } from '../options.js';
import { withSession } from '../session.js';

interface ReplOptions extends AccessOptions {
  readOnly?: boolean;
}

async function repl(target: string, options: ReplOptions): Promise<void> {
  await withSession(target, options.readOnly ? 'read' : 'read-write', options, async (session) => {
    const { runRepl } = await import('../repl/run.js');
    await runRepl(session);
  });
}

export function replCommand(): Command {
  return withAccess(createCommand('repl'))
    .summary('a JavaScript prompt with the registers of a device')
    .description(
      'Starts a prompt with the region as io and, with a map, its registers as regs and by name, completed on Tab: ' +
        'CTRL.read(), CTRL.modify({ MODE: 1 }), await STATUS.until({ DONE: 1 }), io.readUint32(0x10). Accesses: those that ' +
        'are typed; completion and showing a register access nothing.',
    )
    .addArgument(targetArgument())
    .option('--read-only', 'open without the right to write (files and physical memory)')
    .action(repl);
}

export const replExamples = [
  ['mmapio repl sim:timer', ''],
  ['mmapio repl uio:sensor --map thermometer.svd -p SENSOR0', ''],
] as const;
