import { type Command, createCommand } from 'commander';
import { MmapioError } from '../../errors.js';
import type { RegisterIO } from '../../register-io.js';
import { writtenValue } from '../../registers/codec.js';
import { changed, load, store } from '../access.js';
import { UnmetError, UsageError } from '../exit.js';
import { suggestion } from '../nearest.js';
import {
  type AccessOptions,
  type OutputOptions,
  targetArgument,
  withAccess,
  withFormat,
} from '../options.js';
import { print, printJson } from '../output.js';
import { labelOf, type Selected } from '../selection.js';
import { interpret, type Session, withSession } from '../session.js';
import { formatValue, parseNumber } from '../values.js';

interface WriteOptions extends AccessOptions, OutputOptions {
  show?: boolean;
  verify?: boolean;
  force?: boolean;
}

/** A write that was checked and not done yet. */
interface Planned {
  selected: Selected;
  /** What the selection is to hold, not shifted. */
  value: bigint;
}

interface Written extends Planned {
  reads: number;
  old: bigint | undefined;
  now: bigint | undefined;
}

const bitsOfSelection = ({ bits, width }: Selected): number =>
  bits === undefined ? width : bits.msb - bits.lsb + 1;

// ---- before any access ------------------------------------------------------------------------------------

function parseValue(selected: Selected, text: string): bigint {
  const label = labelOf(selected);
  const field = selected.bits?.field;
  const number = parseNumber(text);
  if (number === undefined) {
    const value = field?.values.get(text);
    if (value !== undefined) return value;
    if (field !== undefined && field.values.size > 0) {
      throw new UsageError(`'${text}' is no value of ${label}. ${suggestion(text, field.values.keys())}`);
    }
    throw new UsageError(`'${text}' is no value for ${label}: it takes a number such as 12, 0xc or 0b1100`);
  }
  const width = bitsOfSelection(selected);
  if (number >> BigInt(width) !== 0n)
    throw new UsageError(`${text} does not fit into the ${width} bits of ${label}`);
  return number;
}

function plan(assignment: string, session: Session, force: boolean): Planned {
  const equals = assignment.indexOf('=');
  if (equals < 1)
    throw new UsageError(`'${assignment}' is no assignment: it takes WHAT=VALUE, as in 0x10=0x1`);
  const what = assignment.slice(0, equals);
  const found = session.select([what]);
  const [selected] = found;
  if (selected === undefined || found.length !== 1) {
    const names = found.slice(0, 5).map(labelOf).join(', ');
    throw new UsageError(`${what} is ${found.length} registers (${names}, …): write takes one at a time`);
  }
  const value = parseValue(selected, assignment.slice(equals + 1));
  if (!force) checkRules(selected, value);
  return { selected, value };
}

/** The rules of the register map: a write that they forbid is refused before anything is accessed. */
function checkRules(selected: Selected, value: bigint): void {
  const { entry, bits } = selected;
  if (entry === undefined) return;
  const { layout } = entry;
  const label = labelOf(selected);
  const refuse = (why: string): never => {
    throw new MmapioError(
      'ERR_REGISTER_ACCESS',
      `${label} ${why}: nothing was written (--force writes all the same)`,
    );
  };
  if (!layout.writable || bits?.field?.writable === false) refuse('is read-only');
  if (bits === undefined) return;
  if (bits.field !== undefined) writtenValue(layout.name, bits.field, value);
  if (!layout.readable)
    refuse(`is part of a write-only register, whose other bits cannot be kept; write all of ${entry.path}`);
  if (layout.readEffect !== undefined)
    refuse('cannot be changed alone, because reading its register has side effects');
}

// ---- the accesses -----------------------------------------------------------------------------------------

function perform(io: RegisterIO, { selected, value }: Planned, options: WriteOptions): Written {
  const { bits, entry } = selected;
  let reads = 0;
  const loaded = () => {
    reads++;
    return load(io, selected);
  };
  const before = options.show || bits !== undefined ? loaded() : undefined;
  if (bits === undefined || before === undefined) store(io, selected, value);
  else {
    const mask = ((1n << BigInt(bits.msb - bits.lsb + 1)) - 1n) << BigInt(bits.lsb);
    store(io, selected, changed(before, { mask, bits: value << BigInt(bits.lsb) }, entry?.layout));
  }
  const after = options.show || options.verify ? loaded() : undefined;
  const part = (register: bigint | undefined) =>
    register === undefined ? undefined : interpret(selected, register).value;
  return { selected, value, reads, old: options.show ? part(before) : undefined, now: part(after) };
}

function describe({ selected, value, reads, old, now }: Written, options: WriteOptions): string {
  const width = bitsOfSelection(selected);
  const show = (number: bigint) => formatValue(number, width, options.format);
  const accesses = reads === 0 ? '1 write' : `${reads} read${reads > 1 ? 's' : ''}, 1 write`;
  const parts = [
    `${labelOf(selected)} = ${show(value)}`,
    ...(old === undefined ? [] : [`was ${show(old)}`]),
    ...(now === undefined ? [] : [`is ${show(now)}`]),
  ];
  return `${parts.join(', ')} (${accesses})`;
}

function writtenJson({ selected, value, reads, old, now }: Written): Record<string, unknown> {
  const width = bitsOfSelection(selected);
  const show = (number: bigint | undefined) =>
    number === undefined ? undefined : formatValue(number, width);
  return {
    name: labelOf(selected),
    offset: selected.offset,
    width: selected.width,
    value: show(value),
    old: show(old),
    now: show(now),
    accesses: { reads, writes: 1 },
  };
}

async function write(target: string, assignments: string[], options: WriteOptions): Promise<void> {
  await withSession(target, 'read-write', options, (session) => {
    const planned = assignments.map((one) => plan(one, session, options.force ?? false));
    const done: Written[] = [];
    const wrong: string[] = [];
    for (const one of planned) {
      const written = perform(session.io, one, options);
      done.push(written);
      if (!options.json) print(describe(written, options));
      if (options.verify && written.now !== written.value) {
        wrong.push(labelOf(one.selected));
        break;
      }
    }
    if (options.json) printJson(done.map(writtenJson));
    if (wrong.length > 0) {
      const left = planned.length - done.length;
      throw new UnmetError(
        `${wrong[0]} does not hold what was written${left > 0 ? `; ${left} further writes were not done` : ''}`,
      );
    }
  });
}

export function writeCommand(): Command {
  return withFormat(withAccess(createCommand('write')))
    .summary('write registers or bit fields')
    .description(
      'Writes registers, in the order given; all are checked before the first is written. Accesses: one write for each ' +
        'register; for bits and fields one read and one write, which keeps the other bits (bits that act when they are ' +
        'written, such as write-one-to-clear, are written so that they do nothing). Registers are read before and after ' +
        'only with --show, and after with --verify.',
    )
    .addArgument(targetArgument())
    .argument('<what=value...>', 'offset, bit field or name, and a number or the name of a value')
    .option('--show', 'read before and after, and print both')
    .option('--verify', 'read back and compare: exit code 3 where it differs')
    .option('--force', 'write what the map has as read-only, or a value that it rules out')
    .action(write);
}

export const writeExamples = [
  ['mmapio write uio:gpio@9030000 0x410=0x8', 'one 32-bit write'],
  [
    'mmapio write sim:timer CTRL.RATE=fast --show',
    'a field by name: one read, one write, and the reads of --show',
  ],
  ['mmapio write /dev/uio0 0x10:7:4=0xf --verify', 'bits 7 to 4, the others kept, read back'],
] as const;
