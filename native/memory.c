#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mapping.h"

int memory_create(size_t length, size_t huge_page) {
  unsigned flags = MFD_CLOEXEC;
  /* The size is encoded as for mmap(2), whose header has the name for it. */
  if (huge_page != 0) flags |= MFD_HUGETLB | (unsigned)__builtin_ctzll(huge_page) << MAP_HUGE_SHIFT;
  int fd = memfd_create("mmapio", flags);
  if (fd < 0) return -errno;
  if (ftruncate(fd, (off_t)length) == 0) return fd;
  int error = errno;
  close(fd);
  return -error;
}

int memory_lock(int slot) {
  struct mapping *mapping = mapping_at(slot);
  return mlock(mapping->base, mapping->length) == 0 ? 0 : -errno;
}

/* An entry of pagemap (Documentation/admin-guide/mm/pagemap.rst). */
#define PRESENT (1ull << 63)
#define PAGE_FRAME ((1ull << 55) - 1)

int memory_physical(int slot, uint64_t *addresses, size_t pages) {
  const uint64_t page_size = (uint64_t)sysconf(_SC_PAGESIZE);
  int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -errno;

  int error = 0;
  const uint64_t first = (uintptr_t)mapping_at(slot)->base / page_size;
  const size_t wanted = pages * sizeof *addresses;
  for (size_t done = 0; done < wanted && error == 0;) {
    ssize_t moved = pread(fd, (uint8_t *)addresses + done, wanted - done, (off_t)(first * sizeof *addresses + done));
    if (moved > 0) done += (size_t)moved;
    else if (moved == 0) error = -ENODATA;
    else if (errno != EINTR) error = -errno;
  }
  close(fd);
  for (size_t i = 0; i < pages && error == 0; i++) {
    addresses[i] = (addresses[i] & PRESENT) != 0 ? (addresses[i] & PAGE_FRAME) * page_size : 0;
  }
  return error;
}
