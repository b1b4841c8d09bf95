import type {
  Action,
  ArraySpec,
  BlockSpec,
  Direction,
  FieldSpec,
  Fields,
  MapSpec,
  RegisterSpec,
} from './spec.js';

/*
 * What the compiler knows about a register map: which names exist, which direction each takes, which values fit.
 */

// ---- numbers as types -------------------------------------------------------------------------------------

type Tuple<N extends number, T extends 0[] = []> = T['length'] extends N ? T : Tuple<N, [...T, 0]>;
type Widths = [...Tuple<32>];

type Below32 = Exclude<Partial<Widths>['length'], 32>;

/** Whether bits M to L are more than 32. */
type IsWide<M extends number, L extends number> = M extends Below32
  ? false
  : number extends M
    ? false
    : Tuple<M> extends [...Tuple<L>, ...Tuple<32>, ...0[]]
      ? true
      : false;

/** The largest value of M - L + 1 bits, by M - L. */
type Largest = [
  1,
  3,
  7,
  15,
  31,
  63,
  127,
  255,
  511,
  1023,
  2047,
  4095,
  8191,
  16383,
  32767,
  65535,
  131071,
  262143,
  524287,
  1048575,
  2097151,
  4194303,
  8388607,
  16777215,
  33554431,
  67108863,
  134217727,
  268435455,
  536870911,
  1073741823,
  2147483647,
  4294967295,
];
type Difference<M extends number, L extends number> = M extends L
  ? 0
  : Tuple<M> extends [...Tuple<L>, ...infer Rest]
    ? Rest['length']
    : never;
type LargestOf<M extends number, L extends number> = Extract<Largest[Difference<M, L>], number>;

type Digits<S extends string> = S extends `${infer H}${infer T}` ? [H, ...Digits<T>] : [];
type Before<A extends string, B extends string> = '0123456789' extends `${string}${A}${string}${B}${string}`
  ? true
  : false;
type NotAfter<A extends string[], B extends string[]> = [A, B] extends [
  [infer A0 extends string, ...infer AT extends string[]],
  [infer B0 extends string, ...infer BT extends string[]],
]
  ? A0 extends B0
    ? NotAfter<AT, BT>
    : Before<A0, B0>
  : true;
type Shorter<A extends string[], B extends string[]> = B extends [...{ [K in keyof A]: string }, ...infer R]
  ? R extends []
    ? false
    : true
  : false;
type AtMost<A extends string[], B extends string[]> = A['length'] extends B['length']
  ? NotAfter<A, B>
  : Shorter<A, B>;

/** Whether the literal V is a whole number from 0 to Max; true where the type does not tell. */
type InRange<V extends number, Max extends number> = number extends V
  ? true
  : `${V}` extends `-${string}` | `${string}.${string}`
    ? false
    : `${V}` extends `${string}e${string}`
      ? true
      : AtMost<Digits<`${V}`>, Digits<`${Max}`>>;

// ---- fields -----------------------------------------------------------------------------------------------

type NumberOf<M extends number, L extends number> = IsWide<M, L> extends true ? bigint : number;

/** What a field reads as. */
export type FieldValue<S> =
  S extends FieldSpec<infer M, infer L, infer N, Direction, Action, boolean>
    ? [N] extends [never]
      ? number extends M
        ? number | bigint
        : M extends L
          ? 0 | 1
          : NumberOf<M, L>
      : N | NumberOf<M, L>
    : never;

/** What may be written to a field, before literals are checked against its width. */
export type FieldInput<S> =
  S extends FieldSpec<infer M, infer L, infer N, Direction, Action, boolean>
    ? N | NumberOf<M, L> | (number extends M ? boolean | bigint : M extends L ? boolean : never)
    : never;

type Readable<F extends Fields> = {
  [K in keyof F]: F[K]['kind']['direction']['read'] extends false ? never : K;
}[keyof F];
type Writable<F extends Fields> = {
  [K in keyof F]: F[K]['kind']['direction']['write'] extends false ? never : K;
}[keyof F];
type ActionOf<A extends Action, RegisterAction extends Action> = A extends 'none' ? RegisterAction : A;
type WithAction<F extends Fields, RA extends Action, A extends Action> = {
  [K in keyof F]: A extends ActionOf<F[K]['kind']['action'], RA> ? K : never;
}[keyof F] &
  string;

