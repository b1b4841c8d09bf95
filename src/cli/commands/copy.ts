import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { type Command, createCommand } from 'commander';
import { SystemError } from '../../errors.js';
import type { RegisterIO } from '../../register-io.js';
import { load, type Order, store } from '../access.js';
import { UsageError } from '../exit.js';
import { type AccessOptions, withWidth } from '../options.js';
import { note } from '../output.js';
import { Progress } from '../progress.js';
import { openTarget, parseStretch, splitTarget, type Target } from '../target.js';
import type { Width } from '../values.js';

interface CopyOptions extends AccessOptions {
  range?: string;
  fifo?: boolean;
}

/** The stretch of the region that is copied. */
interface Stretch {
  offset: number;
  bytes: number;
}

/** Bytes between two looks at the clock. */
const CHUNK = 0x4000;

interface Transfer {
  io: RegisterIO;
  stretch: Stretch;
  width: Width;
  order: Order;
  fifo: boolean;
  progress: Progress;
}

/** Calls `each` with the position in the file and the place in the region of every element, ascending. */
async function forEachElement(
  { stretch, width, order, fifo, progress }: Transfer,
  each: (position: number, place: { offset: number; width: Width; order: Order }) => void,
): Promise<void> {
  const step = width / 8;
  for (let position = 0; position < stretch.bytes; position += step) {
    each(position, { offset: stretch.offset + (fifo ? 0 : position), width, order });
    if (position % CHUNK === 0) {
      progress.show(position, stretch.bytes);
      await turn();
    }
  }
  progress.end();
}

/** Elements are little-endian in the file, whatever their order in the device. */
async function fromDevice(transfer: Transfer): Promise<Uint8Array> {
  const bytes = new Uint8Array(transfer.stretch.bytes);
  const view = new DataView(bytes.buffer);
  await forEachElement(transfer, (position, place) => {
    const value = load(transfer.io, place);
    if (place.width === 64) view.setBigUint64(position, value, true);
    else if (place.width === 32) view.setUint32(position, Number(value), true);
    else if (place.width === 16) view.setUint16(position, Number(value), true);
    else view.setUint8(position, Number(value));
  });
  return bytes;
}

async function toDevice(transfer: Transfer, bytes: Uint8Array): Promise<void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  await forEachElement(transfer, (position, place) => {
    store(transfer.io, place, elementAt(view, position, place.width));
  });
}

function elementAt(view: DataView, position: number, width: Width): bigint {
  if (width === 64) return view.getBigUint64(position, true);
  if (width === 32) return BigInt(view.getUint32(position, true));
  return BigInt(width === 16 ? view.getUint16(position, true) : view.getUint8(position));
}

function stretchOf(options: CopyOptions, length: number, bytes: number | undefined): Stretch {
  const { address, length: given } =
    options.range === undefined ? { address: 0n, length: undefined } : parseStretch(options.range);
  const offset = Number(address);
  const stretch = { offset, bytes: given ?? bytes ?? length - offset };
  const step = options.width / 8;
  const span = options.fifo ? step : stretch.bytes;
  if (stretch.bytes <= 0 || offset + span > length) {
    throw new UsageError(
      `${stretch.bytes} bytes at 0x${offset.toString(16)} do not fit into 0x${length.toString(16)} bytes`,
    );
  }
  if (stretch.bytes % step !== 0 || offset % step !== 0) {
    throw new UsageError(`Offset and length must be multiples of ${step} bytes: choose another --width`);
  }
  if (bytes !== undefined && bytes < stretch.bytes) {
    throw new UsageError(`The file has ${bytes} bytes, fewer than the ${stretch.bytes} of --range`);
  }
  return stretch;
}

function transferOf(target: Target, options: CopyOptions, bytes: number | undefined): Transfer {
  const io = target.regs();
  return {
    io,
    stretch: stretchOf(options, io.length, bytes),
    width: options.width,
    order: options.byteOrder ?? 'little',
    fifo: options.fifo ?? false,
    progress: new Progress(),
  };
}

/** Reads or writes a whole file; `-` is standard input or output. */
function readAll(path: string): Uint8Array {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    throw SystemError.from(error);
  }
}

/** Opened before the first access, so that a file that cannot be written costs the device no reads. */
function openOutput(path: string): number {
  try {
    return path === '-' ? 1 : openSync(path, 'w');
  } catch (error) {
    throw SystemError.from(error);
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      // Standard output may be a pipe that does not block: wait for its reader.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw SystemError.from(error);
    }
  }
}

async function copy(source: string, destination: string, options: CopyOptions): Promise<void> {
  const [from, to] = [splitTarget(source), splitTarget(destination)];
  if ((from === undefined) === (to === undefined)) {
    throw new UsageError('copy takes one target and one plain file: mmapio copy TARGET FILE, or FILE TARGET');
  }
  if (from !== undefined) {
    const target = await openTarget(source, 'read');
    try {
      const transfer = transferOf(target, options, undefined);
      const fd = openOutput(destination);
      try {
        const bytes = await fromDevice(transfer);
        writeAll(fd, bytes);
        note(`${bytes.length} bytes read, ${options.width} bits at a time`);
      } finally {
        if (fd > 2) closeSync(fd);
      }
    } finally {
      target.close();
    }
    return;
  }
  const bytes = readAll(source);
  const target = await openTarget(destination, 'read-write');
  try {
    const transfer = transferOf(target, options, bytes.length);
    await toDevice(transfer, bytes);
    note(`${transfer.stretch.bytes} bytes written, ${options.width} bits at a time`);
  } finally {
    target.close();
  }
}

export function copyCommand(): Command {
  return withWidth(createCommand('copy'))
    .summary('copy a region to a file, or a file to a region')
    .description(
      'Copies from a target to a plain file, or from a plain file to a target: the destination comes last. Accesses: one ' +
        'read, or one write, of --width bits for each element, at ascending offsets (with --fifo all at the first offset), ' +
        'and nothing else.',
    )
    .argument('<source>', 'a target, or a file (- is standard input)')
    .argument('<destination>', 'a file (- is standard output), or a target')
    .option(
      '-r, --range <offset+length>',
      'the stretch of the region (default: all of it, or as long as the file)',
    )
    .option('--fifo', 'every access at the first offset')
    .action(copy);
}

export const copyExamples = [
  ['mmapio copy uio:memory@70000000 block.bin --width 64', 'a whole region to a file'],
  ['mmapio copy block.bin uio:memory@70000000 --range 0x100+0x40', '64 bytes of the file to offset 0x100'],
  ['mmapio copy mem:0xA0010000+0x1000 - | xxd', 'to standard output'],
] as const;
