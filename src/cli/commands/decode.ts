import { type Command, createCommand } from 'commander';
import type { MapEntry } from '../../registers/index.js';
import { UsageError } from '../exit.js';
import { loadMap, type MapOptions } from '../map.js';
import { type OutputOptions, withFormat } from '../options.js';
import { columns, print, printJson } from '../output.js';
import { fieldsJson } from '../report.js';
import { select } from '../selection.js';
import { interpret, type Reading } from '../session.js';
import { bitRange, formatField, formatValue, requireNumber } from '../values.js';

interface DecodeOptions extends MapOptions, OutputOptions {
  register?: string;
}

/** `NAME=VALUE`, or a value of the register that `--register` or the description leaves no doubt about. */
function decodeOne(text: string, entries: readonly MapEntry[], register: string | undefined): Reading {
  const equals = text.indexOf('=');
  const [first] = entries;
  const only = entries.length === 1 ? first?.path : undefined;
  const name = equals > 0 ? text.slice(0, equals) : (register ?? only);
  if (name === undefined) {
    throw new UsageError(`Which register is ${text} a value of? Write NAME=${text}, or add --register NAME`);
  }
  const [selected, ...more] = select([name], {
    entries,
    width: 32,
    order: 'little',
    length: Number.MAX_SAFE_INTEGER,
  });
  if (selected?.entry === undefined || more.length > 0 || selected.bits !== undefined) {
    throw new UsageError(`'${name}' is not the name of one register`);
  }
  const value = requireNumber(equals > 0 ? text.slice(equals + 1) : text, `the value of ${name}`);
  if (value >> BigInt(selected.width) !== 0n) {
    throw new UsageError(`${formatValue(value, 0)} does not fit into the ${selected.width} bits of ${name}`);
  }
  return interpret(selected, value);
}

async function decode(file: string, values: string[], options: DecodeOptions): Promise<void> {
  const map = await loadMap({ ...options, map: file });
  const entries = map === undefined ? [] : [...map.entries()];
  const decoded = values.map((text) => decodeOne(text, entries, options.register));
  if (options.json) {
    printJson(
      decoded.map((one) => ({
        name: one.selected.name,
        value: formatValue(one.value, one.bits),
        fields: fieldsJson(one),
      })),
    );
    return;
  }
  for (const one of decoded) {
    print(`${one.selected.name} = ${formatValue(one.value, one.bits, options.format)}`);
    const rows = one.fields.map((field) => [
      `  ${bitRange(field.msb, field.lsb)}`,
      formatField(field, options.format),
    ]);
    for (const line of columns(rows)) print(line);
  }
}

export function decodeCommand(): Command {
  return withFormat(createCommand('decode'))
    .summary("show what a register's value means")
    .description(
      'Splits values, from a log or a debugger for example, into the fields that FILE describes. Accesses: none.',
    )
    .argument('<file>', 'register description')
    .argument('<value...>', 'NAME=VALUE, or VALUE where there is one register or --register')
    .option('-r, --register <name>', 'the register that plain values are of')
    .option('-p, --peripheral <name>', 'the peripheral of the description, where it has several')
    .option('--overrides <file>', 'corrections to the description, as JSON')
    .action(decode);
}

export const decodeExamples = [
  ['mmapio decode thermometer.svd -p SENSOR0 CTRL=0x11', 'the fields of a value of CTRL'],
] as const;
