/* SPDX-License-Identifier: MIT */
/* Calls about processes: fork, exec, exit, wait, and who one is. */
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/abi.h>
#include <uapi/errno.h>
#include <uapi/wait.h>

#include "exec.h"
#include "syscall.h"

#define STRINGS_COUNT_MAX	0x20000U

static struct arch_frame *frame_here(void)
{
	return arch_user_frame(arch_current()->stack);
}

long sys_clone(unsigned long flags, unsigned long stack, unsigned long parent_tid,
	       unsigned long tls, unsigned long child_tid)
{
	/* threads of one process come with signals */
	if (flags & (CLONE_THREAD | CLONE_NEWNS | CLONE_SIGHAND) ||
	    (flags & CLONE_VM && !(flags & CLONE_VFORK)))
		return -EINVAL;
	return process_fork(frame_here(), flags, stack, tls, parent_tid, child_tid);
}

/* Reads a vector of strings: how many, in *@n. */
static long get_strings(struct exec_strings *s, uaddr_t vector, u32 *n)
{
	long err = 0;

	while (!err && vector) {
		uaddr_t from;

		err = copy_from_user(&from, vector + *n * sizeof(from), sizeof(from));
		if (err || !from)
			break;
		err = ++*n > STRINGS_COUNT_MAX ? -E2BIG : exec_add_user(s, from);
	}
	return err;
}

long sys_execve(uaddr_t from, uaddr_t argv, uaddr_t envp)
{
	struct exec_strings strings = { 0 };
	struct user_path path;
	long err = path_get_user(&path, from);

	if (!err)
		err = get_strings(&strings, argv, &strings.argc);
	/* a program can count on a name */
	if (!err && !strings.argc) {
		err = exec_add(&strings, "", 0);
		strings.argc = 1;
	}
	if (!err)
		err = get_strings(&strings, envp, &strings.envc);
	if (!err)
		err = exec_load(path.text, &strings, frame_here());
	kfree(strings.text);
	path_done(&path);
	return err;
}

long sys_exit(int status)
{
	process_exit(WAIT_EXITED(status));
}

long sys_exit_group(int status)
{
	process_exit(WAIT_EXITED(status));
}

static struct abi_timeval timeval_of(u64 ns)
{
	return (struct abi_timeval){ (s64)(ns / 1000000000), (s64)(ns / 1000 % 1000000) };
}

#define WAIT4_OPTIONS \
	((unsigned long)(WNOHANG | WUNTRACED | WCONTINUED | WNOTHREAD | WALL | WCLONE))

long sys_wait4(int which, uaddr_t status, unsigned long options, uaddr_t rusage)
{
	struct process *child;
	struct abi_rusage usage = { 0 };
	long err;
	int pid;
	u32 wait;

	if (options & ~WAIT4_OPTIONS)
		return -EINVAL;
	if (which == INT32_MIN)
		return -ESRCH;
	err = process_wait_child(which, (int)options & WNOHANG, &child);
	if (err || !child)
		return err;
	pid = child->pid;
	wait = (u32)child->wait_status;
	usage.utime = timeval_of(child->run_time + child->cutime);
	process_reap(child);
	if (status && copy_to_user(status, &wait, sizeof(wait)))
		return -EFAULT;
	if (rusage && copy_to_user(rusage, &usage, sizeof(usage)))
		return -EFAULT;
	return pid;
}

long sys_set_tid_address(unsigned long address)
{
	task_current()->clear_tid = address;
	return process_current()->pid;
}

long sys_set_robust_list(unsigned long head __unused, unsigned long size)
{
	return size == 24 ? 0 : -EINVAL;
}

long sys_getpid(void)
{
	return process_current()->pid;
}

long sys_gettid(void)
{
	return process_current()->pid;
}

long sys_getppid(void)
{
	const struct process *parent = atomic_load_relaxed(&process_current()->parent);

	return parent ? parent->pid : 0;
}

long sys_getuid(void)
{
	return process_current()->cred.uid;
}

long sys_geteuid(void)
{
	return process_current()->cred.euid;
}

long sys_getgid(void)
{
	return process_current()->cred.gid;
}

long sys_getegid(void)
{
	return process_current()->cred.egid;
}
