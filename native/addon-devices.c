/*
 * The part of the Node-API face for DMA buffers, VFIO and descriptors of devices. Its callers, src/dma/, src/vfio/ and
 * src/memory/, have checked every argument. What can be refused returns a negative errno.
 */
#include <errno.h>
#include <stdlib.h>

#include "addon.h"
#include "descriptor.h"
#include "mapping.h"
#include "memory.h"
#include "vfio.h"

static uint64_t to_uint64(napi_env env, napi_value value) {
  uint64_t number = 0;
  bool lossless;
  napi_get_value_bigint_uint64(env, value, &number, &lossless);
  return number;
}

/* The elements of a typed array, and how many there are. */
static void *to_elements(napi_env env, napi_value value, size_t *count) {
  void *elements = NULL;
  napi_get_typedarray_info(env, value, NULL, count, &elements, NULL, NULL);
  return elements;
}

/* readDescriptor(fd, offset, width): the value or negative errno */
static napi_value read_descriptor(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(3);
  uint32_t value = 0;
  int error = descriptor_read(to_int32(env, arguments[0]), (uint64_t)to_int64(env, arguments[1]),
                              to_uint32(env, arguments[2]), &value);
  return from_double(env, error < 0 ? error : (double)value);
}

/* writeDescriptor(fd, offset, width, value): 0 or negative errno */
static napi_value write_descriptor(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(4);
  return from_int32(env, descriptor_write(to_int32(env, arguments[0]), (uint64_t)to_int64(env, arguments[1]),
                                          to_uint32(env, arguments[2]), to_uint32(env, arguments[3])));
}

/* Returns a new descriptor to JavaScript, and keeps in mind to close it when the thread ends before JavaScript does. */
static napi_value from_descriptor(napi_env env, struct environment *environment, int fd) {
  return from_int32(env, descriptors_keep(&environment->descriptors, fd));
}

/* closeDescriptor(fd): one of those */
static napi_value close_descriptor(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(1);
  descriptors_close(&environment->descriptors, to_int32(env, arguments[0]));
  return NULL;
}

/* takeCount(fd, int32Array): 1 with the count in the array, 0 for nothing, or negative errno */
static napi_value take_count(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(2);
  size_t length = 0;
  int32_t *count = to_elements(env, arguments[1], &length);
  return from_int32(env, uio_take(to_int32(env, arguments[0]), count));
}

/* openEvent(): descriptor or negative errno */
static napi_value open_event(napi_env env, napi_callback_info info) {
  return from_descriptor(env, get_environment(env, info), eventfd_open());
}

/* takeEvent(fd): count, 0 for nothing, or negative errno */
static napi_value take_event(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(1);
  uint64_t count = 0;
  int error = eventfd_take(to_int32(env, arguments[0]), &count);
  return from_double(env, error < 0 && error != -EAGAIN ? error : (double)count);
}

/* joinDescriptors(int32Array): a descriptor, readable while any of these is, or negative errno */
static napi_value join_descriptors(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(1);
  size_t count = 0;
  const int32_t *fds = to_elements(env, arguments[0], &count);
  return from_descriptor(env, environment, descriptor_join(fds, count));
}

static void view_gone(napi_env env, void *base, void *length) {
  (void)env;
  mapping_view_gone(base, (size_t)(uintptr_t)length);
}

/* view(slot, length): an ArrayBuffer over the first bytes of a mapping outside the window, or undefined where the runtime
 * allows none. Once the mapping is closed it reads as zeros. */
static napi_value view(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(2);
  int slot = to_int32(env, arguments[0]);
  size_t whole = mapping_at(slot)->length;
  uint8_t *base = mapping_view(slot);
  napi_value buffer = NULL;
  if (napi_create_external_arraybuffer(env, base, (size_t)to_int64(env, arguments[1]), view_gone,
                                       (void *)(uintptr_t)whole, &buffer) != napi_ok) {
    mapping_view_gone(base, whole);
    return NULL;
  }
  return buffer;
}

/* detach(arrayBuffer) */
static napi_value detach(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(1);
  napi_detach_arraybuffer(env, arguments[0]);
  return NULL;
}

/* createMemory(length, hugePage): descriptor or negative errno */
static napi_value create_memory(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(2);
  size_t huge_page = (size_t)to_int64(env, arguments[1]);
  return from_descriptor(env, environment, memory_create((size_t)to_int64(env, arguments[0]), huge_page));
}

/* lockMemory(slot): 0 or negative errno */
static napi_value lock_memory(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(1);
  return from_int32(env, memory_lock(to_int32(env, arguments[0])));
}

