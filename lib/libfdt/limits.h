/* SPDX-License-Identifier: MIT */
/*
 * What libfdt expects of <limits.h>. The compiler's own would go on to the C library's, which a
 * kernel has not.
 */
#ifndef LIBFDT_LIMITS_H
#define LIBFDT_LIMITS_H

#define INT_MAX		__INT_MAX__
#define UINT_MAX	(__INT_MAX__ * 2U + 1)

#endif
