/* SPDX-License-Identifier: MIT */
/*
 * fault: ends the run in a chosen way, for tests/boot/test_crash.py, which reads the reports. Each
 * way is a function of its own, whose name the report's call chain must hold. It comes into the
 * kernel from outside the tree (EXT=).
 */
#include <arch/cpu.h>
#include <arch/io.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <device/console.h>
#include <device/fdt.h>
#include <kernel/irq.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/map.h>
#include <mm/stack.h>
#include <shell/command.h>

#include "tables.h"

#define WAY __attribute__((noinline, noclone)) static

/* Behind each provocation: the call chain must not lose the function to a tail call. */
#define HERE() __asm__ volatile("" ::: "memory")

/* panic(), for functions that the compiler shall not see the end of. */
static void (*volatile fail)(const char *fmt, ...) = (void (*)(const char *, ...))(uintptr_t)panic;

static const char constant[8] = "fixed";
static u32 data[2] = { 0xd65f03c0, 0 }; /* RET, but no code */

/* An address near NULL that the compiler does not see: it would warn. */
#define HIDDEN(a)	({ uintptr_t a_ = (a); __asm__("" : "+r"(a_)); (void *)a_; })

WAY void crash_null_read(void)
{
	read32(HIDDEN(8));
	HERE();
}

WAY void crash_null_write(void)
{
	write32(HIDDEN(16), 1);
	HERE();
}

WAY void crash_far_read(void)
{
	read32((void *)0x123456789000);
	HERE();
}

WAY void crash_text_write(void)
{
	write32((void *)section_text_start, 0);
	HERE();
}

WAY void crash_rodata_write(void)
{
	write8((void *)constant, 0);
	HERE();
}

/* The same bytes, where the linear map shows them. */
WAY void crash_alias_write(void)
{
	write32(phys_to_virt(arch_image_to_phys(section_text_start)), 0);
	HERE();
}

/* What boot has written, from a place of its own. */
WAY void crash_sealed_write(void)
{
	*(volatile paddr_t *)&arch_linear_base = 0;
	HERE();
}

WAY void crash_alias_exec(void)
{
	((void (*)(void))phys_to_virt(arch_image_to_phys((void *)(uintptr_t)crash_null_read)))();
	HERE();
}

WAY void crash_data_exec(void)
{
	((void (*)(void))(uintptr_t)data)();
	HERE();
}

WAY void crash_null_exec(void)
{
	void (*volatile f)(void) = NULL;

	f();
	HERE();
}

WAY void crash_undefined(void)
{
	__asm__ volatile("udf #0");
	HERE();
}

WAY void crash_brk(void)
{
	__asm__ volatile("brk #0x123");
	HERE();
}

WAY void crash_svc(void)
{
	__asm__ volatile("svc #0");
	HERE();
}

WAY void crash_fp(void)
{
	__asm__ volatile(".arch_extension fp\n\tfmov d0, xzr");
	HERE();
}

/* QEMU does not check the alignment where the stack pointer is used: so an exception comes while it
 * is wrong. */
WAY void crash_sp(void)
{
	__asm__ volatile("mov x9, sp\n\tsub x9, x9, #8\n\tmov sp, x9\n\tbrk #1" ::: "x9", "memory");
	HERE();
}

/* Aligned, but nowhere: whether the vectors see that before or after they stored something depends
 * on one bit of it. */
WAY void crash_sp_high(void)
{
	__asm__ volatile("mov sp, %0\n\tldr x9, [sp]" ::"r"(0xffff000000004000UL) : "x9", "memory");
	HERE();
}

WAY void crash_sp_low(void)
{
	__asm__ volatile("mov sp, %0\n\tldr x9, [sp]" ::"r"(0x0UL) : "x9", "memory");
	HERE();
}

/* On the other stack pointer, which holds the current thread while in the kernel. */
WAY void crash_sp0(void)
{
	__asm__ volatile("msr spsel, #0\n\tbrk #2");
	HERE();
}

/* A return to a level that is above. */
WAY void crash_illegal(void)
{
	__asm__ volatile("msr spsr_el1, %0\n\tadr x9, 1f\n\tmsr elr_el1, x9\n\teret\n1:\tnop"
			 :
			 : "r"(0x3c9UL)
			 : "x9", "memory");
	HERE();
}

WAY void crash_pc(void)
{
	((void (*)(void))((uintptr_t)crash_brk + 2))();
	HERE();
}

