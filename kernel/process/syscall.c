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
static u32 missing[SYSCALLS + 1];	/* the last one: of all numbers behind */

static __cold long call_missing(u64 number)
{
	atomic_add_relaxed(&missing[MIN(number, (u64)SYSCALLS)], 1);
	return -ENOSYS;
}

u32 syscall_missed(unsigned int number)
{
	return atomic_load_relaxed(&missing[number]);
}

/* @function with the arguments that @frame has: what it returns. */
static __always_inline long call(const struct arch_frame *frame, syscall_fn *function)
{
	return function(arch_syscall_argument(frame, 0), arch_syscall_argument(frame, 1),
			arch_syscall_argument(frame, 2), arch_syscall_argument(frame, 3),
			arch_syscall_argument(frame, 4), arch_syscall_argument(frame, 5));
}

/* The table in use: an empty one while a process is traced, so that no call has to ask. */
static syscall_fn *none[SYSCALLS];
static syscall_fn *const *calls = table;

void syscall_trace_on(bool on)
{
	atomic_store_relaxed(&calls, on ? none : table);
}

static long call_any(struct arch_frame *frame)
{
	u64 number = arch_syscall_number(frame);
	syscall_fn *function = number < SYSCALLS ? table[number] : NULL;

	return function ? call(frame, function) : call_missing(number);
}

/* What the table in use does not have. */
static __cold void call_otherwise(struct arch_frame *frame)
{
	if (process_current()->traced)
		syscall_trace(frame, call_any);
	else
		arch_syscall_return(frame, (u64)call_any(frame));
}

void syscall_entry(struct arch_frame *frame)
{
	u64 number = arch_syscall_number(frame);
	syscall_fn *function;

	if (unlikely(number >= SYSCALLS) ||
	    unlikely(!(function = atomic_load_relaxed(&calls)[number]))) {
		call_otherwise(frame);
		return;
	}
	arch_syscall_return(frame, (u64)call(frame, function));
}
