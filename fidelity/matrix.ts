import { arm64, type Machine, x64 } from '../board/machine.js';
import type { TiersTask } from './guest/tiers.js';
import type { ProgramRun } from './run.js';
import type { Runtime } from './runtimes.js';

/** What is run on one board: every run of one start of the virtual machine. */
export interface BoardRuns {
  machine: Machine;
  /** The Node.js of the board. */
  node: string;
  runs: ProgramRun[];
}

/** How thorough a run is. */
interface Effort {
  count: number;
  warm: { window: number; native: number };
  programs: number;
}

type SeededEffort = Effort & { seed: number };

const QUICK: Effort = { count: 400, warm: { window: 20_000, native: 4_000 }, programs: 4 };
const THOROUGH: Effort = {
  count: 700,
  warm: { window: 20_000, native: 4_000 },
  programs: 10,
};

/** The Node.js versions of npm's packages, oldest first. */
const NODES: Readonly<Record<string, readonly string[]>> = {
  x64: ['20.20.2', '22.23.3', '24.21.0', '26.10.0'],
  arm64: ['20.20.2', '22.23.3', '24.22.0', '26.12.0'],
};

export function newestNode(machine: Machine): string {
  return NODES[machine.name]?.at(-1) ?? '';
}

const GROUNDS: Readonly<Record<string, readonly string[]>> = {
  x64: ['cmb', 'edu', 'sdhci'],
  arm64: ['cmb', 'gpio', 'fw-cfg'],
};

export const deno: Runtime = { name: 'deno', version: '2.9.6', flags: [] };
export const bun: Runtime = { name: 'bun', version: '1.4.5', flags: [] };

/** Flags that remove or force compiler tiers, by major version of Node.js on the x86_64 machine. */
const FLAGS: Readonly<Record<string, readonly string[][]>> = {
  20: [
    ['--no-liftoff'],
    ['--no-opt'],
    ['--max-lazy'],
    ['--always-sparkplug'],
    ['--wasm-tiering-budget=1'],
    ['--wasm-enforce-bounds-checks'],
    ['--experimental-wasm-inlining', '--experimental-wasm-js-inlining'],
  ],
  26: [
    ['--no-liftoff'],
    ['--no-opt'],
    ['--max-lazy'],
    ['--always-sparkplug'],
    ['--no-maglev'],
    ['--turbolev'],
    ['--wasm-tiering-budget=1'],
    ['--wasm-enforce-bounds-checks'],
    ['--wasm-inlining', '--turboshaft-wasm-in-js-inlining'],
  ],
};

const ENGINES = ['window', 'native'] as const;

function runsOf(runtime: Runtime, effort: SeededEffort, grounds: readonly string[]): ProgramRun[] {
  return ENGINES.flatMap((engine) =>
    grounds.map((ground) => {
      const { count, programs, seed } = effort;
      const workers = ground === 'cmb';
      // the same code is hot on all of them: on the others less of it will do
      const warm = effort.warm[engine] / (ground === 'cmb' ? 1 : 5);
      const task = { ground, engine, count, warm, programs, seed, workers };
      return { program: 'program.js', runtime, task };
    }),
  );
}

function nodeRuns(machine: Machine, version: string, effort: SeededEffort): BoardRuns {
  const runtime: Runtime = { name: 'node', version, flags: [] };
  return { machine, node: version, runs: runsOf(runtime, effort, GROUNDS[machine.name] ?? []) };
}

/** Both boards, the oldest and the newest Node.js. */
export function quickMatrix(seed: number): BoardRuns[] {
  const effort = { ...QUICK, seed };
  return [x64, arm64].flatMap((machine) => {
    const versions = NODES[machine.name] ?? [];
    return [versions[0], versions.at(-1)].map((version) => nodeRuns(machine, version ?? '', effort));
  });
}

/** The Node.js versions whose machine code is looked at. */
export function codeMatrix(): { machine: Machine; node: string }[] {
  return [x64, arm64].flatMap((machine) => {
    const versions = NODES[machine.name] ?? [];
    return [versions[0] ?? '', versions.at(-1) ?? ''].map((node) => ({ machine, node }));
  });
}

/** The Node.js versions that are asked which compiler's code they run. */
export function tiersMatrix(seed: number): { machine: Machine; node: string; task: TiersTask }[] {
  const { count, warm } = THOROUGH;
  const task = { ground: 'cmb', count, warm: warm.window, seed };
  return (NODES.x64 ?? []).map((node) => ({ machine: x64, node, task }));
}

/** Every runtime, and flags. */
export function wholeMatrix(seed: number): BoardRuns[] {
  const effort = { ...THOROUGH, seed };
  const nodes = [x64, arm64].flatMap((machine) =>
    (NODES[machine.name] ?? []).map((version) => nodeRuns(machine, version, effort)),
  );
  const others = [deno, bun].map((runtime) => ({
    machine: x64,
    node: newestNode(x64),
    runs: runsOf(runtime, effort, GROUNDS.x64 ?? []),
  }));
  const flagged = Object.entries(FLAGS).map(([major, sets]) => {
    const version = NODES.x64?.find((candidate) => candidate.startsWith(`${major}.`)) ?? '';
    const runs = sets
      .flatMap((flags) => runsOf({ name: 'node', version, flags }, { ...QUICK, seed }, ['cmb']))
      .filter(({ task }) => (task as { engine: string }).engine === 'window');
    return { machine: x64, node: version, runs };
  });
  return [...nodes, ...others, ...flagged];
}

/** With these, V8 does to plain loads in WebAssembly what it may do to them. */
function moduleFlags({ name, version }: Runtime): string[] {
  if (name !== 'node') return [];
  // a loop that runs once does not wait for the optimising compiler
  const flags = ['--no-liftoff'];
  // Where a load is also the check of its address, the older ones leave it alone.
  return /^2[02]\./.test(version) ? [...flags, '--wasm-enforce-bounds-checks'] : flags;
}

/** Programs that do something else than they say, which must be found. */
export function mutationMatrix(whole: boolean): BoardRuns[] {
  const runs = (machine: Machine, runtime: Runtime, parts: readonly string[]): BoardRuns => ({
    machine,
    node: runtime.name === 'node' ? runtime.version : newestNode(machine),
    runs: parts.map((part) => ({
      program: 'mutants.js',
      runtime: part === 'modules' ? { ...runtime, flags: moduleFlags(runtime) } : runtime,
      task: { part },
    })),
  });
  const node = (version: string): Runtime => ({ name: 'node', version, flags: [] });
  const quick = runs(x64, node(newestNode(x64)), ['faulty', 'modules']);
  if (!whole) return [quick];
  return [
    quick,
    ...(NODES.x64 ?? []).slice(0, -1).map((version) => runs(x64, node(version), ['modules'])),
    runs(x64, bun, ['modules']),
    runs(arm64, node(newestNode(arm64)), ['faulty', 'modules']),
  ];
}

/** What JavaScript's own views make of the same patterns. */
export function naiveMatrix(seed: number): BoardRuns[] {
  return [x64, arm64].flatMap((machine) => {
    const versions = NODES[machine.name] ?? [];
    return [versions[0] ?? '', versions.at(-1) ?? ''].map((version) => ({
      machine,
      node: version,
      runs: ['Uint32Array', 'DataView', 'Buffer', 'Atomics'].map((tool) => ({
        program: 'naive.js',
        runtime: { name: 'node' as const, version, flags: [] },
        task: { tool, count: 5_000, warm: 200_000, seed },
      })),
    }));
  });
}
