import { SystemError } from '../errors.js';
import { native } from '../native/binding.js';

/*
 * Waiting for descriptors: one native thread for each JavaScript thread, whatever the number of devices, started when
 * the first wait begins.
 */

const callbacks = new Map<number, () => void>();
let lastId = 0;
let started = false;

function start(): void {
  const error = native.startWatcher((id) => callbacks.get(id)?.());
  if (error < 0) throw new SystemError(error, 'epoll_create');
  started = true;
}

/** Ids only tell watches apart that exist at the same time; 0 belongs to the native thread. */
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
    throw new SystemError(
      error,
      'epoll_ctl',
      path,
      'It cannot be waited for: is it a device with an interrupt?',
    );
  }
  callbacks.set(id, callback);
  return () => {
    if (callbacks.delete(id)) native.unwatch(fd);
  };
}
