/* Ctrl-C and its kin, for commands that run until they are told to stop. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work that the user ends: the first signal aborts, so that the work can put terminal and device in order; a second one
 * ends the process.
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    forget();
    controller.abort();
  };
  const forget = () => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
  // Simulated devices and abort signals keep no process alive by themselves.
  const alive = setInterval(() => {}, 0x7fffffff);
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    clearInterval(alive);
    forget();
  }
}

/** Milliseconds of rest; an abort ends them early, without an error. */
export function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}
