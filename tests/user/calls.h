/* SPDX-License-Identifier: MIT */
/* The system calls of kernel/process/syscalls.def, for tests that make all of them. */
#ifndef TESTS_USER_CALLS_H
#define TESTS_USER_CALLS_H

#include <string.h>

struct call {
	int number;
	const char *name;
	const char *types;	/* "fd, out, ulong" */
};

/* all that there can be, whatever the kernel was built with */
#define CONFIG_NET_UNIX	1

static const struct call calls[] = {
#define SYSCALL(number, name, ...)	{ number, #name, #__VA_ARGS__ },
#include "../../kernel/process/syscalls.def"
#undef SYSCALL
};

#define CALLS	(sizeof(calls) / sizeof(calls[0]))

/* Whether @name is one of the words in @list, each with a blank before and behind it. */
static int is_listed(const char *list, const char *name)
{
	char word[64];

	strcpy(word, " ");
	strcat(word, name);
	strcat(word, " ");
	return strstr(list, word) != NULL;
}

/* How many arguments there are, and the type of each. */
static int read_types(const char *types, char type[6][8])
{
	int n = 0;

	while (*types) {
		size_t length = strcspn(types, ",");

		memcpy(type[n], types, length);
		type[n++][length] = '\0';
		types += length;
		while (*types == ',' || *types == ' ')
			types++;
	}
	return n;
}

#endif
