/*
 * The Node-API face of the core: converts arguments, calls, converts results. What devices need beyond mappings and
 * waiting is in addon-devices.c.
 *
 * It trusts its callers (src/native/binding.ts), which have checked every argument. Registers are addressed by
 * slot (see mapping.h) and byte offset.
 */
#include <node_api.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "access.h"
#include "addon.h"
#include "fault.h"
#include "mapping.h"
#include "transfer.h"
#include "watch.h"

/* map(fd, offset, length, writable, windowAddress): slot or negative errno. windowAddress < 0: outside the window. */
static napi_value map(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(5);
  int64_t window_address = to_int64(env, arguments[4]);
  bool in_window = window_address >= 0;
  struct mapping_request request = {
      .fd = to_int32(env, arguments[0]),
      .offset = (uint64_t)to_int64(env, arguments[1]),
      .length = (size_t)to_int64(env, arguments[2]),
      .writable = to_bool(env, arguments[3]),
      .window_address = in_window ? environment->window + window_address : NULL,
      .fault_count = in_window ? (volatile uint32_t *)environment->window : &environment->call->fault_count,
      .owner = environment,
  };
  return from_int32(env, mapping_open(&request));
}

/* unmap(slot): 0 or negative errno */
static napi_value unmap(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(1);
  return from_int32(env, mapping_close(to_int32(env, arguments[0])));
}

/* sync(slot, offset, length): 0 or negative errno */
static napi_value sync_pages(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(3);
  size_t offset = (size_t)to_int64(env, arguments[1]);
  size_t length = (size_t)to_int64(env, arguments[2]);
  return from_int32(env, mapping_sync(to_int32(env, arguments[0]), offset, length));
}

/* attachWindow(arrayBuffer): makes the bytes of a WebAssembly memory this environment's window */
static napi_value attach_window(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(1);
  void *bytes = NULL;
  size_t length;
  napi_get_arraybuffer_info(env, arguments[0], &bytes, &length);
  environment->window = bytes;
  return NULL;
}

/* takeFault(): slot of a mapping of this environment that met a bus error, its byte offset in `call`; -1 when there are
 * no more, and the fault counts begin anew */
static napi_value take_fault(napi_env env, napi_callback_info info) {
  struct environment *environment = get_environment(env, info);
  size_t offset = 0;
  int slot = mapping_take_fault(environment, &offset);
  environment->call->offset = (double)offset;
  if (slot < 0) {
    environment->call->fault_count = 0;
    if (environment->window != NULL) *(volatile uint32_t *)environment->window = 0;
  }
  return from_int32(env, slot);
}

/* containFaults(): puts our SIGBUS handler in front again; 0 or negative errno */
static napi_value contain_faults(napi_env env, napi_callback_info info) {
  (void)info;
  return from_int32(env, fault_handler_install());
}

/* readN() and writeN(): the access that `call` describes; a bus error is seen by its fault count */
#define DEFINE_ACCESS(bits)                                                        \
  static napi_value read##bits(napi_env env, napi_callback_info info) {            \
    struct access_call *call = get_environment(env, info)->call;                   \
    call->value = load##bits(mapping_at(call->slot)->base + (size_t)call->offset); \
    return NULL;                                                                   \
  }                                                                                \
  static napi_value write##bits(napi_env env, napi_callback_info info) {           \
    struct access_call *call = get_environment(env, info)->call;                   \
    store##bits(mapping_at(call->slot)->base + (size_t)call->offset,               \
                (uint##bits##_t)call->value);                                      \
    return NULL;                                                                   \
  }

DEFINE_ACCESS(8)
DEFINE_ACCESS(16)
DEFINE_ACCESS(32)
DEFINE_ACCESS(64)

/* Bytes of an element, by napi_typedarray_type. */
static const uint8_t element_widths[] = {
    [napi_int8_array] = 1,    [napi_uint8_array] = 1,   [napi_uint8_clamped_array] = 1, [napi_int16_array] = 2,
    [napi_uint16_array] = 2,  [napi_int32_array] = 4,   [napi_uint32_array] = 4,        [napi_float32_array] = 4,
    [napi_float64_array] = 8, [napi_bigint64_array] = 8, [napi_biguint64_array] = 8,
};

