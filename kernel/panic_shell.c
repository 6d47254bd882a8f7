/* SPDX-License-Identifier: MIT */
/*
 * A prompt after a panic, for who looks at the machine itself. It has interrupts masked, reads and
 * writes the console by polling, and uses no lock, no heap and nothing of the shell. It runs on the
 * CPU's emergency stack, since the one that the panic came on is looked at, and may be full; and it
 * begins again at the top of that stack when a command of its own faults: so an address that cannot
 * be read, or a log that was overwritten, costs one line.
 *
 * The panic's line is printed before the prompt already and once more when it is left, so that
 * whoever watches the console finds it as the last one. Does not edit, and knows no other thread.
 */
#include <arch/cpu.h>
#include <arch/frame.h>
#include <arch/unwind.h>
#include <device/console.h>
#include <device/power.h>
#include <kernel/printk.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/tty.h>
#include <lib/format.h>
#include <lib/string.h>

#include "panic_shell.h"

#define LINE_SIZE	80
#define QUIET_NS	(20 * NS_PER_MS)
#define WORDS_MAX	512		/* of a peek */
#define DELETE		0x7f
#define ESCAPE		0x1b

static struct {
	bool open;
	bool has_frame;
	const char *kind;
	char text[LOG_LINE_MAX];
	struct arch_frame frame;
	struct arch_unwind chain;
} reported;

/* --- The line --- */

/* What was typed for somebody else is not obeyed: all that comes until the line is quiet. */
static void drop_input(void)
{
	u64 end = time_now() + QUIET_NS;

	while (time_frequency() && time_now() < end)
		if (console_poll() >= 0)
			end = time_now() + QUIET_NS;
}

static char next_byte(void)
{
	int c;

	while ((c = console_poll()) < 0)
		arch_relax();
	return (char)c;
}

/* Cursor keys are ESC [ and a letter, or ESC O and one: they mean nothing here. */
static void skip_sequence(void)
{
	char c = next_byte();

	if (c == '[' || c == 'O')
		while ((c = next_byte()) < '@' && c >= ' ')
			;
}

static void read_line(char *line)
{
	size_t len = 0;

	for (;;) {
		char c = next_byte();

		if (c == '\r' || c == '\n')
			break;
		if (c == ESCAPE) {
			skip_sequence();
		} else if (c == DELETE || c == '\b') {
			if (len)
				tty_write("\b \b", 3);
			len -= !!len;
		} else if (c == 'C' - '@' || c == 'U' - '@') {
			for (; len; len--)
				tty_write("\b \b", 3);
		} else if (c >= ' ' && len + 1 < LINE_SIZE) {
			line[len++] = c;
			tty_write(&c, 1);
		}
	}
	line[len] = 0;
	tty_write("\n", 1);
}

/* The first word at *@rest, terminated; *@rest is then what is behind it. */
static char *next_word(char **rest)
{
	char *word = *rest, *end;

	while (*word == ' ')
		word++;
	for (end = word; *end && *end != ' ';)
		end++;
	*rest = end + !!*end;
	*end = 0;
	return word;
}

/* --- Commands --- */

static void regs(char *rest __unused)
{
	if (reported.has_frame)
		arch_frame_print(&reported.frame);
	else
		print("no registers were saved: no exception; bt shows who panicked\n");
}

static void bt(char *rest __unused)
{
	struct arch_unwind u = reported.chain;

	chain_print(&u);
}

static void dmesg(char *rest __unused)
{
	struct log_record r;

	for (u64 next = 0; log_read(next, &r); next = r.sequence + 1)
		print("[%5lu.%06lu] %.*s\n", r.time / NS_PER_SEC, r.time % NS_PER_SEC / NS_PER_US,
		      (int)r.len, r.text);
}

static void peek(char *rest)
{
	u64 address, words = 1;
	char *word = next_word(&rest);
	char *count = next_word(&rest);

	if (parse_u64(word, 0, &address) || address % 8 ||
	    (*count && (parse_u64(count, 0, &words) || words > WORDS_MAX))) {
		print("usage: peek ADDRESS [WORDS], of 8 bytes, at most %d\n", WORDS_MAX);
		return;
	}
	for (u64 i = 0; i < words; i++) {
		const volatile u64 *p = (const volatile u64 *)(uintptr_t)(address + i * 8);
		u64 value = *p;	/* before anything of its line is printed: it may fault */

		if (i % 2 == 0)
			print("%016lx", (vaddr_t)p);
		print(" %016lx%s", value, i % 2 || i + 1 == words ? "\n" : "");
	}
}

/* What the runner takes for the run's last line. */
static void last_line(void)
{
	tty_fresh_line();
	print("cairn: %s: %s\n", reported.kind, reported.text);
}

static void leave(void (*how)(void))
{
	last_line();
	how();
	arch_halt();
}

static void reboot(char *rest __unused)
{
	leave(power_reset_now);
}

static void poweroff(char *rest __unused)
{
	leave(power_off_now);
}

static void help(char *rest);

static const struct {
	const char *name;
	void (*run)(char *rest);
	const char *help;
} commands[] = {
	{ "bt", bt, "how the CPU came to the panic" },
	{ "dmesg", dmesg, "the log, from its oldest line on" },
	{ "help", help, "these lines" },
	{ "peek", peek, "ADDRESS [WORDS]: memory, in words of 8 bytes" },
	{ "poweroff", poweroff, "switch the machine off" },
	{ "reboot", reboot, "reset the machine" },
	{ "regs", regs, "the registers at the exception" },
};

static void help(char *rest __unused)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		print("%-9s %s\n", commands[i].name, commands[i].help);
}

static void run(char *line)
{
	const char *name = next_word(&line);

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(name, commands[i].name)) {
			commands[i].run(line);
			return;
		}
	}
	if (*name)
		print("%s: unknown command, see help\n", name);
}

/* --- The prompt --- */

static __noreturn void loop(void)
{
	char line[LINE_SIZE];

	for (;;) {
		tty_fresh_line();
		print("panic> ");
		read_line(line);
		run(line);
	}
}

void panic_shell_again(const char *text)
{
	if (!reported.open)
		return;
	tty_fresh_line();
	print("%s\n", text);
	arch_emergency_restart(loop);
}

void panic_shell(const char *kind, const char *text, const struct arch_frame *frame)
{
	const struct thread *t = arch_current();

	if (!console_device())
		return;
	reported.kind = kind;
	strlcpy(reported.text, text, sizeof(reported.text));
	if (frame) {
		reported.has_frame = true;
		reported.frame = *frame;
		arch_unwind_from(&reported.chain, arch_frame_pc(frame), arch_frame_fp(frame),
				 t->stack, t->stack + t->stack_size);
	} else {
		arch_unwind_start(&reported.chain, t->stack, t->stack + t->stack_size);
	}
	last_line();
	print("the machine has stopped; help lists what can be looked at\n");
	drop_input();
	reported.open = true;
	arch_emergency_restart(loop);
}
