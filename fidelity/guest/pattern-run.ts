import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Engine, MemoryMap, MemoryMappedIO } from 'mmapio';
import { AccessLog } from '../access-log.js';
import type { MismatchKind } from '../compare.js';
import { Random } from '../random.js';
import type { Ground } from './grounds.js';
import { arrayOf, compile, type Pattern, type Plan, valueFrom } from './pattern.js';
import { patterns } from './patterns.js';
import { Say, type Segment, type Width } from './statement.js';

/** How often a pattern is repeated where nothing is optimised yet. */
const COLD = 3;
/** In how many calls it is made hot. */
const WARM_CALLS = 20;

/** A pattern compiled for one width. */
interface Copy {
  pattern: Pattern;
  width: Width;
  run: Pattern['run'];
}

/** Every pattern for every width of the ground. */
export function copies(widths: readonly Width[]): Copy[] {
  return widths.flatMap((width) =>
    patterns.map((pattern) => ({ pattern, width, run: compile(pattern, width) })),
  );
}

export function makePlan(ground: Ground, width: Width, n: number, seed: number): Plan {
  const random = new Random(seed);
  const count = Math.min(Math.floor(ground.length / width), ground.registers ?? 64);
  const all = Array.from({ length: count }, (_, index) => ground.offset + index * width);
  const register = (index: number) => all[index % count] ?? ground.offset;
  // not all ones, which is what nothing reads as
  const never = width === 8 ? (0xfffffffffffffffen as unknown as number) : 2 ** (8 * width) - 2;
  const values = arrayOf(width, 1024);
  for (let i = 0; i < values.length; i++) {
    values[i] = valueFrom(width, random.next());
    if (values[i] === never) values[i] = valueFrom(width, 0);
  }
  return {
    n,
    a: register(0),
    b: register(1),
    c: register(2),
    d: register(3),
    width,
    all,
    values,
    got: arrayOf(width, 4 * n + 128),
    mask: valueFrom(width, random.next() % 2 ** Math.min(31, 8 * width - 1)),
    never,
    memory: new MemoryMappedIO(new ArrayBuffer(0x10000)),
  };
}

/** Sets marks and collects what was said between them. */
export class Recorder {
  readonly log = new AccessLog();
  readonly segments: Segment[] = [];
  readonly #mark: (mark: number) => void;
  readonly #first: number;

  /** `run` keeps the marks of this process apart from those of others. */
  constructor(mark: (mark: number) => void, run: number) {
    this.#mark = mark;
    this.#first = run * 0x10000;
  }

  /** Performs accesses after a mark, then says them. */
  record(
    name: string,
    ground: Ground,
    accesses: () => void,
    says: (say: Say) => void,
    expected?: MismatchKind,
  ): void {
    this.begin();
    ground.prepare?.();
    accesses();
    this.idle();
    this.end(name, () => says(new Say(this.log, ground)), { expected });
  }

  begin(): void {
    this.#mark(this.#first + this.segments.length + 1);
  }

  /** Between one pattern and the next nothing may reach a device. */
  idle(): void {
    this.#mark(0);
  }

  /** Says what was done since {@link begin}. */
  end(name: string, says: () => void, facts: Pick<Segment, 'stretch' | 'expected'> = {}): void {
    const start = this.log.length;
    says();
    const mark = this.#first + this.segments.length + 1;
    this.segments.push({ name, mark, start, end: this.log.length, ...facts });
  }
}

export interface PatternOptions {
  /** Repetitions of each pattern on the device, once it is hot. */
  count: number;
  /** Repetitions over ordinary memory that make it hot. */
  warm: number;
  seed: number;
  /** Called with what is about to run hot; returns what is called when it has. */
  watch?: (run: Pattern['run']) => () => void;
}

/** Runs every pattern cold; then makes each hot over a file that is mapped in the same way, and runs it again. */
export function runPatterns(
  recorder: Recorder,
  ground: Ground,
  engine: Engine,
  options: PatternOptions,
): void {
  const all = copies(ground.widths);
  for (const copy of all) runOne(recorder, ground, copy, COLD, options.seed, 'cold');
  const ordinary = ordinaryGround(ground, engine);
  for (const copy of all) {
    const repetitions = options.warm / WARM_CALLS / (copy.pattern.slow ? 20 : 1);
    const plan = makePlan(ordinary, copy.width, Math.ceil(repetitions), options.seed);
    for (let call = 0; call < WARM_CALLS; call++) copy.run(ordinary.io, plan);
  }
  for (const copy of all) {
    const watched = options.watch?.(copy.run);
    runOne(recorder, ground, copy, options.count, options.seed, 'hot');
    watched?.();
  }
}

function runOne(recorder: Recorder, ground: Ground, copy: Copy, n: number, seed: number, heat: string): void {
  const plan = makePlan(ground, copy.width, n, seed);
  recorder.record(
    `${copy.pattern.name}, ${copy.width * 8} bits, ${heat}`,
    ground,
    () => copy.run(ground.io, plan),
    (say) => {
      say.width = copy.width;
      copy.pattern.says(say, plan);
    },
  );
}

/** Ordinary memory that looks like the ground: nothing of it is a device's. */
export function ordinaryGround(ground: Ground, engine: Engine): Ground {
  const directory = mkdtempSync('/dev/shm/fidelity-');
  const fd = openSync(join(directory, 'memory'), 'w+');
  try {
    ftruncateSync(fd, ground.io.length);
    return { ...ground, io: new MemoryMappedIO(MemoryMap.fromFd(fd, { engine })) };
  } finally {
    closeSync(fd);
    rmSync(directory, { recursive: true });
  }
}
