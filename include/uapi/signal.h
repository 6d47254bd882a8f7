/* SPDX-License-Identifier: MIT */
/*
 * Signals: Linux's numbers and layouts on arm64 (asm-generic/signal.h, siginfo.h), and limits
 * (resource.h).
 */
#ifndef UAPI_SIGNAL_H
#define UAPI_SIGNAL_H

#include <lib/types.h>

#define SIGHUP		1
#define SIGINT		2
#define SIGQUIT		3
#define SIGILL		4
#define SIGTRAP		5
#define SIGABRT		6
#define SIGBUS		7
#define SIGFPE		8
#define SIGKILL		9
#define SIGUSR1		10
#define SIGSEGV		11
#define SIGUSR2		12
#define SIGPIPE		13
#define SIGALRM		14
#define SIGTERM		15
#define SIGSTKFLT	16
#define SIGCHLD		17
#define SIGCONT		18
#define SIGSTOP		19
#define SIGTSTP		20
#define SIGTTIN		21
#define SIGTTOU		22
#define SIGURG		23
#define SIGXCPU		24
#define SIGXFSZ		25
#define SIGVTALRM	26
#define SIGPROF		27
#define SIGWINCH	28
#define SIGIO		29
#define SIGPWR		30
#define SIGSYS		31
#define SIGRTMIN	32	/* from here on each one that is sent comes */
#define SIGNALS		64

#define SIG_DFL		0UL
#define SIG_IGN		1UL

#define SIG_BLOCK	0
#define SIG_UNBLOCK	1
#define SIG_SETMASK	2

#define SA_NOCLDSTOP	0x00000001UL
#define SA_NOCLDWAIT	0x00000002UL
#define SA_SIGINFO	0x00000004UL
#define SA_RESTORER	0x04000000UL
#define SA_ONSTACK	0x08000000UL
#define SA_RESTART	0x10000000UL
#define SA_NODEFER	0x40000000UL
#define SA_RESETHAND	0x80000000UL

/* Where a signal is from: si_code. Positive ones are the kernel's. */
#define SI_USER		0
#define SI_KERNEL	0x80
#define SI_QUEUE	(-1)
#define SI_TIMER	(-2)
#define SI_TKILL	(-6)

#define ILL_ILLOPC	1
#define SEGV_MAPERR	1
#define SEGV_ACCERR	2
#define BUS_ADRALN	1
#define BUS_ADRERR	2
#define BUS_OBJERR	3
#define TRAP_BRKPT	1

#define CLD_EXITED	1
#define CLD_KILLED	2
#define CLD_DUMPED	3
#define CLD_STOPPED	5
#define CLD_CONTINUED	6

/* siginfo_t, as far as anything uses it; the rest of its 128 bytes is zero. */
struct abi_siginfo {
	s32 signo;
	s32 err;
	s32 code;
	u32 pad;
	union {
		u64 words[4];
		struct {
			s32 pid;
			u32 uid;
			u64 value;	/* sigval, of sigqueue(3) */
		} user;
		struct {
			s32 id;
			s32 overrun;	/* expirations that this signal tells of beside the first */
			u64 value;
		} timer;
		struct {
			s32 pid;
			u32 uid;
			s32 status;
			u32 pad;
			s64 utime, stime;
		} child;
		u64 address;		/* of a fault */
	};
};
static_assert(sizeof(struct abi_siginfo) == 48, "the part of siginfo_t that is used");

#define SIGINFO_SIZE	128

/* sigevent_t: what a timer does when it expires. */
#define SIGEV_SIGNAL	0
#define SIGEV_NONE	1
#define SIGEV_THREAD	2
#define SIGEV_THREAD_ID	4

struct abi_sigevent {
	u64 value;
	s32 signo;
	s32 notify;
	s32 tid;		/* with SIGEV_THREAD_ID */
	u32 pad[11];
};
static_assert(sizeof(struct abi_sigevent) == 64, "Linux's sigevent_t");

/* stack_t */
struct abi_stack {
	u64 sp;
	s32 flags;
	u32 pad;
	u64 size;
};

#define SS_ONSTACK	1
#define SS_DISABLE	2
#define SS_AUTODISARM	(1U << 31)
#define MINSIGSTKSZ	5120

#define RLIMIT_CPU	0
#define RLIMIT_FSIZE	1
#define RLIMIT_DATA	2
#define RLIMIT_STACK	3
#define RLIMIT_CORE	4
#define RLIMIT_RSS	5
#define RLIMIT_NPROC	6
#define RLIMIT_NOFILE	7
#define RLIMIT_MEMLOCK	8
#define RLIMIT_AS	9
#define RLIMIT_SIGPENDING	11
#define RLIMIT_NICE	13
#define RLIMIT_RTPRIO	14
#define RLIM_NLIMITS	16
#define RLIM_INFINITY	(~0UL)

#endif
