/* Times the C side of `npm run bench` over the file given and prints one JSON object of nanoseconds. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "checked-access.h"

#define ACCESSES 1000000
#define BLOCK 4096
#define BLOCKS 500
#define CYCLES 300
#define REPEATS 20

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct region region;
static uint32_t memory[BLOCK];
static const char *path;

static void reads(void) {
  uint32_t sum = 0, value = 0;
  for (size_t i = 0; i < ACCESSES; i++) {
    if (checked_read32(&region, (i & 63) * 4, &value) != 0) abort();
    sum += value;
  }
  *(volatile uint32_t *)memory = sum;
}

static void writes(void) {
  for (size_t i = 0; i < ACCESSES; i++) {
    if (checked_write32(&region, (i & 63) * 4, (uint32_t)i) != 0) abort();
  }
}

static void block_reads(void) {
  for (size_t i = 0; i < BLOCKS; i++) block_read32(&region, memory, BLOCK);
}
static void block_writes(void) {
  for (size_t i = 0; i < BLOCKS; i++) block_write32(&region, memory, BLOCK);
}
static void fifo_reads(void) {
  for (size_t i = 0; i < BLOCKS; i++) fifo_read32(&region, memory, BLOCK);
}
static void fifo_writes(void) {
  for (size_t i = 0; i < BLOCKS; i++) fifo_write32(&region, memory, BLOCK);
}

static void cycles(void) {
  for (int i = 0; i < CYCLES; i++) {
    int fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
    void *pages = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (pages == MAP_FAILED || munmap(pages, 4096) != 0) abort();
  }
}

/* The best of several runs: the others were disturbed. */
static void report(const char *name, void (*work)(void), double count, const char *end) {
  double best = 1e300;
  for (int i = 0; i < REPEATS; i++) {
    double start = now_ns();
    work();
    double took = now_ns() - start;
    if (took < best) best = took;
  }
  printf("\"%s\": %.4f%s", name, best / count, end);
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  path = argv[1];
  int fd = open(path, O_RDWR | O_SYNC);
  void *pages = mmap(NULL, BLOCK * 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (pages == MAP_FAILED) return 1;
  region = (struct region){.base = pages, .length = BLOCK * 4};
  printf("{");
  report("read", reads, ACCESSES, ", ");
  report("write", writes, ACCESSES, ", ");
  report("readBlock", block_reads, (double)BLOCKS * BLOCK, ", ");
  report("writeBlock", block_writes, (double)BLOCKS * BLOCK, ", ");
  report("readFifo", fifo_reads, (double)BLOCKS * BLOCK, ", ");
  report("writeFifo", fifo_writes, (double)BLOCKS * BLOCK, ", ");
  report("cycle", cycles, CYCLES, "}\n");
  return 0;
}
