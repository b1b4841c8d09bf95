import type { MapEntry } from '../registers/map.js';
import { type Access, Decoder } from './access.js';
import type { DescribedRegisters } from './device.js';

/*
 * Value change dump (IEEE 1364, chapter 18), for waveform viewers such as GTKWave and Surfer: one vector per
 * register, one per field below it, and a wire that is high during writes.
 */

/** Short codes of printable characters, as the format wants them. */
function codes(): () => string {
  let next = 0;
  return () => {
    let code = '';
    for (let left = next++; ; left = Math.floor(left / 94) - 1) {
      code = String.fromCharCode(33 + (left % 94)) + code;
      if (left < 94) return code;
    }
  };
}

interface Variable {
  code: string;
  lsb: number;
  width: number;
}

interface Signal {
  name: string;
  register: Variable;
  fields: { name: string; variable: Variable }[];
}

const identifier = (name: string) => name.replace(/[^\w[\]]/g, '_');

function signalOf(entry: MapEntry | undefined, access: Access, code: () => string): Signal {
  const name = entry?.path ?? `offset_0x${access.offset.toString(16)}_${access.width}`;
  return {
    name: identifier(name),
    register: { code: code(), lsb: 0, width: access.width },
    fields: (entry?.layout.fields ?? []).map((field) => ({
      name: identifier(field.name),
      variable: { code: code(), lsb: field.lsb, width: field.width },
    })),
  };
}

const declare = ({ code, width }: Variable, name: string) =>
  `$var wire ${width} ${code} ${name}${width > 1 ? ` [${width - 1}:0]` : ''} $end\n`;

function declaration({ name, register, fields }: Signal): string {
  if (fields.length === 0) return declare(register, name);
  const inside = fields.map((field) => declare(field.variable, field.name)).join('');
  return `${declare(register, name)}$scope module ${name}_fields $end\n${inside}$upscope $end\n`;
}

function change({ code, lsb, width }: Variable, value: bigint): string {
  const bits = ((value >> BigInt(lsb)) & ((1n << BigInt(width)) - 1n)).toString(2);
  return width === 1 ? `${bits}${code}\n` : `b${bits} ${code}\n`;
}

const unknown = ({ code, width }: Variable) => (width === 1 ? `x${code}\n` : `bx ${code}\n`);

/** The accesses as a value change dump: every register shows the value that was last read or written. */
export function toVcd(accesses: readonly Access[], options: { map?: DescribedRegisters } = {}): string {
  const decoder = new Decoder(options.map);
  const code = codes();
  const direction: Variable = { code: code(), lsb: 0, width: 1 };
  const signals = new Map<string, Signal>();
  let changes = '';
  let last = -1;
  for (const access of accesses) {
    const entry = decoder.entry(access);
    const key = entry?.path ?? `${access.offset}/${access.width}`;
    const signal = signals.get(key) ?? signalOf(entry, access, code);
    signals.set(key, signal);
    const value = BigInt(entry === undefined ? access.value : decoder.valueOf(access, entry));
    // Two accesses within one nanosecond stay in their order, one step apart.
    last = Math.max(last + 1, Math.round(access.time * 1e6));
    changes += `#${last}\n${change(direction, access.direction === 'write' ? 1n : 0n)}${change(signal.register, value)}`;
    for (const field of signal.fields) changes += change(field.variable, value);
  }
  const variables = [...signals.values()];
  const all = variables.flatMap(({ register, fields }) => [
    register,
    ...fields.map(({ variable }) => variable),
  ]);
  return [
    '$timescale 1 ns $end\n',
    `$scope module ${identifier(options.map?.name ?? 'registers')} $end\n`,
    declare(direction, 'write'),
    ...variables.map(declaration),
    '$upscope $end\n$enddefinitions $end\n',
    `$dumpvars\n${[direction, ...all].map(unknown).join('')}$end\n`,
    changes,
  ].join('');
}
