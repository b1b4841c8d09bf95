import { type Command, createCommand } from 'commander';
import { load } from '../access.js';
import { type Condition, parseCondition } from '../condition.js';
import { UnmetError, UsageError } from '../exit.js';
import { History } from '../history.js';
import { rest, untilInterrupted } from '../interruption.js';
import {
  type AccessOptions,
  type OutputOptions,
  parseCount,
  parseDuration,
  targetArgument,
  withAccess,
  withFormat,
} from '../options.js';
import { columns, paint, print, printJson } from '../output.js';
import { json, row } from '../report.js';
import { Screen, type ScreenLine } from '../screen.js';
import { readObstacle, type Selected, selectEntry } from '../selection.js';
import { interpret, type Reading, type Session, withSession } from '../session.js';
import type { Format } from '../values.js';

interface WatchOptions extends AccessOptions, OutputOptions {
  interval: number;
  count?: number;
  timeout?: number;
  until?: string;
  force?: boolean;
}

/** One look at everything that is watched. */
interface Sample {
  time: number;
  readings: readonly Reading[];
  changed: readonly boolean[];
  met: boolean;
}

/** Reads each register once a look, however many of its fields are watched. */
class Watcher {
  readonly #session: Session;
  readonly #selected: readonly Selected[];
  readonly #condition: Condition | undefined;
  readonly histories: readonly History[];
  readonly #start = performance.now();

  constructor(session: Session, selected: readonly Selected[], condition: Condition | undefined) {
    this.#session = session;
    this.#selected = selected;
    this.#condition = condition;
    this.histories = selected.map(() => new History());
  }

