/* SPDX-License-Identifier: MIT */
/*
 * The line editor on the terminal, and Ctrl-C for what the shell runs. While a line is edited the
 * terminal is raw, before the prompt is written already, so that no key is lost between; while a
 * command runs it has the modes for commands, and Ctrl-C cancels the sleep that the command is
 * in (shell_stopped() and tty_interrupted() are then true). Nothing is taken from a command that
 * neither sleeps nor asks. Ctrl-Z stops nothing: a command runs in the shell's own thread, and
 * could hold a lock that the prompt needs. Programs in front get all keys that are signals.
 */
#include <device/console.h>
#include <kernel/time.h>
#include <kernel/tty.h>
#include <lib/string.h>
#include <shell/command.h>
#include <shell/history.h>
#include <shell/program.h>
#include <shell/prompt.h>
#include <uapi/errno.h>
#include <uapi/termios.h>

#include "complete.h"
#include "edit.h"
#include "line.h"

#define INTERRUPT	'\3'
#define PASTE_NS	(20 * NS_PER_MS)	/* nobody types the next key that fast */
#define ESCAPE_NS	(100 * NS_PER_MS)	/* nor does a terminal send one that slowly */

static void write(void *arg __unused, const char *text, size_t len)
{
	tty_write(text, len);
}

static void say(const char *text)
{
	tty_write(text, strlen(text));
}

static struct line editor;

/* In the receive interrupt. */
static void interrupt(int signal)
{
	bool taken = program_key(signal);

	if (signal == SIGINT)
		shell_interrupt();
	else if (signal == SIGTSTP && !taken)
		say(" commands cannot be stopped: Ctrl-C ends them, & runs them in a job\n");
}

void edit_init(void)
{
	editor.write = write;
	editor.complete = complete_line;
	editor.columns = 80;
	editor.rows = 24;
	tty_set_signal_hook(interrupt);
}

/* A Ctrl-C that came too late for the last command has done what it can. */
static void forget_interrupt(void)
{
	tty_clear_interrupt();
	tty_fresh_line();
}

/*
 * Takes a byte into the line. A Tab is a key when nothing follows it at once, or another Tab; a
 * Ctrl-C within what is marked as pasted, when nothing follows: who types it is not kept from
 * leaving, but a pasted one would have the rest run as if it had been typed.
 */
static enum line_event take(char c)
{
	while (c == '\t' || (c == INTERRUPT && editor.pasting)) {
		int behind = console_read(time_now() + PASTE_NS);

		if (c == '\t')
			line_byte(&editor, c, behind >= 0 && behind != '\t');
		else if (behind < 0)
			break;
		if (behind < 0)
			return LINE_MORE;
		c = (char)behind;
	}
	return line_byte(&editor, c, false);
}

/* How the line ended, or an error of the console's. */
static int edit(void)
{
	enum line_event event = LINE_MORE;

	while (event == LINE_MORE) {
		bool waits = line_waits(&editor);
		int c = console_read(waits ? time_now() + ESCAPE_NS : TIME_NEVER);

		if (c >= 0)
			event = take((char)c);
		else if (waits)
			line_pause(&editor);
		else if (c != -EINTR)
			return c;
	}
	return (int)event;
}

int edit_read_line(const char *prompt, char *buf, size_t size)
{
	struct termios before, raw;
	int event;

	tty_get_modes(&before);
	raw = before;
	tty_make_raw(&raw);
	tty_set_modes(&raw);
	if (tty_interrupted())
		forget_interrupt();
	line_start(&editor, prompt, tty_column(), !console_pending());
	if (!shell_prompt_time)
		shell_prompt_time = time_now();
	event = edit();
	tty_set_modes(&before);
	if (event == LINE_END && IS_ENABLED(CONFIG_CMD_POWEROFF))
		print("use poweroff to leave\n");
	if (event == LINE_END)
		return -EINTR;
	if (event == LINE_INTERRUPTED)
		return -EINTR;
	if (event == LINE_TOO_LONG || (event == LINE_DONE && editor.len >= size))
		return -E2BIG;
	if (event != LINE_DONE)
		return event;
	strlcpy(buf, editor.text, size);
	history_add(buf);
	return 0;
}
