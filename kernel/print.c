/* SPDX-License-Identifier: MIT */
/*
 * print(): a command's output, to where its thread's output goes. What goes into a stream is
 * gathered to runs of some length, so that a pipe is not asked for every word.
 */
#include <arch/irq.h>
#include <kernel/printk.h>
#include <kernel/stream.h>
#include <kernel/tty.h>
#include <lib/format.h>
#include <lib/string.h>

static void to_tty(void *arg, const char *text, size_t len)
{
	(void)arg;
	tty_write(text, len);
}

struct gathered {
	struct stream *to;
	size_t len;
	char text[120];
};

static void flush(struct gathered *g)
{
	if (g->len)
		stream_write(g->to, g->text, g->len);
	g->len = 0;
}

static void gather(void *arg, const char *text, size_t len)
{
	struct gathered *g = arg;

	if (g->len + len > sizeof(g->text))
		flush(g);
	if (len > sizeof(g->text)) {
		stream_write(g->to, text, len);
		return;
	}
	memcpy(g->text + g->len, text, len);
	g->len += len;
}

static void print_to(struct stream *to, const char *fmt, va_list ap)
{
	struct gathered g;

	g.to = to;
	g.len = 0;
	format_to(gather, &g, fmt, ap);
	flush(&g);
}

void print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	/* a panic, which may know no thread, and whoever else must not sleep go to the terminal */
	if (IS_ENABLED(CONFIG_STREAMS) && !arch_irqs_disabled() && arch_current()->out)
		print_to(arch_current()->out, fmt, ap);
	else
		format_to(to_tty, NULL, fmt, ap);
	va_end(ap);
}
