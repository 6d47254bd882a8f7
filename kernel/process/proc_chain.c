/* SPDX-License-Identifier: MIT */
/* /proc/<pid>/stack and wchan: where in the kernel a task is, and in what function it waits. */
#include <kernel/symbols.h>
#include <kernel/wait.h>
#include <uapi/errno.h>

#include "proc.h"

#define LEVELS	32

struct chain {
	vaddr_t pc[LEVELS];
	int levels;
};

/*
 * Where @inode's task is, if the caller may see it, the innermost level first: 0, -EACCES, -ESRCH.
 * No levels: it is in its program, or has ended.
 */
static int take_chain(const struct inode *inode, struct chain *chain)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	const struct task *t = proc_task(inode);
	bool runs = t && t->thread;
	int err = !t ? -ESRCH : proc_may_see(t->process) ? 0 : -EACCES;
	unsigned int id = runs ? t->thread->id : 0;

	spin_unlock_irqrestore(&process_lock, state);
	chain->levels = 0;
	if (err || !runs)
		return err;
	/* it may have gone meanwhile; or a CPU does not answer */
	chain->levels = thread_backtrace(id, chain->pc, LEVELS);
	if (chain->levels < 0)
		chain->levels = 0;
	return 0;
}

/* Whether @pc is the kernel's: where one is that runs its program, it is not. */
static bool is_kernel(vaddr_t pc)
{
	return pc >= ARCH_USER_END;
}

/* Who may do all may see it, as on Linux: addresses of the kernel are nobody else's business. */
int proc_show_stack(const struct inode *inode, struct proc_text *t)
{
	struct chain chain;
	int err = take_chain(inode, &chain);

	if (err)
		return err;
	if (task_is_here() && !capable(CAP_SYS_ADMIN))
		return -EACCES;
	for (int i = 0; i < chain.levels && is_kernel(chain.pc[i]); i++)
		proc_print(t, "[<0>] %pS\n", (void *)chain.pc[i]);
	return 0;
}

/* Who has called wait_sleep(); 0: nobody. */
static vaddr_t sleeper(const struct chain *chain)
{
	size_t offset, size;

	for (int i = 0; i + 1 < chain->levels; i++)
		if (symbol_lookup(chain->pc[i], &offset, &size) &&
		    chain->pc[i] - offset == (vaddr_t)(uintptr_t)wait_sleep)
			return chain->pc[i + 1];
	return 0;
}

/* "0" for one that does not sleep, or is not to be seen. */
int proc_show_wchan(const struct inode *inode, struct proc_text *t)
{
	const char *name = NULL;
	size_t offset, size;
	struct chain chain;
	int err = take_chain(inode, &chain);

	if (err == -ESRCH)
		return err;
	if (!err)
		name = symbol_lookup(sleeper(&chain), &offset, &size);
	proc_print(t, "%s", name ? name : "0");
	return 0;
}