WAY unsigned long crash_overflow(unsigned long n)
{
	volatile char block[200];

	block[n % sizeof(block)] = 1;
	/* never so, but the compiler does not know */
	return n == ~0UL ? 0 : crash_overflow(n + 1) + (unsigned long)block[n % 7];
}

/* By one large step over the guard page. */
WAY void crash_guard(void)
{
	read32((void *)(arch_current()->stack - 16));
	HERE();
}

/* The far end of the guard. */
WAY void crash_guard_end(void)
{
	const struct thread *t = arch_current();

	read32((void *)(t->stack - t->stack_size));
	HERE();
}

/* A frame that is larger than what is left: sp is in the guard before anything is stored. */
WAY void crash_frame(void)
{
	const struct thread *t = arch_current();

	__asm__ volatile("mov sp, %0\n\tstr xzr, [sp, #8]" ::"r"(t->stack - 256) : "memory");
	HERE();
}

/* An interrupt comes when there is no room for its frame. */
WAY void crash_no_room(void)
{
	arch_irq_disable();
	time_wake_at(time_now());
	__asm__ volatile("mov sp, %0\n\tmsr daifclr, #2\n1:\tb 1b"
			 :
			 : "r"(arch_current()->stack + 64)
			 : "memory");
}

/* An address of the kernel, but nobody's stack. */
WAY void crash_sp_wild(void)
{
	__asm__ volatile("mov sp, %0\n\tbrk #3"
			 :
			 : "r"(ARCH_VMAP_START + STACK_SIZE + 512)
			 : "memory");
	HERE();
}

WAY void overflow(void)
{
	crash_overflow(0);
	HERE();
}

/* The same as on the boot stack, on one that was allocated. */
WAY void crash_on_stack(void (*way)(void))
{
	char *stack = stack_alloc();

	if (!stack)
		panic("no stack");
	arch_current()->stack = (vaddr_t)stack;
	__asm__ volatile("mov sp, %0\n\tmov x29, xzr\n\tblr %1" ::"r"(stack + STACK_SIZE), "r"(way)
			 : "x30", "memory");
}

WAY void *device(void)
{
	const struct dt_node *uart = dt_find("/pl011");
	struct dt_range r;

	return uart && !dt_reg(uart, 0, &r) ? ioremap(r.base, r.size) : NULL;
}

/* QEMU lets a plain access to a device be unaligned, an exclusive one never. */
WAY void crash_unaligned(void)
{
	u64 value;

	__asm__ volatile("ldxr %0, [%1]" : "=r"(value) : "r"((char *)constant + 1) : "memory");
}

/* No device answers there. */
WAY void crash_external(void)
{
	read32(ioremap(0x0f000000, 4));
	HERE();
}

WAY void crash_exec_device(void)
{
	((void (*)(void))device())();
	HERE();
}

WAY void crash_masked(void)
{
	arch_irq_disable();
	panic("asked for with interrupts masked");
}

static bool panic_handler(void *arg)
{
	panic("asked for in %s", (const char *)arg);
}

static bool fault_handler(void *arg)
{
	(void)arg;
	crash_null_read();
	return true;
}

/* Takes the timer's interrupt away from its driver and waits for it. */
WAY void crash_in_interrupt(irq_handler *handler)
{
	struct dt_interrupt cells;
	int irq, err;

	err = dt_interrupt(time_source(), 2, &cells);
	irq = err ? err : irq_from_dt(&cells);
	if (irq < 0)
		panic("no timer interrupt: %d", irq);
	irq_free((unsigned int)irq);
	irq_request((unsigned int)irq, handler, "an interrupt", "crash");
	/* a host that is busy may let the time pass before the CPU waits for it */
	for (volatile int i = 0; i < 1000; i++)
		time_sleep_until(time_now() + NS_PER_MS);
	HERE();
}

/* The report wants the thread's name. */
WAY void crash_nested(void)
{
	arch_set_current(NULL);
	panic("the first one");
}

WAY void crash_nested_fault(void)
{
	arch_set_current(NULL);
	crash_null_write();
	HERE();
}

/* The console's driver faults, in the panic too: its state begins with where its registers are. */
WAY void crash_uart(void)
{
	*(vaddr_t *)console_device()->priv = PAGE_SIZE;
	panic("the console is gone");
}

WAY void crash_deep(unsigned int n)
{
	if (n)
		crash_deep(n - 1);
	else
		fail("deep down");
	HERE();
}

/* Two that call each other: their lines cannot be one. */
WAY void crash_pong(unsigned int n);

