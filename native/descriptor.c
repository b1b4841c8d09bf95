#include "descriptor.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int descriptor_read(int fd, uint64_t offset, unsigned width, uint32_t *value) {
  uint32_t bytes = 0;
  ssize_t moved = pread(fd, &bytes, width, (off_t)offset);
  if (moved < 0) return -errno;
  if (moved != (ssize_t)width) return -ENODATA;
  *value = le32toh(bytes);
  return 0;
}

int descriptor_write(int fd, uint64_t offset, unsigned width, uint32_t value) {
  uint32_t bytes = htole32(value);
  ssize_t moved = pwrite(fd, &bytes, width, (off_t)offset);
  if (moved < 0) return -errno;
  return moved == (ssize_t)width ? 0 : -ENODATA;
}

int uio_take(int fd, int32_t *count) {
  ssize_t moved;
  do moved = read(fd, count, sizeof *count);
  while (moved < 0 && errno == EINTR);
  if (moved == (ssize_t)sizeof *count) return 1;
  if (moved >= 0) return -EIO;
  return errno == EAGAIN ? 0 : -errno;
}

int eventfd_open(void) {
  int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return fd < 0 ? -errno : fd;
}

int eventfd_take(int fd, uint64_t *count) {
  ssize_t moved;
  do moved = read(fd, count, sizeof *count);
  while (moved < 0 && errno == EINTR);
  return moved < 0 ? -errno : 0;
}

int descriptor_join(const int32_t *fds, size_t count) {
  int joined = epoll_create1(EPOLL_CLOEXEC);
  if (joined < 0) return -errno;
  for (size_t i = 0; i < count; i++) {
    struct epoll_event event = {.events = EPOLLIN};
    if (epoll_ctl(joined, EPOLL_CTL_ADD, fds[i], &event) == 0) continue;
    int error = errno;
    close(joined);
    return -error;
  }
  return joined;
}

int descriptors_keep(struct descriptors *kept, int fd) {
  if (fd < 0) return fd;
  if (kept->count == kept->room) {
    size_t room = kept->room == 0 ? 16 : 2 * kept->room;
    int *fds = realloc(kept->fds, room * sizeof *fds);
    if (fds == NULL) {
      close(fd);
      return -ENOMEM;
    }
    kept->fds = fds;
    kept->room = room;
  }
  kept->fds[kept->count++] = fd;
  return fd;
}

void descriptors_close(struct descriptors *kept, int fd) {
  for (size_t i = 0; i < kept->count; i++) {
    if (kept->fds[i] != fd) continue;
    kept->fds[i] = kept->fds[--kept->count];
    close(fd);
    return;
  }
}

void descriptors_close_all(struct descriptors *kept) {
  for (size_t i = 0; i < kept->count; i++) close(kept->fds[i]);
  free(kept->fds);
  *kept = (struct descriptors){0};
}
