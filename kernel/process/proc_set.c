/* SPDX-License-Identifier: MIT */
/* /proc/<pid>: what can be written to: the name of a task, and how gladly it may be ended. */
#include <lib/format.h>
#include <lib/string.h>
#include <mm/iov.h>
#include <uapi/errno.h>

#include "proc.h"

#define OOM_SCORE_ADJ_MAX	1000

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int proc_get_number(struct iov *iov, s64 *value)
{
	char text[32] = "", *first = text;
	size_t n = MIN(iov->left, sizeof(text) - 1);

	if (iov_get(iov, text, n) < n)
		return -EFAULT;
	while (n && is_blank(text[n - 1]))
		text[--n] = '\0';
	while (is_blank(*first))
		first++;
	return parse_s64(first, 10, value) ? -EINVAL : 0;
}

/* All of what is written becomes the name, as far as there is room; the rest is dropped. */
ssize_t proc_write_comm(struct file *file, struct iov *iov, u64 pos __unused)
{
	size_t n = iov->left, kept = MIN(n, (size_t)PROCESS_NAME - 1);
	char name[PROCESS_NAME] = "";
	unsigned long state;
	struct task *t;
	int err = 0;

	if (iov_get(iov, name, kept) < kept)
		return -EFAULT;
	state = spin_lock_irqsave(&process_lock);
	t = proc_task(file->inode);
	if (!t)
		err = -ESRCH;
	else if (!task_is_here() || t->process != process_current())
		err = -EINVAL;
	if (!err && t == &t->process->task)
		strlcpy(t->process->name, name, sizeof(t->process->name));
	if (!err && t->thread)
		strlcpy(t->thread->name, name, sizeof(t->thread->name));
	spin_unlock_irqrestore(&process_lock, state);
	return err ? err : (ssize_t)n;
}

static int set_oom_score_adj(struct process *p, s64 value)
{
	if (value < p->oom_score_adj_min && task_is_here() && !capable(CAP_SYS_RESOURCE))
		return -EACCES;
	if (!task_is_here() || capable(CAP_SYS_RESOURCE))
		p->oom_score_adj_min = (s16)value;
	p->oom_score_adj = (s16)value;
	return 0;
}

ssize_t proc_write_oom_score_adj(struct file *file, struct iov *iov, u64 pos __unused)
{
	size_t n = iov->left;
	unsigned long state;
	struct process *p;
	s64 value;
	int err;

	err = proc_get_number(iov, &value);
	if (err)
		return err;
	if (value < -OOM_SCORE_ADJ_MAX || value > OOM_SCORE_ADJ_MAX)
		return -EINVAL;
	state = spin_lock_irqsave(&process_lock);
	p = proc_process(file->inode);
	err = p ? set_oom_score_adj(p, value) : -ESRCH;
	spin_unlock_irqrestore(&process_lock, state);
	return err ? err : (ssize_t)n;
}