/** The fields of one register value, as `read` returns them. */
export type FieldValues<F extends Fields> = { -readonly [K in Readable<F>]: FieldValue<F[K]> };

/** The fields that a write may be given. */
export type FieldInputs<F extends Fields> = { readonly [K in Writable<F>]?: FieldInput<F[K]> };

/** What remains of the argument's type where a literal does not fit: the reason, for the compiler's message. */
type Refused<Reason extends string> = { readonly refused: Reason };

type CheckedField<S, V> =
  S extends FieldSpec<infer M, infer L, string, Direction, Action, boolean>
    ? V extends number
      ? InRange<V, LargestOf<M, L>> extends false
        ? Refused<`${V} does not fit into bits ${M} to ${L}`>
        : V
      : V
    : V;

/** V itself where every member is a writable field and every literal fits. */
type Checked<F extends Fields, V> = {
  [K in keyof V]: K extends Writable<F>
    ? CheckedField<F[K], V[K]>
    : K extends keyof F
      ? Refused<'this field is read-only'>
      : Refused<'the register has no field of this name'>;
};

// ---- registers --------------------------------------------------------------------------------------------

type Whole<W> = W extends 64 ? bigint : number;

type Content<W, F extends Fields> = keyof F extends never ? Whole<W> : FieldValues<F>;

type Condition<W, F extends Fields> =
  | ((content: Content<W, F>) => boolean)
  | (keyof F extends never
      ? Whole<W>
      : {
          readonly [K in Readable<F>]?: FieldValue<F[K]> | (FieldValue<F[K]> extends 0 | 1 ? boolean : never);
        });

type HasReadEffect<F extends Fields, R extends boolean> = R extends true
  ? true
  : true extends { [K in keyof F]: F[K]['kind']['readEffect'] }[keyof F]
    ? true
    : false;

export interface UntilOptions {
  /** Give up after this many milliseconds; 1000 when absent. */
  timeout?: number;
  /** Milliseconds between reads; 0, the default, reads once per turn of the event loop. */
  interval?: number;
  signal?: AbortSignal;
}

/** What every register of a map bound to a region has: facts and conversions, none of which touches the device. */
export interface RegisterFacts<W, F extends Fields> {
  /** Name within the map: `CHANNEL[2].LEN`. */
  readonly path: string;
  /** Byte offset in the region. */
  readonly offset: number;
  /** Width in bits, and of each access. */
  readonly width: W;
  /** The fields in a raw value. No access. */
  decode(value: Whole<W>): Content<W, F>;
}

export interface ReadableRegister<W, F extends Fields> {
  /** One read, split into fields; the whole value where the register has none. */
  read(): Content<W, F>;
  /** One read, as the raw value. */
  readValue(): Whole<W>;
  /**
   * Reads, at least once, until the condition holds: fields that must have the given values, or a function.
   * Resolves with what the last read returned. Rejects with `ERR_TIMEOUT`, naming the register and its last
   * value, or with `ABORT_ERR`.
   */
  until(condition: Condition<W, F>, options?: UntilOptions): Promise<Content<W, F>>;
}

export interface EffectfulRegister<W, F extends Fields> {
  /** One read, which changes the device: the register is read-to-clear or has another side effect. */
  readWithEffects(): Content<W, F>;
}

export interface WritableRegister<W, F extends Fields, A extends Action> {
  /**
   * One write, nothing read. Fields that are not given get their reset value, or 0 where none is known;
   * write-one-to-clear and the like get what does nothing. A register without fields takes the whole value.
   */
  write: keyof F extends never
    ? (value: Whole<W>) => void
    : <const V extends FieldInputs<F>>(fields: V & Checked<F, V>) => void;
  /** One write of a raw value. */
  writeValue(value: Whole<W>): void;
  /** The raw value that `write` would write. No access. */
  encode: keyof F extends never
    ? (value: Whole<W>) => Whole<W>
    : <const V extends FieldInputs<F>>(fields: V & Checked<F, V>) => Whole<W>;
  /** One write that clears only the fields named, each of them write-one-to-clear or the like. */
  clear(...fields: WithAction<F, A, 'clear'>[]): void;
  /** One write that sets only the fields named, each of them write-one-to-set or the like. */
  set(...fields: WithAction<F, A, 'set'>[]): void;
  /** One write that toggles only the fields named, each of them write-one-to-toggle or the like. */
  toggle(...fields: WithAction<F, A, 'toggle'>[]): void;
}

