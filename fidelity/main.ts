import { parseArgs } from 'node:util';
import { arm64, x64 } from '../board/machine.js';
import { compileNative } from '../board/task.js';
import { countMismatches } from './compare.js';
import { coreCode } from './core-code.js';
import { codeFault } from './machine-code.js';
import {
  type BoardRuns,
  bun,
  codeMatrix,
  deno,
  mutationMatrix,
  naiveMatrix,
  newestNode,
  quickMatrix,
  tiersMatrix,
  wholeMatrix,
} from './matrix.js';
import { keepCode, keepResults, keepTiers } from './results.js';
import { complaints, mutations, type ProgramRun, type RunResult, runPrograms } from './run.js';
import { type Runtime, runtimeLabel } from './runtimes.js';
import { stop, stopCode } from './stop.js';
import { observeTiers, type TiersResult } from './tiers.js';
import { compileView } from './view.js';
import { silentCode, silentCompilers, v8Code } from './window-code.js';

const usage = `Usage: npm run fidelity -- [options]

Runs programs on the boards and compares every access they say they did with what QEMU saw at the device.

  --all              every runtime, flags that remove compiler tiers, every mutation, JavaScript's
                     own views, the machine code of an access, and which compilers made it
                     (default: the oldest and the newest Node.js on both boards, and the mutations on one)
  --part NAME        only accesses, mutations, naive (JavaScript's own views), code (the machine code of an
                     access) or tiers (which compiler's code was hot)
  --machine NAME     only this machine: x64 or arm64
  --runtime TEXT     only runtimes whose name, version and flags begin with this: "node 20", bun
  --ground NAME      only this device (accesses)
  --engine NAME      only this engine: window or native (accesses)
  --flags            only runs with flags that remove or force compiler tiers; --no-flags: only those without
  --seed NUMBER      other random programs and values
  --write            keep the results in fidelity/results.json, which docs/fidelity.md is written from
  --help             show this text
`;

