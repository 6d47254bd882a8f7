/* SPDX-License-Identifier: MIT */
/* Calls about the system: its name, its limits, random numbers. */
#include <generated/version.h>
#include <kernel/random.h>
#include <lib/string.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

/*
 * The C library of a program refuses to run on a kernel that it thinks too old: this is the Linux
 * whose system calls Cairn follows.
 */
#define LINUX_RELEASE	"6.1.0-cairn"

long sys_uname(uaddr_t to)
{
	struct abi_utsname name = {
		.sysname = "Linux", .nodename = "cairn", .release = LINUX_RELEASE,
		.machine = "aarch64", .domainname = "(none)",
	};

	strlcpy(name.version, CAIRN_BANNER, sizeof(name.version));
	return copy_to_user(to, &name, sizeof(name));
}

long sys_getrandom(uaddr_t to, unsigned long n, unsigned long flags)
{
	u8 piece[64];
	size_t done = 0;

	if (flags & ~7UL)
		return -EINVAL;
	n = MIN(n, (unsigned long)INT32_MAX);
	while (done < n) {
		size_t size = MIN(n - done, sizeof(piece));

		random_bytes(piece, size);
		if (copy_to_user(to + done, piece, size))
			return done ? (long)done : -EFAULT;
		done += size;
	}
	return (long)done;
}

long sys_prlimit64(int pid, unsigned int resource, uaddr_t from, uaddr_t to)
{
	struct process *p = process_current();
	struct limit now, old;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (pid && pid != p->pid)
		return -ESRCH;
	old = p->limits[resource];
	if (from) {
		if (copy_from_user(&now, from, sizeof(now)))
			return -EFAULT;
		if (now.now > now.max)
			return -EINVAL;
		if (now.max > old.max && p->cred.euid)
			return -EPERM;
		if (resource == RLIMIT_NOFILE && now.max > FILES_MAX)
			return -EPERM;
		p->limits[resource] = now;
		if (resource == RLIMIT_NOFILE)
			p->files->limit = (u32)now.now;
	}
	return to ? copy_to_user(to, &old, sizeof(old)) : 0;
}