/* transfer(typedArray, how): where `call` says; `how` is of the flags below */
#define TO_DEVICE 0x10
#define FIXED 0x20
#define SWAP_BYTES 0x40

static napi_value transfer(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(2);
  uint32_t how = to_uint32(env, arguments[1]);
  struct transfer request = {
      .mapping = mapping_at(environment->call->slot),
      .offset = (size_t)environment->call->offset,
      .to_device = (how & TO_DEVICE) != 0,
      .fixed = (how & FIXED) != 0,
      .swap_bytes = (how & SWAP_BYTES) != 0,
  };
  napi_typedarray_type type = napi_uint8_array;
  napi_get_typedarray_info(env, arguments[0], &type, &request.count, &request.memory, NULL, NULL);
  request.width = element_widths[type];
  transfer_run(&request);
  /* Not `call`'s count, which is not that of the window. */
  return *request.mapping->fault_count == 0 ? NULL : from_int32(env, 1);
}

/* barrier() */
static napi_value barrier(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  barrier_full();
  return NULL;
}

/* startWatcher(callback): 0 or negative errno */
static napi_value start_watcher(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(1);
  environment->watcher = watcher_start(env, arguments[0]);
  return from_int32(env, environment->watcher == NULL ? -errno : 0);
}

/* watch(fd, id): 0 or negative errno */
static napi_value watch(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(2);
  return from_int32(env,
                    watcher_add(environment->watcher, to_int32(env, arguments[0]), to_uint32(env, arguments[1])));
}

/* unwatch(fd): 0 or negative errno */
static napi_value unwatch(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(1);
  return from_int32(env, watcher_remove(environment->watcher, to_int32(env, arguments[0])));
}

/* poll(fd, timeoutMs): 1, 0 or negative errno; timeoutMs < 0: no limit */
static napi_value poll_descriptor(napi_env env, napi_callback_info info) {
  GET_ARGUMENTS(2);
  double timeout_ms = 0;
  napi_get_value_double(env, arguments[1], &timeout_ms);
  return from_int32(env, watch_poll(to_int32(env, arguments[0]), timeout_ms));
}

static void tear_down(void *data) {
  struct environment *environment = data;
  mapping_close_all_of(environment);
  descriptors_close_all(&environment->descriptors);
  free(environment);
}

static const struct addon_function functions[] = {
    {"map", map},
    {"unmap", unmap},
    {"sync", sync_pages},
    {"attachWindow", attach_window},
    {"takeFault", take_fault},
    {"containFaults", contain_faults},
    {"read8", read8},
    {"read16", read16},
    {"read32", read32},
    {"read64", read64},
    {"write8", write8},
    {"write16", write16},
    {"write32", write32},
    {"write64", write64},
    {"transfer", transfer},
    {"barrier", barrier},
    {"startWatcher", start_watcher},
    {"watch", watch},
    {"unwatch", unwatch},
    {"poll", poll_descriptor},
    {NULL, NULL},
};

static void define(napi_env env, napi_value exports, struct environment *environment,
                   const struct addon_function *list) {
  for (; list->name != NULL; list++) {
    napi_value function;
    napi_create_function(env, list->name, NAPI_AUTO_LENGTH, list->function, environment, &function);
    napi_set_named_property(env, exports, list->name, function);
  }
}

NAPI_MODULE_INIT() {
  struct environment *environment = calloc(1, sizeof *environment);
  napi_value call;
  if (environment == NULL ||
      napi_create_arraybuffer(env, sizeof *environment->call, (void **)&environment->call, &call) != napi_ok) {
    free(environment);
    napi_throw_error(env, "ENOMEM", "mmapio: out of memory");
    return NULL;
  }
  /* The module object keeps it alive for as long as the functions exist. */
  napi_set_named_property(env, exports, "call", call);
  napi_set_named_property(env, exports, "pageSize", from_double(env, (double)sysconf(_SC_PAGESIZE)));
  define(env, exports, environment, functions);
  define(env, exports, environment, addon_device_functions);
  napi_add_env_cleanup_hook(env, tear_down, environment);
  return exports;
}