const options = {
  all: { type: 'boolean' },
  engine: { type: 'string' },
  flags: { type: 'boolean' },
  ground: { type: 'string' },
  help: { type: 'boolean' },
  machine: { type: 'string' },
  part: { type: 'string' },
  runtime: { type: 'string' },
  seed: { type: 'string' },
  write: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

/** How many patterns of a run are shown when they went wrong. */
const COMPLAINTS = 5;

function matrix({ all = false, part, seed: given = '1' }: Values): BoardRuns[] {
  const seed = Number(given);
  const parts = {
    accesses: () => (all ? wholeMatrix(seed) : quickMatrix(seed)),
    mutations: () => mutationMatrix(all),
    naive: () => (all || part === 'naive' ? naiveMatrix(seed) : []),
  };
  return Object.entries(parts).flatMap(([name, make]) => (part === undefined || part === name ? make() : []));
}

function selected(boards: readonly BoardRuns[], values: Values): BoardRuns[] {
  const begins = (text: string, choice = '') => text.startsWith(choice);
  const flagged = ({ flags }: Runtime) => flags.length > 0;
  const same = (text: string | undefined, choice: string | undefined) =>
    text === undefined || choice === undefined || text === choice;
  return boards
    .filter(({ machine }) => same(machine.name, values.machine))
    .map((board) => ({
      ...board,
      runs: board.runs.filter(({ runtime, task }) => {
        const { ground, engine } = task as { ground?: string; engine?: string };
        return (
          begins(runtimeLabel(runtime), values.runtime) &&
          (values.flags ?? flagged(runtime)) === flagged(runtime) &&
          same(ground, values.ground) &&
          same(engine, values.engine)
        );
      }),
    }))
    .filter(({ runs }) => runs.length > 0);
}

/** Shows a result and returns whether it is as it must be. */
function show(result: RunResult): boolean {
  const { run, machine, failure } = result;
  const label = `${machine} ${runtimeLabel(run.runtime)}`;
  if (failure !== undefined) {
    console.log(`${label} ${run.program}: failed\n${failure.message}`);
    return false;
  }
  if (run.program === 'mutants.js') return showMutations(label, result);
  if (run.program === 'naive.js') return showNaive(label, result);
  return showAccesses(label, result);
}

function showAccesses(label: string, result: RunResult): boolean {
  const { total, seconds } = result;
  const { ground, engine } = result.run.task as { ground: string; engine: string };
  const mismatches = countMismatches(total);
  const counts = `${total.matched} of ${total.said} as said, ${mismatches} mismatches`;
  console.log(`${label} ${engine} ${ground}: ${counts} (${seconds.toFixed(1)} s)`);
  const lines = complaints(result);
  for (const line of lines.slice(0, COMPLAINTS)) console.log(line);
  if (lines.length > COMPLAINTS) console.log(`  and ${lines.length - COMPLAINTS} more patterns`);
  return mismatches === 0;
}

function showMutations(label: string, result: RunResult): boolean {
  const found = mutations(result);
  for (const { line, caught } of found) console.log(`${label} ${caught ? 'caught' : 'NOT CAUGHT'}: ${line}`);
  return found.every(({ caught }) => caught);
}

function showNaive(label: string, result: RunResult): boolean {
  const { tool } = result.run.task as { tool: string };
  for (const { name, comparison } of result.segments) {
    const counts = Object.entries(comparison.mismatches).map(([kind, count]) => `${count} ${kind}`);
    const found = counts.join(', ') || 'as said';
    console.log(`${label} ${tool}, ${name}: said ${comparison.said}, seen ${comparison.seen}: ${found}`);
  }
  return true;
}

/** Shows the machine code of an access and returns whether each is one access. */
async function showCode(keep: boolean): Promise<boolean> {
  const results = [...(await coreCode(x64)), ...(await coreCode(arm64))];
  for (const { machine, node } of codeMatrix()) results.push(...(await v8Code(machine, node)));
  for (const compiler of silentCompilers(deno, bun)) {
    results.push(...(await silentCode(x64, newestNode(x64), compiler)));
  }
  const faults = results.map(codeFault);
  for (const [index, { machine, origin, access, instructions, loop }] of results.entries()) {
    const length = loop === undefined ? '' : ` (in a loop of ${loop} instructions)`;
    const fault = faults[index] === undefined ? '' : ` WRONG: ${faults[index]}`;
    console.log(`${machine} ${origin} ${access}: ${instructions.join('; ')}${length}${fault}`);
  }
  if (keep) keepCode(results);
  return faults.every((fault) => fault === undefined);
}

async function showTiers(keep: boolean, seed: number, begin = ''): Promise<void> {
  const results: TiersResult[] = [];
  for (const { machine, node, task } of tiersMatrix(seed)) {
    if (`node ${node}`.startsWith(begin)) results.push(await observeTiers(machine, node, task));
  }
  for (const { machine, runtime, patterns, window } of results) {
    console.log(`${machine} ${runtime}: ${JSON.stringify({ patterns, window })}`);
  }
  if (keep) keepTiers(results);
}

/** Runs what is to run on boards, and returns whether everything is as it must be. */
async function runBoards(boards: readonly BoardRuns[], keep: boolean): Promise<boolean> {
  const naive = ({ program }: ProgramRun) => program === 'naive.js';
  for (const machine of new Set(boards.map((board) => board.machine))) {
    await compileNative(machine, stop);
    if (boards.some(({ runs }) => runs.some(naive))) await compileView(machine);
  }
  let good = true;
  let compared = 0;
  for (const { machine, node, runs } of boards) {
    const results = await runPrograms(machine, node, runs);
    for (const result of results) {
      good = show(result) && good;
      if (result.run.program === 'program.js') compared += result.total.matched;
    }
    if (keep) keepResults(results);
  }
  const verdict = good ? 'everything is as said' : 'NOT everything is as said';
  if (compared > 0) console.log(`${compared} accesses compared: ${verdict}`);
  return good;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options, allowNegative: true });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const keep = values.write === true;
  const boards = selected(matrix(values), values);
  const wanted = (part: string) => values.part === part || (values.all === true && values.part === undefined);
  if (boards.length === 0 && !wanted('code') && !wanted('tiers')) {
    process.stderr.write('Nothing fits these options\n');
    return 2;
  }
  let good = await runBoards(boards, keep);
  if (wanted('code')) good = (await showCode(keep)) && good;
  if (wanted('tiers')) await showTiers(keep, Number(values.seed ?? 1), values.runtime);
  return good ? 0 : 1;
}

try {
  const code = await main();
  process.exitCode = stopCode ?? code;
} catch (error) {
  const { name, message, stack } = error as Error;
  // what the board needs is said in full by the message
  if (stopCode === undefined) process.stderr.write(`${name === 'BoardError' ? message : stack}\n`);
  process.exitCode = stopCode ?? 1;
}
