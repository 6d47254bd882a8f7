/* SPDX-License-Identifier: MIT */
/* What the shell does with a command's table of arguments (<shell/command.h>). Pure text work. */
#ifndef SHELL_ARGUMENT_H
#define SHELL_ARGUMENT_H

#include <shell/command.h>

/*
 * Reads the words behind argv[0] as @c's table says. Options end behind "--", and where the
 * table has an argument of many words, at the first word that is none. 0; -EINVAL with one line about it in @problem, empty where the usage line says it.
 */
int arguments_parse(const struct command *c, int argc, char **argv, struct arguments *a,
		    char *problem, size_t size);

/* Writes the usage line's part behind the name. */
void arguments_usage(const struct command *c, char *text, size_t size);

/* Writes the line that explains argument @a: False when there is nothing to say of it. */
bool argument_explain(const struct argument *a, char *text, size_t size);

/*
 * Reads a duration: "2", "1.5", "200ms", "3m"; ns. 0; -EINVAL; -ERANGE beyond 292 years.
 */
int parse_duration(const char *s, s64 *ns);

#endif
