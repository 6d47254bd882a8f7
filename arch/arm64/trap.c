/* SPDX-License-Identifier: MIT */
/*
 * Exceptions in words: the switch over the exception class, and the decoding of syndromes.
 * Nothing is handled here yet but by the kernel's last resort: every one of these ends in
 * exception_fatal().
 */
#include "trap.h"

#include <arch/cpu.h>
#include <arch/frame.h>
#include <arch/sections.h>
#include <arch/upcall.h>
#include <asm/esr.h>
#include <asm/memory.h>
#include <lib/format.h>
#include <lib/log.h>

/* entry.S: where a CPU goes on when its stack has run over. */
char emergency_stack[EMERGENCY_STACK_SIZE] PER_CPU __aligned(16);

static const char *class_name(unsigned int class)
{
	switch (class) {
	case EC_UNKNOWN:	return "undefined instruction";
	case EC_WFX:		return "trapped WFI or WFE";
	case EC_FP:
	case EC_FP_TRAP:	return "floating point or SIMD used in the kernel";
	case EC_SVE:		return "SVE used in the kernel";
	case EC_PAC:		return "pointer authentication failure";
	case EC_BTI:		return "branch target exception";
	case EC_ILLEGAL:	return "illegal execution state";
	case EC_SVC64:		return "SVC";
	case EC_HVC64:		return "HVC";
	case EC_SMC64:		return "SMC";
	case EC_SYSREG:		return "trapped system register access";
	case EC_IABT_LOWER:
	case EC_IABT:		return "instruction abort";
	case EC_PC_ALIGN:	return "misaligned program counter";
	case EC_DABT_LOWER:
	case EC_DABT:		return "data abort";
	case EC_SP_ALIGN:	return "misaligned stack pointer";
	case EC_SERROR:		return "SError";
	case EC_BREAK_LOWER:
	case EC_BREAK:		return "hardware breakpoint";
	case EC_STEP_LOWER:
	case EC_STEP:		return "software step";
	case EC_WATCH_LOWER:
	case EC_WATCH:		return "watchpoint";
	case EC_BRK:		return "BRK instruction";
	default:		return "exception of an unknown class";
	}
}

static const char *fault_name(unsigned int fsc)
{
	switch (fsc & ~3U) {
	case FSC_ADDRESS_SIZE:	return "address size fault";
	case FSC_TRANSLATION:	return "translation fault";
	case FSC_ACCESS_FLAG:	return "access flag fault";
	case FSC_PERMISSION:	return "permission fault";
	case FSC_EXTERNAL_WALK:	return "external abort on a table walk";
	}
	switch (fsc) {
	case FSC_EXTERNAL:	return "external abort";
	case FSC_PARITY:	return "parity or ECC error";
	case FSC_ALIGNMENT:	return "alignment fault";
	case FSC_TLB_CONFLICT:	return "TLB conflict";
	default:		return "fault of an unknown kind";
	}
}

/* What lies around @address, where that explains a fault. */
static const char *address_hint(vaddr_t address)
{
	if (address < PAGE_SIZE)
		return ", NULL pointer";
	if (address >= (vaddr_t)section_text_start && address < (vaddr_t)section_text_end)
		return ", kernel text";
	if (address >= (vaddr_t)section_rodata_start && address < (vaddr_t)section_rodata_end)
		return ", kernel read-only data";
	if (address >= (vaddr_t)section_boot_start && address < (vaddr_t)section_boot_end)
		return ", read-only after boot";
	if (address < ARCH_LINEAR_START)
		return ", no kernel address";
	return "";
}

/* Whether FAR holds the address that the exception is about. */
static bool has_address(u64 esr)
{
	unsigned int class = ESR_EC(esr);

	return (class == EC_DABT || class == EC_IABT) && !(ESR_ISS(esr) & ISS_FNV);
}

static __noreturn void fatal(struct arch_frame *frame)
{
	u64 esr = sysreg_read(esr_el1), far = sysreg_read(far_el1);
	unsigned int class = ESR_EC(esr), fsc = ISS_FSC(ESR_ISS(esr));
	bool known = has_address(esr);
	char text[128];

	if (class == EC_DABT || class == EC_IABT) {
		snprintf(text, sizeof(text), "%s: %s%s%s at %#lx (ESR %#lx)%s", class_name(class),
			 class == EC_IABT	  ? "fetch, "
			 : ESR_ISS(esr) & ISS_WNR ? "write, "
						  : "read, ",
			 fault_name(fsc),
			 (fsc & ~3U) <= FSC_PERMISSION
				 ? (const char[][10]){ " level 0", " level 1", " level 2",
						       " level 3" }[fsc & 3]
				 : "",
			 known ? far : 0UL, esr, known ? address_hint(far) : "");
	} else {
		snprintf(text, sizeof(text), "%s (ESR %#lx)", class_name(class), esr);
	}
	exception_fatal(frame, text, known ? far : 0);
}

void arch_trap(struct arch_frame *frame)
{
	fatal(frame);
}

void arch_bad_exception(struct arch_frame *frame, unsigned int kind)
{
	static const char *const from[] = { "EL1 on SP_EL0", "EL1", "EL0", "EL0 in AArch32" };
	static const char *const what[] = { "synchronous exception", "IRQ", "FIQ", "SError" };
	u64 esr = sysreg_read(esr_el1);
	char text[128];

	snprintf(text, sizeof(text), "unexpected %s from %s (ESR %#lx, %s)", what[kind % 4],
		 from[kind / 4 % 4], esr, kind % 4 == 0 ? class_name(ESR_EC(esr)) : "asynchronous");
	exception_fatal(frame, text, 0);
}

/* A fault on the emergency stack itself comes here when bit STACK_SHIFT of its address is set. */
static bool on_emergency_stack(vaddr_t sp)
{
	return sp - (vaddr_t)this_cpu(emergency_stack) <= EMERGENCY_STACK_SIZE;
}

void arch_bad_stack(struct arch_frame *frame, bool irq)
{
	u64 esr = sysreg_read(esr_el1), far = sysreg_read(far_el1);
	bool known = !irq && has_address(esr);
	char text[128];

	if (frame->sp & 15) {
		snprintf(text, sizeof(text), "misaligned stack pointer: sp %#lx, %s (ESR %#lx)",
			 frame->sp, class_name(ESR_EC(esr)), esr);
	} else if (frame->sp < ARCH_LINEAR_START) {
		snprintf(text, sizeof(text), "no stack: sp %#lx is no kernel address", frame->sp);
	} else if (on_emergency_stack(frame->sp)) {
		fatal(frame);
	} else {
		if (known)
			snprintf(text, sizeof(text), "address %#lx", far);
		else
			snprintf(text, sizeof(text), "%s",
				 irq ? "at an interrupt" : class_name(ESR_EC(esr)));
		stack_fatal(frame, text, known ? far : 0);
	}
	exception_fatal(frame, text, 0);
}

void arch_frame_print(const struct arch_frame *frame)
{
	log_emerg("pc  %pS", (void *)frame->pc);
	log_emerg("lr  %pS", (void *)frame->regs[30]);
	log_emerg("sp  %016lx  pstate %08lx", frame->sp, frame->pstate);
	for (unsigned int i = 0; i < 30; i += 3)
		log_emerg("x%-2u %016lx  x%-2u %016lx  x%-2u %016lx", i, frame->regs[i], i + 1,
			  frame->regs[i + 1], i + 2, frame->regs[i + 2]);
}
