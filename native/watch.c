#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct watcher {
  napi_env env;
  napi_threadsafe_function report;
  pthread_t thread;
  int epoll_fd;
  int stop_fd;
  atomic_int broken; /* errno of what ended the thread before its time, or 0 */
  size_t pending;
};

/* Ids start at 1, so that 0 is free: for the descriptor that ends the thread, and in a report for every watch. */
#define STOP_ID 0
#define EVERY_ID 0

static void call_back(napi_env env, napi_value callback, void *context, void *data) {
  (void)context;
  if (env == NULL) return; /* the environment is going away */
  napi_value undefined, id;
  napi_get_undefined(env, &undefined);
  napi_create_uint32(env, (uint32_t)(uintptr_t)data, &id);
  napi_call_function(env, undefined, callback, 1, &id, NULL);
}

static void report(struct watcher *watcher, uint32_t id) {
  napi_call_threadsafe_function(watcher->report, (void *)(uintptr_t)id, napi_tsfn_nonblocking);
}

static void *run(void *argument) {
  struct watcher *watcher = argument;
  for (;;) {
    struct epoll_event event;
    int ready = epoll_wait(watcher->epoll_fd, &event, 1, -1);
    if (ready < 0 && errno != EINTR) {
      /* Trying again would fail again, without end. Whoever is told now and watches again is refused. */
      atomic_store(&watcher->broken, errno);
      report(watcher, EVERY_ID);
      return NULL;
    }
    if (ready != 1) continue;
    if (event.data.u32 == STOP_ID) return NULL;
    report(watcher, event.data.u32);
  }
}

/* Signals belong to the threads of the runtime. */
static int start_thread(struct watcher *watcher) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&watcher->thread, NULL, run, watcher);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error;
}

static int open_descriptors(struct watcher *watcher) {
  watcher->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  watcher->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct epoll_event stop = {.events = EPOLLIN, .data.u32 = STOP_ID};
  if (watcher->epoll_fd < 0 || watcher->stop_fd < 0) return errno;
  return epoll_ctl(watcher->epoll_fd, EPOLL_CTL_ADD, watcher->stop_fd, &stop) == 0 ? 0 : errno;
}

static void close_descriptors(struct watcher *watcher) {
  if (watcher->epoll_fd >= 0) close(watcher->epoll_fd);
  if (watcher->stop_fd >= 0) close(watcher->stop_fd);
}

static int create_report(struct watcher *watcher, napi_value callback) {
  napi_value name;
  napi_create_string_utf8(watcher->env, "mmapio watcher", NAPI_AUTO_LENGTH, &name);
  if (napi_create_threadsafe_function(watcher->env, callback, NULL, name, 0, 1, NULL, NULL, NULL, call_back,
                                      &watcher->report) != napi_ok) {
    return ENOMEM;
  }
  napi_unref_threadsafe_function(watcher->env, watcher->report);
  return 0;
}

/* Once this has returned, nothing is called back any more. */
static void stop(void *data) {
  struct watcher *watcher = data;
  const uint64_t one = 1;
  while (write(watcher->stop_fd, &one, sizeof one) < 0 && errno == EINTR) continue;
  pthread_join(watcher->thread, NULL);
  napi_release_threadsafe_function(watcher->report, napi_tsfn_abort);
  close_descriptors(watcher);
  free(watcher);
}

struct watcher *watcher_start(napi_env env, napi_value callback) {
  struct watcher *watcher = calloc(1, sizeof *watcher);
  if (watcher == NULL) return NULL;
  watcher->env = env;
  int error = open_descriptors(watcher);
  if (error == 0) error = create_report(watcher, callback);
  if (error == 0) {
    error = start_thread(watcher);
    if (error != 0) napi_release_threadsafe_function(watcher->report, napi_tsfn_abort);
  }
  if (error != 0) {
    close_descriptors(watcher);
    free(watcher);
    errno = error;
    return NULL;
  }
  /* Cleanup hooks run last in, first out: this one before that of the thread-safe function, which the thread uses. */
  napi_add_env_cleanup_hook(env, stop, watcher);
  return watcher;
}

int watcher_add(struct watcher *watcher, int fd, uint32_t id) {
  int broken = atomic_load(&watcher->broken);
  if (broken != 0) return -broken;
  struct epoll_event event = {.events = EPOLLIN | EPOLLPRI | EPOLLONESHOT, .data.u32 = id};
  if (epoll_ctl(watcher->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) return -errno;
  if (watcher->pending++ == 0) napi_ref_threadsafe_function(watcher->env, watcher->report);
  return 0;
}

int watcher_remove(struct watcher *watcher, int fd) {
  int error = epoll_ctl(watcher->epoll_fd, EPOLL_CTL_DEL, fd, NULL) == 0 ? 0 : -errno;
  if (--watcher->pending == 0) napi_unref_threadsafe_function(watcher->env, watcher->report);
  return error;
}

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int watch_poll(int fd, double timeout_ms) {
  /* The clock is asked only where it matters: on some machines it is a slow device. */
  const double deadline = timeout_ms > 0 ? now_ms() + timeout_ms : 0;
  for (;;) {
    struct timespec left, *limit = NULL;
    if (timeout_ms >= 0) {
      double ms = timeout_ms > 0 ? deadline - now_ms() : 0;
      if (ms < 0) ms = 0;
      left.tv_sec = (time_t)(ms / 1e3);
      left.tv_nsec = (long)((ms - (double)left.tv_sec * 1e3) * 1e6);
      limit = &left;
    }
    struct pollfd request = {.fd = fd, .events = POLLIN | POLLPRI};
    int ready = ppoll(&request, 1, limit, NULL);
    if (ready >= 0) return ready;
    if (errno != EINTR) return -errno;
  }
}
