/*
 * The built core without a JavaScript runtime: loads the file with dlopen(3) as a runtime does, and uses it through the
 * few functions of Node-API that it calls, each of which is here in its simplest form. For machines and C libraries for
 * which no runtime can be had; test/package/machines.test.ts builds and runs it. Prints what it used.
 */
#undef NDEBUG
#include <assert.h>
#include <dlfcn.h>
#include <node_api.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

struct napi_value__ {
  double number;
  void *data;
  size_t length;
  napi_callback function;
  node_api_basic_finalize finalize;
  void *context;
};

struct napi_callback_info__ {
  const napi_value *arguments;
  size_t count;
  void *context;
};

/* The core takes a runtime's word for everything, and so does this for the core's: no call here fails. */
#define API NAPI_EXTERN napi_status NAPI_CDECL

static napi_value new_value(struct napi_value__ value) {
  napi_value created = malloc(sizeof *created);
  assert(created != NULL);
  *created = value;
  return created;
}

static napi_value number(double value) { return new_value((struct napi_value__){.number = value}); }

API napi_create_int32(napi_env env, int32_t value, napi_value *result) {
  (void)env;
  *result = number(value);
  return napi_ok;
}

API napi_create_uint32(napi_env env, uint32_t value, napi_value *result) {
  (void)env;
  *result = number(value);
  return napi_ok;
}

API napi_create_double(napi_env env, double value, napi_value *result) {
  (void)env;
  *result = number(value);
  return napi_ok;
}

API napi_get_undefined(napi_env env, napi_value *result) {
  (void)env;
  *result = number(0);
  return napi_ok;
}

API napi_create_string_utf8(napi_env env, const char *text, size_t length, napi_value *result) {
  (void)env;
  (void)length;
  *result = new_value((struct napi_value__){.data = (void *)(uintptr_t)text});
  return napi_ok;
}

API napi_get_value_int32(napi_env env, napi_value value, int32_t *result) {
  (void)env;
  *result = (int32_t)value->number;
  return napi_ok;
}

API napi_get_value_int64(napi_env env, napi_value value, int64_t *result) {
  (void)env;
  *result = (int64_t)value->number;
  return napi_ok;
}

API napi_get_value_uint32(napi_env env, napi_value value, uint32_t *result) {
  (void)env;
  *result = (uint32_t)value->number;
  return napi_ok;
}

API napi_get_value_double(napi_env env, napi_value value, double *result) {
  (void)env;
  *result = value->number;
  return napi_ok;
}

API napi_get_value_bigint_uint64(napi_env env, napi_value value, uint64_t *result, bool *lossless) {
  (void)env;
  *result = (uint64_t)value->number;
  *lossless = true;
  return napi_ok;
}

API napi_get_value_string_utf8(napi_env env, napi_value value, char *text, size_t size, size_t *length) {
  (void)env, (void)length;
  snprintf(text, size, "%s", (const char *)value->data);
  return napi_ok;
}

API napi_get_value_bool(napi_env env, napi_value value, bool *result) {
  (void)env;
  *result = value->number != 0;
  return napi_ok;
}

API napi_create_arraybuffer(napi_env env, size_t length, void **data, napi_value *result) {
  (void)env;
  *data = calloc(1, length);
  *result = new_value((struct napi_value__){.data = *data, .length = length});
  return napi_ok;
}

API napi_create_external_arraybuffer(napi_env env, void *data, size_t length, node_api_basic_finalize finalize,
                                     void *hint, napi_value *result) {
  /* Finalized when detached: see there. */
  (void)env;
  *result = new_value((struct napi_value__){
      .data = data, .length = length, .finalize = finalize, .context = hint});
  return napi_ok;
}

API napi_detach_arraybuffer(napi_env env, napi_value buffer) {
  if (buffer->finalize != NULL) buffer->finalize(env, buffer->data, buffer->context);
  buffer->data = NULL;
  return napi_ok;
}

API napi_get_arraybuffer_info(napi_env env, napi_value buffer, void **data, size_t *length) {
  (void)env;
  *data = buffer->data;
  *length = buffer->length;
  return napi_ok;
}

API napi_get_typedarray_info(napi_env env, napi_value array, napi_typedarray_type *type, size_t *length,
                             void **data, napi_value *buffer, size_t *offset) {
  (void)env;
  assert(buffer == NULL && offset == NULL);
  if (type != NULL) *type = napi_uint32_array;
  *length = array->length;
  *data = array->data;
  return napi_ok;
}

API napi_throw_error(napi_env env, const char *code, const char *message) {
  (void)env;
  fprintf(stderr, "%s: %s\n", code, message);
  abort();
}

