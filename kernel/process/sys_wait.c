/* SPDX-License-Identifier: MIT */
/* Calls that ask how children have ended, and what was used. */
#include <kernel/time.h>
#include <uapi/abi.h>
#include <uapi/errno.h>
#include <uapi/wait.h>

#include "pidfd.h"
#include "process.h"
#include "syscall.h"

#define TICK	(NS_PER_SEC / 100)	/* of times(): AT_CLKTCK */

#define RUSAGE_SELF	0
#define RUSAGE_CHILDREN	(-1)
#define RUSAGE_THREAD	1

/*
 * Nobody measures for how long of its time a program was in the kernel, since that would cost each
 * call: all of it counts as the program's own.
 */
static struct abi_rusage rusage_of(const struct usage *u)
{
	return (struct abi_rusage){
		.utime = { (s64)(u->run / NS_PER_SEC), (s64)(u->run / NS_PER_US % 1000000) },
		.maxrss = (s64)(u->peak << (PAGE_SHIFT - 10)),
		.minflt = (s64)u->faults,
		.nvcsw = (s64)u->switches, .nivcsw = (s64)u->preemptions,
	};
}

static long put_usage(uaddr_t to, const struct usage *used)
{
	const struct abi_rusage usage = rusage_of(used);

	return copy_to_user(to, &usage, sizeof(usage));
}

/* --- Waiting ---------------------------------------------------------------------------------- */

#define WAIT4_OPTIONS \
	((unsigned long)(WNOHANG | WUNTRACED | WCONTINUED | WNOTHREAD | WALL | WCLONE))
#define WAITID_KINDS	(WEXITED | WSTOPPED | WCONTINUED)
#define WAITID_OPTIONS \
	((unsigned long)(WNOHANG | WNOWAIT | WAITID_KINDS | WNOTHREAD | WALL | WCLONE))

long sys_wait4(int which, uaddr_t status, unsigned long options, uaddr_t rusage)
{
	int type = which == -1 ? P_ALL : which > 0 ? P_PID : P_PGID;
	int pgid = which ? -which : process_current()->pgid;
	struct child_report child;
	long err;

	options = (u32)options;
	if (options & ~WAIT4_OPTIONS)
		return -EINVAL;
	if (which == INT32_MIN)
		return -ESRCH;
	err = process_wait_child(type, type == P_PID ? which : pgid, options | WEXITED, &child);
	if (err || !child.pid)
		return err;
	if (rusage)
		err = put_usage(rusage, &child.used);
	if (!err && status)
		err = copy_to_user(status, &child.wait, sizeof(child.wait));
	return err ? err : child.pid;
}

/* How siginfo_t tells @wait. */
static s32 code_of(int wait, s32 *status)
{
	if (wait == WAIT_CONTINUED) {
		*status = SIGCONT;
		return CLD_CONTINUED;
	}
	*status = WAIT_STATUS(wait);
	if ((wait & 0xff) == 0x7f)
		return CLD_STOPPED;
	if (!WAIT_IS_SIGNALED(wait))
		return CLD_EXITED;
	*status = WAIT_SIGNAL(wait);
	return wait & WAIT_CORE ? CLD_DUMPED : CLD_KILLED;
}

/* What there is to say of @child, or, where its pid is 0, that there is nothing. */
static long put_siginfo(uaddr_t to, const struct child_report *child)
{
	struct abi_siginfo_child info = { 0 };
	long err;

	if (child->pid) {
		info.signo = SIGCHLD;
		info.code = code_of(child->wait, &info.status);
		info.pid = child->pid;
		info.uid = child->uid;
	}
	/* what lies between them stays as it is */
	err = copy_to_user(to, &info, offsetof(struct abi_siginfo_child, pad));
	return err ? err : copy_to_user(to + offsetof(struct abi_siginfo_child, pid), &info.pid,
					sizeof(info) - offsetof(struct abi_siginfo_child, pid));
}

long sys_waitid(int type, int id, uaddr_t to, unsigned long options, uaddr_t rusage)
{
	struct child_report child;
	bool waits = true;
	long err, bad = 0;

	options = (u32)options;
	if (options & ~WAITID_OPTIONS || !(options & WAITID_KINDS))
		return -EINVAL;
	if (type < P_ALL || type > P_PIDFD || (type == P_PID && id <= 0) ||
	    (type != P_ALL && id < 0))
		return -EINVAL;
	if (type == P_PIDFD) {
		type = P_PID;
		id = pidfd_pid(id, &waits);
		if (id < 0)
			return id == -ESRCH ? -ECHILD : id;
	}
	if (type == P_PGID && !id)
		id = process_current()->pgid;
	err = process_wait_child(type, id, waits ? options : options | WNOHANG, &child);
	if (!err && !child.pid && !waits && !(options & WNOHANG))
		return -EAGAIN;
	if (child.pid && rusage)
		bad = put_usage(rusage, &child.used);
	if (!bad && to)
		bad = put_siginfo(to, &child);
	return bad ? bad : err;
}

/* --- What was used ---------------------------------------------------------------------------- */

long sys_getrusage(int who, uaddr_t to)
{
	struct usage used;
	struct abi_rusage usage;

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
		return -EINVAL;
	if (who == RUSAGE_CHILDREN)
		used = process_current()->child_used;
	else
		usage_here(&used, who == RUSAGE_THREAD);
	usage = rusage_of(&used);
	return copy_to_user(to, &usage, sizeof(usage));
}

long sys_times(uaddr_t to)
{
	struct usage used;
	struct abi_tms tms;

	usage_here(&used, false);
	tms = (struct abi_tms){
		.utime = (s64)(used.run / TICK),
		.cutime = (s64)(process_current()->child_used.run / TICK),
	};

	if (to && copy_to_user(to, &tms, sizeof(tms)))
		return -EFAULT;
	return (long)(time_now() / TICK);
}
