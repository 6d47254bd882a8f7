/* SPDX-License-Identifier: MIT */
/* wdt: the hardware's watchdog, which resets the machine when nobody keeps it alive. */
#include <device/watchdog.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <shell/command.h>
#include <uapi/errno.h>

enum { ACTION, TIME };
enum { STATUS, START, KEEP, STOP };

static const char *const actions[] = { "status", "start", "keepalive", "stop", NULL };

static const struct argument wdt_arguments[] = {
	[ACTION] = { .type = ARGUMENT_CHOICE, .choices = actions, .optional = true,
		     .help = "keepalive: the time begins again" },
	[TIME] = { .name = "SECONDS", .type = ARGUMENT_DURATION, .optional = true,
		   .help = "until the reset, for start" },
};

/* Seconds with a tenth, of ns. */
#define SECONDS(ns)	(ns) / NS_PER_SEC, (ns) % NS_PER_SEC / (100 * NS_PER_MS)

static int status(void)
{
	u64 left;

	if (wdt_running(&left))
		print("runs: reset in %lu.%lu s\n", SECONDS(left));
	else
		print("stopped; counts to %lu.%lu s at most\n", SECONDS(wdt_max()));
	return STATUS_OK;
}

static int refused(int err)
{
	if (err == -ERANGE)
		print("wdt: the time must be more than 0, and %lu.%lu s at most\n",
		      SECONDS(wdt_max()));
	else
		print("wdt: it does not run\n");
	return STATUS_FAIL;
}

static int wdt(const struct arguments *a)
{
	s64 action = a->value[ACTION].number;
	int err = 0;

	if ((action == START) != !!(a->given & BIT(TIME)))
		return STATUS_USAGE;
	if (!wdt_max()) {
		print("wdt: there is no watchdog here\n");
		return STATUS_FAIL;
	}
	if (action == START)
		err = wdt_start((u64)a->value[TIME].number);
	else if (action == KEEP)
		err = wdt_keep_alive();
	else if (action == STOP)
		err = wdt_stop();
	else
		return status();
	return err ? refused(err) : STATUS_OK;
}

static const struct command wdt_command = {
	.name = "wdt", .help = "the watchdog, which resets the machine", .parsed = wdt,
	ARGUMENTS(wdt_arguments),
};
COMMAND(wdt_command);
