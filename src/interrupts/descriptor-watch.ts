import { SystemError } from '../errors.js';
import { native } from '../native/binding.js';

/*
 * Waiting for descriptors: one native thread for each JavaScript thread, whatever the number of devices, started when
 * the first wait begins.
 */

const callbacks = new Map<number, () => void>();
let lastId = 0;
let started = false;

/** What the native thread reports when it has to end: whoever waits looks, watches again, and gets the reason. */
const EVERY_ID = 0;

function report(id: number): void {
  if (id !== EVERY_ID) callbacks.get(id)?.();
  else for (const callback of [...callbacks.values()]) callback();
}

function start(): void {
  const error = native.startWatcher(report);
  if (error < 0) throw new SystemError(error, 'epoll_create');
  started = true;
}

/** Ids only tell watches apart that exist at the same time. */
function nextId(): number {
  do lastId = (lastId % 0xffffffff) + 1;
  while (callbacks.has(lastId));
  return lastId;
}

/**
 * Calls back once, later, when `fd` is readable or broken, and keeps the process alive until then. The function that it
 * returns ends the watch: it must be called, also after the call back, and before `fd` is closed.
 *
 * @param path - what `fd` is, for messages
 */
export function watchReadable(fd: number, path: string, callback: () => void): () => void {
  if (!started) start();
  const id = nextId();
  const error = native.watch(fd, id);
  if (error < 0) {
    throw new SystemError(error, 'epoll_ctl', path, remedy);
  }
  callbacks.set(id, callback);
  return () => {
    if (callbacks.delete(id)) native.unwatch(fd);
  };
}

function remedy(code: string): string | undefined {
  return code === 'EPERM' ? 'It cannot be waited for: is it a device with an interrupt?' : undefined;
}
