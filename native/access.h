/*
 * One access, one instruction.
 *
 * Each function below is exactly one load or store of the width in its name, with a plain base register as its
 * address (x86 aside, where a mov of any form is one access). `volatile` alone does not promise that: a compiler may
 * still choose a paired, indexed or write-back form (which a hypervisor cannot emulate on Arm), or a store of a constant
 * through a vector register. So the instruction is written out where we know the machine, and `volatile` is only the
 * fallback for a machine that we do not.
 *
 * Callers guarantee that the address is aligned to the width.
 */
#ifndef MMAPIO_ACCESS_H
#define MMAPIO_ACCESS_H

#include <stdint.h>

#define ASM_LOAD(name, type, instruction)                                       \
  static inline type name(const volatile void *address) {                       \
    type value;                                                                 \
    __asm__ volatile(instruction : "=r"(value) : "r"(address) : "memory");      \
    return value;                                                               \
  }
#define ASM_STORE(name, type, instruction)                                      \
  static inline void name(volatile void *address, type value) {                 \
    __asm__ volatile(instruction : : "r"(value), "r"(address) : "memory");      \
  }
#define PLAIN_LOAD(name, type)                                                  \
  static inline type name(const volatile void *address) {                       \
    return *(const volatile type *)address;                                     \
  }
#define PLAIN_STORE(name, type)                                                 \
  static inline void name(volatile void *address, type value) {                 \
    *(volatile type *)address = value;                                          \
  }

#if defined(__x86_64__)

/* Any address mode will do for a mov, so the compiler chooses it: a quarter less time for a loop over a block. */
#define X86_ACCESS(bits, mov)                                                                                    \
  static inline uint##bits##_t load##bits(const volatile void *address) {                                        \
    uint##bits##_t value;                                                                                        \
    __asm__ volatile(mov " %1, %0" : "=r"(value) : "m"(*(const volatile uint##bits##_t *)address) : "memory");   \
    return value;                                                                                                \
  }                                                                                                              \
  static inline void store##bits(volatile void *address, uint##bits##_t value) {                                 \
    __asm__ volatile(mov " %1, %0" : "=m"(*(volatile uint##bits##_t *)address) : "r"(value) : "memory");         \
  }

X86_ACCESS(8, "movb")
X86_ACCESS(16, "movw")
X86_ACCESS(32, "movl")
X86_ACCESS(64, "movq")

#elif defined(__aarch64__)

ASM_LOAD(load8, uint8_t, "ldrb %w0, [%1]")
ASM_LOAD(load16, uint16_t, "ldrh %w0, [%1]")
ASM_LOAD(load32, uint32_t, "ldr %w0, [%1]")
ASM_LOAD(load64, uint64_t, "ldr %x0, [%1]")
ASM_STORE(store8, uint8_t, "strb %w0, [%1]")
ASM_STORE(store16, uint16_t, "strh %w0, [%1]")
ASM_STORE(store32, uint32_t, "str %w0, [%1]")
ASM_STORE(store64, uint64_t, "str %x0, [%1]")

#elif defined(__arm__)

ASM_LOAD(load8, uint8_t, "ldrb %0, [%1]")
ASM_LOAD(load16, uint16_t, "ldrh %0, [%1]")
ASM_LOAD(load32, uint32_t, "ldr %0, [%1]")
ASM_STORE(store8, uint8_t, "strb %0, [%1]")
ASM_STORE(store16, uint16_t, "strh %0, [%1]")
ASM_STORE(store32, uint32_t, "str %0, [%1]")

#elif defined(__riscv) && __riscv_xlen == 64

ASM_LOAD(load8, uint8_t, "lbu %0, 0(%1)")
ASM_LOAD(load16, uint16_t, "lhu %0, 0(%1)")
ASM_LOAD(load32, uint32_t, "lw %0, 0(%1)")
ASM_LOAD(load64, uint64_t, "ld %0, 0(%1)")
ASM_STORE(store8, uint8_t, "sb %0, 0(%1)")
ASM_STORE(store16, uint16_t, "sh %0, 0(%1)")
ASM_STORE(store32, uint32_t, "sw %0, 0(%1)")
ASM_STORE(store64, uint64_t, "sd %0, 0(%1)")

#else

PLAIN_LOAD(load8, uint8_t)
PLAIN_LOAD(load16, uint16_t)
PLAIN_LOAD(load32, uint32_t)
PLAIN_STORE(store8, uint8_t)
PLAIN_STORE(store16, uint16_t)
PLAIN_STORE(store32, uint32_t)
#if UINTPTR_MAX > UINT32_MAX
PLAIN_LOAD(load64, uint64_t)
PLAIN_STORE(store64, uint64_t)
#endif

#endif

#if UINTPTR_MAX == UINT32_MAX
/* A 32-bit machine has no 64-bit access that a device is sure to see as one: TypeScript refuses them before they get
 * here (`has64BitAccess`), and these two exist so that the tables of widths stay complete. */
PLAIN_LOAD(load64, uint64_t)
PLAIN_STORE(store64, uint64_t)
#endif

/* Orders every access before it, to devices and to ordinary memory, before every access after it. */
static inline void barrier_full(void) {
#if defined(__x86_64__)
  __asm__ volatile("mfence" ::: "memory");
#elif defined(__aarch64__)
  __asm__ volatile("dsb sy" ::: "memory");
#elif defined(__arm__)
  __asm__ volatile("dsb" ::: "memory");
#elif defined(__riscv)
  __asm__ volatile("fence iorw, iorw" ::: "memory");
#else
  __sync_synchronize();
#endif
}

#endif