  sample(): Sample {
    const time = performance.now() - this.#start;
    const read = new Map<string, bigint>();
    const registerOf = (selected: Selected): bigint => {
      const key = `${selected.offset}/${selected.width}/${selected.order}`;
      const value = read.get(key) ?? load(this.#session.io, selected);
      read.set(key, value);
      return value;
    };
    const readings = this.#selected.map((selected) => interpret(selected, registerOf(selected)));
    const changed = readings.map(({ value }, index) => this.histories[index]?.add(value, time) ?? false);
    const condition = this.#condition;
    return { time, readings, changed, met: condition?.holds(registerOf(condition.selected)) ?? false };
  }
}

// ---- what is shown ----------------------------------------------------------------------------------------

function lines({ readings, changed }: Sample, histories: readonly History[], format: Format): ScreenLine[] {
  const cells = readings.map((reading, index) => {
    const [place, ...others] = row(reading, format).map((cell) =>
      typeof cell === 'string' ? cell : cell.text,
    );
    const history = histories[index];
    return [
      place ?? '',
      ...others.slice(0, -1),
      history?.rate ?? '',
      history?.sparkline ?? '',
      others.at(-1) ?? '',
    ];
  });
  return columns(cells).map((text, index) => ({
    text,
    ...(changed[index] && { paint: (line: string) => paint(['bold', 'yellow'], line) }),
  }));
}

interface Display {
  show(sample: Sample): void;
  close(): void;
}

function screenDisplay(title: string, histories: readonly History[], options: WatchOptions): Display {
  const screen = new Screen();
  return {
    show: (sample) => {
      const heading = `${title}  every ${options.interval} ms  ${(sample.time / 1000).toFixed(1)} s`;
      const until =
        options.until === undefined ? [] : [{ text: `until ${options.until}${sample.met ? ': met' : ''}` }];
      screen.draw([
        { text: heading, paint: (text) => paint('dim', text) },
        ...until,
        ...lines(sample, histories, options.format),
      ]);
    },
    close: () => screen.close(),
  };
}

/** For pipes: what changed, and everything at first. */
function lineDisplay(options: WatchOptions): Display {
  let first = true;
  return {
    show: ({ time, readings, changed }) => {
      const shown = readings.filter((_, index) => first || changed[index]);
      first = false;
      if (options.json) printJson({ time: Math.round(time), values: readings.map(json) }, 'line');
      else {
        for (const line of columns(shown.map((one) => row(one, options.format)))) {
          print(`${(time / 1000).toFixed(3).padStart(9)} s  ${line}`);
        }
      }
    },
    close: () => {},
  };
}

// ---- the command ------------------------------------------------------------------------------------------

function watched(session: Session, what: readonly string[], options: WatchOptions): Selected[] {
  const chosen =
    what.length > 0 ? session.select(what) : session.entries.map((entry) => selectEntry(entry, false));
  const readable = chosen.filter((one) => options.force || readObstacle(one) === undefined);
  const [unread] = chosen.filter((one) => one.explicit && !readable.includes(one));
  if (unread !== undefined) {
    throw new UsageError(
      `${unread.name} is not watched, ${readObstacle(unread)}: --force reads it all the same`,
    );
  }
  if (readable.length > 0) return readable;
  throw new UsageError('There is nothing to watch: give offsets, or names with --map FILE');
}

async function run(
  watcher: Watcher,
  display: Display,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const end = performance.now() + (options.timeout ?? Number.POSITIVE_INFINITY);
  for (let number = 1; ; number++) {
    const late = performance.now() >= end;
    const sample = watcher.sample();
    display.show(sample);
    if (sample.met || number === options.count || late || signal.aborted) return sample.met;
    await rest(Math.min(options.interval, Math.max(0, end - performance.now())), signal);
    if (signal.aborted) return false;
  }
}

async function watch(name: string, what: string[], options: WatchOptions): Promise<void> {
  await withSession(name, 'read', options, async (session) => {
    const condition = options.until === undefined ? undefined : parseCondition(options.until, session);
    if (condition !== undefined && !options.force) {
      const obstacle = readObstacle(condition.selected);
      if (obstacle !== undefined)
        throw new UsageError(`${options.until}: ${obstacle}; --force reads it all the same`);
    }
    const selected =
      what.length === 0 && condition !== undefined ? [condition.selected] : watched(session, what, options);
    const watcher = new Watcher(session, selected, condition);
    const redraws = process.stdout.isTTY === true && process.env.TERM !== 'dumb' && options.json !== true;
    const display = redraws ? screenDisplay(name, watcher.histories, options) : lineDisplay(options);
    let met: boolean;
    try {
      met = await untilInterrupted((signal) => run(watcher, display, options, signal));
    } finally {
      display.close();
    }
    if (condition !== undefined && !met) throw new UnmetError(`${condition.text} was not met`);
  });
}

export function watchCommand(): Command {
  return withFormat(withAccess(createCommand('watch')))
    .summary('show registers again and again')
    .description(
      'Reads registers at an interval and shows their values, how fast they change and what they were, in place on a ' +
        'terminal; elsewhere, a line for each change. Accesses: one read for each register and look, whatever is watched ' +
        'of it; registers that are write-only, or of which reading has side effects, only with --force.',
    )
    .addArgument(targetArgument())
    .argument('[what...]', 'which registers or fields (default: that of --until, or all of the map)')
    .option('-i, --interval <time>', 'time between two looks', parseDuration, 500)
    .option('-n, --count <n>', 'end after so many looks', parseCount)
    .option('-t, --timeout <time>', 'end after so many milliseconds (or 5s)', parseDuration)
    .option(
      '-u, --until <what=value>',
      'end when it holds (!= for when it does not); exit code 3 where it never did',
    )
    .option('--force', 'watch registers whatever reading them does')
    .action(watch);
}

export const watchExamples = [
  ['mmapio watch sim:timer COUNT STATUS.TICKED', ''],
  ["mmapio watch /dev/uio0 --map dma.svd --until 'STATUS.DONE=1' --timeout 5s", 'wait for a condition'],
  ['mmapio watch sim:timer COUNT --interval 100 --count 5 --json', 'five looks, as JSON'],
] as const;
