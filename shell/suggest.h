/* SPDX-License-Identifier: MIT */
/* How alike two names are. */
#ifndef SHELL_SUGGEST_H
#define SHELL_SUGGEST_H

/* How many letters must be changed to make @b of @a; 16 when either is longer than that. */
unsigned int name_distance(const char *a, const char *b);

#endif
