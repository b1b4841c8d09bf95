/*
 * The same as ../board/guest.ts, in C: waits for edu's interrupt with poll and read. Prints nanoseconds, a line each.
 *
 *   interrupts round-trips UIO FOLDER ROUNDS   from the write that raises it to the code behind poll and read
 *   interrupts wake-ups UIO FOLDER ROUNDS      the same for a process that sleeps in poll, while another one writes
 *   interrupts raise FOLDER ROUNDS             that other process: the times at which it wrote
 *
 * UIO is the device node of uio_pci_generic, FOLDER the device's in sysfs.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define INTERRUPT_STATUS (0x24 / 4)
#define INTERRUPT_RAISE (0x60 / 4)
#define INTERRUPT_ACKNOWLEDGE (0x64 / 4)
#define COMMAND 4
#define INTX_DISABLE (1 << 10)

/* Longer than a process needs to fall asleep. */
static const struct timespec pause_between = {.tv_nsec = 2000000};

struct device {
  int uio;
  int config;
  volatile uint32_t *regs;
};

static void require(int condition, const char *what) {
  if (condition) return;
  perror(what);
  exit(1);
}

static int open_file(const char *folder, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int fd = open(path, O_RDWR | O_SYNC);
  require(fd >= 0, path);
  return fd;
}

static volatile uint32_t *map_registers(const char *folder) {
  void *regs = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_SHARED, open_file(folder, "resource0"), 0);
  require(regs != MAP_FAILED, "mmap");
  return regs;
}

static struct device open_device(const char *node, const char *folder) {
  struct device device = {.uio = open(node, O_RDWR | O_NONBLOCK)};
  require(device.uio >= 0, node);
  device.config = open_file(folder, "config");
  device.regs = map_registers(folder);
  return device;
}

static void enable_interrupt(const struct device *device) {
  uint16_t command;
  require(pread(device->config, &command, sizeof command, COMMAND) == sizeof command, "pread");
  command &= (uint16_t)~INTX_DISABLE;
  require(pwrite(device->config, &command, sizeof command, COMMAND) == sizeof command, "pwrite");
}

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Returns the time behind the wait. */
static int64_t wait_for_interrupt(const struct device *device) {
  int32_t count;
  struct pollfd request = {.fd = device->uio, .events = POLLIN};
  require(poll(&request, 1, -1) == 1 && read(device->uio, &count, sizeof count) == sizeof count, "poll");
  return now_ns();
}

static void serve(const struct device *device) {
  device->regs[INTERRUPT_ACKNOWLEDGE] = device->regs[INTERRUPT_STATUS];
  enable_interrupt(device);
}

static void round_trips(const struct device *device, long rounds) {
  while (rounds-- > 0) {
    const int64_t start = now_ns();
    device->regs[INTERRUPT_RAISE] = 1;
    printf("%lld\n", (long long)(wait_for_interrupt(device) - start));
    serve(device);
  }
}

/* Each time when the one before has been served, and whoever serves it had time to sleep again. */
static void raise_interrupts(volatile uint32_t *regs, long rounds, volatile int64_t *times) {
  for (long i = 0; i < rounds; i++) {
    do nanosleep(&pause_between, NULL);
    while (regs[INTERRUPT_STATUS] != 0);
    times[i] = now_ns();
    regs[INTERRUPT_RAISE] = 1;
  }
}

static volatile int64_t *shared_times(long rounds) {
  const size_t length = (size_t)rounds * sizeof(int64_t);
  void *times = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  require(times != MAP_FAILED, "mmap");
  return times;
}

static void wake_ups(const struct device *device, long rounds) {
  volatile int64_t *raised = shared_times(rounds);
  const pid_t raiser = fork();
  require(raiser >= 0, "fork");
  if (raiser == 0) {
    raise_interrupts(device->regs, rounds, raised);
    _exit(0);
  }
  for (long i = 0; i < rounds; i++) {
    const int64_t awake = wait_for_interrupt(device);
    printf("%lld\n", (long long)(awake - raised[i]));
    serve(device);
  }
  waitpid(raiser, NULL, 0);
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "raise") == 0) {
    const long rounds = atol(argv[3]);
    volatile int64_t *times = shared_times(rounds);
    raise_interrupts(map_registers(argv[2]), rounds, times);
    for (long i = 0; i < rounds; i++) printf("%lld\n", (long long)times[i]);
    return 0;
  }
  if (argc != 5) return 2;
  const struct device device = open_device(argv[2], argv[3]);
  enable_interrupt(&device);
  if (strcmp(argv[1], "round-trips") == 0) round_trips(&device, atol(argv[4]));
  else if (strcmp(argv[1], "wake-ups") == 0) wake_ups(&device, atol(argv[4]));
  else return 2;
  return 0;
}
