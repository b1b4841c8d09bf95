#include "transfer.h"

#include "access.h"

/* The length of a stretch of elements after which the fault count is looked at: small enough never to reach past the
 * page behind the one at fault, large enough that the look costs nothing (it is not to be seen in `npm run bench`). */
#define STRETCH_BYTES 4096

#define SAME(value) (value)

/* Inlined with constants for the three questions, so that what is left of each loop is its accesses. */
#define DEFINE_LOOP(bits, swap)                                                                       \
  static inline __attribute__((always_inline)) void loop##bits(                                       \
      bool to_device, bool fixed, bool swapped, uint8_t *device, uint##bits##_t *memory, size_t n) {  \
    for (size_t i = 0; i < n; i++) {                                                                  \
      uint8_t *address = fixed ? device : device + i * sizeof *memory;                                \
      if (to_device) {                                                                                \
        store##bits(address, swapped ? swap(memory[i]) : memory[i]);                                  \
      } else {                                                                                        \
        uint##bits##_t value = load##bits(address);                                                   \
        memory[i] = swapped ? swap(value) : value;                                                    \
      }                                                                                               \
    }                                                                                                 \
  }                                                                                                   \
  static void run##bits(const struct transfer *t, uint8_t *device, uint##bits##_t *memory, size_t n) { \
    switch (t->to_device << 2 | t->fixed << 1 | t->swap_bytes) {                                      \
      case 0: loop##bits(false, false, false, device, memory, n); break;                              \
      case 1: loop##bits(false, false, true, device, memory, n); break;                               \
      case 2: loop##bits(false, true, false, device, memory, n); break;                               \
      case 3: loop##bits(false, true, true, device, memory, n); break;                                \
      case 4: loop##bits(true, false, false, device, memory, n); break;                               \
      case 5: loop##bits(true, false, true, device, memory, n); break;                                \
      case 6: loop##bits(true, true, false, device, memory, n); break;                                \
      default: loop##bits(true, true, true, device, memory, n); break;                                \
    }                                                                                                 \
  }

DEFINE_LOOP(8, SAME)
DEFINE_LOOP(16, __builtin_bswap16)
DEFINE_LOOP(32, __builtin_bswap32)
DEFINE_LOOP(64, __builtin_bswap64)

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
