/* SPDX-License-Identifier: MIT */
/* Ways to crash that tables.c has. Each is found by map_check(), which panics. */
#ifndef CRASH_TABLES_H
#define CRASH_TABLES_H

/* Data that is executable, constants that are, and data that is open to programs. */
void crash_wx(void);
void crash_exec_constants(void);
void crash_user(void);

#endif
