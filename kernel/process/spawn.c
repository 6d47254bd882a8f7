/* SPDX-License-Identifier: MIT */
/* Processes that the kernel's shell starts, and those that fork(2) knows nothing of. */
#include <kernel/completion.h>
#include <kernel/stream.h>
#include <kernel/terminal.h>
#include <kernel/time.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "exec.h"
#include "strace.h"

static void set_defaults(struct process *p)
{
	p->cred.effective = CAP_ALL;
	p->cred.permitted = CAP_ALL;
	p->cred.bounding = CAP_ALL;
	p->timer_slack = 50 * NS_PER_US;
	for (unsigned int i = 0; i < RLIM_NLIMITS; i++)
		p->limits[i] = (struct limit){ RLIM_INFINITY, RLIM_INFINITY };
	p->limits[RLIMIT_STACK].now = MIB(8);
	p->limits[RLIMIT_CORE].now = 0;
	p->limits[RLIMIT_NICE] = (struct limit){ 0, 0 };
	p->limits[RLIMIT_RTPRIO] = (struct limit){ 0, 0 };
	p->limits[RLIMIT_NOFILE] = (struct limit){ 1024, 4096 };
	p->limits[RLIMIT_SIGPENDING] = (struct limit){ 4096, 4096 };
	p->limits[RLIMIT_NPROC] = (struct limit){ 4096, 4096 };
}

struct spawn {
	struct process *process;
	const char *path;
	struct exec_strings *strings;
	struct completion done;
	int err;
};

/* The first thread of a program that the kernel starts: it tells whether that went well. */
static int run_spawned(void *arg)
{
	struct spawn *spawn = arg;
	struct process *p = spawn->process;
	struct thread *t = arch_current();
	struct arch_frame *frame = arch_user_frame(t->stack);

	t->fs = p->fs;
	t->cred = &p->cred;
	spawn->err = exec_load(spawn->path, NULL, spawn->strings, frame);
	if (!spawn->err) {
		syscall_trace_exec(p, spawn->path, spawn->strings);
		completion_finish(&spawn->done);
		arch_user_return(frame);
	}
	t->fs = NULL;
	t->cred = NULL;
	arch_user_leave(&t->context);
	completion_finish(&spawn->done);
	return 0;
}

static int add_strings(struct exec_strings *s, char *const strings[], u32 *n)
{
	int err = 0;

	for (; !err && strings[*n]; ++*n)
		err = exec_add(s, strings[*n], strlen(strings[*n]));
	return err;
}

/* Standard input, output and errors: what the calling thread reads from and writes to. */
static int open_standard(struct process *p)
{
	struct stream *streams[] = { stream_in(), stream_out(), NULL };
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR };

	for (int fd = 0; fd < 3; fd++) {
		struct file *file = stream_file(streams[fd], streams[fd] ? flags[fd] : O_RDWR);

		if (!file)
			return -ENOMEM;
		files_add(p->files, file, fd, false);
	}
	return 0;
}

static int enter_tree(struct process *p)
{
	unsigned long state = spin_lock_irqsave(&process_lock);
	int err;

	list_init(&p->sibling);
	err = process_enlist(p);
	p->pgid = p->pid;
	p->sid = p->pid;
	spin_unlock_irqrestore(&process_lock, state);
	return err;
}

static void leave_list(struct process *p)
{
	unsigned long state = spin_lock_irqsave(&process_lock);

	list_del(&p->all);
	spin_unlock_irqrestore(&process_lock, state);
}

int process_spawn(const char *path, char *const argv[], char *const envp[], unsigned int flags,
		  struct process **process)
{
	struct exec_strings strings = { 0 };
	struct spawn spawn = { .path = path, .strings = &strings };
	struct process *p = process_allocate();
	int err = -ENOMEM;

	if (!p)
		return -ENOMEM;
	tty_begin();
	completion_init(&spawn.done);
	spawn.process = p;
	set_defaults(p);
	strlcpy(p->name, path, sizeof(p->name));
	p->kept = true;
	if (flags & PROCESS_FRONT) {
		p->front = FRONT_GIVEN;
		p->tty = &console_terminal;
	}
	if (flags & PROCESS_TRACE)
		syscall_trace_begin(p);
	p->files = files_create();
	p->fs = fs_context_copy();
	if (!p->files || !p->fs)
		goto out_free;
	err = open_standard(p);
	if (!err)
		err = add_strings(&strings, argv, &strings.argc);
	if (!err)
		err = add_strings(&strings, envp, &strings.envc);
	if (!err)
		err = enter_tree(p);
	if (err)
		goto out_free;
	err = task_start(&p->task, run_spawned, &spawn);
	if (!err) {
		/* it is short, and what it uses is on this stack */
		while (completion_wait(&spawn.done, TIME_NEVER))
			;
		err = spawn.err;
	}
	if (err) {
		leave_list(p);
		goto out_free;
	}
	kfree(strings.text);
	*process = p;
	return 0;
out_free:
	kfree(strings.text);
	process_drop_parts(p);
	process_free(p);
	return err;
}
