/* SPDX-License-Identifier: MIT */
/*
 * What fs/ runs on in host tests: pages of a machine with RAM (machine/machine.h), a heap that is
 * the C library's, so that the sanitizer sees each object, and one thread, which would wait for
 * itself: a lock that is taken twice is a failure.
 */
#ifndef HOST_FS_WORLD_H
#define HOST_FS_WORLD_H

#include <lib/types.h>

struct dir_entry;

/* The machine, and / mounted. Once. */
void world_start(void);

/* The same, when it was not done before. */
void world_need(void);

/* Opens @path, which is made where it is not there, and closes it: 0, or why not. */
int world_touch(const char *path);

/* For file_readdir(): counts the names in the int that @arg points at. */
int world_count(void *arg, const struct dir_entry *entry);

/* One of the next allocations fails with a probability of 1 in @n, each; 0: none. */
void world_fail(unsigned int n);

/* How many have failed since the last call. */
unsigned int world_failed(void);

/* Objects of the heap. */
extern unsigned long world_objects;

#endif
