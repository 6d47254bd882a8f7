/* SPDX-License-Identifier: MIT */
/* Ways to crash that tables.c has. */
#ifndef CRASH_TABLES_H
#define CRASH_TABLES_H

/* map_check() finds data that is executable, constants that are, data that is open to programs. */
void crash_wx(void);
void crash_exec_constants(void);
void crash_user(void);

/* A page of the linear map, in the middle of a block, is unmapped. */
void crash_tear(void);

#endif