export interface ModifiableRegister<W, F extends Fields> {
  /**
   * One read, one write: the fields given change, all others keep what was read. Fields of which a written bit
   * would do something (write-one-to-clear and the like) and that are not given are written so that it does not.
   */
  modify: keyof F extends never
    ? (change: (value: Whole<W>) => Whole<W>) => void
    : <const V extends FieldInputs<F>>(fields: V & Checked<F, V>) => void;
}

/** A register of a map that is bound to a region. */
export type BoundRegister<S> =
  S extends RegisterSpec<infer W, infer F, infer D, infer A, infer R>
    ? RegisterFacts<W, F> &
        (D['read'] extends false
          ? unknown
          : HasReadEffect<F, R> extends true
            ? EffectfulRegister<W, F>
            : ReadableRegister<W, F>) &
        (D['write'] extends false ? unknown : WritableRegister<W, F, A>) &
        (D extends { read: true; write: true }
          ? HasReadEffect<F, R> extends true
            ? unknown
            : ModifiableRegister<W, F>
          : unknown)
    : never;

type Repeated<A extends unknown[], T> = { readonly [K in keyof A]: T };
type Elements<C extends number, T> = number extends C
  ? readonly T[]
  : C extends Below32 | 32
    ? Repeated<Tuple<C>, T>
    : readonly T[];

type BoundEntry<S> = S extends RegisterSpec
  ? BoundRegister<S>
  : S extends ArraySpec<infer C, infer E>
    ? Elements<C, BoundEntry<E>>
    : S extends BlockSpec<infer B>
      ? Bound<B>
      : S extends MapSpec
        ? Bound<S>
        : never;

/** A register map bound to a region: its registers by name, arrays by index. */
export type Bound<S> = S extends DynamicMap ? DynamicBlock : { readonly [K in keyof S]: BoundEntry<S[K]> };

/** The registers of a map in a region: `class Timer { readonly regs: RegistersOf<typeof timerMap> }`. */
export type RegistersOf<M extends { at(...where: never[]): unknown }> = ReturnType<M['at']>;

// ---- maps that the compiler does not know -----------------------------------------------------------------

type DynamicContent = Record<string, string | number | bigint | boolean>;
type DynamicValue = number | bigint;

/** A register of a map that the compiler does not know. What each method does is told at {@link BoundRegister}. */
export interface DynamicRegister {
  readonly path: string;
  readonly offset: number;
  readonly width: 8 | 16 | 32 | 64;
  decode(value: DynamicValue): DynamicContent | DynamicValue;
  encode(content: DynamicContent | DynamicValue): DynamicValue;
  read(): DynamicContent | DynamicValue;
  readValue(): DynamicValue;
  readWithEffects(): DynamicContent | DynamicValue;
  write(content: DynamicContent | DynamicValue): void;
  writeValue(value: DynamicValue): void;
  modify(change: DynamicContent | ((value: DynamicValue) => DynamicValue)): void;
  clear(...fields: string[]): void;
  set(...fields: string[]): void;
  toggle(...fields: string[]): void;
  until(
    condition: DynamicContent | DynamicValue | ((content: DynamicContent | DynamicValue) => boolean),
    options?: UntilOptions,
  ): Promise<DynamicContent | DynamicValue>;
}

/** Marks a map that was made from a description at run time. */
export interface DynamicMap {
  readonly dynamic: true;
}
/** Its registers, blocks and arrays by name. */
export interface DynamicBlock {
  readonly [name: string]: DynamicEntry;
}
interface DynamicElements {
  readonly [index: number]: DynamicEntry;
}
export type DynamicEntry = DynamicRegister & DynamicBlock & DynamicElements;
