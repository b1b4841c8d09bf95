import type {
  DeviceDescription,
  FieldDescription,
  HexString,
  RegisterNode,
} from '../registers/description.js';
import { hexString, parseBits, parseCount } from './numbers.js';
import { type ImportedDevice, type ImportOptions, Report } from './problems.js';
import { ACCESS_WORDS, READ_WORDS, USAGE_WORDS, WRITE_WORDS } from './words.js';

/*
 * The library's own JSON. Written by hand it may give any number as a number or as text in any usual form;
 * what comes out is the canonical form. Members that are not known are refused, since they are mistyped ones.
 */

export type Json = Record<string, unknown>;
export type Check = (value: unknown, path: string, report: Report) => unknown;

const fail = (report: Report, path: string, problem: string): never =>
  report.fail(problem, { element: path });

const text: Check = (value, path, report) =>
  typeof value === 'string' ? value : fail(report, path, 'is not a text');
const flag: Check = (value, path, report) => (value === true ? true : fail(report, path, 'can only be true'));
const count: Check = (value, path, report) => {
  const number =
    typeof value === 'number' || typeof value === 'string' ? parseCount(String(value)) : undefined;
  return number ?? fail(report, path, `${JSON.stringify(value)} is not a whole number`);
};
const hex: Check = (value, path, report): HexString => {
  const bits = typeof value === 'number' || typeof value === 'string' ? parseBits(String(value)) : undefined;
  if (bits === undefined || bits.dontCare !== 0n)
    return fail(report, path, `${JSON.stringify(value)} is not a number`);
  return hexString(bits.value);
};
const oneOf =
  (...words: string[]): Check =>
  (value, path, report) =>
    words.includes(value as string) ? value : fail(report, path, `is none of ${words.join(', ')}`);

const listOf =
  (check: Check): Check =>
  (value, path, report) =>
    Array.isArray(value)
      ? value.map((item, index) => check(item, `${path}[${index}]`, report))
      : fail(report, path, 'is not a list');

/** An object with the given members; the names in `required` must be there. */
const objectOf =
  (members: Record<string, Check>, ...required: string[]): Check =>
  (value, path, report) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return fail(report, path, 'is not an object');
    const source = value as Json;
    const { name: label } = source;
    const name = typeof label === 'string' ? `${path}(${label})` : path;
    for (const missing of required)
      if (source[missing] === undefined) fail(report, name, `has no '${missing}'`);
    const result: Json = {};
    for (const [key, member] of Object.entries(source)) {
      const check = members[key];
      if (check === undefined) fail(report, name, `has the unknown member '${key}'`);
      else if (member !== undefined) result[key] = check(member, `${name}.${key}`, report);
    }
    return result;
  };

const access = oneOf(...ACCESS_WORDS);
const modifiedWriteValues = oneOf(...WRITE_WORDS);
const readAction = oneOf(...READ_WORDS);
const writeConstraint = objectOf({
  writeAsRead: flag,
  useEnumeratedValues: flag,
  range: objectOf({ minimum: hex, maximum: hex }, 'minimum', 'maximum'),
});
const enumerations = listOf(
  objectOf(
    {
      name: text,
      usage: oneOf(...USAGE_WORDS),
      values: listOf(objectOf({ name: text, description: text, value: hex, dontCare: hex, isDefault: flag })),
    },
    'values',
  ),
);
/** What both registers and fields have, and what an override may change. */
const RULES: Record<string, Check> = {
  description: text,
  access,
  modifiedWriteValues,
  readAction,
  writeConstraint,
  resetValue: hex,
  enumerations,
};
export const FIELD: Record<string, Check> = { ...RULES, name: text, bitOffset: count, bitWidth: count };
const array = objectOf({ count, stride: count }, 'count', 'stride');
export const REGISTER: Record<string, Check> = {
  ...RULES,
  kind: oneOf('register'),
  name: text,
  displayName: text,
  offset: count,
  array,
  size: count,
  resetMask: hex,
  alternateGroup: text,
  alternateRegister: text,
  fields: listOf(objectOf(FIELD, 'name', 'bitOffset', 'bitWidth')),
};

/** Clusters inside clusters; every one costs a level of the stack. */
const DEEPEST = 256;

const node: Check = (value, path, report) => {
  if (path.split('.registers').length > DEEPEST)
    fail(report, path.slice(0, path.indexOf('.registers')), `has clusters nested more than ${DEEPEST} deep`);
  const { kind } = (value ?? {}) as Json;
  if (kind !== 'cluster') {
    const result = objectOf(REGISTER, 'name', 'offset')(value, path, report) as Json;
    return { kind: 'register', fields: [] satisfies FieldDescription[], ...result };
  }
  const members = {
    kind: text,
    name: text,
    description: text,
    offset: count,
    array,
    alternateCluster: text,
    registers: nodes,
  };
  return objectOf(members, 'name', 'offset', 'registers')(value, path, report);
};
const nodes: Check = (value, path, report) => listOf(node)(value, path, report) as RegisterNode[];

const peripheral = objectOf(
  {
    name: text,
    displayName: text,
    description: text,
    version: text,
    groupName: text,
    derivedFrom: text,
    alternatePeripheral: text,
    prependToName: text,
    appendToName: text,
    headerStructName: text,
    baseAddress: hex,
    byteOrder: oneOf('little', 'big'),
    addressBlocks: listOf(objectOf({ offset: count, size: count, usage: text }, 'offset', 'size')),
    interrupts: listOf(objectOf({ name: text, description: text, value: count }, 'name', 'value')),
    registers: nodes,
  },
  'name',
  'baseAddress',
  'registers',
);

const device = objectOf(
  {
    format: oneOf('mmapio-device'),
    formatVersion: (value, path, report) =>
      value === 1 ? 1 : fail(report, path, `is ${JSON.stringify(value)}; this version reads 1`),
    name: text,
    description: text,
    vendor: text,
    series: text,
    version: text,
    cpu: objectOf({ name: text, revision: text, endian: text }),
    addressUnitBits: count,
    width: count,
    peripherals: listOf(peripheral) as Check,
    // What an import had to say, where its result was stored as it came.
    warnings: () => undefined,
  },
  'format',
  'formatVersion',
  'name',
  'peripherals',
);

/** The device that already parsed JSON describes, checked and in canonical form. */
export function jsonDevice(source: unknown, report: Report): ImportedDevice {
  const { warnings: _, ...description } = device(source, 'device', report) as DeviceDescription & {
    warnings?: never;
  };
  return { ...description, warnings: report.warnings };
}

/** Parses JSON text; a syntax error becomes an import error. */
export function parseJson(source: string, report: Report): unknown {
  try {
    return JSON.parse(source.replace(/^\uFEFF/, ''));
  } catch (cause) {
    return report.fail(`not JSON: ${(cause as Error).message}`, {}, { cause });
  }
}

/** Reads a description in the library's own JSON form. */
export function parseDescription(source: string, options: ImportOptions = {}): ImportedDevice {
  const report = new Report(options);
  return jsonDevice(parseJson(source, report), report);
}
