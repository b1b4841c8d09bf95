import { Worker } from 'node:worker_threads';
import { AccessLog } from '../access-log.js';
import type { Recorder } from './pattern-run.js';
import type { Width } from './statement.js';
import type { WorkerResult, WorkerTask } from './worker.js';

/** One worker for each of these. */
const WIDTHS: readonly (readonly Width[])[] = [[4], [2], [1, 8]];
/** Bytes of the device that are one worker's own. */
const STRETCH = 0x4000;

/** Runs all patterns in several workers at once, each on registers of its own. */
export async function runWorkers(
  recorder: Recorder,
  task: Omit<WorkerTask, 'offset' | 'widths' | 'signal'>,
): Promise<void> {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const workers = WIDTHS.map((widths, index) => {
    const own = { widths, seed: task.seed + index, offset: (index + 1) * STRETCH };
    const workerData: WorkerTask = { ...task, ...own, signal };
    return new Worker(new URL('./worker.js', import.meta.url), { workerData });
  });
  await Promise.all(workers.map((worker) => message(worker)));
  recorder.begin();
  const results = workers.map((worker) => message(worker) as Promise<WorkerResult>);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
  const logs = (await Promise.all(results)).map(({ accesses, bytes }) =>
    AccessLog.decode(Buffer.concat(bytes), accesses),
  );
  recorder.idle();
  recorder.end(
    `all patterns, ${WIDTHS.length} workers at once`,
    () => {
      for (const log of logs) recorder.log.append(log);
    },
    { stretch: STRETCH },
  );
  await Promise.all(workers.map((worker) => worker.terminate()));
}

/** The next message of a worker; its failure is this program's. */
function message(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
