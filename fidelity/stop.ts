import { constants } from 'node:os';

const stopped = new AbortController();

/** Aborted when the suite is told to end: a board is a process group of its own and would go on. */
export const stop: AbortSignal = stopped.signal;

/** The exit code for having been told to end, or undefined. */
export let stopCode: number | undefined;

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    stopCode ??= 128 + constants.signals[name];
    stopped.abort();
  });
}
