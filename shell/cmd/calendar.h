/* SPDX-License-Identifier: MIT */
/* Seconds since 1970 as dates, UTC, in the Gregorian calendar. */
#ifndef SHELL_CMD_CALENDAR_H
#define SHELL_CMD_CALENDAR_H

#include <lib/types.h>

#define CALENDAR_TEXT	40	/* bytes that any date needs, the NUL included */

/* Writes @seconds as "2026-11-28 12:00:00 UTC". */
void calendar_write(u64 seconds, char *text, size_t size);

/*
 * Reads "2026-11-28 12:00:00", also with a T in between, without seconds or without any time, or
 * "@1795867200". 0; -EINVAL for what is no date, also the 30th of February. Years 1970 to 9999.
 */
int calendar_parse(const char *text, u64 *seconds);

#endif
