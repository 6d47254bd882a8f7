/* SPDX-License-Identifier: MIT */
/* What the tests of files share, in the kernel and on the host. */
#ifndef FS_TEST_FS_H
#define FS_TEST_FS_H

#include <lib/types.h>

/*
 * Walks all names of all mounts, nobody else being at work, and counts: references, of which @open
 * are files that are open, links, names, pages. Reports by <lib/test.h>. Returns how many names
 * there are.
 */
size_t fs_integrity(unsigned int open);

#endif
