/* SPDX-License-Identifier: MIT */
/*
 * Dates (see calendar.h). Years are counted from 1 March on, so that a leap day is the last day of
 * its year: 400 years are 146,097 days, and the months behind that have 153 days in five.
 */
#include <lib/format.h>
#include <lib/string.h>
#include <uapi/errno.h>

#include "calendar.h"

#define DAYS_TO_1970	719468	/* from 0000-03-01 */
#define DAY		86400

void calendar_write(u64 seconds, char *text, size_t size)
{
	u64 from_march = seconds / DAY + DAYS_TO_1970;
	u64 era = from_march / 146097, of_era = from_march % 146097;
	u64 year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	u64 of_year = of_era - (365 * year + year / 4 - year / 100);
	u64 month = (5 * of_year + 2) / 153;	/* 0 = March */

	snprintf(text, size, "%lu-%02lu-%02lu %02lu:%02lu:%02lu UTC",
		 era * 400 + year + (month >= 10), month < 10 ? month + 3 : month - 9,
		 of_year - (153 * month + 2) / 5 + 1, seconds / 3600 % 24, seconds / 60 % 60,
		 seconds % 60);
}

/* Days since 1970 of a date; more days than a month has are days of the next one. */
static u64 day_of(u64 year, u64 month, u64 day)
{
	u64 from_march = month > 2 ? month - 3 : month + 9;

	year -= month <= 2;
	return year * 365 + year / 4 - year / 100 + year / 400 + (153 * from_march + 2) / 5 + day -
	       1 - DAYS_TO_1970;
}

/* A number of @digits digits at *@at, of @min to @max: moves behind it. */
static bool number(const char **at, unsigned int digits, u64 min, u64 max, u64 *value)
{
	*value = 0;
	for (; digits; digits--, ++*at) {
		if (**at < '0' || **at > '9')
			return false;
		*value = *value * 10 + (u64)(**at - '0');
	}
	return *value >= min && *value <= max;
}

static bool skip(const char **at, char c)
{
	if (**at != c)
		return false;
	++*at;
	return true;
}

int calendar_parse(const char *text, u64 *seconds)
{
	u64 year, month, day, hour = 0, minute = 0, second = 0;
	char again[CALENDAR_TEXT];
	const char *at = text;

	if (skip(&at, '@'))
		return parse_u64(at, 10, seconds);
	if (!number(&at, 4, 1970, 9999, &year) || !skip(&at, '-') ||
	    !number(&at, 2, 1, 12, &month) || !skip(&at, '-') || !number(&at, 2, 1, 31, &day))
		return -EINVAL;
	if (skip(&at, ' ') || skip(&at, 'T')) {
		if (!number(&at, 2, 0, 23, &hour) || !skip(&at, ':') ||
		    !number(&at, 2, 0, 59, &minute))
			return -EINVAL;
		if (skip(&at, ':') && !number(&at, 2, 0, 59, &second))
			return -EINVAL;
	}
	if (*at)
		return -EINVAL;
	*seconds = day_of(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
	/* a day that the month has not would come back as another one */
	calendar_write(*seconds, again, sizeof(again));
	return memcmp(text, again, 10) ? -EINVAL : 0;
}
