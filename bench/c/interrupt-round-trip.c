/*
 * The same as roundTrips() in ../board/guest.ts, in C: raises edu's interrupt and waits for it with poll and read. Prints
 * the nanoseconds of each round trip. Arguments: the device node of uio_pci_generic, the device's folder in sysfs, rounds.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define INTERRUPT_RAISE (0x60 / 4)
#define INTERRUPT_ACKNOWLEDGE (0x64 / 4)
#define COMMAND 4
#define INTX_DISABLE (1 << 10)

static int open_file(const char *folder, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int fd = open(path, O_RDWR | O_SYNC);
  if (fd < 0) {
    perror(path);
    exit(1);
  }
  return fd;
}

static void enable_interrupt(int config) {
  uint16_t command;
  if (pread(config, &command, sizeof command, COMMAND) != sizeof command) exit(1);
  command &= (uint16_t)~INTX_DISABLE;
  if (pwrite(config, &command, sizeof command, COMMAND) != sizeof command) exit(1);
}

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int uio = open(argv[1], O_RDWR | O_NONBLOCK);
  int config = open_file(argv[2], "config");
  int resource = open_file(argv[2], "resource0");
  volatile uint32_t *regs = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_SHARED, resource, 0);
  if (uio < 0 || regs == MAP_FAILED) return 1;

  enable_interrupt(config);
  for (long rounds = atol(argv[3]); rounds > 0; rounds--) {
    int32_t count;
    struct pollfd request = {.fd = uio, .events = POLLIN};
    int64_t start = now_ns();
    regs[INTERRUPT_RAISE] = 1;
    if (poll(&request, 1, -1) != 1 || read(uio, &count, sizeof count) != sizeof count) return 1;
    printf("%lld\n", (long long)(now_ns() - start));
    regs[INTERRUPT_ACKNOWLEDGE] = 1;
    enable_interrupt(config);
  }
  return 0;
}
