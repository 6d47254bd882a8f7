/* SPDX-License-Identifier: MIT */
/* The system calls by their names, of syscalls.def. */
#include <lib/types.h>

#include "syscall.h"

const struct syscall_info syscall_list[] = {
#define SYSCALL(number, name, ...)	{ number, #name, #__VA_ARGS__ },
#include "syscalls.def"
#undef SYSCALL
	{ .name = NULL },
};

const struct syscall_info *syscall_info(u64 number)
{
	for (const struct syscall_info *info = syscall_list; info->name; info++)
		if (info->number == number)
			return info;
	return NULL;
}

const char *syscall_name(u64 number)
{
	static const struct {
		u16 number;
		const char *name;
	} names[] = {
#define LINUX(number, name)	{ number, #name },
#include "linux.def"
#undef LINUX
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}
