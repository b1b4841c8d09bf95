#include "fault.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mapping.h"

/* Those that our handler was put in front of, oldest first, each once. An entry never changes, so that the handler reads
 * it without a lock; `previous` is the one of the latest installation. */
#define PREVIOUS_LIMIT 16
static struct sigaction previous_handlers[PREVIOUS_LIMIT];
static int previous_count;
static _Atomic int previous;

static size_t page_size;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The threads that are passing a fault on; 0 is a free place. A handler installed after ours may pass a fault back to us,
 * and without this the two would pass it on for ever: then it goes to the oldest. Not a thread-local variable: the first touch of one may allocate,
 * and the model that does not (initial-exec) is one that musl refuses to a library loaded late. */
#define PASSING_ON_LIMIT 64
static _Atomic pid_t passing_on[PASSING_ON_LIMIT];

/* Returns the thread's place, or NULL when it has one already or all are taken. */
static _Atomic pid_t *start_passing_on(void) {
  pid_t thread = (pid_t)syscall(SYS_gettid);
  for (int i = 0; i < PASSING_ON_LIMIT; i++) {
    if (passing_on[i] == thread) return NULL;
  }
  for (int i = 0; i < PASSING_ON_LIMIT; i++) {
    pid_t none = 0;
    if (atomic_compare_exchange_strong(&passing_on[i], &none, thread)) return &passing_on[i];
  }
  return NULL;
}

static bool contain(uint8_t *address) {
  struct mapping *mapping = mapping_find(address);
  if (mapping == NULL) return false;

  uint8_t *base = mapping->base;
  uint8_t *page = address - (size_t)(address - base) % page_size;
  size_t length = page_size;
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  if (mmap(page, length, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) {
    /* A huge page cannot be replaced in part. */
    page = base;
    length = mapping->length;
    if (mmap(page, length, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) return false;
  }
  memset(page, 0xFF, length);
  if (!mapping->faulted) mapping->fault_offset = (size_t)(address - base);
  mapping->faulted = true;
  *mapping->fault_count += 1;
  return true;
}

/* Done by hand because a handler cannot be called through SIG_DFL: with the default action restored, the fault happens
 * again on return; a SIGBUS that somebody sent does not, and is raised anew. */
static void die_by_default(const siginfo_t *info) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(SIGBUS, &action, NULL);
  if (info->si_code <= 0) raise(SIGBUS);
}

static void pass_to(const struct sigaction *handler, int signal_number, siginfo_t *info, void *context) {
  if (handler->sa_flags & SA_SIGINFO) {
    handler->sa_sigaction(signal_number, info, context);
  } else if (handler->sa_handler == SIG_DFL || (handler->sa_handler == SIG_IGN && info->si_code > 0)) {
    die_by_default(info);
  } else if (handler->sa_handler != SIG_IGN) {
    handler->sa_handler(signal_number);
  }
}

static void pass_on(int signal_number, siginfo_t *info, void *context) {
  int latest = previous;
  _Atomic pid_t *place = start_passing_on();
  if (place == NULL) {
    if (latest == 0) die_by_default(info);
    else pass_to(&previous_handlers[0], signal_number, info, context);
    return;
  }
  pass_to(&previous_handlers[latest], signal_number, info, context);
  *place = 0;
}

static void on_bus_error(int signal_number, siginfo_t *info, void *context) {
  int saved_errno = errno;
  /* si_code above 0 means that the kernel raised it for an access, and si_addr is that access's address. */
  if (info->si_code <= 0 || !contain(info->si_addr)) pass_on(signal_number, info, context);
  errno = saved_errno;
}

static bool is_same(const struct sigaction *one, const struct sigaction *other) {
  if ((one->sa_flags & SA_SIGINFO) != (other->sa_flags & SA_SIGINFO)) return false;
  return (one->sa_flags & SA_SIGINFO) ? one->sa_sigaction == other->sa_sigaction
                                      : one->sa_handler == other->sa_handler;
}

/* Its index, or -1 when there is no place for another. Called with the lock held. */
static int remember(const struct sigaction *handler) {
  for (int i = 0; i < previous_count; i++) {
    if (is_same(&previous_handlers[i], handler)) return i;
  }
  if (previous_count == PREVIOUS_LIMIT) return -1;
  previous_handlers[previous_count] = *handler;
  return previous_count++;
}

/* Called with the lock held. */
static int stand_in_front_of(const struct sigaction *present) {
  int index = remember(present);
  if (index < 0) return -ENOMEM;
  struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
  action.sa_sigaction = on_bus_error;
  sigemptyset(&action.sa_mask);
  previous = index;
  return sigaction(SIGBUS, &action, NULL) == 0 ? 0 : -errno;
}

int fault_handler_install(void) {
  int error = 0;
  pthread_mutex_lock(&lock);
  page_size = (size_t)sysconf(_SC_PAGESIZE);
  struct sigaction present;
  if (sigaction(SIGBUS, NULL, &present) != 0) {
    error = -errno;
  } else if (!(present.sa_flags & SA_SIGINFO) || present.sa_sigaction != on_bus_error) {
    error = stand_in_front_of(&present);
  }
  pthread_mutex_unlock(&lock);
  return error;
}
