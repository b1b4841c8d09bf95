#include "transfer.h"

#include "access.h"

/* The length of a stretch of elements after which the fault count is looked at: small enough never to reach past the
 * page behind the one at fault, large enough that the look costs little. A FIFO is one stretch: its page is replaced. */
#define STRETCH_BYTES 4096

#define SAME(value) (value)

/* Inlined with constants for the three questions, so that what is left of each loop is its accesses. */
#define DEFINE_LOOP(bits, swap)                                                                    \
  static inline __attribute__((always_inline)) void loop##bits(const struct transfer *t, bool to_device,  \
                                                               bool fixed, bool swapped) {         \
    const volatile uint32_t *faults = t->mapping->fault_count;                                     \
    const uint32_t faults_before = *faults;                                                        \
    const size_t stretch = fixed ? t->count : STRETCH_BYTES / sizeof(uint##bits##_t);              \
    uint8_t *device = t->mapping->base + t->offset;                                                \
    uint##bits##_t *memory = t->memory;                                                            \
    for (size_t left = t->count; left > 0 && *faults == faults_before;) {                          \
      const size_t count = left < stretch ? left : stretch;                                        \
      for (size_t i = 0; i < count; i++) {                                                         \
        uint8_t *address = fixed ? device : device + i * sizeof *memory;                           \
        if (to_device) {                                                                           \
          store##bits(address, swapped ? swap(memory[i]) : memory[i]);                             \
        } else {                                                                                   \
          uint##bits##_t value = load##bits(address);                                              \
          memory[i] = swapped ? swap(value) : value;                                               \
        }                                                                                          \
      }                                                                                            \
      left -= count;                                                                               \
      memory += count;                                                                             \
      if (!fixed) device += count * sizeof *memory;                                                \
    }                                                                                              \
  }                                                                                                \
  static void run##bits(const struct transfer *t) {                                                \
    switch (t->to_device << 2 | t->fixed << 1 | t->swap_bytes) {                                   \
      case 0: loop##bits(t, false, false, false); break;                                           \
      case 1: loop##bits(t, false, false, true); break;                                            \
      case 2: loop##bits(t, false, true, false); break;                                            \
      case 3: loop##bits(t, false, true, true); break;                                             \
      case 4: loop##bits(t, true, false, false); break;                                            \
      case 5: loop##bits(t, true, false, true); break;                                             \
      case 6: loop##bits(t, true, true, false); break;                                             \
      default: loop##bits(t, true, true, true); break;                                             \
    }                                                                                              \
  }

DEFINE_LOOP(8, SAME)
DEFINE_LOOP(16, __builtin_bswap16)
DEFINE_LOOP(32, __builtin_bswap32)
DEFINE_LOOP(64, __builtin_bswap64)

void transfer_run(const struct transfer *t) {
  switch (t->width) {
    case 1: run8(t); break;
    case 2: run16(t); break;
    case 4: run32(t); break;
    default: run64(t); break;
  }
}
