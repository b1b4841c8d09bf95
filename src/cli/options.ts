/* Options that several commands take, each said once. */
import { type Argument, type Command, createArgument, createOption } from 'commander';
import type { Order } from './access.js';
import { UsageError } from './exit.js';
import type { MapOptions } from './map.js';
import { type Format, parseNumber, requireNumber, type Width } from './values.js';

export interface AccessOptions extends MapOptions {
  width: Width;
  byteOrder?: Order;
}

export interface OutputOptions {
  json?: boolean;
  format: Format;
}

export const targetArgument = (): Argument =>
  createArgument('<target>', 'the device: see mmapio help targets');

/** How registers are named and accessed. */
export function withAccess(command: Command): Command {
  return withWidth(withMap(command));
}

export function withWidth(command: Command): Command {
  return command
    .addOption(
      createOption('-w, --width <bits>', 'width of an access; registers of a map have their own')
        .choices(['8', '16', '32', '64'])
        .argParser(parseWidth)
        .default(32),
    )
    .addOption(
      createOption(
        '--byte-order <order>',
        "byte order of the registers (default: little, or the map's)",
      ).choices(['little', 'big']),
    );
}

/** The register description; `overrides` correct it. */
function withMap(command: Command): Command {
  return command
    .option('-m, --map <file>', 'register description: SVD, IP-XACT, .hwh, .xsa, csr.json, csr.csv, own JSON')
    .option('-p, --peripheral <name>', 'the peripheral of the description, where it has several')
    .option('--overrides <file>', 'corrections to the description, as JSON');
}

export function withJson(command: Command): Command {
  return command.option('--json', 'print JSON');
}

export function withFormat(command: Command): Command {
  return withJson(command).addOption(
    createOption('-f, --format <base>', 'base of numbers').choices(['hex', 'dec', 'bin']).default('hex'),
  );
}

function parseWidth(text: string): Width {
  const width = Number(text);
  if (width === 8 || width === 16 || width === 32 || width === 64) return width;
  throw new UsageError(`--width is '${text}': it takes 8, 16, 32 or 64`);
}

/** A count of something, 1 or more. */
export function parseCount(text: string): number {
  const value = requireNumber(text, 'the count');
  if (value < 1n || value > 0xffff_ffffn) throw new UsageError(`the count is ${text}: it takes 1 or more`);
  return Number(value);
}

/** Milliseconds, or with a unit: `250`, `250ms`, `1.5s`. */
export function parseDuration(text: string): number {
  const [, number = '', unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(text) ?? [];
  const value = number.includes('.') ? Number(number) : Number(parseNumber(number) ?? Number.NaN);
  const milliseconds = value * (unit === 's' ? 1000 : 1);
  if (milliseconds >= 0 && milliseconds <= 0x7fffffff) return milliseconds;
  throw new UsageError(`'${text}' is no duration: it takes milliseconds, or 250ms, 1.5s`);
}
