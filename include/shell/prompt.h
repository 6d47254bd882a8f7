/* SPDX-License-Identifier: MIT */
/* When the first prompt stood on the console: for `bench boot`. */
#ifndef SHELL_PROMPT_H
#define SHELL_PROMPT_H

#include <lib/types.h>

/* ns since reset; 0 before there was one. */
extern u64 shell_prompt_time;

#endif
