/* Memory of our own that a device is given: pages that stay where they are, and where that is. */
#ifndef MMAPIO_MEMORY_H
#define MMAPIO_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Memory behind a descriptor (memfd), so that it is mapped like any other file; `huge_page` is the size of its pages, 0
 * for normal ones. Returns the descriptor or a negative errno. */
int memory_create(size_t length, size_t huge_page);

/* Brings the pages of a mapping in and keeps them from being swapped out. Returns 0 or a negative errno. */
int memory_lock(int slot);

/* The physical address of each page of a mapping, from its first byte on, as /proc/self/pagemap has it; 0 where the
 * kernel hides it or the page is not there. Returns 0 or a negative errno. */
int memory_physical(int slot, uint64_t *addresses, size_t pages);

#endif
