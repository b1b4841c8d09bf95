/*
 * Waiting for file descriptors to become readable, on one thread of our own for each JavaScript environment.
 *
 * libuv could do it on Node.js, but Deno and Bun have none (a uv_poll add-on crashes both), and a blocking read would
 * hold a pool thread for each device.
 */
#ifndef MMAPIO_WATCH_H
#define MMAPIO_WATCH_H

#include <node_api.h>
#include <stdint.h>

struct watcher;

/* Starts the thread. It calls `callback(id)` in the environment's own thread, and ends with the environment. Should it be
 * unable to wait any more, it calls `callback(0)`, for every watch, and ends. Returns NULL with errno set. */
struct watcher *watcher_start(napi_env env, napi_value callback);

/* Calls back once, when `fd` is readable or broken. A process with a pending watch stays alive. Every add that
 * succeeded is paired with a remove, which must come before `fd` is closed. Both return 0 or a negative errno. */
int watcher_add(struct watcher *watcher, int fd, uint32_t id);
int watcher_remove(struct watcher *watcher, int fd);

/* Waits in the calling thread. Returns 1 when `fd` is readable or broken, 0 when the time (milliseconds, negative for
 * no limit) is up, or a negative errno. Interrupting signals do not shorten the wait. */
int watch_poll(int fd, double timeout_ms);

#endif
