/* SPDX-License-Identifier: MIT */
/*
 * Exceptions in words: the switch over the exception class, and the decoding of syndromes. A data
 * abort of an instruction in the exception table goes on where that says, as does one of them that
 * is undefined; an external abort of a guarded call behind the call; all else ends in
 * exception_fatal().
 */
#include "guard.h"
#include "trap.h"

#include <arch/cpu.h>
#include <arch/frame.h>
#include <arch/mmu.h>
#include <arch/sections.h>
#include <arch/upcall.h>
#ifdef CONFIG_PROCESS
#include <arch/user.h>
#endif
#include <asm/esr.h>
#include <asm/exception_table.h>
#include <asm/memory.h>
#include <lib/format.h>
#include <lib/log.h>
#include <lib/table.h>

/* entry.S: where a CPU goes on when its stack has run over. */
char emergency_stack[EMERGENCY_STACK_SIZE] PER_CPU __aligned(16);

/* A number that the CPU gives, in words. Tables end with an entry for all others. */
struct name {
	u8 code;
	const char *text;
};

#define OTHERS	0xff

static const char *name_of(const struct name *name, unsigned int code)
{
	while (name->code != code && name->code != OTHERS)
		name++;
	return name->text;
}

static const struct name classes[] = {
	{ EC_UNKNOWN, "undefined instruction" },
	{ EC_WFX, "trapped WFI or WFE" },
	{ EC_FP, "floating point or SIMD used in the kernel" },
	{ EC_FP_TRAP, "floating point or SIMD used in the kernel" },
	{ EC_SVE, "SVE used in the kernel" },
	{ EC_PAC, "pointer authentication failure" },
	{ EC_BTI, "branch target exception" },
	{ EC_ILLEGAL, "illegal execution state" },
	{ EC_SVC64, "SVC" },
	{ EC_HVC64, "HVC" },
	{ EC_SMC64, "SMC" },
	{ EC_SYSREG, "trapped system register access" },
	{ EC_IABT_LOWER, "instruction abort" },
	{ EC_IABT, "instruction abort" },
	{ EC_PC_ALIGN, "misaligned program counter" },
	{ EC_DABT_LOWER, "data abort" },
	{ EC_DABT, "data abort" },
	{ EC_SP_ALIGN, "misaligned stack pointer" },
	{ EC_SERROR, "SError" },
	{ EC_BREAK_LOWER, "hardware breakpoint" },
	{ EC_BREAK, "hardware breakpoint" },
	{ EC_STEP_LOWER, "software step" },
	{ EC_STEP, "software step" },
	{ EC_WATCH_LOWER, "watchpoint" },
	{ EC_WATCH, "watchpoint" },
	{ EC_BRK, "BRK instruction" },
	{ OTHERS, "exception of an unknown class" },
};

/* Those that have a level in their lower two bits come without it. */
static const struct name faults[] = {
	{ FSC_ADDRESS_SIZE, "address size fault" },
	{ FSC_TRANSLATION, "translation fault" },
	{ FSC_ACCESS_FLAG, "access flag fault" },
	{ FSC_PERMISSION, "permission fault" },
	{ FSC_EXTERNAL_WALK, "external abort on a table walk" },
	{ FSC_EXTERNAL, "external abort" },
	{ FSC_PARITY, "parity or ECC error" },
	{ FSC_ALIGNMENT, "alignment fault" },
	{ FSC_TLB_CONFLICT, "TLB conflict" },
	{ OTHERS, "fault of an unknown kind" },
};

static const char *class_name(unsigned int class)
{
	return name_of(classes, class);
}

