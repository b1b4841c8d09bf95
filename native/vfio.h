/*
 * VFIO's ioctls (Documentation/driver-api/vfio.rst, linux/vfio.h): a container holds the I/O page table, a group is what
 * the IOMMU can isolate, a device is what it is about. Each returns 0, or what it says, or a negative errno.
 */
#ifndef MMAPIO_VFIO_H
#define MMAPIO_VFIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 1 when every device of the group can be given to user space, 0 when a kernel driver has one of them. */
int vfio_group_viable(int group);

/* Puts the group into the container and gives that a type-1 page table. -EPROTO: an API that this code does not know;
 * -ENOTSUP: no type-1 IOMMU. */
int vfio_attach(int container, int group);

/* The addresses that devices of the container can be given, as pairs of first and last; at most `pairs`. Returns how many
 * there are; 0 when the kernel does not tell. */
int vfio_iova_ranges(int container, uint64_t *ranges, size_t pairs);

/* Lets the devices of the container reach memory at `address` under `iova`. Whole pages, which stay in place until then. */
int vfio_map_dma(int container, void *address, size_t length, uint64_t iova);
int vfio_unmap_dma(int container, uint64_t iova, size_t length);

/* Returns a descriptor. `name` is the device's address on its bus. */
int vfio_open_device(int group, const char *name);

/* Whether the device can be reset: 1 or 0. */
int vfio_can_reset(int device);
int vfio_reset(int device);

struct vfio_region {
  uint32_t flags; /* VFIO_REGION_INFO_FLAG_... */
  uint64_t size;  /* 0 when there is none */
  uint64_t offset;
};
int vfio_get_region(int device, uint32_t index, struct vfio_region *region);

/* How many interrupts an index has; 0 where the kernel does not know the index. */
int vfio_interrupt_count(int device, uint32_t index);

/* What happens to `count` interrupts from `start`: VFIO_IRQ_SET_... flags, with eventfds (-1 for none) where the flags say
 * so. */
int vfio_set_interrupts(int device, uint32_t index, uint32_t flags, uint32_t start, uint32_t count, const int32_t *fds);

#endif
