#include "transfer.h"

#include "access.h"

/* The length of a stretch of elements after which the fault count is looked at: small enough never to reach past the
 * page behind the one at fault, large enough that the look costs nothing (it is not to be seen in `npm run bench`). */
#define STRETCH_BYTES 4096

#define SAME(value) (value)

/* One loop for each width, direction and byte order, so that the body of each is an access and nothing to decide. */
#define DEFINE_LOOPS(bits, load, store, swap)                                                   \
  static void read##bits(uint8_t *device, size_t step, uint##bits##_t *memory, size_t count) {  \
    for (size_t i = 0; i < count; i++, device += step) memory[i] = load(device);                \
  }                                                                                             \
  static void read_swapped##bits(uint8_t *device, size_t step, uint##bits##_t *memory,          \
                                 size_t count) {                                                \
    for (size_t i = 0; i < count; i++, device += step) memory[i] = swap(load(device));          \
  }                                                                                             \
  static void write##bits(uint8_t *device, size_t step, uint##bits##_t *memory, size_t count) { \
    for (size_t i = 0; i < count; i++, device += step) store(device, memory[i]);                \
  }                                                                                             \
  static void write_swapped##bits(uint8_t *device, size_t step, uint##bits##_t *memory,         \
                                  size_t count) {                                               \
    for (size_t i = 0; i < count; i++, device += step) store(device, swap(memory[i]));          \
  }                                                                                             \
  static void run##bits(const struct transfer *t, uint8_t *device, uint##bits##_t *memory,      \
                        size_t count) {                                                         \
    size_t step = t->fixed ? 0 : sizeof *memory;                                                \
    if (t->to_device) {                                                                         \
      (t->swap_bytes ? write_swapped##bits : write##bits)(device, step, memory, count);         \
    } else {                                                                                    \
      (t->swap_bytes ? read_swapped##bits : read##bits)(device, step, memory, count);           \
    }                                                                                           \
  }

DEFINE_LOOPS(8, load8, store8, SAME)
DEFINE_LOOPS(16, load16, store16, __builtin_bswap16)
DEFINE_LOOPS(32, load32, store32, __builtin_bswap32)
DEFINE_LOOPS(64, load64, store64, __builtin_bswap64)

void transfer_run(const struct transfer *t) {
  const uint32_t faults_before = *t->mapping->fault_count;
  const size_t stretch = STRETCH_BYTES / t->width;
  uint8_t *device = t->mapping->base + t->offset;
  uint8_t *memory = t->memory;

  for (size_t done = 0; done < t->count && *t->mapping->fault_count == faults_before; done += stretch) {
    size_t count = t->count - done < stretch ? t->count - done : stretch;
    uint8_t *from = t->fixed ? device : device + done * t->width;
    void *to = memory + done * t->width;
    switch (t->width) {
      case 1: run8(t, from, to, count); break;
      case 2: run16(t, from, to, count); break;
      case 4: run32(t, from, to, count); break;
      default: run64(t, from, to, count); break;
    }
  }
}
