/* SPDX-License-Identifier: MIT */
/* chmod: changes the permissions of files: to octal ones, or as u+x,go-w says. */
#include <fs/fs.h>
#include <lib/string.h>
#include <uapi/errno.h>

#include "files.h"

enum { MODE, PATHS };

static const struct argument chmod_arguments[] = {
	[MODE] = { .name = "MODE", .type = ARGUMENT_TEXT,
		   .help = "octal, or some of ugoa, one of +-=, some of rwx: u+x,go-w" },
	[PATHS] = { .name = "PATH", .type = ARGUMENT_TEXT, .many = true },
};

/* The bits of the letters at *@at, which moves behind them. */
static u32 letters(const char **at, const char *known, const u32 *bits)
{
	u32 found = 0;

	for (const char *p; **at && (p = strchr(known, **at)); ++*at)
		found |= bits[p - known];
	return found;
}

/* What @word makes of @mode, or -1 when it means nothing. */
static int change(const char *word, u32 mode)
{
	static const u32 who_bits[] = { 0700, 0070, 0007, 0777 };
	static const u32 what_bits[] = { 0444, 0222, 0111 };
	u64 octal;

	if (!parse_u64(word, 8, &octal))
		return octal <= 07777 ? (int)octal : -1;
	do {
		u32 who = letters(&word, "ugoa", who_bits), what;
		char how = *word;

		if (!how || !strchr("+-=", how))
			return -1;
		word++;
		who = who ? who : 0777;
		what = letters(&word, "rwx", what_bits) & who;
		if (how == '=')
			mode &= ~who;
		mode = how == '-' ? mode & ~what : mode | what;
	} while (*word++ == ',');
	return word[-1] ? -1 : (int)(mode & 07777);
}

static int chmod(const struct arguments *a)
{
	const char *word = a->value[MODE].text;
	int status = STATUS_OK;

	if (change(word, 0) < 0) {
		print("chmod: %s: no mode\n", word);
		return STATUS_USAGE;
	}
	for (int i = 0; i < a->count && !shell_stopped(); i++) {
		struct file_attr attr = { .set = FILE_MODE };
		struct file_stat stat;
		int err = fs_stat(a->words[i], true, &stat);

		if (!err) {
			attr.mode = (u32)change(word, stat.mode);
			err = fs_set_attr(a->words[i], &attr);
		}
		status |= file_status("chmod", a->words[i], err);
	}
	return status;
}

static const struct command chmod_command = {
	.name = "chmod", .help = "change the permissions of files", .parsed = chmod,
	ARGUMENTS(chmod_arguments),
};
COMMAND(chmod_command);
