/*
 * The table of everything this process has mapped through us: what the accessors index and what the SIGBUS handler
 * searches. A mapping is named by its slot, a small integer, so that no address ever crosses into JavaScript.
 */
#ifndef MMAPIO_MAPPING_H
#define MMAPIO_MAPPING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mapping {
  _Atomic(uint8_t *) base;        /* NULL while the slot is free */
  size_t length;                  /* in bytes, whole pages */
  bool in_window;                 /* its pages belong to a window: never unmapped, only replaced */
  bool in_view;                   /* the same while an ArrayBuffer shows them */
  const void *owner;              /* the environment it is closed with */
  volatile uint32_t *fault_count; /* raised by the SIGBUS handler, looked at after each access */
  volatile bool faulted;          /* a bus error of it has not been taken yet */
  size_t fault_offset;            /* where the first of those was */
};

struct mapping_request {
  int fd;
  uint64_t offset; /* a multiple of the page size */
  size_t length;
  bool writable;
  uint8_t *window_address; /* where in the window it goes, or NULL for anywhere */
  volatile uint32_t *fault_count;
  const void *owner;
};

/* Returns a slot, or a negative errno. */
int mapping_open(const struct mapping_request *request);
/* Returns 0, or a negative errno when its pages could not be replaced: the device may still be visible there. */
int mapping_close(int slot);
void mapping_close_all_of(const void *owner);

/* A mapping of that owner that met a bus error, and where; takes note that it has been told. -1 when there is none. */
int mapping_take_fault(const void *owner, size_t *offset);

/* Hands the pages of a mapping outside the window to an ArrayBuffer: until mapping_view_gone() its address range is given
 * to nothing else, and after mapping_close() it reads as zeros. Returns its first byte. */
uint8_t *mapping_view(int slot);
void mapping_view_gone(uint8_t *base, size_t length);

/* msync of whole pages. Returns 0 or a negative errno. */
int mapping_sync(int slot, size_t offset, size_t length);

/* The mapping in that slot; the slot must have been handed out. */
struct mapping *mapping_at(int slot);

/* The mapping that holds this address, or NULL. Async-signal-safe. */
struct mapping *mapping_find(const uint8_t *address);

#endif
