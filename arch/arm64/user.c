/* SPDX-License-Identifier: MIT */
/*
 * Programs at EL0 (see <arch/user.h>): what a switch does for them, and what their exceptions mean.
 *
 * FP and SIMD registers: a program that has not used any traps at the first use (CPACR_EL1.FPEN),
 * and has them saved and loaded at each switch from then on. The kernel uses none.
 */
#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/mmu.h>
#include <arch/space.h>
#include <arch/upcall.h>
#include <arch/user.h>
#include <asm/esr.h>
#include <asm/sysreg.h>
#include <lib/string.h>

#include "trap.h"
#include "user.h"

/* For usercopy.S: this CPU has PSTATE.PAN. */
u32 usercopy_pan __section(".data");

/* At the top of a kernel stack, above the frame; entry.S reads it. */
struct user_top {
	struct thread *thread;
	u64 pad;
};
static_assert(sizeof(struct user_top) == ARCH_USER_TOP, "entry.S finds it behind the frame");

static void fp_trap(bool on)
{
	sysreg_write(cpacr_el1, on ? 0 : CPACR_FPEN);
}

/* Of this CPU, once, when nothing uses TTBR0: its width for programs, and what they may do. */
void user_begin_cpu(void)
{
	u64 tcr = sysreg_read(tcr_el1) & ~(u64)TCR_T0SZ_MASK;

	sysreg_write(tcr_el1, tcr | TCR_T0SZ(VA_BITS));
	sysreg_write(sctlr_el1, (sysreg_read(sctlr_el1) & ~(u64)SCTLR_WXN) | SCTLR_USER);
	sysreg_write(cntkctl_el1, CNTKCTL_EL0VCTEN);
	sysreg_write(tpidr_el0, 0);
	sysreg_write(tpidrro_el0, 0);
	isb();
	if (arch_mmu_guards().has_pan)
		usercopy_pan = 1;
}

/* --- Switching -------------------------------------------------------------------------------- */

#define FP_PAIRS(op, base) \
	op "	q0, q1, [" base "]\n"		op "	q2, q3, [" base ", #32]\n" \
	op "	q4, q5, [" base ", #64]\n"	op "	q6, q7, [" base ", #96]\n" \
	op "	q8, q9, [" base ", #128]\n"	op "	q10, q11, [" base ", #160]\n" \
	op "	q12, q13, [" base ", #192]\n"	op "	q14, q15, [" base ", #224]\n" \
	op "	q16, q17, [" base ", #256]\n"	op "	q18, q19, [" base ", #288]\n" \
	op "	q20, q21, [" base ", #320]\n"	op "	q22, q23, [" base ", #352]\n" \
	op "	q24, q25, [" base ", #384]\n"	op "	q26, q27, [" base ", #416]\n" \
	op "	q28, q29, [" base ", #448]\n"	op "	q30, q31, [" base ", #480]\n"

/* The compiler knows of no V registers in the kernel, so none are named as changed. */
static void fp_save(struct arch_fp *fp)
{
	__asm__ volatile(".arch_extension fp\n.arch_extension simd\n"
			 FP_PAIRS("stp", "%1")
			 "mrs	x9, fpsr\n"
			 "mrs	x10, fpcr\n"
			 "str	x9, [%1, #512]\n"
			 "str	x10, [%1, #520]\n"
			 : "=m"(*fp) : "r"(fp) : "x9", "x10");
}

static void fp_load(const struct arch_fp *fp)
{
	__asm__ volatile(".arch_extension fp\n.arch_extension simd\n"
			 FP_PAIRS("ldp", "%1")
			 "ldr	x9, [%1, #512]\n"
			 "ldr	x10, [%1, #520]\n"
			 "msr	fpsr, x9\n"
			 "msr	fpcr, x10\n"
			 : : "m"(*fp), "r"(fp) : "x9", "x10");
}

static void leave_space(void)
{
	sysreg_write(ttbr0_el1, arch_image_to_phys(zero_table));
}

static void enter_space(struct arch_space *space)
{
	sysreg_write(ttbr0_el1, space->tables.root | space_number(space) << TTBR_ASID_SHIFT);
}

void user_switch(struct arch_user *from, struct arch_user *to)
{
	if (from) {
		from->tls = sysreg_read(tpidr_el0);
		if (from->fp_used)
			fp_save(&from->fp);
	}
	if (to) {
		sysreg_write(tpidr_el0, to->tls);
		fp_trap(!to->fp_used);
		if (to->space)
			enter_space(to->space);
		else
			leave_space();
		isb();	// in force before they are used
		if (to->fp_used)
			fp_load(&to->fp);
	} else {
		fp_trap(true);
		leave_space();
		isb();
	}
}

void arch_user_set_space(struct arch_user *user, struct arch_space *space)
{
	unsigned long state = arch_irq_save();

	user->space = space;
	if (space)
		enter_space(space);
	else
		leave_space();
	isb();
	arch_irq_restore(state);
}

void arch_user_leave(struct arch_context *context)
{
	unsigned long state = arch_irq_save();

	fp_trap(true);
	leave_space();
	isb();
	context->user = NULL;
	arch_irq_restore(state);
}

/* --- Beginning -------------------------------------------------------------------------------- */

