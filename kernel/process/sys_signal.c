/* SPDX-License-Identifier: MIT */
/* Calls about signals. */
#include <kernel/time.h>
#include <lib/string.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "pidfd.h"
#include "process.h"
#include "syscall.h"
#include "waiting.h"

static bool is_signal(int signal)
{
	return signal >= 1 && signal <= SIGNALS;
}

/* --- What is done about them ------------------------------------------------------------------ */

long sys_rt_sigaction(int signal, uaddr_t from, uaddr_t to, unsigned long size)
{
	struct process *p = process_current();
	struct signal_action *action;
	struct abi_sigaction now, old;
	unsigned long state;

	if (size != sizeof(u64) || !is_signal(signal) ||
	    (from && (signal == SIGKILL || signal == SIGSTOP)))
		return -EINVAL;
	if (from && copy_from_user(&now, from, sizeof(now)))
		return -EFAULT;
	action = &p->actions[signal - 1];
	state = spin_lock_irqsave(&p->signals.lock);
	old = (struct abi_sigaction){
		.handler = action->handler, .flags = action->flags,
		.restorer = action->restorer, .mask = action->mask,
	};
	if (from) {
		*action = (struct signal_action){
			.handler = now.handler, .flags = now.flags, .restorer = now.restorer,
			.mask = now.mask & ~UNBLOCKABLE,
		};
		if (signal_is_ignored(p, signal)) {
			signal_forget(p, &p->pending, SIGNAL_BIT(signal));
			list_for_each (t, &p->tasks, struct task, link) {
				signal_forget(p, &t->pending, SIGNAL_BIT(signal));
			}
		}
	}
	spin_unlock_irqrestore(&p->signals.lock, state);
	return to ? copy_to_user(to, &old, sizeof(old)) : 0;
}

int signal_set_stack(struct task *t, const struct abi_stack *to, uaddr_t sp)
{
	u32 mode = (u32)to->flags & ~SS_AUTODISARM;

	if (signal_on_stack(t, sp))
		return -EPERM;
	if (mode != SS_DISABLE && mode != SS_ONSTACK && mode)
		return -EINVAL;
	if (mode == SS_DISABLE) {
		t->alt = (struct abi_stack){
			.flags = SS_DISABLE | (to->flags & (s32)SS_AUTODISARM),
		};
		return 0;
	}
	if (to->size < MINSIGSTKSZ)
		return -ENOMEM;
	t->alt = (struct abi_stack){
		.sp = to->sp, .size = to->size, .flags = to->flags & (s32)SS_AUTODISARM,
	};
	return 0;
}

long sys_sigaltstack(uaddr_t from, uaddr_t to)
{
	struct task *t = task_current();
	uaddr_t sp = arch_frame_sp(frame_here());
	struct abi_stack new, old = t->alt;
	int err = 0;

	if (signal_on_stack(t, sp))
		old.flags |= SS_ONSTACK;
	if (from && copy_from_user(&new, from, sizeof(new)))
		return -EFAULT;
	if (from)
		err = signal_set_stack(t, &new, sp);
	if (!err && to)
		err = copy_to_user(to, &old, sizeof(old));
	return err;
}

/* Has the frame that is to be on the stack be there, if it can. */
static void bring_in(uaddr_t sp)
{
	uaddr_t at = sp;

	while (at < sp + ARCH_SIGNAL_FRAME && !user_fault_in(at, VMA_READ))
		at = ALIGN_DOWN(at + PAGE_SIZE, PAGE_SIZE);
}

/* Back from a handler, as its frame says. */
long sys_rt_sigreturn(void)
{
	struct arch_frame *frame = frame_here();
	struct task *t = task_current();
	struct arch_signal_kept kept;
	int err = arch_signal_return(&t->user, frame, &kept);

	if (unlikely(err == -EFAULT)) {
		bring_in(arch_frame_sp(frame));
		err = arch_signal_return(&t->user, frame, &kept);
	}
	if (unlikely(err)) {
		const struct abi_siginfo bad = {
			.signo = SIGSEGV, .code = SI_KERNEL, .address = arch_frame_sp(frame),
		};

		signal_force(frame, &bad, "sigreturn", "no frame that a signal has left");
	} else {
		if (kept.alt.size || t->alt.size)
			signal_set_stack(t, &kept.alt, arch_frame_sp(frame));
		signal_set_mask(t, kept.mask);
	}
	/* what is in the registers now is no result of a call */
	arch_user_return(frame);
}

