/* SPDX-License-Identifier: MIT */
/* uptime: time since reset, and the time of day where there is a clock. */
#include <device/rtc.h>
#include <kernel/time.h>
#include <shell/command.h>

/*
 * The date of a day counted from 1970-01-01, by counting years from 1 March on, so that a leap
 * day is the last day of its year: 400 years are 146,097 days.
 */
static void print_date(u64 day)
{
	u64 from_march = day + 719468;		/* days since 0000-03-01 */
	u64 era = from_march / 146097, of_era = from_march % 146097;
	u64 year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	u64 of_year = of_era - (365 * year + year / 4 - year / 100);
	u64 month = (5 * of_year + 2) / 153;	/* 0 = March */

	print("%lu-%02lu-%02lu", era * 400 + year + (month >= 10),
	      month < 10 ? month + 3 : month - 9, of_year - (153 * month + 2) / 5 + 1);
}

static int uptime_run(int argc, char **argv)
{
	u64 now = time_now(), seconds;

	(void)argc;
	(void)argv;
	print("up %lu.%06lu s", now / NS_PER_SEC, now % NS_PER_SEC / NS_PER_US);
	if (!rtc_read(&seconds)) {
		print(", ");
		print_date(seconds / 86400);
		print(" %02lu:%02lu:%02lu UTC", seconds / 3600 % 24, seconds / 60 % 60,
		      seconds % 60);
	}
	print("\n");
	return STATUS_OK;
}

static const struct command uptime_command = {
	.name = "uptime", .usage = "", .help = "time since reset",
	.run = uptime_run, .min_args = 0, .max_args = 0,
};
COMMAND(uptime_command);