static const char *fault_name(unsigned int fsc)
{
	bool has_level = (fsc & ~3U) <= FSC_PERMISSION || (fsc & ~3U) == FSC_EXTERNAL_WALK;

	return name_of(faults, has_level ? fsc & ~3U : fsc);
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
	static const char levels[][10] = { " level 0", " level 1", " level 2", " level 3" };
	char text[128];

	if (class == EC_DABT || class == EC_IABT) {
		snprintf(text, sizeof(text), "%s: %s%s%s at %#lx (ESR %#lx)%s", class_name(class),
			 class == EC_IABT	  ? "fetch, "
			 : ESR_ISS(esr) & ISS_WNR ? "write, "
						  : "read, ",
			 fault_name(fsc),
			 (fsc & ~3U) <= FSC_PERMISSION
				 ? levels[fsc & 3]
				 : "",
			 known ? far : 0UL, esr, known ? address_hint(far) : "");
	} else {
		snprintf(text, sizeof(text), "%s (ESR %#lx)", class_name(class), esr);
	}
	exception_fatal(frame, text, known ? far : 0);
}

#ifdef CONFIG_PROCESS
const char *arch_user_words(u64 esr)
{
	unsigned int class = ESR_EC(esr);

	if (class == EC_DABT_LOWER || class == EC_IABT_LOWER)
		return fault_name(ISS_FSC(ESR_ISS(esr)));
	return class_name(class);
}

/* Whether a copy from or to a program's memory faulted (usercopy.S), which goes on then. */
static bool recover_usercopy(struct arch_frame *frame)
{
	if (frame->pc - (vaddr_t)usercopy_start >= (size_t)(usercopy_end - usercopy_start) ||
	    ESR_EC(sysreg_read(esr_el1)) != EC_DABT)
		return false;
	frame->pc = frame->regs[4];
	return true;
}
#endif

/* Whether the instruction may fault: then it knows why, and the frame where it goes on. */
static bool recover(struct arch_frame *frame)
{
	const struct exception_entry *e, *end;
	u64 esr = sysreg_read(esr_el1);
	unsigned int class = ESR_EC(esr);

	if (class != EC_DABT && class != EC_UNKNOWN)
		return false;
	e = (const void *)TABLE_EDGE(exception, struct exception_entry, ".0");
	end = (const void *)TABLE_EDGE(exception, struct exception_entry, ".2");
	while (e < end && e->fault != frame->pc)
		e++;
	if (e == end)
		return false;
	frame->regs[0] = (uintptr_t)(class == EC_DABT ? fault_name(ISS_FSC(ESR_ISS(esr))) :
							class_name(class));
	frame->pc = e->resume;
	return true;
}

/*
 * Whether the address is mapped after all. Another CPU may have mapped it and said so, and this one
 * have begun to translate the address before it heard of that: an access that is not ordered behind
 * the news by an ISB may fault once.
 */
static bool mapped_meanwhile(void)
{
	u64 esr = sysreg_read(esr_el1), far = sysreg_read(far_el1);
	unsigned int flags;
	size_t block;
	paddr_t pa;

	return ESR_EC(esr) == EC_DABT && has_address(esr) &&
	       (ISS_FSC(ESR_ISS(esr)) & ~3U) == FSC_TRANSLATION && far >= ARCH_LINEAR_START &&
	       arch_kernel_lookup(far, &pa, &flags, &block);
}

void arch_trap(struct arch_frame *frame)
{
#ifdef CONFIG_PROCESS
	if (recover_usercopy(frame))
		return;
#endif
	if (IS_ENABLED(CONFIG_EXCEPTION_TABLE) && recover(frame))
		return;
	if (IS_ENABLED(CONFIG_PROBE_GUARD) &&
	    guard_abort(frame, sysreg_read(esr_el1), sysreg_read(far_el1)))
		return;
	if (IS_ENABLED(CONFIG_SMP) && mapped_meanwhile())
		return;
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

void arch_emergency_restart(void (*entry)(void))
{
	vaddr_t top = (vaddr_t)this_cpu(emergency_stack) + EMERGENCY_STACK_SIZE;

	/* the zeroes end call chains */
	__asm__ volatile("mov sp, %0\n\tmov x29, xzr\n\tmov x30, xzr\n\tbr %1"
			 :: "r"(top), "r"(entry) : "memory");
	__builtin_unreachable();
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
