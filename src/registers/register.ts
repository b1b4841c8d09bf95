import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { checkMilliseconds, checkOptions, checkSignal, LONGEST_DELAY } from '../check.js';
import { AbortError, MmapioError } from '../errors.js';
import type { RegisterIO } from '../register-io.js';
import { type Content, type FieldRecord, type Raw, toRaw } from './codec.js';
import type { FieldLayout, RegisterLayout } from './layout.js';
import { CHECKED_CALLS, type Change, load, type Methods, methodsOf, store } from './methods.js';
import type { UntilOptions } from './types.js';

type Condition = Content | ((content: Content) => boolean);

const hex = (value: Raw, width: number) => `0x${value.toString(16).padStart(width / 4, '0')}`;

/** A condition given as fields, checked for names before anything is read. */
function matcher(layout: RegisterLayout, condition: Condition): (content: Content) => boolean {
  if (typeof condition === 'function') return condition;
  if (typeof condition !== 'object') return (content) => content === condition;
  const wanted = Object.entries(condition).map(([name, value]) => {
    const field = layout.fields.find((candidate) => candidate.name === name);
    if (field === undefined || !field.readable) {
      const why = field === undefined ? 'has no field' : 'cannot read the field';
      throw new MmapioError('ERR_NOT_FOUND', `${layout.name} ${why} '${name}'`);
    }
    return [name, typeof value === 'boolean' ? Number(value) : value] as const;
  });
  return (content) => wanted.every(([name, value]) => (content as FieldRecord)[name] === value);
}

/** The options of {@link Register.until}, checked before anything is read. */
function checkUntil(options: UntilOptions) {
  checkOptions<UntilOptions>(options, ['timeout', 'interval', 'signal']);
  const { timeout = 1000, interval = 0, signal } = options;
  return {
    timeout: checkMilliseconds('timeout', timeout),
    interval: checkMilliseconds('interval', interval),
    signal: checkSignal(signal),
  };
}

/** Ends early when the signal aborts, at which the caller looks next. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms <= 0) await turn();
  else await sleep(Math.min(ms, LONGEST_DELAY), undefined, signal && { signal }).catch(() => {});
}

/**
 * A register bound to a region. What each method does on the bus is documented where users see it, in types.ts.
 *
 * Every register of a map has a class of its own below this one ({@link registerClass}).
 */
class Register {
  /** The rules, on the prototype of each register's class. */
  declare readonly layout: RegisterLayout;
  declare private readonly tier: Tier;
  readonly path: string;
  readonly io: RegisterIO;
  readonly offset: number;

  constructor(path: string, io: RegisterIO, offset: number) {
    this.path = path;
    this.io = io;
    this.offset = offset;
  }

  get width(): 8 | 16 | 32 | 64 {
    return this.layout.width;
  }

  // The methods of a register that has not been used often. Generated ones replace them, in the register's class.

  read(): Content {
    return this.checked().read.call(this);
  }
  readWithEffects(): Content {
    return this.checked().readWithEffects.call(this);
  }
  write(content: Content): void {
    this.checked().write.call(this, content);
  }
  modify(change: Change): void {
    this.checked().modify.call(this, change);
  }
  decode(value: Raw): Content {
    return this.checked().decode(value);
  }
  encode(content: Content): Raw {
    return this.checked().encode(content);
  }

  private checked(): Methods {
    const own = this.tier;
    if (++own.calls === CHECKED_CALLS) {
      const { read, readWithEffects, decode, ...taking } = methodsOf(this.layout, 'generated');
      Object.assign(
        Object.getPrototypeOf(this),
        { read, readWithEffects, decode },
        own.namesUnchecked ? {} : taking,
      );
    }
    own.methods ??= methodsOf(this.layout, 'checked');
    return own.methods;
  }

  readValue(): Raw {
    this.checkRead();
    return load(this, this.layout.width);
  }

  writeValue(value: Raw): void {
    this.checkWrite();
    store(this, this.layout.width, value);
  }

  clear(...names: string[]): void {
    this.act('clear', 'oneToClear', 'zeroToClear', names);
  }

  set(...names: string[]): void {
    this.act('set', 'oneToSet', 'zeroToSet', names);
  }

