import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout, installPackages, run } from '../board/host.js';
import { compilerPrefix, type Machine } from '../board/machine.js';
import { ACCESSES, type CodeResult, WIDTHS } from './machine-code.js';

/** The transfers of native/transfer.c: whether elements go to the device, whether its address stays. */
const TRANSFERS = {
  readBlock: [false, false],
  writeBlock: [true, false],
  readFifo: [false, true],
  writeFifo: [true, true],
} as const;

interface Transfer {
  name: string;
  bits: number;
  /** The arguments behind the first one of the loop. */
  choices: readonly boolean[];
}

const transfers: readonly Transfer[] = Object.entries(TRANSFERS).flatMap(([kind, [toDevice, fixed]]) =>
  WIDTHS.flatMap((bits) => {
    const one = (swapped: boolean, suffix: string) => ({
      name: `${kind}${bits}${suffix}`,
      bits,
      choices: [toDevice, fixed, swapped],
    });
    return bits === 8 ? [one(false, '')] : [one(false, ''), one(true, 'Swapped')];
  }),
);

/** The instructions of each access and each transfer of the C core, compiled as the core is. */
export async function coreCode(machine: Machine): Promise<CodeResult[]> {
  const listing = await compile(machine);
  const origin = { machine: machine.name, origin: 'C core' };
  const accesses = ACCESSES.map((access) => {
    const lines = functionBody(listing, access);
    return { ...origin, access, instructions: lines.filter(isAccess).map(({ text }) => text) };
  });
  const loops = transfers.map(({ name }) => ({ ...origin, access: name, ...loopOf(listing, name) }));
  return [...accesses, ...loops];
}

async function compile(machine: Machine): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'fidelity-'));
  try {
    const source = join(directory, 'core.c');
    const listing = join(directory, 'core.s');
    writeFileSync(source, coreSource());
    const language = ['-std=c11', '-D_GNU_SOURCE', '-O2', '-fPIC', '-fvisibility=hidden'];
    const files = ['-I', join(checkout, 'native'), '-S', '-o', listing, source];
    await run(`${compilerPrefix(machine)}gcc`, [...language, ...files], { hint: installPackages });
    return readFileSync(listing, 'utf8');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Each access and each transfer in a function of its own. */
function coreSource(): string {
  const accesses = WIDTHS.flatMap((bits) => [
    `uint${bits}_t read${bits}(const volatile void *address) { return load${bits}(address); }`,
    `void write${bits}(volatile void *address, uint${bits}_t value) { store${bits}(address, value); }`,
  ]);
  const loops = transfers.map(
    ({ name, bits, choices }) =>
      `void ${name}(const struct transfer *t) { loop${bits}(t, ${choices.join(', ')}); }`,
  );
  return ['#include "access.h"', '#include "transfer.c"', ...accesses, ...loops, ''].join('\n');
}

/** An instruction or a label of a function. */
interface Line {
  text: string;
  /** Out of an inline assembly, as all accesses of a device are. */
  inline: boolean;
}

const isAccess = ({ inline }: Line) => inline;

/** The lines of a function in what gcc writes, without directives and comments. */
function functionBody(listing: string, name: string): Line[] {
  const [, text = ''] = new RegExp(`^${name}:\\n([^]*?)^\\t\\.size`, 'm').exec(listing) ?? [];
  const lines: Line[] = [];
  let inline = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) inline = line === '#APP' || (inline && line !== '#NO_APP');
    else if (/^(\.L\d+:|\t[a-z])/.test(line)) lines.push({ text: line.trim().replace(/\s+/g, ' '), inline });
  }
  return lines;
}

/** The loop of a transfer: the smallest one around an access of the device, with all accesses that the function has. */
function loopOf(listing: string, name: string): Pick<CodeResult, 'instructions' | 'loop'> {
  const lines = functionBody(listing, name);
  const accesses = lines.filter(isAccess);
  const at = lines.findIndex(isAccess);
  const sizes = lines.flatMap(({ text }, end) => {
    const label = /^(?:j|b)\S* (\.L\d+)$|^cbn?z .*(\.L\d+)$/.exec(text);
    const start = label === null ? -1 : lines.findIndex((line) => line.text === `${label[1] ?? label[2]}:`);
    return start >= 0 && start < at && at < end ? [end - start] : [];
  });
  return { instructions: accesses.map(({ text }) => text), loop: Math.min(...sizes) };
}