/* Functions, and the object that holds them: names in a table. */

static struct {
  const char *name;
  napi_value value;
} properties[64];

API napi_set_named_property(napi_env env, napi_value object, const char *name, napi_value value) {
  (void)env;
  (void)object;
  size_t i = 0;
  while (properties[i].name != NULL) i++;
  properties[i].name = name;
  properties[i].value = value;
  return napi_ok;
}

static napi_value property(const char *name) {
  for (size_t i = 0; properties[i].name != NULL; i++) {
    if (strcmp(properties[i].name, name) == 0) return properties[i].value;
  }
  fprintf(stderr, "the core has no %s\n", name);
  abort();
}

API napi_create_function(napi_env env, const char *name, size_t length, napi_callback function, void *context,
                         napi_value *result) {
  (void)env;
  (void)name;
  (void)length;
  *result = new_value((struct napi_value__){.function = function, .context = context});
  return napi_ok;
}

API napi_get_cb_info(napi_env env, napi_callback_info info, size_t *count, napi_value *arguments, napi_value *self,
                     void **context) {
  (void)env;
  (void)self;
  if (count != NULL) assert(*count == info->count);
  for (size_t i = 0; i < info->count; i++) arguments[i] = info->arguments[i];
  *context = info->context;
  return napi_ok;
}

static napi_value call_value(napi_value function, size_t count, const napi_value *arguments) {
  struct napi_callback_info__ info = {.arguments = arguments, .count = count, .context = function->context};
  return function->function((napi_env)&properties, &info);
}

API napi_call_function(napi_env env, napi_value self, napi_value function, size_t count, const napi_value *arguments,
                       napi_value *result) {
  (void)env;
  (void)self;
  (void)result;
  call_value(function, count, arguments);
  return napi_ok;
}

#define CALL(name, ...)                                                                  \
  call_value(property(name), sizeof((napi_value[]){__VA_ARGS__}) / sizeof(napi_value), \
             (napi_value[]){__VA_ARGS__})

/* Thread-safe functions: a call goes through an eventfd to the main thread. */

struct napi_threadsafe_function__ {
  napi_value function;
  napi_threadsafe_function_call_js call;
  void *data;
  int ready;
};

static struct napi_threadsafe_function__ threadsafe;

API napi_create_threadsafe_function(napi_env env, napi_value function, napi_value resource, napi_value name,
                                    size_t limit, size_t threads, void *finalize_data, napi_finalize finalize,
                                    void *context, napi_threadsafe_function_call_js call,
                                    napi_threadsafe_function *result) {
  (void)env, (void)resource, (void)name, (void)limit, (void)threads, (void)finalize_data, (void)finalize, (void)context;
  threadsafe = (struct napi_threadsafe_function__){.function = function, .call = call, .ready = eventfd(0, 0)};
  *result = &threadsafe;
  return napi_ok;
}

API napi_call_threadsafe_function(napi_threadsafe_function function, void *data,
                                  napi_threadsafe_function_call_mode mode) {
  (void)mode;
  function->data = data;
  assert(eventfd_write(function->ready, 1) == 0);
  return napi_ok;
}

API napi_ref_threadsafe_function(node_api_basic_env env, napi_threadsafe_function function) {
  (void)env, (void)function;
  return napi_ok;
}

API napi_unref_threadsafe_function(node_api_basic_env env, napi_threadsafe_function function) {
  (void)env, (void)function;
  return napi_ok;
}

API napi_release_threadsafe_function(napi_threadsafe_function function, napi_threadsafe_function_release_mode mode) {
  (void)mode;
  close(function->ready);
  return napi_ok;
}

static void (*hooks[8])(void *);
static void *hook_data[8];
static size_t hook_count;

API napi_add_env_cleanup_hook(node_api_basic_env env, napi_cleanup_hook hook, void *data) {
  (void)env;
  assert(hook_count < 8);
  hooks[hook_count] = hook;
  hook_data[hook_count++] = data;
  return napi_ok;
}

/* What is tried. `call` has the layout of `struct access_call` in addon.c. */

struct access_call {
  double offset;
  uint64_t value;
  int32_t slot;
  volatile uint32_t fault_count;
};

static struct access_call *call;

static int new_file(size_t length) {
  int fd = memfd_create("host", MFD_CLOEXEC);
  assert(fd >= 0 && ftruncate(fd, (off_t)length) == 0);
  return fd;
}

static int map(int fd, size_t length) {
  napi_value slot = CALL("map", number(fd), number(0), number((double)length), number(1), number(-1));
  assert(slot->number >= 0);
  return (int)slot->number;
}

