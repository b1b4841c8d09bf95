/* The manual page, in the language of man(7), made from what the commands say of themselves. */
import type { Command, Option } from 'commander';
import { commandsWithExamples, createProgram, type Examples } from './program.js';
import { TOPICS } from './topics.js';

/** Text in which nothing is taken for a request or an escape. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
}

function optionLines(option: Option): string[] {
  const choices = option.argChoices === undefined ? '' : ` One of: ${option.argChoices.join(', ')}.`;
  const usual = option.defaultValue === undefined ? '' : ` Default: ${option.defaultValue}.`;
  return ['.TP', `.B ${roff(option.flags)}`, roff(`${option.description}.${choices}${usual}`)];
}

function exampleLines(examples: Examples): string[] {
  return [
    '.RS',
    '.nf',
    ...examples.flatMap(([command, what]) => [roff(command), ...(what === '' ? [] : [roff(`    ${what}`)])]),
    '.fi',
    '.RE',
  ];
}

function commandLines(command: Command, examples: Examples): string[] {
  return [
    '.SS',
    roff(`mmapio ${command.name()} ${command.usage()}`),
    roff(command.description()),
    ...command.options.flatMap(optionLines),
    '.PP',
    ...exampleLines(examples),
  ];
}

const EXIT_CODES = [
  ['0', 'Done; watch and irq also after Ctrl-C, where no condition was given.'],
  ['1', 'The command line cannot be understood, or names what there is not. Nothing was accessed.'],
  ['2', 'The device, the kernel or a file refused.'],
  ['3', 'A condition was not met: --until, --count, --timeout, --verify, or doctor found a problem.'],
] as const;

const ENVIRONMENT = [
  ['NO_COLOR', 'Switches colours off.'],
  ['MMAPIO_ENGINE', 'Which engine performs the accesses: window, native or auto.'],
  ['MMAPIO_SYSFS, MMAPIO_DEV', 'Where sysfs and the device nodes are, for containers and tests.'],
] as const;

const terms = (pairs: readonly (readonly [string, string])[]) =>
  pairs.flatMap(([term, text]) => ['.TP', `.B ${roff(term)}`, roff(text)]);

export function manPage(): string {
  const program = createProgram();
  return [
    '.TH MMAPIO 1 "" "mmapio" "User Commands"',
    '.SH NAME',
    'mmapio \\- read, write and watch the registers of devices',
    '.SH SYNOPSIS',
    '.B mmapio',
    '.I command target what',
    '.SH DESCRIPTION',
    roff(program.description()),
    'Every register access is one access of its width, in the order given. Each command says which accesses it makes.',
    ...TOPICS.flatMap(({ name, text }) => [`.SH ${name.toUpperCase()}`, '.nf', roff(text), '.fi']),
    '.SH COMMANDS',
    ...commandsWithExamples().flatMap(({ command, examples }) => commandLines(command, examples)),
    '.SH EXIT STATUS',
    ...terms(EXIT_CODES),
    '.SH ENVIRONMENT',
    ...terms(ENVIRONMENT),
    '',
  ].join('\n');
}
