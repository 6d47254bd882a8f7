/* SPDX-License-Identifier: MIT */
/* date: the time of day, in UTC; sets it, and the clock that keeps it. */
#include <device/rtc.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/string.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "calendar.h"

#define SECONDS_MAX	(UINT64_MAX / NS_PER_SEC / 2)	/* the year 2262, as in Linux */

enum { SET, FORMAT };

static const struct argument date_arguments[] = {
	[SET] = { .letter = 's', .name = "DATE", .type = ARGUMENT_TEXT,
		  .help = "set the clock: '2026-11-28 12:00:00', 2026-11-28, @SECONDS" },
	[FORMAT] = { .name = "+%s", .type = ARGUMENT_TEXT, .optional = true,
		     .help = "as seconds since 1970" },
};

/* Sets the time of day, and the clock that keeps it, where there is one that can be set. */
static int set_date(const char *text)
{
	u64 seconds;
	int err;

	if (calendar_parse(text, &seconds) || seconds > SECONDS_MAX) {
		print("date: %s: no date\n", text);
		return STATUS_USAGE;
	}
	time_set_real(seconds * NS_PER_SEC);
	err = rtc_set(seconds);
	if (err && err != -ENODEV) {
		print("date: the machine's clock keeps its date: %s\n", errno_text(-err));
		return STATUS_FAIL;
	}
	return STATUS_OK;
}

static int date(const struct arguments *a)
{
	const char *format = a->value[FORMAT].text, *set = a->value[SET].text;
	int status = set ? set_date(set) : STATUS_OK;
	char text[CALENDAR_TEXT];
	u64 seconds;

	if (format && strcmp(format, "+%s")) {
		print("date: %s: only +%%s is known\n", format);
		return STATUS_USAGE;
	}
	if (status)
		return status;
	if (!time_real_known()) {
		print("date: nobody knows: there is no clock; set it by -s\n");
		return STATUS_FAIL;
	}
	seconds = time_real() / NS_PER_SEC;
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
