/* SPDX-License-Identifier: MIT */
/* Parts of a test that run in a process of their own, because they end it or spoil its state. */
#ifndef HOST_APART_H
#define HOST_APART_H

#include <lib/types.h>

/*
 * Runs @f in a child process. True when it returned true and no sanitizer found anything. The
 * child's log is not shown, its random numbers are those that would come next here.
 */
bool apart(bool (*f)(void));

/*
 * The same @rounds times (host_effort() of it), each with other random numbers; the first one that
 * fails ends it, with the seed to repeat it by.
 */
bool apart_repeat(bool (*f)(void), u64 rounds);

/* Runs @f in a child process. True when it panicked, with @text in what the panic said. */
bool panics(void (*f)(void), const char *text);

#endif
