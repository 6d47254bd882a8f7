/* SPDX-License-Identifier: MIT */
/*
 * What libfdt expects of <string.h>. Only files that use libfdt see it; the rest of the kernel
 * says <lib/string.h>.
 */
#include <lib/string.h>
