import { type Command, createCommand } from 'commander';
import { UsageError } from '../exit.js';
import {
  type AccessOptions,
  type OutputOptions,
  targetArgument,
  withAccess,
  withFormat,
} from '../options.js';
import { type Cell, columns, print, printJson } from '../output.js';
import { isUnread, json, row, rows, type Unread } from '../report.js';
import { readObstacle, selectEntry } from '../selection.js';
import { type Reading, readSelected, withSession } from '../session.js';
import { bitRange, type Format, formatField } from '../values.js';

interface DumpOptions extends AccessOptions, OutputOptions {
  force?: boolean;
  long?: boolean;
}

/** A line for the register and one for each field below it. */
function longRows(one: Reading | Unread, format: Format): Cell[][] {
  if (isUnread(one) || one.selected.bits !== undefined) return [row(one, format)];
  const fields = one.fields
    .filter(({ readable }) => readable)
    .map((field): Cell[] => ['', `  ${bitRange(field.msb, field.lsb)}`, '', formatField(field, format)]);
  return [row({ ...one, fields: [] }, format), ...fields];
}

async function dump(target: string, what: string[], options: DumpOptions): Promise<void> {
  await withSession(target, 'read', options, ({ io, entries, select }) => {
    if (what.length === 0 && entries.length === 0) {
      throw new UsageError('Without --map FILE, say which registers to read: mmapio dump TARGET 0x0+0x40');
    }
    const chosen = what.length === 0 ? entries.map((entry) => selectEntry(entry, false)) : select(what);
    const results = chosen.map((selected): Reading | Unread => {
      const reason = options.force ? undefined : readObstacle(selected);
      return reason === undefined ? readSelected(io, selected) : { selected, reason };
    });
    if (options.json) printJson(results.map(json));
    else {
      const lines = options.long
        ? columns(results.flatMap((one) => longRows(one, options.format)))
        : rows(results, options.format);
      for (const line of lines) print(line);
    }
  });
}

export function dumpCommand(): Command {
  return withFormat(withAccess(createCommand('dump')))
    .summary('show all registers with their fields')
    .description(
      'Reads the registers of a map, or those given, and shows them with their fields. Accesses: one read for each ' +
        'register. Registers that are write-only, or of which reading has side effects, are shown as such and not read, ' +
        'unless --force.',
    )
    .addArgument(targetArgument())
    .argument('[what...]', 'which registers (default: all of the map)')
    .option('-l, --long', 'a line for each field')
    .option('--force', 'read every register, whatever that does')
    .action(dump);
}

export const dumpExamples = [
  ['mmapio dump sim:timer', 'all registers of the simulated timer'],
  ['mmapio dump uio:sensor --map thermometer.svd --peripheral SENSOR0', ''],
  ['mmapio dump file:regs.bin 0x0+0x20', 'without a map'],
] as const;
