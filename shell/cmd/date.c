/* SPDX-License-Identifier: MIT */
/* date: the time of day by the machine's clock, in UTC; sets the clock. */
#include <device/rtc.h>
#include <lib/format.h>
#include <lib/string.h>
#include <shell/command.h>

#include "calendar.h"

enum { SET, FORMAT };

static const struct argument date_arguments[] = {
	[SET] = { .letter = 's', .name = "DATE", .type = ARGUMENT_TEXT,
		  .help = "set the clock: '2026-11-28 12:00:00', 2026-11-28, @SECONDS" },
	[FORMAT] = { .name = "+%s", .type = ARGUMENT_TEXT, .optional = true,
		     .help = "as seconds since 1970" },
};

static int failed(int err)
{
	print("date: the clock: %s\n", errno_name(-err));
	return STATUS_FAIL;
}

static int date(const struct arguments *a)
{
	const char *format = a->value[FORMAT].text, *set = a->value[SET].text;
	char text[CALENDAR_TEXT];
	u64 seconds;
	int err;

	if (format && strcmp(format, "+%s")) {
		print("date: %s: only +%%s is known\n", format);
		return STATUS_USAGE;
	}
	if (set) {
		if (calendar_parse(set, &seconds)) {
			print("date: %s: no date\n", set);
			return STATUS_USAGE;
		}
		err = rtc_set(seconds);
		if (err)
			return failed(err);
	}
	err = rtc_read(&seconds);
	if (err)
		return failed(err);
	calendar_write(seconds, text, sizeof(text));
	if (format)
		print("%lu\n", seconds);
	else
		print("%s\n", text);
	return STATUS_OK;
}

static const struct command date_command = {
	.name = "date", .help = "the time of day", .parsed = date, ARGUMENTS(date_arguments),
};
COMMAND(date_command);
