/* SPDX-License-Identifier: MIT */
/* Limits of what a process may use. */
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

/* How long a file may become by the calling thread, which may be the kernel's own. */
static u64 file_limit(void)
{
	return task_is_here() ? process_current()->limits[RLIMIT_FSIZE].now : RLIM_INFINITY;
}

static int too_long(void)
{
	task_signal(SIGXFSZ);
	return -EFBIG;
}

int file_limit_write(u64 pos, size_t *n)
{
	u64 limit = file_limit();

	if (likely(limit == RLIM_INFINITY))
		return 0;
	if (pos >= limit)
		return too_long();
	*n = MIN(*n, limit - pos);
	return 0;
}

int file_limit_size(u64 size)
{
	return size > file_limit() ? too_long() : 0;
}

/* Whether the caller may look at, or change, the limits of @p. process_lock held. */
static bool allowed(const struct process *p)
{
	const struct credentials *c = &process_current()->cred, *of = &p->cred;

	if (p == process_current() || capable(CAP_SYS_RESOURCE))
		return true;
	return c->uid == of->euid && c->uid == of->suid && c->uid == of->uid &&
	       c->gid == of->egid && c->gid == of->sgid && c->gid == of->gid;
}

/* What has to know of a limit that has changed, and is not asked each time. */
static void apply(struct process *p, unsigned int resource, const struct limit *limit)
{
	if (resource == RLIMIT_NOFILE && p->files)
		p->files->limit = (u32)MIN(limit->now, (u64)FILES_MAX);
}

static long change(struct process *p, unsigned int resource, const struct limit *new,
		   struct limit *old)
{
	*old = p->limits[resource];
	if (!new)
		return 0;
	if (new->now > new->max)
		return -EINVAL;
	if (resource == RLIMIT_NOFILE && new->max > FILES_MAX)
		return -EPERM;
	if (new->max > old->max && !capable(CAP_SYS_RESOURCE))
		return -EPERM;
	p->limits[resource] = *new;
	apply(p, resource, new);
	return 0;
}

long sys_prlimit64(int pid, unsigned int resource, uaddr_t from, uaddr_t to)
{
	struct limit new, old;
	unsigned long state;
	struct process *p;
	long err;

	if (from && copy_from_user(&new, from, sizeof(new)))
		return -EFAULT;
	state = spin_lock_irqsave(&process_lock);
	p = pid ? process_find(pid) : process_current();
	if (!p)
		err = -ESRCH;
	else if (!allowed(p))
		err = -EPERM;
	else if (resource >= RLIM_NLIMITS)
		err = -EINVAL;
	else
		err = change(p, resource, from ? &new : NULL, &old);
	spin_unlock_irqrestore(&process_lock, state);
	if (err)
		return err;
	return to ? copy_to_user(to, &old, sizeof(old)) : 0;
}

long sys_getrlimit(unsigned int resource, uaddr_t to)
{
	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	return copy_to_user(to, &process_current()->limits[resource], sizeof(struct limit));
}

long sys_setrlimit(unsigned int resource, uaddr_t from)
{
	struct limit new, old;
	unsigned long state;
	long err;

	if (copy_from_user(&new, from, sizeof(new)))
		return -EFAULT;
	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	state = spin_lock_irqsave(&process_lock);
	err = change(process_current(), resource, &new, &old);
	spin_unlock_irqrestore(&process_lock, state);
	return err;
}
