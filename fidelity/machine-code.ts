/** The machine code of one way to access. */
export interface CodeResult {
  machine: string;
  /** `C core`, or a tier of a runtime. */
  origin: string;
  /** Such as `read16`, or `readFifo16`. */
  access: string;
  /** The instructions that access memory which may be a device's. The window's last one may be the fault count's. */
  instructions: string[];
  /** Of a transfer: how many instructions the loop has that the access stands in. */
  loop?: number;
}

export const WIDTHS = [8, 16, 32, 64] as const;

export const ACCESSES: readonly string[] = ['read', 'write'].flatMap((kind) =>
  WIDTHS.map((bits) => `${kind}${bits}`),
);

/** What moves that many bits between memory and a register, as gcc and objdump write it for both machines, and as V8 does. */
const MOVES: Readonly<Record<number, RegExp>> = {
  8: /^(movb|movzb[lq]|movzxbl|ldrb|ldarb|strb) /,
  16: /^(movw|movzw[lq]|movzxwl|ldrh|ldarh|strh) /,
  32: /^(movl|(ldr|ldar|str) w\d+,) ?/,
  64: /^((REX\.W )?movq|(ldr|ldar|str) x\d+,) ?/,
};

/** A memory operand that comes first is V8's destination; one that comes last is gcc's. */
const STORES = /^(st|(REX\.W )?mov\w* (\[|.*\)$))/;

/** The fault count: a load of 32 bits, or a comparison with one. */
const FAULT_COUNT = /^(movl |ldar w\d+,|cmpl )/;

/**
 * What is wrong with the machine code of an access, if anything: it must be one move of the right width and direction,
 * and behind it nothing but a look at the fault count.
 */
export function codeFault({
  access,
  instructions: [first, ...others],
  loop,
}: CodeResult): string | undefined {
  const [, kind, bits] = /^(read|write)\D*(\d+)/.exec(access) ?? [];
  if (first === undefined) return 'no access was found';
  if (loop === Number.POSITIVE_INFINITY) return `${first} stands in no loop`;
  if (MOVES[Number(bits)]?.test(first) !== true) return `${first} is not one access of ${bits} bits`;
  if (STORES.test(first) !== (kind === 'write')) return `${first} is not a ${kind}`;
  const fault = others.length > 1 || others.some((other) => loop !== undefined || !FAULT_COUNT.test(other));
  return fault ? `there is more than one access: ${[first, ...others].join('; ')}` : undefined;
}