/* physicalAddresses(slot, bigUint64Array): 0 or negative errno */
static napi_value physical_addresses(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(2);
  size_t pages = 0;
  uint64_t *addresses = to_elements(env, arguments[1], &pages);
  return from_int32(env, memory_physical(to_int32(env, arguments[0]), addresses, pages));
}

/* vfioGroupViable(group): 1, 0 or negative errno */
static napi_value group_viable(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(1);
  return from_int32(env, vfio_group_viable(to_int32(env, arguments[0])));
}

/* vfioAttach(container, group): 0 or negative errno */
static napi_value attach(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(2);
  return from_int32(env, vfio_attach(to_int32(env, arguments[0]), to_int32(env, arguments[1])));
}

/* vfioIovaRanges(container, bigUint64Array): pairs of first and last; how many, or negative errno */
static napi_value iova_ranges(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(2);
  size_t count = 0;
  uint64_t *ranges = to_elements(env, arguments[1], &count);
  return from_int32(env, vfio_iova_ranges(to_int32(env, arguments[0]), ranges, count / 2));
}

/* vfioMapDma(container, slot, iova): the whole mapping; 0 or negative errno */
static napi_value map_dma(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(3);
  struct mapping *mapping = mapping_at(to_int32(env, arguments[1]));
  return from_int32(env, vfio_map_dma(to_int32(env, arguments[0]), mapping->base, mapping->length,
                                      to_uint64(env, arguments[2])));
}

/* vfioUnmapDma(container, iova, length): 0 or negative errno */
static napi_value unmap_dma(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(3);
  return from_int32(env, vfio_unmap_dma(to_int32(env, arguments[0]), to_uint64(env, arguments[1]),
                                        (size_t)to_int64(env, arguments[2])));
}

/* vfioOpenDevice(group, name): descriptor or negative errno */
static napi_value open_device(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(2);
  char name[64] = "";
  napi_get_value_string_utf8(env, arguments[1], name, sizeof name, NULL);
  return from_descriptor(env, environment, vfio_open_device(to_int32(env, arguments[0]), name));
}

/* vfioCanReset(device): 1, 0 or negative errno */
static napi_value can_reset(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(1);
  return from_int32(env, vfio_can_reset(to_int32(env, arguments[0])));
}

/* vfioReset(device): 0 or negative errno */
static napi_value reset(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(1);
  return from_int32(env, vfio_reset(to_int32(env, arguments[0])));
}

/* vfioRegion(device, index, float64Array of flags, size and offset): 0 or negative errno */
static napi_value get_region(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(3);
  struct vfio_region region = {0};
  int error = vfio_get_region(to_int32(env, arguments[0]), to_uint32(env, arguments[1]), &region);
  size_t count = 0;
  double *result = to_elements(env, arguments[2], &count);
  result[0] = (double)region.flags;
  result[1] = (double)region.size;
  result[2] = (double)region.offset;
  return from_int32(env, error);
}

/* vfioInterruptCount(device, index): count or negative errno */
static napi_value interrupt_count(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(2);
  return from_int32(env, vfio_interrupt_count(to_int32(env, arguments[0]), to_uint32(env, arguments[1])));
}

/* vfioSetInterrupts(device, index, flags, start, int32Array): as many as the array has; 0 or negative errno */
static napi_value set_interrupts(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(5);
  size_t count = 0;
  const int32_t *fds = to_elements(env, arguments[4], &count);
  return from_int32(env, vfio_set_interrupts(to_int32(env, arguments[0]), to_uint32(env, arguments[1]),
                                             to_uint32(env, arguments[2]), to_uint32(env, arguments[3]),
                                             (uint32_t)count, fds));
}

const struct addon_function addon_device_functions[] = {
    {"readDescriptor", read_descriptor},
    {"writeDescriptor", write_descriptor},
    {"closeDescriptor", close_descriptor},
    {"takeCount", take_count},
    {"openEvent", open_event},
    {"takeEvent", take_event},
    {"joinDescriptors", join_descriptors},
    {"view", view},
    {"detach", detach},
    {"createMemory", create_memory},
    {"lockMemory", lock_memory},
    {"physicalAddresses", physical_addresses},
    {"vfioGroupViable", group_viable},
    {"vfioAttach", attach},
    {"vfioIovaRanges", iova_ranges},
    {"vfioMapDma", map_dma},
    {"vfioUnmapDma", unmap_dma},
    {"vfioOpenDevice", open_device},
    {"vfioCanReset", can_reset},
    {"vfioReset", reset},
    {"vfioRegion", get_region},
    {"vfioInterruptCount", interrupt_count},
    {"vfioSetInterrupts", set_interrupts},
    {NULL, NULL},
};
