/* SPDX-License-Identifier: MIT */
/* Between the panic and its prompt. Without CONFIG_PANIC_SHELL nothing of it is left. */
#ifndef KERNEL_PANIC_SHELL_H
#define KERNEL_PANIC_SHELL_H

#include <lib/types.h>

struct arch_frame;
struct arch_unwind;

/* Logs the call chain from @u on, whose end it then is. */
void chain_print(struct arch_unwind *u);

#ifdef CONFIG_PANIC_SHELL
/*
 * Opens the prompt for a panic that was reported, but for its last line, whose words these are;
 * with the exception's frame, or NULL when panic() was called. Returns when there is no console
 * that could be read, else never.
 */
void panic_shell(const char *kind, const char *text, const struct arch_frame *frame);

/* Goes back to the prompt when something, @text, went wrong there; returns when there is none. */
void panic_shell_again(const char *text);
#else
static inline void panic_shell(const char *kind __unused, const char *text __unused,
			       const struct arch_frame *frame __unused)
{
}

static inline void panic_shell_again(const char *text __unused)
{
}
#endif

#endif
