import type { Engine } from 'mmapio';
import { type Ground, grounds, openMarks } from './grounds.js';
import { ordinaryGround, Recorder, runPatterns } from './pattern-run.js';
import { randomProgram } from './random-program.js';
import { runtimeName } from './runtime-name.js';
import { sendStatement } from './statement.js';
import { runWorkers } from './workers.js';

/** What the program is to do: its only argument, as JSON. */
export interface ProgramTask {
  /** Number of this run on its board. */
  run: number;
  ground: string;
  engine: Engine;
  count: number;
  warm: number;
  seed: number;
  /** How many random programs. */
  programs: number;
  workers: boolean;
}

const STATEMENTS = 600;
/** How often a random program runs over ordinary memory before it runs hot. */
const WARM_ROUNDS = 200;

function runRandomPrograms(recorder: Recorder, ground: Ground, task: ProgramTask): void {
  const ordinary = ordinaryGround(ground, task.engine);
  for (let index = 0; index < task.programs; index++) {
    const seed = task.seed + index;
    const program = randomProgram(seed, STATEMENTS, ground);
    for (const heat of ['cold', 'hot']) {
      if (heat === 'hot') for (let round = 0; round < WARM_ROUNDS; round++) program.run(ordinary.io, []);
      const got: unknown[] = [];
      recorder.record(
        `random program ${seed}, ${heat}`,
        ground,
        () => program.run(ground.io, got),
        (say) => program.says(say, got),
      );
    }
  }
}

const task = JSON.parse(process.argv[2] ?? '') as ProgramTask;
const open = grounds[task.ground];
if (open === undefined) throw new Error(`There is no ground ${task.ground}`);
const ground = open(task.engine);
const recorder = new Recorder(openMarks(), task.run);
runPatterns(recorder, ground, task.engine, task);
runRandomPrograms(recorder, ground, task);
if (task.workers) {
  await runWorkers(recorder, {
    ground: task.ground,
    engine: task.engine,
    count: Math.ceil(task.count / 4),
    seed: task.seed,
  });
}
sendStatement({ runtime: runtimeName(), engine: task.engine, segments: recorder.segments }, recorder.log);
