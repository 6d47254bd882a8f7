/* SPDX-License-Identifier: MIT */
/* Between the files that write core files: core.c has who may, core_elf.c what is in it. */
#ifndef PROCESS_CORE_H
#define PROCESS_CORE_H

#include "process.h"

/*
 * Writes the calling process, whose other tasks wait, to @file, which is empty: what it died of is
 * @info. At most @limit bytes, not counting holes; what comes behind is missing. 0; -ENOMEM, or
 * what writing says: then some of it may be there.
 */
int core_write(struct file *file, u64 limit, const struct abi_siginfo *info);

#endif
