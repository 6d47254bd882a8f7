/* SPDX-License-Identifier: MIT */
/*
 * Block devices (see <device/block.h>): a list, names, and reads cut to what a driver takes at
 * once. A device says of a read that failed only that it did; sectors one by one then tell which
 * it is. Does not cache, write, or know partitions.
 */
#include <arch/sections.h>
#include <device/block.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/string.h>
#include <uapi/errno.h>

#define SECTOR_MIN	512

static struct block *first __ro_after_init;

static bool is_sane(const struct block *b)
{
	u32 size = b->sector_size;

	return size >= SECTOR_MIN && !(size & (size - 1)) && b->sectors && b->most &&
	       b->sectors <= INT64_MAX / size;
}

/* The @index-th name of those that begin with @letters: a to z, then aa to zz. */
static int make_name(struct block *b, const char *letters, unsigned int index)
{
	char end[3] = { 0 };

	if (index >= 26 + 26 * 26)
		return -EINVAL;
	if (index >= 26) {
		end[0] = (char)('a' + (index - 26) / 26);
		end[1] = (char)('a' + (index - 26) % 26);
	} else {
		end[0] = (char)('a' + index);
	}
	return snprintf(b->name, sizeof(b->name), "%s%s", letters, end) < sizeof(b->name) ? 0
											 : -EINVAL;
}

/* Whether @b's name is @letters and what make_name() puts behind them. */
static bool is_kin(const struct block *b, const char *letters)
{
	size_t len = strlen(letters);

	return !strncmp(b->name, letters, len) && strlen(b->name) <= len + 2;
}

int block_register(struct block *b, const char *letters)
{
	struct block **last = &first;
	unsigned int index = 0;
	int err;

	if (!is_sane(b))
		return -EINVAL;
	for (; *last; last = &(*last)->next)
		index += is_kin(*last, letters);
	err = make_name(b, letters, index);
	if (err)
		return err;
	b->next = NULL;
	*last = b;
	return 0;
}

struct block *block_next(const struct block *b)
{
	return b ? b->next : first;
}

struct block *block_find(const char *name)
{
	struct block *b = first;

	while (b && strcmp(b->name, name))
		b = b->next;
	return b;
}

int block_read(struct block *b, u64 sector, u32 count, void *buf, u64 deadline, u32 *done)
{
	u32 most = b->most, read = 0, n;
	int err = 0;

	if (sector > b->sectors || count > b->sectors - sector)
		err = -ERANGE;
	/* where nothing measures time a deadline would be an error; the device's answer ends it */
	if (!time_source())
		deadline = TIME_NEVER;
	while (read < count && !err) {
		n = MIN(most, count - read);
		err = b->ops->read(b, sector + read, n, (char *)buf + (size_t)read * b->sector_size,
				   deadline);
		if (!err) {
			read += n;
		} else if (err == -EIO && n > 1) {
			most = 1;
			err = 0;
		}
	}
	if (done)
		*done = read;
	return err;
}
