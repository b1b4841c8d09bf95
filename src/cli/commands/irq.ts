import { type Command, createCommand, createOption } from 'commander';
import { AbortError, MmapioError } from '../../errors.js';
import type { InterruptSource, Rearm } from '../../index.js';
import { EXIT, UnmetError } from '../exit.js';
import { untilInterrupted } from '../interruption.js';
import { parseCount, parseDuration, targetArgument, withJson } from '../options.js';
import { note, print, printJson } from '../output.js';
import { openTarget } from '../target.js';

interface IrqOptions {
  count?: number;
  timeout?: number;
  rearm: 'level' | 'edge' | 'off';
  json?: boolean;
}

interface Tally {
  interrupts: number;
  missed: number;
}

/** Prints interrupts until there were enough, the time is up, or the user ends it. */
async function listen(source: InterruptSource, options: IrqOptions, signal: AbortSignal): Promise<Tally> {
  const rearm: Rearm = options.rearm === 'off' ? false : options.rearm;
  const tally: Tally = { interrupts: 0, missed: 0 };
  const start = performance.now();
  let last = start;
  try {
    for await (const { count, missed } of source.interrupts({ signal, rearm })) {
      const now = performance.now();
      const [time, since] = [now - start, now - last];
      last = now;
      tally.interrupts++;
      tally.missed += missed;
      if (options.json) printJson({ count, missed, time: round(time), since: round(since) }, 'line');
      else {
        const lost = missed === 0 ? '' : `  missed ${missed}`;
        print(`${seconds(time)}  +${round(since).toFixed(3).padStart(10)} ms  count ${count}${lost}`);
      }
      if (tally.interrupts === options.count) break;
    }
  } catch (error) {
    if (!(error instanceof AbortError)) throw error;
  }
  return tally;
}

const round = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000;
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(6).padStart(11)} s`;

/** Leaves the interrupt off: nobody handles it any more. Drivers without control are left alone. */
function turnOff(source: InterruptSource): void {
  try {
    source.irqOff();
  } catch (error) {
    const uncontrolled = ['ENOSYS', 'ERR_UNSUPPORTED', 'EIO'];
    if (!(error instanceof MmapioError) || !uncontrolled.includes(error.code)) throw error;
  }
}

async function irq(name: string, options: IrqOptions): Promise<void> {
  const target = await openTarget(name, 'read');
  try {
    const source = target.interrupts;
    if (source === undefined) {
      throw new MmapioError(
        'ERR_UNSUPPORTED',
        `${name} has no interrupt: only devices have, such as uio:NAME`,
      );
    }
    const tally = await untilInterrupted(async (signal) => {
      const limit =
        options.timeout === undefined
          ? signal
          : AbortSignal.any([signal, AbortSignal.timeout(options.timeout)]);
      try {
        return await listen(source, options, limit);
      } finally {
        turnOff(source);
      }
    });
    if (!options.json) note(`${tally.interrupts} interrupts, ${tally.missed} missed`);
    if (options.count !== undefined && tally.interrupts < options.count) {
      throw new UnmetError(`${tally.interrupts} of ${options.count} interrupts came`);
    }
    if (options.timeout !== undefined && tally.interrupts === 0) throw new UnmetError('no interrupt came');
  } finally {
    target.close();
  }
}

export function irqCommand(): Command {
  return withJson(createCommand('irq'))
    .summary('wait for interrupts and print them')
    .description(
      'Turns the interrupt on through its driver and prints each one with the time since the start and since the one ' +
        'before, the count of the driver, and how many were missed in between. Turns it off at the end. Accesses: none ' +
        'of the registers; so an interrupt that the device keeps raised comes again at once.',
    )
    .addArgument(targetArgument())
    .option('-n, --count <n>', 'end after so many interrupts', parseCount)
    .option('-t, --timeout <time>', 'end after so many milliseconds (or 5s)', parseDuration)
    .addOption(
      createOption('--rearm <when>', 'turn the interrupt on again after each (level, edge), or never (off)')
        .choices(['level', 'edge', 'off'])
        .default('level'),
    )
    .addHelpText(
      'after',
      `\nEnds with ${EXIT.unmet} where --count or --timeout was given and too few came, 0 after Ctrl-C.`,
    )
    .action(irq);
}

export const irqExamples = [
  ['mmapio irq uio:gpio@9030000', 'every interrupt until Ctrl-C'],
  ['mmapio irq sim:timer --count 3 --timeout 5s', 'three of them, within five seconds'],
] as const;