/* --- Masks and waiting ------------------------------------------------------------------------ */

long sys_rt_sigprocmask(int how, uaddr_t from, uaddr_t to, unsigned long size)
{
	struct task *t = task_current();
	u64 old = t->mask, set;

	if (size != sizeof(u64))
		return -EINVAL;
	if (from) {
		if (copy_from_user(&set, from, sizeof(set)))
			return -EFAULT;
		if (how == SIG_BLOCK)
			set |= old;
		else if (how == SIG_UNBLOCK)
			set = old & ~set;
		else if (how != SIG_SETMASK)
			return -EINVAL;
		signal_set_mask(t, set);
	}
	return to ? copy_to_user(to, &old, sizeof(old)) : 0;
}

long sys_rt_sigpending(uaddr_t to, unsigned long size)
{
	const struct task *t = task_current();
	u64 set = (t->pending.set | t->process->pending.set) & t->mask;

	/* older programs ask for less */
	if (size > sizeof(set))
		return -EINVAL;
	return copy_to_user(to, &set, size);
}

long sys_rt_sigsuspend(uaddr_t from, unsigned long size)
{
	u64 mask;

	if (size != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, from, sizeof(mask)))
		return -EFAULT;
	signal_mask_swap(mask);
	while (!thread_sleep_until(TIME_NEVER))
		;
	signal_mask_restore(true);
	return -EINTR;
}

long signal_wait(u64 set, struct abi_siginfo *info, u64 deadline)
{
	struct task *t = task_current();
	struct process *p = t->process;
	unsigned long state = spin_lock_irqsave(&p->signals.lock);
	int signal, err = 0;

	while (!(signal = signal_take(t, set, info)) && !err) {
		if (!deadline) {
			err = -EAGAIN;
			break;
		}
		t->awaited = set;
		err = wait_sleep(&p->signals, state, deadline);
		state = spin_lock_irqsave(&p->signals.lock);
		t->awaited = 0;
	}
	spin_unlock_irqrestore(&p->signals.lock, state);
	return signal ? signal : err == -ETIMEDOUT ? -EAGAIN : err;
}

/* siginfo_t, whole. */
static long put_info(uaddr_t to, const struct abi_siginfo *info)
{
	long err = copy_to_user(to, info, sizeof(*info));

	return err ? err : clear_user(to + sizeof(*info), SIGINFO_SIZE - sizeof(*info));
}

long sys_rt_sigtimedwait(uaddr_t from, uaddr_t to, uaddr_t timeout, unsigned long size)
{
	u64 set, deadline = TIME_NEVER, ns;
	struct abi_siginfo info;
	struct abi_timespec t;
	long err = 0, signal;

	if (size != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, from, sizeof(set)))
		return -EFAULT;
	if (timeout)
		err = get_time(&t, timeout);
	if (err)
		return err;
	if (timeout && !__builtin_mul_overflow((u64)t.sec, NS_PER_SEC, &ns) &&
	    !__builtin_add_overflow(ns, (u64)t.nsec + time_now(), &ns))
		deadline = ns;
	signal = signal_wait(set & ~UNBLOCKABLE, &info, deadline);
	if (signal > 0 && to && put_info(to, &info))
		return -EFAULT;
	return signal;
}

/* --- Sending ---------------------------------------------------------------------------------- */

/* As kill(2) has it. process_lock held. */
static bool may_signal(const struct process *q, int signal)
{
	const struct process *p = process_current();
	const struct credentials *me = &p->cred, *it = &q->cred;

	return me->euid == it->suid || me->euid == it->uid || me->uid == it->suid ||
	       me->uid == it->uid || capable(CAP_KILL) ||
	       (signal == SIGCONT && p->sid == q->sid);
}

/* Sends it to @q, or only asks whether one might. process_lock held. */
static long send_to(struct process *q, struct task *t, const struct abi_siginfo *info)
{
	if (!may_signal(q, info->signo))
		return -EPERM;
	if (!info->signo || q->state != PROCESS_RUNS)
		return 0;
	return signal_send(q, t, info);
}

static bool is_meant(const struct process *q, int pid)
{
	const struct process *p = process_current();

	if (pid == -1)
		return q->pid != 1 && q != p;
	return q->pgid == (pid ? -pid : p->pgid);
}

