/* Element-wise transfers between a device and ordinary memory: the loops that JavaScript would be too slow for. */
#ifndef MMAPIO_TRANSFER_H
#define MMAPIO_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapping.h"

struct transfer {
  struct mapping *mapping;
  size_t offset;     /* of the first element in the mapping, aligned to `width` */
  bool to_device;
  bool fixed;        /* every element at the same address (a FIFO) instead of one after the other */
  bool swap_bytes;   /* the device's byte order is not this machine's */
  unsigned width;    /* 1, 2, 4 or 8 bytes: one access each */
  void *memory;      /* aligned to `width` */
  size_t count;      /* elements */
};

/* Performs the accesses in ascending order. After a bus error the device sees no more of them: the rest of the page's go to
 * the page put in place of the lost one, and then it stops. The mapping's fault count tells. */
void transfer_run(const struct transfer *transfer);

#endif
