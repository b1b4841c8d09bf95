#include "vfio.h"

#include <errno.h>
#include <linux/vfio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

static int result_of(int returned) {
  return returned < 0 ? -errno : returned;
}

int vfio_group_viable(int group) {
  struct vfio_group_status status = {.argsz = sizeof status};
  int error = result_of(ioctl(group, VFIO_GROUP_GET_STATUS, &status));
  return error < 0 ? error : (status.flags & VFIO_GROUP_FLAGS_VIABLE) != 0;
}

int vfio_attach(int container, int group) {
  int version = result_of(ioctl(container, VFIO_GET_API_VERSION));
  if (version < 0) return version;
  if (version != VFIO_API_VERSION) return -EPROTO;

  int type = VFIO_TYPE1v2_IOMMU;
  if (ioctl(container, VFIO_CHECK_EXTENSION, type) <= 0) type = VFIO_TYPE1_IOMMU;
  if (ioctl(container, VFIO_CHECK_EXTENSION, type) <= 0) return -ENOTSUP;

  int error = result_of(ioctl(group, VFIO_GROUP_SET_CONTAINER, &container));
  return error < 0 ? error : result_of(ioctl(container, VFIO_SET_IOMMU, type));
}

static const struct vfio_info_cap_header *find_capability(const void *info, uint32_t offset, uint16_t id) {
  while (offset != 0) {
    const struct vfio_info_cap_header *header = (const void *)((const uint8_t *)info + offset);
    if (header->id == id) return header;
    offset = header->next;
  }
  return NULL;
}

/* The container's description with its capabilities, to be freed; NULL with errno set. */
static struct vfio_iommu_type1_info *get_iommu_info(int container) {
  struct vfio_iommu_type1_info head = {.argsz = sizeof head};
  if (ioctl(container, VFIO_IOMMU_GET_INFO, &head) < 0) return NULL;
  uint32_t size = head.argsz < sizeof head ? (uint32_t)sizeof head : head.argsz;
  struct vfio_iommu_type1_info *info = calloc(1, size);
  if (info == NULL) return NULL;
  info->argsz = size;
  if (ioctl(container, VFIO_IOMMU_GET_INFO, info) == 0) return info;
  free(info);
  return NULL;
}

int vfio_iova_ranges(int container, uint64_t *ranges, size_t pairs) {
  struct vfio_iommu_type1_info *info = get_iommu_info(container);
  if (info == NULL) return -errno;
  size_t count = 0;
  const struct vfio_info_cap_header *header = NULL;
  if ((info->flags & VFIO_IOMMU_INFO_CAPS) != 0) {
    header = find_capability(info, info->cap_offset, VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE);
  }
  if (header != NULL) {
    const struct vfio_iommu_type1_info_cap_iova_range *capability = (const void *)header;
    for (; count < capability->nr_iovas && count < pairs; count++) {
      ranges[2 * count] = capability->iova_ranges[count].start;
      ranges[2 * count + 1] = capability->iova_ranges[count].end;
    }
  }
  free(info);
  return (int)count;
}

int vfio_map_dma(int container, void *address, size_t length, uint64_t iova) {
  struct vfio_iommu_type1_dma_map map = {
      .argsz = sizeof map,
      .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
      .vaddr = (uintptr_t)address,
      .iova = iova,
      .size = length,
  };
  return result_of(ioctl(container, VFIO_IOMMU_MAP_DMA, &map));
}

int vfio_unmap_dma(int container, uint64_t iova, size_t length) {
  struct vfio_iommu_type1_dma_unmap unmap = {.argsz = sizeof unmap, .iova = iova, .size = length};
  return result_of(ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap));
}

int vfio_open_device(int group, const char *name) {
  return result_of(ioctl(group, VFIO_GROUP_GET_DEVICE_FD, name));
}

int vfio_can_reset(int device) {
  struct vfio_device_info info = {.argsz = sizeof info};
  int error = result_of(ioctl(device, VFIO_DEVICE_GET_INFO, &info));
  return error < 0 ? error : (info.flags & VFIO_DEVICE_FLAGS_RESET) != 0;
}

int vfio_reset(int device) {
  return result_of(ioctl(device, VFIO_DEVICE_RESET));
}

int vfio_get_region(int device, uint32_t index, struct vfio_region *region) {
  struct vfio_region_info info = {.argsz = sizeof info, .index = index};
  int error = result_of(ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info));
  if (error < 0) return error;
  *region = (struct vfio_region){.flags = info.flags, .size = info.size, .offset = info.offset};
  return 0;
}

int vfio_interrupt_count(int device, uint32_t index) {
  struct vfio_irq_info info = {.argsz = sizeof info, .index = index};
  int error = result_of(ioctl(device, VFIO_DEVICE_GET_IRQ_INFO, &info));
  if (error == -EINVAL) return 0;
  return error < 0 ? error : (int)info.count;
}

int vfio_set_interrupts(int device, uint32_t index, uint32_t flags, uint32_t start, uint32_t count,
                        const int32_t *fds) {
  const size_t data = (flags & VFIO_IRQ_SET_DATA_EVENTFD) != 0 ? count * sizeof *fds : 0;
  struct vfio_irq_set *set = calloc(1, sizeof *set + data);
  if (set == NULL) return -ENOMEM;
  set->argsz = (uint32_t)(sizeof *set + data);
  set->flags = flags;
  set->index = index;
  set->start = start;
  set->count = count;
  if (data != 0) memcpy(set->data, fds, data);
  int error = result_of(ioctl(device, VFIO_DEVICE_SET_IRQS, set));
  free(set);
  return error;
}