WAY void crash_ping(unsigned int n)
{
	crash_pong(n - 1);
	HERE();
}

WAY void crash_pong(unsigned int n)
{
	if (n)
		crash_ping(n);
	else
		fail("deep down");
	HERE();
}

/* A frame record that points at itself, and one that points nowhere. */
WAY void crash_chain(vaddr_t next)
{
	*(volatile vaddr_t *)__builtin_frame_address(0) =
		next ? next : (vaddr_t)__builtin_frame_address(0);
	panic("with a broken call chain");
}

WAY void crash_assert(void)
{
	volatile int zero = 0;

	assert(zero == 1);
	HERE();
}

/* Words that are longer than any line, and hold what no line should. */
WAY void crash_long(void)
{
	static char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	panic("%s", text);
}

/* Objects that nobody gives back: these return. */
WAY void crash_leak_large(void)
{
	kmalloc(300);
	HERE();
}

WAY void crash_leak(void)
{
	crash_leak_large();
	for (volatile int i = 0; i < 3; i++)	/* one place, also where loops are unrolled */
		kmalloc(40);
	HERE();
}

/* Damage that is seen when somebody looks at the object, at power-off at the latest. */
WAY void crash_late_overrun(void)
{
	char *p = kmalloc(40);

	p[40] = 'x';
	HERE();
}

WAY void crash_late_uaf(void)
{
	char *p = kmalloc(40);

	kfree(p);
	*p = 'x';
	HERE();
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "null-read", crash_null_read },
	{ "null-write", crash_null_write },
	{ "far-read", crash_far_read },
	{ "text-write", crash_text_write },
	{ "rodata-write", crash_rodata_write },
	{ "alias-write", crash_alias_write },
	{ "sealed-write", crash_sealed_write },
	{ "wx", crash_wx },
	{ "exec-constants", crash_exec_constants },
	{ "user", crash_user },
	{ "tear", crash_tear },
	{ "alias-exec", crash_alias_exec },
	{ "data-exec", crash_data_exec },
	{ "null-exec", crash_null_exec },
	{ "undefined", crash_undefined },
	{ "brk", crash_brk },
	{ "svc", crash_svc },
	{ "fp", crash_fp },
	{ "sp", crash_sp },
	{ "sp-high", crash_sp_high },
	{ "sp-low", crash_sp_low },
	{ "sp0", crash_sp0 },
	{ "illegal", crash_illegal },
	{ "pc", crash_pc },
	{ "guard", crash_guard },
	{ "guard-end", crash_guard_end },
	{ "frame", crash_frame },
	{ "no-room", crash_no_room },
	{ "sp-wild", crash_sp_wild },
	{ "unaligned", crash_unaligned },
	{ "external", crash_external },
	{ "exec-device", crash_exec_device },
	{ "masked", crash_masked },
	{ "nested", crash_nested },
	{ "nested-fault", crash_nested_fault },
	{ "uart", crash_uart },
	{ "assert", crash_assert },
	{ "long", crash_long },
	{ "leak", crash_leak },
	{ "late-overrun", crash_late_overrun },
	{ "late-uaf", crash_late_uaf },
};

static int fault_run(int argc, char **argv)
{
	(void)argc;
	if (!strcmp(argv[1], "overflow"))
		return (int)crash_overflow(0);
	if (!strcmp(argv[1], "interrupt"))
		crash_in_interrupt(panic_handler);
	if (!strcmp(argv[1], "interrupt-fault"))
		crash_in_interrupt(fault_handler);
	if (!strcmp(argv[1], "deep"))
		crash_deep(100);
	if (!strcmp(argv[1], "deep-pair"))
		crash_pong(100);
	if (!strcmp(argv[1], "chain-loop"))
		crash_chain(0);
	if (!strcmp(argv[1], "chain-wild"))
		crash_chain(0x123456789abcdef8UL);
	if (!strcmp(argv[1], "stack-overflow"))
		crash_on_stack(overflow);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (!strcmp(ways[i].name, argv[1]))
			ways[i].run();
		/* stack-X is X on an allocated stack */
		if (!strncmp(argv[1], "stack-", 6) && !strcmp(ways[i].name, argv[1] + 6))
			crash_on_stack(ways[i].run);
	}
	return STATUS_USAGE;
}

static const struct command fault_command = {
	.name = "fault",
	.usage = "WAY",
	.help = "end the run in a chosen way",
	.run = fault_run,
	.min_args = 1,
	.max_args = 1,
};
COMMAND(fault_command);
