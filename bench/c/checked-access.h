/* What the library is compared with: the same checks and the same access in C, behind a real function call. */
#ifndef CHECKED_ACCESS_H
#define CHECKED_ACCESS_H

#include <stddef.h>
#include <stdint.h>

struct region {
  volatile uint8_t *base;
  size_t length;
};

/* Return 0, or -1 when the access does not lie in the region or is not aligned. */
int checked_read32(const struct region *region, size_t offset, uint32_t *value);
int checked_write32(const struct region *region, size_t offset, uint32_t value);
void block_read32(const struct region *region, uint32_t *memory, size_t count);
void block_write32(const struct region *region, const uint32_t *memory, size_t count);
void fifo_read32(const struct region *region, uint32_t *memory, size_t count);
void fifo_write32(const struct region *region, const uint32_t *memory, size_t count);

#endif
