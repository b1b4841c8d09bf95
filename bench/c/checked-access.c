#include "checked-access.h"

static int refuse(const struct region *region, size_t offset) {
  return offset > region->length || region->length - offset < 4 || ((uintptr_t)(region->base + offset) & 3) != 0;
}

int checked_read32(const struct region *region, size_t offset, uint32_t *value) {
  if (refuse(region, offset)) return -1;
  *value = *(volatile uint32_t *)(region->base + offset);
  return 0;
}

int checked_write32(const struct region *region, size_t offset, uint32_t value) {
  if (refuse(region, offset)) return -1;
  *(volatile uint32_t *)(region->base + offset) = value;
  return 0;
}

void block_read32(const struct region *region, uint32_t *memory, size_t count) {
  volatile uint32_t *device = (volatile uint32_t *)region->base;
  for (size_t i = 0; i < count; i++) memory[i] = device[i];
}

void block_write32(const struct region *region, const uint32_t *memory, size_t count) {
  volatile uint32_t *device = (volatile uint32_t *)region->base;
  for (size_t i = 0; i < count; i++) device[i] = memory[i];
}

void fifo_read32(const struct region *region, uint32_t *memory, size_t count) {
  volatile uint32_t *device = (volatile uint32_t *)region->base;
  for (size_t i = 0; i < count; i++) memory[i] = *device;
}

void fifo_write32(const struct region *region, const uint32_t *memory, size_t count) {
  volatile uint32_t *device = (volatile uint32_t *)region->base;
  for (size_t i = 0; i < count; i++) *device = memory[i];
}
