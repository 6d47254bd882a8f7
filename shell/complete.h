/* SPDX-License-Identifier: MIT */
/* Completion at the line editor's cursor; what is offered comes by <shell/complete.h>. */
#ifndef SHELL_COMPLETE_LINE_H
#define SHELL_COMPLETE_LINE_H

#include "line.h"

#ifdef CONFIG_SHELL_COMPLETE
/* For struct line's `complete`. */
void complete_line(struct line *l, bool again);
#else
#define complete_line	NULL
#endif

#endif
