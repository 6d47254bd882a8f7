/* SPDX-License-Identifier: MIT */
/*
 * What the code under test expects of the kernel: panic, the log, link-time tables; and what host.h
 * promises to tests. A panic is an abort, hence a failure that names its place.
 */
#include <lib/assert.h>
#include <lib/format.h>
#include <lib/log.h>
#include <lib/string.h>
#include <lib/table.h>

#include <sched.h>

#include "host.h"

#define TABLE_MAX	64
#define LOG_MAX	1024

/*
 * --- Tables --------------------------------------------------------------------------------
 * -----------------------
 */

static struct entry {
	const char *table;
	const char *name;
	const void *entry;
} entries[TABLE_MAX];
static const void *sorted[TABLE_MAX];
static unsigned int entry_count;

void host_table_add(const char *table, const char *name, const void *entry)
{
	unsigned int i = entry_count++;

	if (i == TABLE_MAX)
		abort();
	for (; i > 0; i--) {
		int order = strcmp(entries[i - 1].table, table);

		if (order < 0 || (order == 0 && strcmp(entries[i - 1].name, name) <= 0))
			break;
		entries[i] = entries[i - 1];
	}
	entries[i] = (struct entry){ table, name, entry };
}

const void *const *host_table(const char *table, const void *const **end)
{
	unsigned int first = 0, last;

	while (first < entry_count && strcmp(entries[first].table, table) != 0)
		first++;
	for (last = first; last < entry_count && strcmp(entries[last].table, table) == 0; last++)
		sorted[last] = entries[last].entry;
	*end = sorted + last;
	return sorted + first;
}

/*
 * --- Panic and log -------------------------------------------------------------------------
 * -----------------------
 */

bool host_log_quiet;
static unsigned int log_lines;
static char log_last[LOG_MAX];

void panic(const char *fmt, ...)
{
	va_list ap;

	char text[LOG_MAX];

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	printf("panic: %s\n", text);
	abort();
}

void log_write(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(log_last, sizeof(log_last), fmt, ap);
	va_end(ap);
	log_lines++;
	if (!host_log_quiet)
		printf("# log %d: %s\n", level, log_last);
}

unsigned int host_log_lines(void)
{
	unsigned int n = log_lines;

	log_lines = 0;
	return n;
}

const char *host_log_last(void)
{
	return log_last;
}

/*
 * --- Locks ---------------------------------------------------------------------------------
 * -----------------------
 */

#define SPINS_MAX	10000000UL

struct spinlock;
void spin_wait(struct spinlock *lock, u16 ticket);

/* The ticket that holds a lock is its first member. One that nobody gives back is found. */
void spin_wait(struct spinlock *lock, u16 ticket)
{
	const u16 *owner = (const u16 *)(const void *)lock;

	for (unsigned long i = 0; __atomic_load_n(owner, __ATOMIC_ACQUIRE) != ticket; i++) {
		if (i == SPINS_MAX)
			panic("a lock stays held");
		sched_yield();
	}
}

/*
 * --- Random numbers, files
 * ----------------------------------------------------------------------------------------
 */

u64 host_random_state;

/* splitmix64: any seed is a good one. */
u64 host_random(void)
{
	u64 z = host_random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

u64 host_random_below(u64 limit)
{
	return host_random() % limit;
}

u64 host_effort(u64 n)
{
	const char *effort = getenv("CAIRN_EFFORT");
	u64 times = effort ? n * (u64)atoll(effort) / 100 : n;

	return times ? times : 1;
}

void *host_read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	long end;
	void *data;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (end = ftell(file)) < 0) {
		perror(path);
		exit(2);
	}
	rewind(file);
	*size = (size_t)end;
	data = malloc(*size + 1);
	if (data == NULL || fread(data, 1, *size, file) != *size) {
		perror(path);
		exit(2);
	}
	fclose(file);
	return data;
}
