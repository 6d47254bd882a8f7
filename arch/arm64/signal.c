/* SPDX-License-Identifier: MIT */
/*
 * The frame that a signal's handler finds on its stack, as Linux lays it out on arm64
 * (asm/sigcontext.h, asm/ucontext.h): siginfo_t, then ucontext_t with all registers, and records of
 * more of them in the room at its end, V registers among them; above it a frame record, by which
 * debuggers find the way back. usercopy.S does the copying.
 */
#include <arch/user.h>
#include <asm/frame.h>
#include <lib/string.h>
#include <uapi/errno.h>

#include "user.h"

#define CONTEXT		SIGINFO_SIZE	/* where ucontext_t is in the frame */
#define RECORDS		(CONTEXT + 464)
#define RECORDS_SIZE	4096

/* A record's head; the last one has 0 in both. */
struct record {
	u32 magic;
	u32 size;	/* of all of it */
};

/* V registers: FPSR and FPCR, four bytes each, and they. */
#define FPSIMD_MAGIC	0x46508001U
#define FPSIMD_SIZE	528
#define FPSIMD		(FPSIMD_MAGIC | (u64)FPSIMD_SIZE << 32)	/* its head */

static_assert(RECORDS + RECORDS_SIZE + 2 * sizeof(u64) == ARCH_SIGNAL_FRAME, "<asm/user.h>");

/* What is in own[] of struct arch_signal_kept, which usercopy.S knows as well. */
enum {
	FAULT_ADDRESS,		/* not read back */
	FIRST,			/* the first record's head */
	SP, PC, PSTATE,		/* read back only */
};
static_assert(offsetof(struct arch_signal_kept, own) == 48, "usercopy.S counts on it");
static_assert(offsetof(struct arch_frame, pstate) == 33 * sizeof(u64), "in Linux's order");

static __noinline int put_info(uaddr_t to, const struct abi_siginfo *info)
{
	size_t rest = SIGINFO_SIZE - sizeof(*info);

	if (arch_copy_to_user(to, info, sizeof(*info)) != sizeof(*info) ||
	    arch_clear_user(to + sizeof(*info), rest) != rest)
		return -EFAULT;
	return 0;
}

int arch_signal_enter(struct arch_user *user, struct arch_frame *frame, struct arch_signal *s)
{
	uaddr_t at = ALIGN_DOWN(s->stack, 16UL) - ARCH_SIGNAL_FRAME;
	int err;

	/* below 0 it is as far from ok */
	if (unlikely(!arch_user_range_ok(at, ARCH_SIGNAL_FRAME)))
		return -EFAULT;
	s->kept.flags = s->kept.link = 0;
	s->kept.own[FAULT_ADDRESS] = s->is_fault ? s->info.address : 0;
	s->kept.own[FIRST] = FPSIMD;
	err = user->fp_used ? signal_store_v(at + CONTEXT, frame->regs, &s->kept) :
	      signal_store(at + CONTEXT, frame->regs, &s->kept);
	if (unlikely(err) || (s->wants_info && put_info(at, &s->info)))
		return -EFAULT;
	frame->regs[0] = (u64)s->info.signo;
	frame->regs[1] = at;
	frame->regs[2] = at + CONTEXT;
	frame->regs[29] = at + RECORDS + RECORDS_SIZE;
	frame->regs[30] = s->restorer;
	frame->sp = at;
	frame->pc = s->handler;
	return 0;
}

/* --- And back --------------------------------------------------------------------------------- */

/* V registers from a record behind the one at @at, whose head is @first. */
static __cold int load_later_v(uaddr_t at, u64 first)
{
	uaddr_t end = at + RECORDS_SIZE - FPSIMD_SIZE;
	struct record record = { (u32)first, first >> 32 };

	while (record.magic != FPSIMD_MAGIC) {
		if (!record.magic || record.size < sizeof(record) || record.size > RECORDS_SIZE ||
		    record.size % 16)
			return -EINVAL;
		at += record.size;
		if (at > end)
			return -EINVAL;
		if (arch_copy_from_user(&record, at, sizeof(record)) != sizeof(record))
			return -EFAULT;
	}
	return record.size == FPSIMD_SIZE ? signal_load_v(at) : -EINVAL;
}

#define PSTATE_MODE	0x1fUL	/* with the bit for AArch32 */
#define PSTATE_DAIF	0x3c0UL
/* NZCV, DIT, SSBS: what a program may set by itself */
#define PSTATE_OWN	(0xf0000000UL | BIT(24) | BIT(12))

int arch_signal_return(struct arch_user *user, struct arch_frame *frame,
		       struct arch_signal_kept *kept)
{
	uaddr_t at = frame->sp;
	int err;

	if (unlikely(at % 16))
		return -EINVAL;
	if (unlikely(!arch_user_range_ok(at, ARCH_SIGNAL_FRAME)))
		return -EFAULT;
	/* what the handler left in them is the program's, also of one that has used none so far */
	if (unlikely(!user->fp_used))
		user_fp_begin(user);
	err = signal_load(at + CONTEXT, frame->regs, kept, FPSIMD);
	if (!err && unlikely(kept->own[FIRST] != FPSIMD))
		err = load_later_v(at + RECORDS, kept->own[FIRST]);
	if (unlikely(err))
		return err;
	if (unlikely(kept->own[PSTATE] & (PSTATE_MODE | PSTATE_DAIF)))
		return -EINVAL;
	frame->sp = kept->own[SP];
	frame->pc = kept->own[PC];
	frame->pstate = kept->own[PSTATE] & PSTATE_OWN;
	return 0;
}
