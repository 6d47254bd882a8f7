/* SPDX-License-Identifier: MIT */
/* What programs are told of the system: its names and numbers; root may change some of them. */
#ifndef PROCESS_SYSTEM_H
#define PROCESS_SYSTEM_H

#include <lib/types.h>

/*
 * The C library of a program refuses to run on a kernel that it thinks too old: this is the Linux
 * whose system calls Cairn follows.
 */
#define LINUX_RELEASE	"6.1.0-cairn"

#define SYSTEM_NAME	65	/* bytes, with the NUL: as in struct abi_utsname */

enum system_name { SYSTEM_HOST, SYSTEM_DOMAIN, SYSTEM_NAMES };

/* The name, terminated; and another one. Any context. */
void system_get_name(enum system_name which, char to[SYSTEM_NAME]);
void system_set_name(enum system_name which, const char from[SYSTEM_NAME]);

#define PID_MAX		32768		/* at first */
#define PID_MAX_LEAST	301
#define PID_MAX_MOST	4194304

/* process.c: the first number that no process gets, of these two or between them. Atomic. */
extern u32 process_id_end;

/* process.c: the id that was given last, process_lock held; and how many were given. */
int process_last_pid(void);
u64 process_forks(void);

#endif