static void access_at(double offset, const char *function) {
  call->offset = offset;
  call_value(property(function), 0, NULL);
}

static void reads_and_writes(double page) {
  int fd = new_file((size_t)page);
  call->slot = map(fd, (size_t)page);
  call->value = 0x11223344;
  access_at(8, "write32");
  call->value = 0xAA;
  access_at(9, "write8");
  call->value = 0xBBCC;
  access_at(10, "write16");
  access_at(8, "read32");
  assert(call->value == 0xBBCCAA44);
  access_at(10, "read16");
  assert(call->value == 0xBBCC);
  access_at(8, "read8");
  assert(call->value == 0x44);
  if (sizeof(void *) == 8) {
    call->value = 0x0123456789ABCDEF;
    access_at(16, "write64");
    access_at(16, "read64");
    assert(call->value == 0x0123456789ABCDEF);
  }
  uint32_t words[4] = {0};
  call->offset = 8;
  CALL("transfer", new_value((struct napi_value__){.data = words, .length = 4}), number(0));
  assert(words[0] == 0xBBCCAA44);
  call_value(property("barrier"), 0, NULL);
  assert(CALL("sync", number(call->slot), number(0), number(page))->number == 0);
  CALL("unmap", number(call->slot));
  close(fd);
  puts("map, read, write, transfer, sync");
}

static void contains_a_bus_error(double page) {
  int fd = new_file((size_t)page);
  call->slot = map(fd, (size_t)page);
  assert(ftruncate(fd, 0) == 0);
  access_at(4, "read32");
  assert(call->value == 0xFFFFFFFF && call->fault_count == 1);
  assert(call_value(property("takeFault"), 0, NULL)->number == call->slot && call->offset == 4);
  assert(call_value(property("takeFault"), 0, NULL)->number == -1 && call->fault_count == 0);
  CALL("unmap", number(call->slot));
  close(fd);
  puts("bus error");
}

static void uses_memory_and_descriptors(double page) {
  int fd = (int)CALL("createMemory", number(page), number(0))->number;
  assert(fd >= 0);
  int slot = map(fd, (size_t)page);
  assert(CALL("lockMemory", number(slot))->number == 0);
  assert(CALL("writeDescriptor", number(fd), number(12), number(2), number(0x1234))->number == 0);
  assert(CALL("readDescriptor", number(fd), number(12), number(2))->number == 0x1234);
  napi_value view = CALL("view", number(slot), number(page));
  assert(((const uint8_t *)view->data)[13] == 0x12);
  CALL("detach", view);
  CALL("unmap", number(slot));
  CALL("closeDescriptor", number(fd));

  int event = (int)call_value(property("openEvent"), 0, NULL)->number;
  assert(CALL("takeEvent", number(event))->number == 0);
  assert(eventfd_write(event, 3) == 0);
  assert(CALL("takeEvent", number(event))->number == 3);
  close(event);
  puts("memory, descriptors");
}

static uint32_t reported;

static napi_value report(napi_env env, napi_callback_info info) {
  (void)env;
  reported = (uint32_t)info->arguments[0]->number;
  return NULL;
}

static void waits(void) {
  int fd = eventfd(0, 0);
  assert(CALL("poll", number(fd), number(1))->number == 0);
  assert(CALL("startWatcher", new_value((struct napi_value__){.function = report}))->number == 0);
  assert(CALL("watch", number(fd), number(7))->number == 0);
  assert(eventfd_write(fd, 1) == 0);
  struct pollfd called = {.fd = threadsafe.ready, .events = POLLIN};
  assert(poll(&called, 1, 60000) == 1);
  threadsafe.call((napi_env)&properties, threadsafe.function, NULL, threadsafe.data);
  assert(reported == 7);
  assert(CALL("poll", number(fd), number(-1))->number == 1);
  assert(CALL("unwatch", number(fd))->number == 0);
  close(fd);
  puts("wait");
}

int main(int argc, char **argv) {
  assert(argc == 2);
  void *core = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (core == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  napi_addon_register_func start;
  *(void **)&start = dlsym(core, "napi_register_module_v1");
  assert(start != NULL);
  start((napi_env)&properties, number(0));
  call = property("call")->data;
  double page = property("pageSize")->number;

  reads_and_writes(page);
  contains_a_bus_error(page);
  uses_memory_and_descriptors(page);
  waits();
  while (hook_count-- > 0) hooks[hook_count](hook_data[hook_count]);
  puts("end");
  return 0;
}
