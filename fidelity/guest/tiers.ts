/*
 * Which compiler's code the patterns and the window's functions run as when they are hot: V8 tells, started with
 * --allow-natives-syntax. Does what program.ts does for one device and engine, and prints what it found as JSON.
 */
import type { Pattern } from './pattern.js';
import { runtimeName } from './runtime-name.js';

/** What the program is to do: its only argument, as JSON. */
export interface TiersTask {
  ground: string;
  count: number;
  warm: number;
  seed: number;
}

export interface Tiers {
  runtime: string;
  /** How many patterns, each once for each width, by the code that they began and ended their hot run with. */
  patterns: Record<string, number>;
  /** How many of the window's functions, by the code that they had at the end. */
  window: Record<string, number>;
}

type Code = (...args: never[]) => unknown;

const COMPILERS = ['Turbofan', 'Maglev', 'Sparkplug', 'Ignition'];

/** A question to V8 about a function. */
const ask = (name: string) => new Function('code', `return %${name}(code);`) as (code: Code) => boolean;
const questions = COMPILERS.map((name) => ask(`ActiveTierIs${name}`));
const isTurbofan = ask('IsTurboFanFunction');

const tierOf = (code: Code) =>
  COMPILERS[questions.findIndex((question) => question(code))]?.replace('fan', 'Fan') ?? 'none';

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** The functions of the window, which the library keeps to itself: seen as they are made. */
const made: Code[] = [];

function watchInstances(): void {
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Instance: new (module: object, imports: object) => { exports: Record<string, Code> } };
  };
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(module: object, imports: object) {
      super(module, imports);
      made.push(...Object.values(this.exports));
    }
  };
}

const task = JSON.parse(process.argv[2] ?? '') as TiersTask;
watchInstances();
const { grounds, openMarks } = await import('./grounds.js');
const { Recorder, runPatterns } = await import('./pattern-run.js');
const ground = grounds[task.ground]?.('window');
if (ground === undefined) throw new Error(`There is no ground ${task.ground}`);
const tiers: Tiers = { runtime: runtimeName(), patterns: {}, window: {} };
const watch = (run: Pattern['run']) => {
  const before = tierOf(run);
  return () => count(tiers.patterns, before === tierOf(run) ? before : `${before}, then ${tierOf(run)}`);
};
runPatterns(new Recorder(openMarks(), 1), ground, 'window', { ...task, watch });
for (const code of made) count(tiers.window, isTurbofan(code) ? 'TurboFan' : 'Liftoff');
console.log(JSON.stringify(tiers));
