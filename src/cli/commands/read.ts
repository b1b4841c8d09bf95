import { type Command, createCommand } from 'commander';
import { MmapioError } from '../../errors.js';
import {
  type AccessOptions,
  type OutputOptions,
  targetArgument,
  withAccess,
  withFormat,
} from '../options.js';
import { print, printJson } from '../output.js';
import { json, rows, type Unread } from '../report.js';
import { labelOf, readObstacle, type Selected } from '../selection.js';
import { type Reading, readSelected, withSession } from '../session.js';
import { formatValue } from '../values.js';

interface ReadOptions extends AccessOptions, OutputOptions {
  force?: boolean;
  quiet?: boolean;
}

/** What a pattern matches is not read where that has effects; what is named is, unless it cannot be. */
function obstacleTo(selected: Selected, force: boolean): string | undefined {
  if (force) return undefined;
  const obstacle = readObstacle(selected);
  if (obstacle === undefined || !selected.explicit) return obstacle;
  if (selected.entry?.layout.readable) return undefined;
  throw new MmapioError(
    'ERR_REGISTER_ACCESS',
    `${labelOf(selected)} is write-only: nothing was read (--force reads it all the same)`,
  );
}

async function read(target: string, what: string[], options: ReadOptions): Promise<void> {
  await withSession(target, 'read', options, ({ io, select }) => {
    const force = options.force ?? false;
    const planned = select(what).map((selected) => ({ selected, reason: obstacleTo(selected, force) }));
    const results = planned.map(({ selected, reason }): Reading | Unread =>
      reason === undefined ? readSelected(io, selected) : { selected, reason },
    );
    if (options.json) printJson(results.map(json));
    else if (options.quiet) {
      for (const one of results)
        if (!('reason' in one)) print(formatValue(one.value, one.bits, options.format));
    } else for (const line of rows(results, options.format)) print(line);
  });
}

export function readCommand(): Command {
  return withFormat(withAccess(createCommand('read')))
    .summary('read registers or bit fields')
    .description(
      'Reads registers and prints them. Accesses: one read of its width for each register or bit field given, in the ' +
        'order given, and nothing else.',
    )
    .addArgument(targetArgument())
    .argument('<what...>', 'offset, range, bit field or name: see mmapio help what')
    .option('-q, --quiet', 'print the values alone')
    .option('--force', 'read what the map has as write-only, and what a pattern matches and reading changes')
    .action(read);
}

export const readExamples = [
  ['mmapio read uio:rtc@9010000 0x0', 'one 32-bit register'],
  ['mmapio read file:regs.bin 0x0+0x10 --width 16', 'eight 16-bit registers'],
  ['mmapio read /dev/uio0 0x10:7:4', 'bits 7 to 4'],
  ["mmapio read sim:timer CTRL.RATE 'CHANNEL*.LEN'", 'by name'],
] as const;
