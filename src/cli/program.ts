/* The command line: which commands there are, and what holds for all of them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Command, createCommand } from 'commander';
import { completionCommand, completionExamples } from './commands/completion.js';
import { copyCommand, copyExamples } from './commands/copy.js';
import { decodeCommand, decodeExamples } from './commands/decode.js';
import { doctorCommand, doctorExamples } from './commands/doctor.js';
import { dumpCommand, dumpExamples } from './commands/dump.js';
import { irqCommand, irqExamples } from './commands/irq.js';
import { listCommand, listExamples } from './commands/list.js';
import { readCommand, readExamples } from './commands/read.js';
import { replCommand, replExamples } from './commands/repl.js';
import { typesCommand, typesExamples } from './commands/types.js';
import { watchCommand, watchExamples } from './commands/watch.js';
import { writeCommand, writeExamples } from './commands/write.js';
import { TOPICS } from './topics.js';

export type Examples = readonly (readonly [command: string, what: string])[];

interface Entry {
  make: () => Command;
  examples: Examples;
}

const COMMANDS: readonly Entry[] = [
  { make: listCommand, examples: listExamples },
  { make: readCommand, examples: readExamples },
  { make: writeCommand, examples: writeExamples },
  { make: dumpCommand, examples: dumpExamples },
  { make: watchCommand, examples: watchExamples },
  { make: irqCommand, examples: irqExamples },
  { make: copyCommand, examples: copyExamples },
  { make: typesCommand, examples: typesExamples },
  { make: decodeCommand, examples: decodeExamples },
  { make: replCommand, examples: replExamples },
  { make: doctorCommand, examples: doctorExamples },
  { make: completionCommand, examples: completionExamples },
];

/** The version of the package, found by its own name because the depth of this file depends on the build. */
function version(): string {
  const file = createRequire(import.meta.url).resolve('mmapio/package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function examplesText(examples: Examples): string {
  const lines = examples.map(([command, what]) => `  ${command}${what === '' ? '' : `\n      ${what}`}`);
  return `\nExamples:\n${lines.join('\n')}`;
}

/** The commands with their examples, for help and for the manual page. */
export function commandsWithExamples(): { command: Command; examples: Examples }[] {
  return COMMANDS.map(({ make, examples }) => ({
    command: make().addHelpText('after', () => examplesText(examples)),
    examples,
  }));
}

export function createProgram(): Command {
  const program = createCommand('mmapio')
    .description('Reads, writes and watches the registers of devices.')
    .version(version(), '-V, --version')
    .configureHelp({ helpWidth: Math.min(process.stdout.columns ?? 100, 100) })
    .showHelpAfterError('(mmapio --help, mmapio help COMMAND)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nMore: mmapio help COMMAND, mmapio help targets, mmapio help what\n' +
        'Exit codes: 0 done, 1 wrong usage, 2 device error, 3 condition not met',
    );
  for (const { command } of commandsWithExamples())
    program.addCommand(command.copyInheritedSettings(program));
  for (const { name, summary, text } of TOPICS) {
    const topic = createCommand(name).summary(summary).description(text).helpOption(false).usage(' ');
    program.addCommand(
      topic.copyInheritedSettings(program).action(() => topic.help()),
      { hidden: true },
    );
  }
  return program;
}
