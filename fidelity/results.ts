import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../board/host.js';
import { countMismatches } from './compare.js';
import type { RunResult } from './run.js';

/** What was measured for one runtime, engine and device. */
export interface Result {
  machine: string;
  /** With the version of its engine. */
  runtime: string;
  flags: string;
  engine: string;
  ground: string;
  compared: number;
  mismatches: number;
  date: string;
}

const file = join(checkout, 'fidelity', 'results.json');

export function readResults(): Result[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Result[]) : [];
}

/** Keeps results in place of older ones of the same kind. */
export function keepResults(runs: readonly RunResult[]): void {
  const key = ({ machine, runtime, flags, engine, ground }: Result) =>
    [machine, runtime, flags, engine, ground].join('\n');
  const results = new Map(readResults().map((result) => [key(result), result]));
  for (const run of runs) {
    if (run.failure !== undefined) continue;
    const result = toResult(run);
    results.set(key(result), result);
  }
  const lines = [...results.values()].map((result) => `  ${JSON.stringify(result)}`);
  writeFileSync(file, `[\n${lines.join(',\n')}\n]\n`);
}

function toResult({ run, machine, runtime, total }: RunResult): Result {
  const { ground, engine } = run.task as { ground: string; engine: string };
  const settings = Object.entries(run.runtime.env ?? {}).map(([name, value]) => `${name}=${value}`);
  return {
    machine,
    runtime,
    flags: [...run.runtime.flags, ...settings].join(' '),
    engine,
    ground,
    compared: total.matched,
    mismatches: countMismatches(total),
    date: new Date().toISOString().slice(0, 10),
  };
}