  toggle(...names: string[]): void {
    this.act('toggle', 'oneToToggle', 'zeroToToggle', names);
  }

  async until(condition: Condition, options: UntilOptions = {}): Promise<Content> {
    const { timeout, interval, signal } = checkUntil(options);
    this.checkRead();
    const holds = matcher(this.layout, condition);
    const end = performance.now() + timeout;
    for (;;) {
      if (signal?.aborted) throw new AbortError(signal);
      // The time is taken before the read, so that at least one read comes after the last instant allowed.
      const late = performance.now() >= end;
      const value = load(this, this.layout.width);
      const content = this.decode(value);
      if (holds(content)) return content;
      if (late) throw this.timeoutError(timeout, value, content);
      await pause(Math.min(interval, end - performance.now()), signal);
    }
  }

  /** Facts only: printing a register never reads it. */
  [inspect.custom](): string {
    return `Register ${this.path} (${this.layout.width} bits at 0x${this.offset.toString(16)})`;
  }

  private act(verb: string, byOne: string, byZero: string, names: string[]): void {
    const { layout } = this;
    this.checkWrite();
    if (names.length === 0) {
      throw new MmapioError('ERR_INVALID_ARGUMENT', `${this.path}: ${verb} takes the names of fields`);
    }
    const overwritten = layout.plain.filter((name) => !names.includes(name));
    if (overwritten.length > 0) {
      throw new MmapioError(
        'ERR_REGISTER_ACCESS',
        `${this.path}: a single write to ${verb} ${names.join(', ')} would overwrite ${overwritten.join(', ')}; ` +
          `use modify({ ${names.map((name) => `${name}: …`).join(', ')} })`,
      );
    }
    let bits = layout.base;
    for (const name of names) {
      const { mask, modifiedWriteValues } = this.fieldNamed(name);
      if (modifiedWriteValues === byOne) bits |= mask;
      else if (modifiedWriteValues === byZero) bits &= ~mask;
      else if (modifiedWriteValues !== verb) {
        throw new MmapioError(
          'ERR_REGISTER_ACCESS',
          `${this.path}.${name} has no bits that a write would ${verb}`,
        );
      }
    }
    store(this, layout.width, toRaw(layout, bits));
  }

  private fieldNamed(name: string): FieldLayout {
    const field = this.layout.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw new MmapioError('ERR_NOT_FOUND', `${this.path} has no field '${name}'`);
    return field;
  }

  private checkRead(): void {
    const { readable, readEffect } = this.layout;
    if (!readable) throw new MmapioError('ERR_REGISTER_ACCESS', `${this.path} is write-only`);
    if (readEffect !== undefined)
      throw new MmapioError('ERR_READ_EFFECT', `${readEffect}: use readWithEffects()`);
  }

  private checkWrite(): void {
    if (!this.layout.writable) throw new MmapioError('ERR_REGISTER_ACCESS', `${this.path} is read-only`);
  }

  private timeoutError(timeout: number, value: Raw, content: Content): MmapioError {
    const decoded =
      typeof content === 'object' ? ` ${inspect(content, { breakLength: Number.POSITIVE_INFINITY })}` : '';
    return new MmapioError(
      'ERR_TIMEOUT',
      `${this.path} did not get to the awaited value in ${timeout} ms; last read ${hex(value, this.layout.width)}${decoded}`,
    );
  }
}

export type RegisterClass = new (path: string, io: RegisterIO, offset: number) => Register;

/** How the methods of one class have been used so far. */
interface Tier {
  calls: number;
  methods: Methods | undefined;
  /** No compiler has seen the names that writes are given: the loops, which check them, stay for writing. */
  readonly namesUnchecked: boolean;
}

/**
 * The class of all registers of one layout: what V8 learns about one register does not blur another's.
 */
export function registerClass(layout: RegisterLayout, namesUnchecked: boolean): RegisterClass {
  const Bound = class extends Register {};
  const tier: Tier = { calls: 0, methods: undefined, namesUnchecked };
  Object.defineProperties(Bound.prototype, { layout: { value: layout }, tier: { value: tier } });
  return Bound;
}
