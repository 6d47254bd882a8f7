/* SPDX-License-Identifier: MIT */
/*
 * Programs at EL0, as far as the machine is concerned: what a thread keeps of one beside its kernel
 * stack, how it gets there, and copies from and to a program's memory. With CONFIG_PROCESS.
 *
 * A thread that runs a program has room for one exception frame at the top of its kernel stack:
 * what the program's registers are while the thread is in the kernel.
 */
#ifndef ARCH_USER_H
#define ARCH_USER_H

#include <arch/frame.h>
#include <lib/types.h>
#include <uapi/signal.h>

/* An address in a program's memory, or what a program says is one. Nothing may use it as it is. */
typedef u64 uaddr_t;

struct arch_context;
struct arch_space;
struct arch_user;
struct thread;

/* What the registers hold when a program begins: nothing, but for where it begins and its stack. */
void arch_user_begin(struct arch_user *user, struct arch_frame *frame, uaddr_t pc, uaddr_t sp);

/*
 * Makes @to and @to_frame what @from and @from_frame, the calling thread's, are, but for @result as
 * what the system call that it is in returns. For fork; @to's space is the caller's business.
 */
void arch_user_copy(struct arch_user *to, struct arch_frame *to_frame,
		    const struct arch_user *from, const struct arch_frame *from_frame, u64 result);

/* Where the program's frame is on a stack of which @stack is the lowest address. */
static inline struct arch_frame *arch_user_frame(vaddr_t stack);

/*
 * Makes the stack at @stack one whose thread, @thread, runs a program. Returns what
 * arch_context_init() takes as its top.
 */
vaddr_t arch_user_stack(vaddr_t stack, struct thread *thread);

/* Goes on in the program, as the calling thread's @frame says. Thread context. */
__noreturn void arch_user_return(struct arch_frame *frame);

/*
 * The calling thread runs in @space from here on; NULL: in none. Thread context, interrupts on.
 */
void arch_user_set_space(struct arch_user *user, struct arch_space *space);

/* The calling thread, whose @context that is, runs no program any more. */
void arch_user_leave(struct arch_context *context);

/* Sets the thread pointer (TPIDR_EL0) of a program that does not run yet. */
static inline void arch_user_set_tls(struct arch_user *user, u64 tls);

/* Has @user, the calling thread's, hold what the registers beside the frame are. */
void arch_user_save(struct arch_user *user);

/*
 * What debuggers are told: Linux's struct user_pt_regs, and struct user_fpsimd_state, of a program
 * that does not run, or has just been saved.
 */
#define ARCH_USER_REGS		34
#define ARCH_USER_FP_SIZE	528
void arch_user_registers(const struct arch_frame *frame, u64 regs[ARCH_USER_REGS]);
void arch_user_fp(const struct arch_user *user, void *to);

/* What a signal's frame keeps beside the registers. */
struct arch_signal_kept {
	u64 flags, link;	/* 0 */
	struct abi_stack alt;	/* the alternative stack */
	u64 mask;		/* signals that wait after the handler has returned */
	u64 own[5];		/* arch's */
};

/* How a signal's handler is entered. */
struct arch_signal {
	struct abi_siginfo info;
	bool wants_info;	/* the handler is told all of it, not only the number */
	bool is_fault;		/* info.address is that of a fault */
	uaddr_t handler;
	uaddr_t restorer;	/* where it returns to: to rt_sigreturn(2) */
	uaddr_t stack;		/* below it the frame goes */
	struct arch_signal_kept kept;
};

/*
 * Writes a signal's frame, ARCH_SIGNAL_FRAME bytes below @s->stack at most, and makes @frame, the
 * calling thread's, what the handler begins with. 0; -EFAULT where memory is not there: nothing has
 * changed then. Thread context.
 */
int arch_signal_enter(struct arch_user *user, struct arch_frame *frame, struct arch_signal *s);

/*
 * The reverse, from what is on the program's stack now: 0, with what was kept; -EFAULT where memory
 * is not there; -EINVAL for what no signal has left there. Thread context.
 */
int arch_signal_return(struct arch_user *user, struct arch_frame *frame,
		       struct arch_signal_kept *kept);

/*
 * Copy @n bytes, or zero them; from and to the program that the calling thread runs, with the
 * program's own rights. They return how many bytes they did: fewer where memory is not there, or
 * not open to the program for that. Whoever calls them has checked the range by
 * arch_user_range_ok(). Nothing is brought in: <mm/space.h> has those that do. Any context.
 */
size_t arch_copy_from_user(void *to, uaddr_t from, size_t n);
size_t arch_copy_to_user(uaddr_t to, const void *from, size_t n);
size_t arch_clear_user(uaddr_t to, size_t n);

/*
 * Copies a string of at most @n - 1 bytes and its NUL: its length; @n when no NUL was among the
 * first @n bytes, which are copied then; or a negative number, of the bytes that were copied before
 * memory was missing, less one: -1 for none.
 */
ssize_t arch_copy_string_from_user(char *to, uaddr_t from, size_t n);

/*
 * Of the word at @address, a multiple of 4, in one access each: reads it into *@to; makes it @new
 * if it is @old, and says in *@found what it was. 0; 1 where it is not there, or not open for that.
 */
int arch_load_user(u32 *to, uaddr_t address);
int arch_cas_user(uaddr_t address, u32 old, u32 new, u32 *found);

/* What @why, which user_exception() got, says in a few words that stay. */
const char *arch_user_words(u64 why);

/* Has the CPUs fetch what was written to [va, va + size), an address of the kernel, as code. */
void arch_sync_code(const void *va, size_t size);

/* Whether all of [address, address + size) can be a program's. */
static inline bool arch_user_range_ok(uaddr_t address, size_t size);

#include <asm/user.h>

#endif
