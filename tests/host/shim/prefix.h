/* SPDX-License-Identifier: MIT */
/*
 * Comes before a host build's files: other names for those of our functions that the C
 * library and the sanitizers have as well, once the host's own headers are through. A file
 * that wants the C library's, as host/libc.c does, is built without this.
 */
#ifndef HOST_PREFIX_H
#define HOST_PREFIX_H

#include "system.h"

#define memcpy cairn_memcpy
#define memmove cairn_memmove
#define memset cairn_memset
#define memcmp cairn_memcmp
#define memchr cairn_memchr
#define strlen cairn_strlen
#define strnlen cairn_strnlen
#define strcmp cairn_strcmp
#define strncmp cairn_strncmp
#define strchr cairn_strchr
#define strrchr cairn_strrchr
#define strstr cairn_strstr
#define strlcpy cairn_strlcpy
#define strlcat cairn_strlcat
#define strtoul cairn_strtoul
#define snprintf cairn_snprintf
#define vsnprintf cairn_vsnprintf
#define format_to cairn_format_to

#endif
