/* Completion at the prompt, from names alone: nothing is evaluated, so that no register is read. */
import type { RegisterLayout } from '../../registers/layout.js';

/** A register of a bound map, as far as completion needs it. */
interface BoundRegister {
  layout: RegisterLayout;
}

const isRegister = (value: unknown): value is BoundRegister =>
  typeof value === 'object' && value !== null && 'layout' in value && 'writeValue' in value;

function methodsOf({ layout }: BoundRegister): string[] {
  const { readable, readEffect, writable } = layout;
  const plain = readable && readEffect === undefined;
  return [
    ...(plain ? ['read', 'readValue', 'until'] : []),
    ...(readable && readEffect !== undefined ? ['readWithEffects'] : []),
    ...(writable ? ['write', 'writeValue', 'encode', 'clear', 'set', 'toggle'] : []),
    ...(plain && writable ? ['modify'] : []),
    'decode',
    'offset',
    'width',
    'path',
  ];
}

/** A member that is plain data; getters are left alone. */
function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

/** What `CHANNEL[2].LEN` stands for. */
function resolve(path: string, names: object): unknown {
  const keys = path.match(/[\w$]+/g) ?? [];
  return keys.reduce<unknown>((value, key) => memberOf(value, key), names);
}

function membersOf(value: unknown): string[] {
  if (isRegister(value)) return methodsOf(value);
  if (Array.isArray(value)) return value.map((_, index) => `${index}`);
  if (typeof value !== 'object' || value === null) return [];
  const prototype = Object.getPrototypeOf(value);
  const inherited =
    prototype === null || prototype === Object.prototype ? [] : Object.getOwnPropertyNames(prototype);
  return [...Object.keys(value), ...inherited.filter((name) => /^(read|write)/.test(name))];
}

const starting = (all: readonly string[], prefix: string) => all.filter((name) => name.startsWith(prefix));

/** Field names, where the line ends inside the braces of `CTRL.modify({ …`. */
function completeFields(line: string, names: object): [string[], string] | undefined {
  const call = /([\w$.[\]]+)\.(write|modify|encode|until)\(\{([^}]*)$/.exec(line);
  const [, path, method, inside] = call ?? [];
  const [, prefix] = /(?:^|,)\s*([\w$]*)$/.exec(inside ?? '') ?? [];
  if (path === undefined || prefix === undefined) return undefined;
  const register = resolve(path, names);
  if (!isRegister(register)) return undefined;
  const fields = register.layout.fields.filter((field) =>
    method === 'until' ? field.readable : field.writable,
  );
  return [
    starting(
      fields.map(({ name }) => name),
      prefix,
    ).map((name) => `${name}: `),
    prefix,
  ];
}

/** The names that may end the line, and the part of the line that they replace. */
export function complete(line: string, names: object): [string[], string] {
  const fields = completeFields(line, names);
  if (fields !== undefined) return fields;
  const word = /[\w$.[\]]*$/.exec(line)?.[0] ?? '';
  const dot = Math.max(word.lastIndexOf('.'), word.lastIndexOf('['));
  if (dot < 0) return [starting(Object.keys(names), word), word];
  const base = word.slice(0, dot);
  const members = starting(membersOf(resolve(base, names)), word.slice(dot + 1));
  const close = word[dot] === '[' ? ']' : '';
  return [members.map((name) => `${word.slice(0, dot + 1)}${name}${close}`), word];
}
