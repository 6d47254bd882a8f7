/* SPDX-License-Identifier: MIT */
/* The way from a program's SVC to the function of the call, by one table. */
#include <arch/atomic.h>
#include <arch/upcall.h>
#include <fs/fs.h>
#include <lib/log.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

/* Every function takes and returns registers; those that it has no use for it does not look at. */
typedef long syscall_fn(u64 a, u64 b, u64 c, u64 d, u64 e, u64 f);

static syscall_fn *const table[SYSCALLS] = {
#define SYSCALL(number, name, ...)	[number] = (syscall_fn *)(void (*)(void))sys_##name,
#include "syscalls.def"
#undef SYSCALL
};

/* How often calls were made that there are not. Atomic. */
static u32 missing[SYSCALLS];

static __cold long call_missing(u64 number)
{
	if (number < SYSCALLS)
		atomic_add_relaxed(&missing[number], 1);
	return -ENOSYS;
}

u32 syscall_missed(unsigned int number)
{
	return atomic_load_relaxed(&missing[number]);
}

void syscall_entry(struct arch_frame *frame)
{
	u64 number = arch_syscall_number(frame);
	syscall_fn *call;

	if (unlikely(number >= SYSCALLS) || unlikely(!(call = table[number]))) {
		arch_syscall_return(frame, call_missing(number));
		return;
	}
	arch_syscall_return(frame, call(arch_syscall_argument(frame, 0),
					arch_syscall_argument(frame, 1),
					arch_syscall_argument(frame, 2),
					arch_syscall_argument(frame, 3),
					arch_syscall_argument(frame, 4),
					arch_syscall_argument(frame, 5)));
}
