import { parentPort, workerData } from 'node:worker_threads';
import type { Engine } from 'mmapio';
import { AccessLog } from '../access-log.js';
import { grounds } from './grounds.js';
import { copies, makePlan } from './pattern-run.js';
import { Say, type Width } from './statement.js';

/** What a worker is told. */
export interface WorkerTask {
  ground: string;
  engine: Engine;
  /** Start of the stretch that is this worker's own. */
  offset: number;
  widths: readonly Width[];
  count: number;
  seed: number;
  /** Becomes 1 when all may begin. */
  signal: Int32Array;
}

export interface WorkerResult {
  accesses: number;
  bytes: Uint8Array[];
}

const { ground: name, engine, offset, widths, count, seed, signal } = workerData as WorkerTask;
const open = grounds[name];
if (open === undefined) throw new Error(`There is no ground ${name}`);
const ground = { ...open(engine), offset };
const runs = copies(widths).map((copy) => ({ copy, plan: makePlan(ground, copy.width, count, seed) }));
parentPort?.postMessage('ready');
Atomics.wait(signal, 0, 0);
for (const { copy, plan } of runs) copy.run(ground.io, plan);

const log = new AccessLog();
const say = new Say(log, ground);
for (const { copy, plan } of runs) {
  say.width = copy.width;
  copy.pattern.says(say, plan);
}
const result: WorkerResult = { accesses: log.length, bytes: [...log.encode()].map((bytes) => bytes.slice()) };
parentPort?.postMessage(result);
