/*
 * Shows device memory as an ArrayBuffer, to measure what JavaScript's own views do with it. For measurements only: the
 * library never hands a device out like this.
 *
 * view(fd, length) -> ArrayBuffer over a shared mapping that stays for good.
 */
#include <node_api.h>
#include <stdint.h>
#include <sys/mman.h>

static napi_value view(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  int32_t fd;
  int64_t length;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  napi_get_value_int32(env, arguments[0], &fd);
  napi_get_value_int64(env, arguments[1], &length);
  void *bytes = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (bytes == MAP_FAILED) {
    napi_throw_error(env, NULL, "mmap failed");
    return NULL;
  }
  napi_value buffer = NULL;
  napi_create_external_arraybuffer(env, bytes, (size_t)length, NULL, NULL, &buffer);
  return buffer;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "view", NAPI_AUTO_LENGTH, view, NULL, &function);
  napi_set_named_property(env, exports, "view", function);
  return exports;
}
