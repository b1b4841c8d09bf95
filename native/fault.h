/*
 * Bus errors as errors of one access instead of the end of the process.
 *
 * Where nothing answers, a file was truncated or a device is gone, the kernel raises SIGBUS. The handler puts a page of
 * 0xFF over the page at fault, so that the access can finish, and raises the mapping's fault count; the caller sees the
 * count and throws. A SIGBUS that is not about a mapping of ours goes to whoever handled it before.
 */
#ifndef MMAPIO_FAULT_H
#define MMAPIO_FAULT_H

/* Puts our handler in front of the present one, unless it is there. Returns 0 or a negative errno. */
int fault_handler_install(void);

#endif
