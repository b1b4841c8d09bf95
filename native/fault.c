#include "fault.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mapping.h"

static struct sigaction previous;
static size_t page_size;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* A handler installed after ours may pass a fault back to us; without this the two would pass it on for ever.
 * Initial-exec, because the first touch of any other thread-local variable may allocate. */
static _Thread_local bool passing_on __attribute__((tls_model("initial-exec")));

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
  if (passing_on) {
    die_by_default(info);
    return;
  }
  passing_on = true;
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(signal_number, info, context);
  } else if (previous.sa_handler == SIG_DFL || (previous.sa_handler == SIG_IGN && info->si_code > 0)) {
    die_by_default(info);
  } else if (previous.sa_handler != SIG_IGN) {
    previous.sa_handler(signal_number);
  }
  passing_on = false;
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
