/* SPDX-License-Identifier: MIT */
/* Between the files of the shell's core. */
#ifndef SHELL_PRIVATE_COMMAND_H
#define SHELL_PRIVATE_COMMAND_H

#include <lib/types.h>

struct sched_params;

/* Gives the shell's thread @params, and @params the ones that it had. */
#ifdef CONFIG_THREADS
void command_swap_params(struct sched_params *params);
#else
static inline void command_swap_params(struct sched_params *params __unused)
{
}
#endif

/* The command whose name is nearest to @name, or NULL when none is near. */
const char *command_suggest(const char *name);

#endif
