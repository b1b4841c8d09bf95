import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../board/host.js';
import { countMismatches, type MismatchKind } from './compare.js';
import type { CodeResult } from './machine-code.js';
import { writePage } from './report.js';
import { mutations, type RunResult } from './run.js';
import type { TiersResult } from './tiers.js';

/** What every kind of result begins with. */
interface Where {
  machine: string;
  /** With the version of its engine. */
  runtime: string;
  date: string;
}

/** What was measured for one runtime, engine and device. */
export interface AccessResult extends Where {
  flags: string;
  engine: string;
  ground: string;
  compared: number;
  mismatches: number;
}

/** What a mutation was found to be. */
interface MutationResult extends Where {
  name: string;
  expected: string;
  found: Partial<Record<MismatchKind, number>>;
  caught: boolean;
}

/** What one of JavaScript's own tools made of a pattern. */
export interface NaiveResult extends Where {
  tool: string;
  pattern: string;
  said: number;
  seen: number;
  found: Partial<Record<MismatchKind, number>>;
}

export type { CodeResult, TiersResult };

export interface Results {
  code: CodeResult[];
  tiers: TiersResult[];
  accesses: AccessResult[];
  mutations: MutationResult[];
  naive: NaiveResult[];
}

const file = join(checkout, 'fidelity', 'results.json');

function readResults(): Results {
  const none: Results = { accesses: [], mutations: [], naive: [], code: [], tiers: [] };
  return existsSync(file) ? { ...none, ...JSON.parse(readFileSync(file, 'utf8')) } : none;
}

/** Keeps results in place of older ones of the same kind. */
export function keepResults(runs: readonly RunResult[]): void {
  const results = readResults();
  for (const run of runs.filter(({ failure }) => failure === undefined)) {
    if (run.run.program === 'program.js') {
      replace(results.accesses, [accessResult(run)], ['machine', 'runtime', 'flags', 'engine', 'ground']);
    } else if (run.run.program === 'mutants.js') {
      replace(results.mutations, mutationResults(run), ['machine', 'runtime', 'name']);
    } else {
      replace(results.naive, naiveResults(run), ['machine', 'runtime', 'tool', 'pattern']);
    }
  }
  writeResults(results);
}

/** Keeps what machine code was found. */
export function keepCode(code: readonly CodeResult[]): void {
  const results = readResults();
  replace(results.code, code, ['machine', 'origin', 'access']);
  writeResults(results);
}

/** Keeps which compilers' code was seen. */
export function keepTiers(tiers: readonly TiersResult[]): void {
  const results = readResults();
  replace(results.tiers, tiers, ['machine', 'runtime']);
  writeResults(results);
}

function writeResults(results: Results): void {
  const section = ([name, list]: [string, object[]]) => {
    const lines = list.map((result) => `    ${JSON.stringify(result)}`);
    return `  ${JSON.stringify(name)}: [\n${lines.join(',\n')}\n  ]`;
  };
  writePage(results);
  writeFileSync(file, `{\n${Object.entries(results).map(section).join(',\n')}\n}\n`);
}

function replace<T>(list: T[], results: readonly T[], keys: readonly (keyof T)[]): void {
  for (const result of results) {
    const index = list.findIndex((other) => keys.every((key) => other[key] === result[key]));
    if (index >= 0) list[index] = result;
    else list.push(result);
  }
}

function where({ machine, runtime }: RunResult): Where {
  return { machine, runtime, date: new Date().toISOString().slice(0, 10) };
}

function accessResult(result: RunResult): AccessResult {
  const { ground, engine } = result.run.task as { ground: string; engine: string };
  const { flags, env = {} } = result.run.runtime;
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return {
    ...where(result),
    flags: [...flags, ...settings].join(' '),
    engine,
    ground,
    compared: result.total.matched,
    mismatches: countMismatches(result.total),
  };
}

function mutationResults(result: RunResult): MutationResult[] {
  const judged = mutations(result);
  return result.segments.map(({ name, expected = 'value', comparison }, index) => ({
    ...where(result),
    name,
    expected,
    found: comparison.mismatches,
    caught: judged[index]?.caught ?? false,
  }));
}

function naiveResults(result: RunResult): NaiveResult[] {
  const { tool } = result.run.task as { tool: string };
  return result.segments.map(({ name, comparison }) => ({
    ...where(result),
    tool,
    pattern: name,
    said: comparison.said,
    seen: comparison.seen,
    found: comparison.mismatches,
  }));
}
