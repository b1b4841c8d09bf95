import { Writable } from 'node:stream';
import { startBoard } from '../board/board.js';
import { checkout, shellCommand } from '../board/host.js';
import { arm64, type Machine } from '../board/machine.js';
import { boardFiles, guestPath } from '../board/payload.js';
import { AccessLog } from './access-log.js';
import {
  addComparison,
  type Comparison,
  compare,
  compareByStretch,
  countMismatches,
  explain,
  type MismatchKind,
} from './compare.js';
import type { Segment, StatementHeader } from './guest/statement.js';
import { type Runtime, runtimeFiles, runtimeLabel, startCommand } from './runtimes.js';
import { stop } from './stop.js';
import { traceArguments, Witness } from './witness.js';

/** A program to run on a board and to compare with what the witness saw. */
export interface ProgramRun {
  /** File below build/fidelity/guest. */
  program: string;
  /** Its argument; the number of the run is added. */
  task: object;
  runtime: Runtime;
}

interface SegmentResult {
  name: string;
  /** What it must be found to be, where it is wrong on purpose. */
  expected?: MismatchKind | undefined;
  comparison: Comparison;
}

export interface RunResult {
  run: ProgramRun;
  machine: string;
  /** What the runtime says it is. */
  runtime: string;
  total: Comparison;
  segments: SegmentResult[];
  seconds: number;
  /** Why the program did not come to its end. */
  failure?: Error;
}

interface Statement {
  header: StatementHeader;
  log: AccessLog;
  seconds: number;
}

/** The programs, and the library's modules one by one. */
export const guestFiles: readonly string[] = [`${checkout}/build/fidelity`, `${checkout}/build/src`];

/** Runs programs, one after the other on one board, and compares each with the witness. */
export async function runPrograms(
  machine: Machine,
  node: string,
  runs: readonly ProgramRun[],
): Promise<RunResult[]> {
  const witness = new Witness();
  const other = runs.map((run) => run.runtime).find((runtime) => runtime.name !== 'node');
  const files = [
    ...boardFiles(machine, guestFiles),
    ...(other === undefined ? [] : await runtimeFiles(other, machine)),
  ];
  const board = await startBoard({
    machine,
    node,
    files,
    signal: stop,
    qemuLog: (data) => witness.receive(data),
    extraQemuArguments: [...traceArguments, ...(machine === arm64 ? nvme : [])],
  });
  const statements: (Statement | Error)[] = [];
  try {
    for (const [index, run] of runs.entries()) {
      stop.throwIfAborted();
      const program = guestPath(`${checkout}/build/fidelity/guest/${run.program}`);
      const task = JSON.stringify({ ...run.task, run: index + 1 });
      const command = `cd ${guestPath(checkout)} && ${shellCommand(startCommand(run.runtime, program, task))}`;
      const statement = state(command, (line, options) => board.run(line, options), run);
      statements.push(await statement.catch((error: Error) => error));
    }
  } finally {
    await board.stop();
  }
  return runs.map((run, index) => judge(run, machine, statements[index] as Statement | Error, witness));
}

/** The memory buffer that marks are set in, on the machine that does not have one anyway. */
const nvme = ['-device', 'nvme,serial=board,cmb_size_mb=1'];

type RunCommand = (command: string, options: { stdout: Writable; stderr: Writable }) => Promise<number>;

/** Runs a program and takes what it says. */
async function state(command: string, execute: RunCommand, run: ProgramRun): Promise<Statement> {
  const output: Buffer[] = [];
  const messages: Buffer[] = [];
  const collect = (pieces: Buffer[]) =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        // the piece's memory is used again
        pieces.push(Buffer.from(chunk));
        done();
      },
    });
  const start = performance.now();
  const code = await execute(command, { stdout: collect(output), stderr: collect(messages) });
  const text = Buffer.concat(messages).toString().trimEnd();
  if (code !== 0) {
    throw new Error(
      `${run.program} on ${runtimeLabel(run.runtime)} ended with ${code}: ${JSON.stringify(run.task)}\n${text}`,
    );
  }
  const bytes = Buffer.concat(output);
  const end = bytes.indexOf('\n');
  const header = JSON.parse(bytes.toString('utf8', 0, end)) as StatementHeader;
  const log = AccessLog.decode(bytes.subarray(end + 1), header.accesses);
  return { header, log, seconds: (performance.now() - start) / 1000 };
}

function judge(run: ProgramRun, machine: Machine, statement: Statement | Error, witness: Witness): RunResult {
  const total: Comparison = { said: 0, seen: 0, matched: 0, mismatches: {}, examples: [] };
  const result = { run, machine: machine.name, total };
  if (statement instanceof Error) {
    return { ...result, runtime: runtimeLabel(run.runtime), segments: [], seconds: 0, failure: statement };
  }
  const segments = statement.header.segments.map((segment) => {
    const comparison = judgeSegment(segment, statement.log, witness);
    addComparison(total, comparison);
    return { name: segment.name, expected: segment.expected, comparison };
  });
  const { runtime } = statement.header;
  return { ...result, runtime, segments, seconds: statement.seconds };
}

function judgeSegment(segment: Segment, log: AccessLog, witness: Witness): Comparison {
  const said = new AccessLog();
  said.append(log, segment.start, segment.end);
  const seen = witness.segments.get(segment.mark) ?? new AccessLog();
  return segment.stretch === undefined ? compare(said, seen) : compareByStretch(said, seen, segment.stretch);
}

/** What each mutation was found to be, and whether it is what it must be. */
export function mutations(result: RunResult): { line: string; caught: boolean }[] {
  return result.segments.map(({ name, expected, comparison }) => {
    const [example] = comparison.examples;
    const found = Object.entries(comparison.mismatches).map(([kind, count]) => `${count} ${kind}`);
    const caught = expected !== undefined && Object.keys(comparison.mismatches).join() === expected;
    const shown = example === undefined ? '' : `; ${explain(example)}`;
    return { line: `${name}: ${found.join(', ') || 'not found'}${shown}`, caught };
  });
}

/** What went wrong, a line for each pattern that did. */
export function complaints(result: RunResult): string[] {
  return result.segments
    .filter(({ comparison }) => countMismatches(comparison) > 0)
    .map(({ name, comparison }) => {
      const counts = Object.entries(comparison.mismatches).map(([kind, count]) => `${count} ${kind}`);
      const { examples, said, seen } = comparison;
      const shown = examples.slice(0, 2).map((mismatch) => `\n    ${explain(mismatch)}`);
      return `  ${name}: said ${said}, seen ${seen}: ${counts.join(', ')}${shown.join('')}`;
    });
}