vaddr_t arch_user_stack(vaddr_t stack, struct thread *thread)
{
	struct user_top *top = (struct user_top *)(stack + STACK_SIZE) - 1;

	top->thread = thread;
	return (vaddr_t)arch_user_frame(stack);
}

void arch_user_begin(struct arch_user *user, struct arch_frame *frame, uaddr_t pc, uaddr_t sp)
{
	unsigned long state = arch_irq_save();

	memset(frame, 0, sizeof(*frame));
	frame->pc = pc;
	frame->sp = sp;
	frame->pstate = 0;	/* EL0, AArch64, nothing masked */
	frame->syscallno = -1;
	memset(&user->fp, 0, sizeof(user->fp));
	user->fp_used = false;
	fp_trap(true);
	user->tls = 0;
	sysreg_write(tpidr_el0, 0);
	arch_irq_restore(state);
}

void arch_user_copy(struct arch_user *to, struct arch_frame *to_frame,
		    const struct arch_user *from, const struct arch_frame *from_frame, u64 result)
{
	unsigned long state = arch_irq_save();

	*to_frame = *from_frame;
	to_frame->regs[0] = result;
	to->tls = sysreg_read(tpidr_el0);
	to->fp_used = from->fp_used;
	if (from->fp_used)
		fp_save(&to->fp);
	arch_irq_restore(state);
}

void arch_user_save(struct arch_user *user)
{
	unsigned long state = arch_irq_save();

	user->tls = sysreg_read(tpidr_el0);
	if (user->fp_used)
		fp_save(&user->fp);
	arch_irq_restore(state);
}

static_assert(offsetof(struct arch_frame, pstate) == (ARCH_USER_REGS - 1) * sizeof(u64),
	      "in Linux's order");

void arch_user_registers(const struct arch_frame *frame, u64 regs[ARCH_USER_REGS])
{
	memcpy(regs, frame, ARCH_USER_REGS * sizeof(*regs));
}

void arch_user_fp(const struct arch_user *user, void *to)
{
	u32 state[4] = { (u32)user->fp.fpsr, (u32)user->fp.fpcr, 0, 0 };

	memcpy(to, user->fp.v, sizeof(user->fp.v));
	memcpy((u8 *)to + sizeof(user->fp.v), state, sizeof(state));
}

void arch_sync_code(const void *va, size_t size)
{
	u64 ctr = sysreg_read(ctr_el0);
	size_t dline = 4UL << ((ctr >> 16) & 0xf), iline = 4UL << (ctr & 0xf);
	vaddr_t start = (vaddr_t)va, end = start + size;

	if (!(ctr & CTR_IDC))
		for (vaddr_t at = ALIGN_DOWN(start, dline); at < end; at += dline)
			__asm__ volatile("dc cvau, %0" :: "r"(at) : "memory");
	dsb(ish);	// what is fetched finds it
	if (!(ctr & CTR_DIC)) {
		for (vaddr_t at = ALIGN_DOWN(start, iline); at < end; at += iline)
			__asm__ volatile("ic ivau, %0" :: "r"(at) : "memory");
		dsb(ish);
	}
	isb();
}

/* --- Exceptions ------------------------------------------------------------------------------- */

/* The first use of a V register since the program began. */
void user_fp_begin(struct arch_user *user)
{
	unsigned long state = arch_irq_save();

	user->fp_used = true;
	fp_trap(false);
	isb();
	fp_load(&user->fp);
	arch_irq_restore(state);
}

static enum arch_user_exception access_kind(unsigned int class, u64 esr)
{
	if (class == EC_IABT_LOWER)
		return ARCH_USER_FETCH;
	/* cache maintenance says write, and needs what a read needs */
	if (ESR_ISS(esr) & ISS_WNR && !(ESR_ISS(esr) & ISS_CM))
		return ARCH_USER_WRITE;
	return ARCH_USER_READ;
}

static enum arch_user_exception abort_kind(unsigned int class, u64 esr)
{
	unsigned int fsc = ISS_FSC(ESR_ISS(esr));

	if (fsc == FSC_ALIGNMENT)
		return ARCH_USER_ALIGNMENT;
	if ((fsc & ~3U) > FSC_PERMISSION)
		return ARCH_USER_BUS;
	return access_kind(class, esr);
}

void arch_user_trap(struct arch_frame *frame, const struct arch_context *context)
{
	enum arch_user_exception kind = ARCH_USER_ILLEGAL;
	u64 esr = sysreg_read(esr_el1), address = sysreg_read(far_el1);

	switch (ESR_EC(esr)) {
	case EC_DABT_LOWER:
	case EC_IABT_LOWER:
		kind = abort_kind(ESR_EC(esr), esr);
		break;
	case EC_FP:
		user_fp_begin(context->user);
		return;
	case EC_PC_ALIGN:
		kind = ARCH_USER_ALIGNMENT;
		break;
	case EC_SP_ALIGN:
		kind = ARCH_USER_ALIGNMENT;
		address = frame->sp;
		break;
	case EC_BRK:
	case EC_BREAK_LOWER:
	case EC_STEP_LOWER:
	case EC_WATCH_LOWER:
		kind = ARCH_USER_BREAK;
		address = frame->pc;
		break;
	default:
		address = frame->pc;
	}
	arch_irq_enable();
	user_exception(frame, kind, address, esr);
}
