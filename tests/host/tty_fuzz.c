/* SPDX-License-Identifier: MIT */
/*
 * The terminal line discipline under libFuzzer: any bytes, in modes that change on the way, read in
 * pieces of any size. The first bytes choose modes; 0xff in the input changes them. No read gives
 * more than was asked for, a line ends where its newline is, and each key's signal is told once.
 */
#include <device/console.h>
#include <kernel/time.h>
#include <kernel/tty.h>
#include <lib/string.h>
#include <uapi/errno.h>
#include <uapi/termios.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static const u8 *next, *end;
static enum console_verdict (*look)(char c);
static void (*taken)(void);
static unsigned int keys, told;
static u64 now;

void console_set_filter(enum console_verdict (*new_look)(char c), void (*new_taken)(void))
{
	look = new_look;
	taken = new_taken;
}

void console_write(const char *text, size_t len)
{
	for (; len; len--)
		if (*text++ == '\n' && text[-2] != '\r')
			abort();
}

bool console_pending(void)
{
	return next < end && *next != 0xff;
}

int console_read(u64 deadline)
{
	while (console_pending()) {
		char c = (char)*next++;
		/* every other byte was typed ahead, before the modes were what they are */
		enum console_verdict verdict = next < end && (*next & 1) ? look(c) : CONSOLE_KEEP;

		if (verdict == CONSOLE_KEEP)
			return (u8)c;
		keys++;
		taken();
	}
	now = deadline == TIME_NEVER ? now : MAX(now, deadline);
	return deadline == TIME_NEVER ? -EINTR : -ETIMEDOUT;
}

u64 time_now(void)
{
	return now;
}

static void hook(int signal)
{
	if (signal != SIGINT && signal != SIGQUIT && signal != SIGTSTP)
		abort();
	told++;
}

static void choose(u8 flags, u8 counts)
{
	static const u32 local[] = { ISIG, ICANON, ECHO, ECHOCTL, ECHONL, NOFLSH, IEXTEN };
	struct termios modes;

	tty_get_modes(&modes);
	modes.c_lflag = 0;
	for (size_t i = 0; i < ARRAY_SIZE(local); i++)
		if (flags & BIT(i))
			modes.c_lflag |= local[i];
	modes.c_iflag = flags & 0x80 ? ICRNL : counts & 0x80 ? INLCR : counts & 0x40 ? IGNCR : 0;
	modes.c_cc[VMIN] = counts & 3;
	modes.c_cc[VTIME] = counts >> 2 & 3;
	tty_set_modes(&modes);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	next = data;
	end = data + size;
	keys = told = 0;
	tty_set_signal_hook(hook);
	while (end - next > 3) {
		size_t most = next[2] + 1U;
		char *buf = malloc(most);
		struct termios modes;
		long n;

		choose(next[0], next[1]);
		next += 3;
		do {
			tty_get_modes(&modes);
			n = tty_read(buf, most, next[0] & 1 ? now + 10 : TIME_NEVER);
			if (n > (long)most || (n < 0 && n != -EINTR && n != -ETIMEDOUT))
				abort();
			for (long i = 0; (modes.c_lflag & ICANON) && i + 1 < n; i++)
				if (buf[i] == '\n')
					abort();
		} while (n > 0 && console_pending());
		free(buf);
		if (next < end && *next == 0xff)
			next++;
	}
	if (told < keys)
		abort();
	return 0;
}
