/*
 * The C core without JavaScript, under AddressSanitizer and LeakSanitizer (`make -C native check`): mappings, contained
 * bus errors and transfers, from several threads at once.
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../access.h"
#include "../mapping.h"
#include "../transfer.h"

#undef NDEBUG

static size_t page;

static int open_file(size_t length) {
  int fd = memfd_create("core-test", MFD_CLOEXEC);
  assert(fd >= 0 && ftruncate(fd, (off_t)length) == 0);
  return fd;
}

static int open_mapping(int fd, size_t length, uint8_t *window_address, volatile uint32_t *fault_count) {
  struct mapping_request request = {.fd = fd,
                                    .length = length,
                                    .writable = true,
                                    .window_address = window_address,
                                    .fault_count = fault_count,
                                    .owner = (const void *)fault_count};
  int slot = mapping_open(&request);
  assert(slot >= 0);
  return slot;
}

static void accesses_of_every_width_arrive(void) {
  volatile uint32_t faults = 0;
  int fd = open_file(page);
  int slot = open_mapping(fd, page, NULL, &faults);
  uint8_t *base = mapping_at(slot)->base;
  store64(base, 0x1122334455667788);
  assert(load8(base + 7) == 0x11 && load16(base + 4) == 0x3344 && load32(base) == 0x55667788);
  store8(base, 1);
  store16(base + 2, 2);
  store32(base + 4, 3);
  assert(load64(base) == 0x0000000300027701 && faults == 0);
  assert(mapping_sync(slot, 0, page) == 0);
  mapping_close(slot);
  mapping_close(slot);
  close(fd);
}

static void a_closed_mapping_reads_as_zeros_while_it_is_viewed(void) {
  volatile uint32_t faults = 0;
  int fd = open_file(page);
  int slot = open_mapping(fd, page, NULL, &faults);
  uint8_t *view = mapping_view(slot);
  store32(view, 0x5a5a5a5a);
  mapping_close(slot);
  assert(load32(view) == 0);
  store32(view, 0xffffffff);
  int other = open_mapping(fd, page, NULL, &faults);
  assert(mapping_at(other)->base != view && load32(mapping_at(other)->base) == 0x5a5a5a5a);
  mapping_view_gone(view, page);

  /* The view may also end first. */
  uint8_t *base = mapping_view(other);
  mapping_view_gone(base, page);
  assert(load32(base) == 0x5a5a5a5a);
  mapping_close(other);
  assert(msync(base, page, MS_ASYNC) == -1 && errno == ENOMEM);
  close(fd);
}

static void a_refused_mapping_leaves_the_window_whole(void) {
  volatile uint32_t faults = 0;
  uint8_t *window = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  struct mapping_request request = {.fd = -1, .length = page, .window_address = window, .fault_count = &faults};
  assert(mapping_open(&request) == -EBADF);
  memset(window, 1, 4 * page);

  int fd = open_file(page);
  int slot = open_mapping(fd, page, window + page, &faults);
  store8(window + page, 7);
  assert(mapping_find(window + page) == mapping_at(slot) && mapping_find(window) == NULL);
  mapping_close(slot);
  assert(window[page] == 0 && window[2 * page] == 1);
  munmap(window, 4 * page);
  close(fd);
}

static void transfers_move_every_element_once(void) {
  volatile uint32_t faults = 0;
  size_t length = 4 * page;
  int fd = open_file(length);
  int slot = open_mapping(fd, length, NULL, &faults);
  for (unsigned width = 1; width <= 8; width *= 2) {
    for (int how = 0; how < 4; how++) {
      struct transfer transfer = {.mapping = mapping_at(slot),
                                  .fixed = (how & 1) != 0,
                                  .swap_bytes = (how & 2) != 0,
                                  .width = width,
                                  .count = length / width,
                                  .to_device = true};
      uint8_t *out = malloc(length), *in = malloc(length);
      for (size_t i = 0; i < length; i++) out[i] = (uint8_t)(i * 7 + width);
      transfer.memory = out;
      transfer_run(&transfer);
      transfer.to_device = false;
      transfer.memory = in;
      transfer_run(&transfer);
      if (!transfer.fixed) assert(memcmp(in, out, length) == 0);
      else assert(memcmp(in, out + length - width, width) == 0);
      free(out);
      free(in);
    }
  }
  assert(faults == 0);
  mapping_close(slot);
  close(fd);
}

/* The second page stands for one behind which another device answers. */
static void a_transfer_stops_before_the_page_behind_its_bus_error(void) {
  volatile uint32_t faults = 0;
  int fd = open_file(2 * page);
  int slot = open_mapping(fd, 2 * page, NULL, &faults);
  struct mapping *mapping = mapping_at(slot);
  assert(ftruncate(fd, 0) == 0);
  uint32_t memory[2048] = {0};
  struct transfer transfer = {
      .mapping = mapping, .offset = 2048, .width = 4, .memory = memory, .count = 1024, .to_device = true};
  transfer_run(&transfer);
  assert(faults == 1);
  size_t offset;
  assert(mapping_take_fault((const void *)&faults, &offset) == slot && offset == 2048);
  mapping_close(slot);
  close(fd);
}

static void *open_fault_close(void *argument) {
  (void)argument;
  for (int i = 0; i < 300; i++) {
    volatile uint32_t faults = 0;
    int fd = open_file(4 * page);
    int slot = open_mapping(fd, 4 * page, NULL, &faults);
    struct mapping *mapping = mapping_at(slot);
    assert(ftruncate(fd, (off_t)page) == 0);
    assert(load8(mapping->base) == 0 && faults == 0);
    assert(load32(mapping->base + page + 16) == 0xFFFFFFFF);
    assert(faults == 1);
    store64(mapping->base + 2 * page, 1);
    assert(faults == 2);
    size_t offset;
    assert(mapping_take_fault((const void *)&faults, &offset) == slot && offset == page + 16);
    assert(mapping_take_fault((const void *)&faults, &offset) == -1);

    uint32_t memory[2048];
    struct transfer transfer = {.mapping = mapping, .offset = 3 * page, .width = 4, .memory = memory, .count = page / 4};
    transfer_run(&transfer);
    assert(faults == 3);
    mapping_close_all_of((const void *)&faults);
    close(fd);
  }
  return NULL;
}

static void bus_errors_are_contained_in_every_thread(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) assert(pthread_create(&threads[i], NULL, open_fault_close, NULL) == 0);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
}

int main(void) {
  page = (size_t)sysconf(_SC_PAGESIZE);
  accesses_of_every_width_arrive();
  a_closed_mapping_reads_as_zeros_while_it_is_viewed();
  a_refused_mapping_leaves_the_window_whole();
  a_transfer_stops_before_the_page_behind_its_bus_error();
  transfers_move_every_element_once();
  bus_errors_are_contained_in_every_thread();
  puts("6 passed, 0 failed");
  return 0;
}
