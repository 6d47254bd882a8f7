/* SPDX-License-Identifier: MIT */
/* The heap of host tests of the shell. */
#ifndef HOST_SHELL_HEAP_H
#define HOST_SHELL_HEAP_H

/* So many allocations more succeed, then none does; ~0UL: all do. */
extern unsigned long host_heap_left;

#endif
