#include "mapping.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "fault.h"

/* The table grows by chunks that never move or go away, so the SIGBUS handler can walk it without a lock. The limit is
 * above the kernel's own default limit on mappings (vm.max_map_count, 65530). */
#define CHUNK 256
#define CHUNKS 512

static struct mapping *_Atomic chunks[CHUNKS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct mapping *mapping_at(int slot) {
  return &atomic_load_explicit(&chunks[slot / CHUNK], memory_order_acquire)[slot % CHUNK];
}

struct mapping *mapping_find(const uint8_t *address) {
  for (int c = 0; c < CHUNKS; c++) {
    struct mapping *chunk = atomic_load_explicit(&chunks[c], memory_order_acquire);
    if (chunk == NULL) return NULL;
    for (int i = 0; i < CHUNK; i++) {
      struct mapping *mapping = &chunk[i];
      const uint8_t *base = atomic_load_explicit(&mapping->base, memory_order_acquire);
      if (base == NULL || address < base || (size_t)(address - base) >= mapping->length) continue;
      /* the length is that of this base, unless the slot was given to another mapping in between */
      if (atomic_load_explicit(&mapping->base, memory_order_acquire) == base) return mapping;
    }
  }
  return NULL;
}

/* Called with the lock held. */
static int find_free_slot(void) {
  for (int c = 0; c < CHUNKS; c++) {
    if (chunks[c] == NULL) {
      struct mapping *chunk = calloc(CHUNK, sizeof *chunk);
      if (chunk == NULL) return -ENOMEM;
      atomic_store_explicit(&chunks[c], chunk, memory_order_release);
    }
    for (int i = 0; i < CHUNK; i++) {
      if (chunks[c][i].base == NULL) return c * CHUNK + i;
    }
  }
  return -ENOMEM;
}

/* Maps elsewhere first and moves into the window only what exists: a mmap(MAP_FIXED) that fails leaves a hole in the
 * window, and the next touch of it kills the process. */
static int map_pages(const struct mapping_request *request, uint8_t **base) {
  int protection = PROT_READ | (request->writable ? PROT_WRITE : 0);
  uint8_t *pages =
      mmap(NULL, request->length, protection, MAP_SHARED, request->fd, (off_t)request->offset);
  if (pages == MAP_FAILED) return -errno;
  *base = pages;
  if (request->window_address == NULL) return 0;

  uint8_t *moved = mremap(pages, request->length, request->length, MREMAP_MAYMOVE | MREMAP_FIXED,
                          request->window_address);
  if (moved == MAP_FAILED) {
    int error = errno;
    munmap(pages, request->length);
    return -error;
  }
  *base = moved;
  return 0;
}

static int release_pages(uint8_t *base, size_t length, bool visible) {
  if (!visible) return munmap(base, length) == 0 ? 0 : -errno;
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
  return mmap(base, length, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED ? -errno : 0;
}

int mapping_open(const struct mapping_request *request) {
  int error = fault_handler_install();
  if (error < 0) return error;

  uint8_t *base;
  error = map_pages(request, &base);
  if (error < 0) return error;

  pthread_mutex_lock(&lock);
  int slot = find_free_slot();
  if (slot >= 0) {
    struct mapping *mapping = mapping_at(slot);
    mapping->length = request->length;
    mapping->in_window = request->window_address != NULL;
    mapping->in_view = false;
    mapping->owner = request->owner;
    mapping->fault_count = request->fault_count;
    mapping->faulted = false;
    mapping->fault_offset = 0;
    atomic_store_explicit(&mapping->base, base, memory_order_release);
  }
  pthread_mutex_unlock(&lock);

  if (slot < 0) release_pages(base, request->length, request->window_address != NULL);
  return slot;
}

/* Called with the lock held. */
static int close_mapping(struct mapping *mapping) {
  uint8_t *base = atomic_exchange(&mapping->base, NULL);
  return base == NULL ? 0 : release_pages(base, mapping->length, mapping->in_window || mapping->in_view);
}

int mapping_close(int slot) {
  pthread_mutex_lock(&lock);
  int error = close_mapping(mapping_at(slot));
  pthread_mutex_unlock(&lock);
  return error;
}

void mapping_close_all_of(const void *owner) {
  pthread_mutex_lock(&lock);
  for (int c = 0; c < CHUNKS && chunks[c] != NULL; c++) {
    for (int i = 0; i < CHUNK; i++) {
      if (chunks[c][i].owner == owner) close_mapping(&chunks[c][i]);
    }
  }
  pthread_mutex_unlock(&lock);
}

int mapping_take_fault(const void *owner, size_t *offset) {
  int slot = -1;
  pthread_mutex_lock(&lock);
  for (int c = 0; c < CHUNKS && chunks[c] != NULL && slot < 0; c++) {
    for (int i = 0; i < CHUNK && slot < 0; i++) {
      struct mapping *mapping = &chunks[c][i];
      if (mapping->base == NULL || mapping->owner != owner || !mapping->faulted) continue;
      mapping->faulted = false;
      *offset = mapping->fault_offset;
      slot = c * CHUNK + i;
    }
  }
  pthread_mutex_unlock(&lock);
  return slot;
}

uint8_t *mapping_view(int slot) {
  pthread_mutex_lock(&lock);
  struct mapping *mapping = mapping_at(slot);
  mapping->in_view = true;
  uint8_t *base = mapping->base;
  pthread_mutex_unlock(&lock);
  return base;
}

void mapping_view_gone(uint8_t *base, size_t length) {
  pthread_mutex_lock(&lock);
  /* Nothing else can have been mapped there meanwhile, so what is found is the mapping that was viewed. */
  struct mapping *mapping = mapping_find(base);
  if (mapping != NULL) {
    mapping->in_view = false;
  } else {
    munmap(base, length);
  }
  pthread_mutex_unlock(&lock);
}

int mapping_sync(int slot, size_t offset, size_t length) {
  return msync(mapping_at(slot)->base + offset, length, MS_SYNC) == 0 ? 0 : -errno;
}
