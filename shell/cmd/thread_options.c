/* SPDX-License-Identifier: MIT */
/* Scheduling parameters in words (see thread_options.h). */
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/string.h>
#include <shell/command.h>
#include <uapi/errno.h>

#include "thread_options.h"

#define SLICE_MAX	10000	/* ms */

static bool read_int(const char *word, int min, int max, int *out)
{
	s64 value;
	bool good = !parse_s64(word, 0, &value) && value >= min && value <= max;

	if (good)
		*out = (int)value;
	return good;
}

/* "RUNTIME/DEADLINE/PERIOD", each in ms, or in us with that behind it. */
static bool read_time(const char *word, size_t len, u64 *out)
{
	char number[24];
	u64 unit = NS_PER_MS;

	if (len > 2 && !memcmp(word + len - 2, "us", 2)) {
		unit = NS_PER_US;
		len -= 2;
	}
	if (len >= sizeof(number))
		return false;
	memcpy(number, word, len);
	number[len] = 0;
	if (parse_u64(number, 10, out) || *out > SCHED_PERIOD_MAX / unit)
		return false;
	*out *= unit;
	return true;
}

static bool read_deadline(const char *word, struct sched_params *p)
{
	u64 *const to[] = { &p->runtime, &p->deadline, &p->period };

	for (unsigned int i = 0; i < ARRAY_SIZE(to); i++) {
		const char *end = i < 2 ? strchr(word, '/') : word + strlen(word);

		if (!end || !read_time(word, (size_t)(end - word), to[i]))
			return false;
		word = end + 1;
	}
	return p->runtime && p->runtime <= p->deadline && p->deadline <= p->period;
}

bool thread_option(const char *command, char **words, struct sched_params *p)
{
	const char *option = words[0], *value = words[1] ? words[1] : "", *what;
	int slice = 0;
	bool good;

	switch (option[0] == '-' && option[1] && !option[2] ? option[1] : 0) {
	case 'p':
		good = read_int(value, 0, PRIORITY_LEVELS - 1, &p->priority);
		what = "a priority is 0 to 31";
		break;
	case 'n':
		good = read_int(value, NICE_MIN, NICE_MAX, &p->nice);
		what = "nice is -20 to 19";
		break;
	case 's':
		good = !strcmp(value, "none") || read_int(value, 1, SLICE_MAX, &slice);
		p->slice = (u64)slice * NS_PER_MS;
		what = "a slice is 1 to 10000 ms, or none of its own";
		break;
	case 'd':
		good = !strcmp(value, "none");
		if (good)
			p->runtime = p->deadline = p->period = 0;
		else
			good = read_deadline(value, p);
		what = "0 < RUNTIME <= DEADLINE <= PERIOD <= an hour, in ms, or us: 500us/2/10; "
		       "or none";
		break;
	default:
		good = false;
		what = "no such option";
		value = option;
	}
	if (!good)
		print("%s: %s: %s\n", command, *value ? value : "value missing", what);
	return good;
}

int thread_option_refused(const char *command, int err)
{
	if (err == -EBUSY)
		print("%s: refused: too little time is left for that (-EBUSY)\n", command);
	else
		print("%s: refused: %s\n", command, errno_text(-err));
	return STATUS_FAIL;
}
