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

static struct sigaction previous;
static size_t page_size;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The threads that are passing a fault on; 0 is a free place. A handler installed after ours may pass a fault back to us,
 * and without this the two would pass it on for ever. Not a thread-local variable: the first touch of one may allocate,
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
  mapping->fault_offset = (size_t)(address - base);
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

static void pass_on(int signal_number, siginfo_t *info, void *context) {
  _Atomic pid_t *place = start_passing_on();
  if (place == NULL) {
    die_by_default(info);
    return;
  }
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(signal_number, info, context);
  } else if (previous.sa_handler == SIG_DFL || (previous.sa_handler == SIG_IGN && info->si_code > 0)) {
    die_by_default(info);
  } else if (previous.sa_handler != SIG_IGN) {
    previous.sa_handler(signal_number);
  }
  *place = 0;
}

static void on_bus_error(int signal_number, siginfo_t *info, void *context) {
  int saved_errno = errno;
  /* si_code above 0 means that the kernel raised it for an access, and si_addr is that access's address. */
  if (info->si_code <= 0 || !contain(info->si_addr)) pass_on(signal_number, info, context);
  errno = saved_errno;
}

int fault_handler_install(void) {
  int error = 0;
  pthread_mutex_lock(&lock);
  page_size = (size_t)sysconf(_SC_PAGESIZE);
  struct sigaction present;
  if (sigaction(SIGBUS, NULL, &present) != 0) {
    error = -errno;
  } else if (!(present.sa_flags & SA_SIGINFO) || present.sa_sigaction != on_bus_error) {
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    action.sa_sigaction = on_bus_error;
    sigemptyset(&action.sa_mask);
    previous = present;
    if (sigaction(SIGBUS, &action, NULL) != 0) error = -errno;
  }
  pthread_mutex_unlock(&lock);
  return error;
}
