import { parseArgs } from 'node:util';
import { countMismatches } from './compare.js';
import { type BoardRuns, quickMatrix, wholeMatrix } from './matrix.js';
import { keepResults } from './results.js';
import { complaints, type RunResult, runPrograms } from './run.js';
import { runtimeLabel } from './runtimes.js';

const usage = `Usage: npm run fidelity -- [options]

Runs programs on the boards and compares every access they say they did with what QEMU saw at the device.

  --all              every runtime, and flags that remove compiler tiers (default: the oldest and the newest Node.js)
  --machine NAME     only this machine: x64 or arm64
  --runtime TEXT     only runtimes whose name and version begin with this: "node 20", bun
  --ground NAME      only this device
  --engine NAME      only this engine: window or native
  --write            keep the results in fidelity/results.json and in docs/fidelity.md
  --seed NUMBER      other random programs and values
  --help             show this text
`;

/** How many patterns of a run are shown when they went wrong. */
const COMPLAINTS = 5;

const options = {
  all: { type: 'boolean' },
  engine: { type: 'string' },
  ground: { type: 'string' },
  help: { type: 'boolean' },
  machine: { type: 'string' },
  runtime: { type: 'string' },
  seed: { type: 'string' },
  write: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

function selected(matrix: readonly BoardRuns[], values: Values): BoardRuns[] {
  const wanted = (text: string, choice: string | undefined) =>
    choice === undefined || text.startsWith(choice);
  return matrix
    .filter(({ machine }) => values.machine === undefined || machine.name === values.machine)
    .map((boardRuns) => ({
      ...boardRuns,
      runs: boardRuns.runs.filter(({ runtime, task }) => {
        const { ground, engine } = task as { ground: string; engine: string };
        return (
          wanted(runtimeLabel(runtime), values.runtime) &&
          wanted(ground, values.ground) &&
          wanted(engine, values.engine)
        );
      }),
    }))
    .filter(({ runs }) => runs.length > 0);
}

function show(result: RunResult): void {
  const { run, machine, total, seconds } = result;
  const { ground, engine } = run.task as { ground: string; engine: string };
  const counts = `${total.matched} of ${total.said} as said, ${countMismatches(total)} mismatches`;
  const label = `${machine} ${runtimeLabel(run.runtime)} ${engine} ${ground}`;
  console.log(`${label}: ${counts} (${seconds.toFixed(1)} s)`);
  if (result.failure !== undefined) console.log(`  ${result.failure.message}`);
  const lines = complaints(result);
  for (const line of lines.slice(0, COMPLAINTS)) console.log(line);
  if (lines.length > COMPLAINTS) console.log(`  and ${lines.length - COMPLAINTS} more patterns`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const seed = Number(values.seed ?? 1);
  const matrix = selected(values.all ? wholeMatrix(seed) : quickMatrix(seed), values);
  if (matrix.length === 0) throw new Error('Nothing fits these options');
  const results: RunResult[] = [];
  for (const { machine, node, runs } of matrix) {
    const boardResults = await runPrograms(machine, node, runs);
    boardResults.forEach(show);
    results.push(...boardResults);
    if (values.write) keepResults(boardResults);
  }
  const mismatches = results.reduce((sum, { total }) => sum + countMismatches(total), 0);
  const matched = results.reduce((sum, { total }) => sum + total.matched, 0);
  console.log(`${matched} accesses compared, ${mismatches} mismatches`);
  const failures = results.filter(({ failure }) => failure !== undefined).length;
  if (failures > 0) console.log(`${failures} programs failed`);
  return mismatches === 0 && failures === 0 ? 0 : 1;
}

process.exitCode = await main();
