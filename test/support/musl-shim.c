/*
 * What Debian's C++ library takes from glibc and musl does not have, so that a program for musl can use it: Debian has
 * musl, but no C++ library for it. It stands in for glibc's dynamic linker, which that library names. Good enough to
 * run a runtime in a test, and for nothing else.
 */
#define _GNU_SOURCE
#include <locale.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/random.h>
#include <time.h>

char __libc_single_threaded;
unsigned int __cpu_model[4];

int __cpu_indicator_init(void) { return 0; }

uint32_t arc4random(void) {
  uint32_t value = 0;
  getrandom(&value, sizeof value, 0);
  return value;
}

size_t __strftime_l(char *text, size_t length, const char *format, const struct tm *time, locale_t locale) {
  return strftime_l(text, length, format, time, locale);
}

int __cxa_thread_atexit_impl(void (*destructor)(void *), void *object, void *library) {
  (void)destructor, (void)object, (void)library;
  return 0;
}

int _dl_find_object(void *address, void *result) {
  (void)address, (void)result;
  return -1;
}
