/* SPDX-License-Identifier: MIT */
/*
 * Names of error numbers. Two lists side by side rather than a table of pointers: a third of
 * the size, and nobody asks often enough for the walk to matter.
 */
#include <lib/format.h>
#include <lib/string.h>
#include <uapi/errno.h>

#ifdef CONFIG_NET_UNIX
#define LIST(X)	ERRNO_LIST(X) ERRNO_SOCKET_LIST(X)
#else
#define LIST(X)	ERRNO_LIST(X)
#endif
#define VALUE(name, value)	value,
#define NAME(name, value)	#name "\0"

static const u16 values[] = { LIST(VALUE) };
static const char names[] = LIST(NAME);

const char *errno_name(int err)
{
	const char *name = names;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		if (values[i] == err)
			return name;
		name += strlen(name) + 1;
	}
	return NULL;
}
