/* SPDX-License-Identifier: MIT */
/*
 * The end of a run: a panic with all that helps to understand it, or power-off and reboot in
 * order. The last line of each is what scripts/run-qemu and a person at a terminal look for.
 */
#include <arch/atomic.h>
#include <arch/cpu.h>
#include <arch/frame.h>
#include <arch/irq.h>
#include <arch/sections.h>
#include <arch/unwind.h>
#include <arch/upcall.h>
#include <device/console.h>
#include <device/power.h>
#include <kernel/cpu.h>
#include <kernel/lock_check.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/thread.h>
#include <kernel/tty.h>
#include <lib/format.h>
#include <mm/heap_debug.h>

#include "log.h"
#include "panic_shell.h"

#define BACKTRACE_MAX	32	/* lines */

/* How many panics have begun: a second one is a fault while reporting the first. */
static u32 panics;

#ifdef CONFIG_SMP
/* The number of the CPU that reports, and one more; 0: none does. */
static u32 reporter;

/* Of several that panic one reports, and has the others stop. */
static void claim(void)
{
	u32 me = cpu_this() + 1, nobody = 0;

	if (!atomic_cas_acquire(&reporter, &nobody, me) && nobody != me)
		cpu_stop();
}

/* Before the console is this CPU's: nobody else writes to it then. Those that do not stop. */
static u64 stop_others(void)
{
	return cpu_stop_others();
}

static void name_running(u64 cpus)
{
	for (; cpus; cpus &= cpus - 1)
		print("CPU %d does not stop\n", __builtin_ctzl(cpus));
}
#else
static void claim(void)
{
}

static u64 stop_others(void)
{
	return 0;
}

static void name_running(u64 cpus __unused)
{
}
#endif

/* Levels that follow each other at the same place share a line, so that recursion shows its end. */
void chain_print(struct arch_unwind *u)
{
	bool more = true;

	log_emerg("call chain:");
	for (unsigned int i = 0; more && i < BACKTRACE_MAX; i++) {
		vaddr_t pc = u->pc;
		unsigned int times = 0;

		do
			times++;
		while ((more = arch_unwind_next(u)) && u->pc == pc);
		if (pc)
			log_emerg(times > 1 ? "  %pS, %u times" : "  %pS", (void *)pc, times);
	}
	if (more)
		log_emerg("  ...");
}

void backtrace_print(void)
{
	const struct thread *t = arch_current();
	struct arch_unwind u;

	arch_unwind_start(&u, t->stack, t->stack + t->stack_size);
	chain_print(&u);
}

static __noreturn void last_line(const char *kind, const char *text, const char *remark)
{
	tty_fresh_line();
	print("cairn: %s: %s%s\n", kind, text, remark);
	arch_halt();
}

/*
 * Silences everything else. Returns when this is the first panic; for a second one, @text is all it
 * says.
 */
static void begin(const char *text)
{
	u64 running = 0;
	u32 before;

	arch_irq_disable();
	claim();
	panic_shell_again(text);
	before = atomic_add_relaxed(&panics, 1);
	if (before > 1)
		arch_halt();
	if (!before)
		running = stop_others();
	console_panic();
	if (before == 1) {
		/* the report itself failed: only what needs nothing */
		last_line("panic", text, " (while another panic was reported)");
	}
	name_running(running);
}

/* The report's first lines. */
static void headline(const char *kind, const char *text)
{
	log_panic();
	log_emerg("%s: %s", kind, text);
	if (cpu_count(cpu_online()) > 1)
		log_emerg("CPU %u, thread %s", cpu_this(), arch_current()->name);
	else
		log_emerg("thread %s", arch_current()->name);
	lock_check_panic();
}

static __noreturn void end_run(const char *kind, const char *text, void (*more)(void))
{
	begin(text);
	headline(kind, text);
	if (more)
		more();
	backtrace_print();
	panic_shell(kind, text, NULL);
	last_line(kind, text, "");
}

#ifdef CONFIG_THREADS
void panic_with(const char *kind, const char *text, void (*more)(void))
{
	end_run(kind, text, more);
}
#endif

void panic(const char *fmt, ...)
{
	char text[LOG_LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	end_run("panic", text, NULL);
}

static __noreturn void report(const char *kind, const struct arch_frame *frame, const char *text)
{
	const struct thread *t = arch_current();
	struct arch_unwind u;

	headline(kind, text);
	arch_frame_print(frame);
	arch_unwind_from(&u, arch_frame_pc(frame), arch_frame_fp(frame), t->stack,
			 t->stack + t->stack_size);
	chain_print(&u);
	panic_shell(kind, text, frame);
	last_line(kind, text, "");
}

#ifdef CONFIG_SMP
void panic_at(const char *kind, const char *text, const struct arch_frame *frame)
{
	begin(text);
	report(kind, frame, text);
}
#endif

void exception_fatal(struct arch_frame *frame, const char *what, vaddr_t address)
{
	const struct thread *t;
	char text[LOG_LINE_MAX];

	begin(what);
	t = thread_of_guard(address);
	snprintf(text, sizeof(text), t ? "%s, below the stack of thread %s" : "%s", what,
		 t ? t->name : "");
	report("panic", frame, text);
}

void stack_fatal(struct arch_frame *frame, const char *how, vaddr_t address)
{
	const struct thread *t;
	vaddr_t sp = arch_frame_sp(frame), top, lowest;
	char text[LOG_LINE_MAX];

	begin("kernel stack overflow");
	t = arch_current();
	top = t->stack + t->stack_size;
	lowest = thread_of_guard(address) == t ? MIN(sp, address) : sp;
	if (top - lowest <= 2 * t->stack_size)
		snprintf(text, sizeof(text),
			 "kernel stack overflow in thread %s: %lu of %lu bytes used, sp %#lx, %s",
			 t->name, top - lowest, t->stack_size, sp, how);
	else
		snprintf(text, sizeof(text),
			 "stack pointer of thread %s is not on its stack: sp %#lx, %s", t->name, sp,
			 how);
	report("panic", frame, text);
}

/* Interrupts stay on until the words are on the wire: that may take a while. */
static void say_last(const char *text)
{
	if (IS_ENABLED(CONFIG_DEBUG_HEAP))
		heap_debug_off();
	console_flush();
	/* nobody says anything behind it */
	cpu_stop_others();
	tty_fresh_line();
	print("%s\n", text);
	console_flush();
	arch_irq_disable();
}

void machine_off(void)
{
	if (!power_can_off())
		log_notice("nothing here can switch the power off: the machine stops");
	say_last("cairn: off");
	power_off_now();
	arch_halt();
}

void machine_reboot(void)
{
	if (!power_can_reset())
		log_notice("nothing here can reset the machine: it stops");
	say_last("cairn: reboot");
	power_reset_now();
	arch_halt();
}
