/*
 * Descriptors that JavaScript cannot use by itself: some runtimes refuse those that came from an ioctl, and an access of
 * configuration space or I/O ports has to be one system call of exactly its width.
 */
#ifndef MMAPIO_DESCRIPTOR_H
#define MMAPIO_DESCRIPTOR_H

#include <stddef.h>
#include <stdint.h>

/* One pread or pwrite of 1, 2 or 4 bytes, little-endian. Returns 0 or a negative errno; -ENODATA when the file moved
 * fewer bytes than that. */
int descriptor_read(int fd, uint64_t offset, unsigned width, uint32_t *value);
int descriptor_write(int fd, uint64_t offset, unsigned width, uint32_t value);

/* The interrupt count of a UIO device. Returns 1, 0 when none has happened since the last call (the descriptor does not
 * block), or a negative errno. */
int uio_take(int fd, int32_t *count);

/* A new eventfd that never blocks. Returns it or a negative errno. */
int eventfd_open(void);

/* What was signalled since the last call. Returns 0, -EAGAIN for nothing, or another negative errno. */
int eventfd_take(int fd, uint64_t *count);

/* A descriptor that is readable while any of these is (an epoll instance). Returns it or a negative errno. */
int descriptor_join(const int32_t *fds, size_t count);

/* Descriptors that were opened for one owner, to be closed at its end at the latest. All zeros: none. */
struct descriptors {
  int *fds;
  size_t count;
  size_t room;
};

/* Adds one that was opened just now; `fd` below 0 is an error, and nothing is added. Returns `fd`, or a negative errno. */
int descriptors_keep(struct descriptors *kept, int fd);
void descriptors_close(struct descriptors *kept, int fd);
void descriptors_close_all(struct descriptors *kept);

#endif
