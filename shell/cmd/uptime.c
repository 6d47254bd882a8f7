/* SPDX-License-Identifier: MIT */
/* uptime: time since reset, and the time of day where there is a clock. */
#include <device/rtc.h>
#include <kernel/time.h>
#include <shell/command.h>

#include "calendar.h"

static int uptime_run(int argc __unused, char **argv __unused)
{
	u64 now = time_now(), seconds;
	char text[CALENDAR_TEXT];

	print("up %lu.%06lu s", now / NS_PER_SEC, now % NS_PER_SEC / NS_PER_US);
	if (!rtc_read(&seconds)) {
		calendar_write(seconds, text, sizeof(text));
		print(", %s", text);
	}
	print("\n");
	return STATUS_OK;
}

static const struct command uptime_command = {
	.name = "uptime", .usage = "", .help = "time since reset",
	.run = uptime_run, .min_args = 0, .max_args = 0,
};
COMMAND(uptime_command);
