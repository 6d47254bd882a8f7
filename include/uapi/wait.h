/* SPDX-License-Identifier: MIT */
/* wait4(2), waitid(2), clone(2): Linux's numbers (linux/wait.h, linux/sched.h). */
#ifndef UAPI_WAIT_H
#define UAPI_WAIT_H

#define WNOHANG		1
#define WUNTRACED	2
#define WSTOPPED	2
#define WEXITED		4
#define WCONTINUED	8
#define WNOWAIT		0x01000000
#define WNOTHREAD	0x20000000
#define WALL		0x40000000
#define WCLONE		0x80000000

/* What is told of one that has stopped, or goes on. */
#define WAIT_STOPPED(signal)	((signal) << 8 | 0x7f)
#define WAIT_CONTINUED		0xffff

/* With the signal, of one that has left a core file. */
#define WAIT_CORE		0x80

#define P_ALL		0
#define P_PID		1
#define P_PGID		2
#define P_PIDFD		3

#define CLONE_SIGNAL		0x000000ffUL
#define CLONE_VM		0x00000100UL
#define CLONE_FS		0x00000200UL
#define CLONE_FILES		0x00000400UL
#define CLONE_SIGHAND		0x00000800UL
#define CLONE_VFORK		0x00004000UL
#define CLONE_PARENT		0x00008000UL
#define CLONE_THREAD		0x00010000UL
#define CLONE_NEWNS		0x00020000UL
#define CLONE_SYSVSEM		0x00040000UL
#define CLONE_SETTLS		0x00080000UL
#define CLONE_PARENT_SETTID	0x00100000UL
#define CLONE_CHILD_CLEARTID	0x00200000UL
#define CLONE_DETACHED		0x00400000UL
#define CLONE_PIDFD		0x00001000UL
#define CLONE_CLEAR_SIGHAND	0x100000000UL	/* clone3()'s */
#define CLONE_CHILD_SETTID	0x01000000UL

#endif