/* Good is what reached one. process_lock held. */
static long send_to_many(int pid, const struct abi_siginfo *info)
{
	long result = -ESRCH, err;

	list_for_each (q, &process_list, struct process, all) {
		if (!is_meant(q, pid))
			continue;
		err = send_to(q, NULL, info);
		if (!err || result)
			result = err;
	}
	return result;
}

/* From the calling process. */
static inline void info_here(struct abi_siginfo *info, int signal, int code)
{
	const struct process *p = process_current();

	info->signo = signal;
	info->err = 0;
	info->code = code;
	info->pad = 0;
	info->user.pid = p->pid;
	info->user.uid = p->cred.uid;
	info->words[1] = info->words[2] = info->words[3] = 0;
}

/* To the process @pid, or with @tid to that task of it (@pid 0: of any). */
static long send_to_one(int pid, int tid, const struct abi_siginfo *info)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	struct task *t = task_find(tid ? tid : pid);
	struct process *q = t ? t->process : NULL;
	long err = -ESRCH;

	if (tid ? q && (!pid || q->pid == pid) : q && t == &q->task)
		err = send_to(q, tid ? t : NULL, info);
	spin_unlock_irqrestore(&process_lock, state);
	return err;
}

long sys_kill(int pid, int signal)
{
	struct abi_siginfo info;
	unsigned long state;
	long err;

	if (unlikely(signal && !is_signal(signal)))
		return -EINVAL;
	info_here(&info, signal, SI_USER);
	if (pid == process_current()->pid)
		return signal ? signal_send(process_current(), NULL, &info) : 0;
	if (pid > 0)
		return send_to_one(pid, 0, &info);
	if (pid == INT32_MIN)
		return -ESRCH;
	state = spin_lock_irqsave(&process_lock);
	err = send_to_many(pid, &info);
	spin_unlock_irqrestore(&process_lock, state);
	return err;
}

long sys_tkill(int tid, int signal)
{
	struct abi_siginfo info;

	if ((signal && !is_signal(signal)) || tid <= 0)
		return -EINVAL;
	info_here(&info, signal, SI_TKILL);
	return send_to_one(0, tid, &info);
}

long sys_tgkill(int pid, int tid, int signal)
{
	struct abi_siginfo info;

	if ((signal && !is_signal(signal)) || tid <= 0 || pid <= 0)
		return -EINVAL;
	info_here(&info, signal, SI_TKILL);
	if (pid == process_current()->pid && tid == task_current()->tid)
		return signal ? signal_send(process_current(), task_current(), &info) : 0;
	return send_to_one(pid, tid, &info);
}

/* What a program says of a signal itself: others it may not pretend to come from the kernel. */
static long get_info(struct abi_siginfo *info, uaddr_t from, int signal, int pid, bool same)
{
	if (copy_from_user(info, from, sizeof(*info)))
		return -EFAULT;
	if (same && info->signo != signal)
		return -EINVAL;
	info->signo = signal;
	if ((info->code >= 0 || info->code == SI_TKILL) && pid != process_current()->pid)
		return -EPERM;
	return signal && !is_signal(signal) ? -EINVAL : 0;
}

long sys_pidfd_send_signal(int fd, int signal, uaddr_t from, unsigned long flags)
{
	struct abi_siginfo info;
	bool waits;
	long err = 0;
	int pid = flags ? -EINVAL : pidfd_pid(fd, &waits);

	if (pid < 0)
		return pid;
	if (from)
		err = get_info(&info, from, signal, pid, true);
	else
		info_here(&info, signal, SI_USER);
	if (!err && signal && !is_signal(signal))
		err = -EINVAL;
	return err ? err : send_to_one(pid, 0, &info);
}

long sys_rt_sigqueueinfo(int pid, int signal, uaddr_t from)
{
	struct abi_siginfo info;
	long err = get_info(&info, from, signal, pid, false);

	return err ? err : send_to_one(pid, 0, &info);
}

long sys_rt_tgsigqueueinfo(int pid, int tid, int signal, uaddr_t from)
{
	struct abi_siginfo info;
	long err = pid <= 0 || tid <= 0 ? -EINVAL : get_info(&info, from, signal, pid, false);

	return err ? err : send_to_one(pid, tid, &info);
}
