/*
 * What the files of the Node-API face share: the environment, and converting arguments and results.
 */
#ifndef MMAPIO_ADDON_H
#define MMAPIO_ADDON_H

#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

#include "descriptor.h"

/*
 * The arguments and the result of an access, in an ArrayBuffer that JavaScript has views of: getting two arguments
 * and returning a number through Node-API costs 13 ns of the 20 ns that an access then takes (Node.js 20), this costs 2.
 * src/native/binding.ts has the same layout.
 */
struct access_call {
  double offset;
  uint64_t value;
  int32_t slot;
  volatile uint32_t fault_count; /* of the mappings outside the window */
};

/* What belongs to one JavaScript environment (the main thread or a worker). */
struct environment {
  struct access_call *call;
  uint8_t *window; /* the window's first byte; its first word counts the faults inside it */
  struct watcher *watcher;
  struct descriptors descriptors; /* those that this library opened, and not JavaScript */
};

#define GET_ARGUMENTS(n)                                                                    \
  struct environment *environment;                                                          \
  napi_value arguments[n];                                                                  \
  size_t argument_count = n;                                                                \
  napi_get_cb_info(env, info, &argument_count, arguments, NULL, (void **)&environment);     \
  (void)environment

/* The environment of a function without arguments. */
static inline struct environment *get_environment(napi_env env, napi_callback_info info) {
  void *environment;
  napi_get_cb_info(env, info, NULL, NULL, NULL, &environment);
  return environment;
}

static inline int32_t to_int32(napi_env env, napi_value value) {
  int32_t number = 0;
  napi_get_value_int32(env, value, &number);
  return number;
}

static inline int64_t to_int64(napi_env env, napi_value value) {
  int64_t number = 0;
  napi_get_value_int64(env, value, &number);
  return number;
}

static inline uint32_t to_uint32(napi_env env, napi_value value) {
  uint32_t number = 0;
  napi_get_value_uint32(env, value, &number);
  return number;
}

static inline bool to_bool(napi_env env, napi_value value) {
  bool result = false;
  napi_get_value_bool(env, value, &result);
  return result;
}

static inline napi_value from_int32(napi_env env, int32_t number) {
  napi_value value;
  napi_create_int32(env, number, &value);
  return value;
}

static inline napi_value from_double(napi_env env, double number) {
  napi_value value;
  napi_create_double(env, number, &value);
  return value;
}

struct addon_function {
  const char *name;
  napi_callback function;
};

/* What addon-devices.c adds; ends with a NULL name. */
extern const struct addon_function addon_device_functions[];

#endif
