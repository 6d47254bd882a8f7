/* SPDX-License-Identifier: MIT */
/*
 * blk: block devices: which there are, what their sectors hold (in hexadecimal as hexdump, or the
 * bytes as they are, for a pipe or a file), and their checksum, which is that of `sum`. Places are
 * counted in sectors of the device, as its line says. It does not write.
 */
#include <device/block.h>
#include <kernel/stream.h>
#include <kernel/time.h>
#include <lib/crc32.h>
#include <lib/format.h>
#include <mm/heap.h>
#include <shell/command.h>
#include <shell/complete.h>
#include <uapi/errno.h>

#include "dump.h"

#define PIECE	KIB(16)		/* bytes that are read at once */

enum { RAW, TIME, ACTION, DEVICE, SECTOR, COUNT };
enum { INFO, READ, SUM };

static const struct argument blk_arguments[] = {
	[RAW] = { .letter = 'r', .type = ARGUMENT_FLAG,
		  .help = "read: the bytes as they are, for a pipe or a file" },
	[TIME] = { .letter = 't', .name = "TIME", .type = ARGUMENT_DURATION, .min = 1000000,
		   .max = 3600 * (s64)NS_PER_SEC, .preset = 5 * (s64)NS_PER_SEC,
		   .help = "how long 16 KiB may take, 5s unless given" },
	[ACTION] = { .type = ARGUMENT_CHOICE, .optional = true,
		     .choices = (const char *const[]){ "info", "read", "sum", NULL },
		     .help = "without: info" },
	[DEVICE] = { .name = "DEV", .type = ARGUMENT_TEXT, .optional = true,
		     .help = "its name; info without: all of them" },
	[SECTOR] = { .name = "SECTOR", .type = ARGUMENT_NUMBER, .max = INT64_MAX, .optional = true,
		     .help = "the first one; sum without: all that there are" },
	[COUNT] = { .name = "COUNT", .type = ARGUMENT_NUMBER, .min = 1, .max = INT64_MAX,
		    .optional = true,
		    .help = "how many; without: read one, sum those up to the end" },
};

/* What is done with what was read. */
struct use {
	bool raw, sum;
	struct dump dump;
	u32 crc;
};

/* 0, or what writing it said. */
static int use_piece(struct use *u, const void *data, size_t size)
{
	if (u->sum)
		u->crc = crc32(u->crc, data, size);
	else if (u->raw)
		return stream_write(stream_out(), data, size);
	else
		dump_add(&u->dump, data, size);
	return 0;
}

/* Reads piece by piece; *@sector moves, and is at last the one that could not be read. */
static int each_piece(struct block *b, u64 *sector, u64 count, u64 time, struct use *u)
{
	u32 most = MAX((u32)(PIECE / b->sector_size), 1U), done;
	u64 end = *sector + count;
	void *buffer = kmalloc((size_t)most * b->sector_size);
	int err = buffer ? 0 : -ENOMEM, written = 0;

	while (!err && !written && *sector < end && !shell_stopped()) {
		err = block_read(b, *sector, (u32)MIN((u64)most, end - *sector), buffer,
				 time_now() + time, &done);
		if (done)
			written = use_piece(u, buffer, (size_t)done * b->sector_size);
		*sector += done;
	}
	kfree(buffer);
	return err ? err : written;
}

static int tell(const struct block *b, u64 sector, int err)
{
	if (err == -EPIPE)
		return STATUS_STOPPED;
	if (err == -ENOMEM)
		print("blk: no memory to read to\n");
	else
		print("blk: %s: sector %lu: %s\n", b->name, sector,
		      err == -ETIMEDOUT ? "no answer in time" : errno_text(-err));
	return STATUS_FAIL;
}

static int read_device(const struct arguments *a, struct block *b, struct use *u)
{
	u64 first = (u64)a->value[SECTOR].number, count, sector = first;
	int err;

	if (a->given & 1U << COUNT)
		count = (u64)a->value[COUNT].number;
	else
		count = u->sum && first < b->sectors ? b->sectors - first : 1;
	if (first >= b->sectors || count > b->sectors - first) {
		print("blk: %s: sectors %lu to %lu: the last one is %lu\n", b->name, first,
		      first + count - 1, b->sectors - 1);
		return STATUS_FAIL;
	}
	u->dump.base = first * b->sector_size;
	err = each_piece(b, &sector, count, (u64)a->value[TIME].number, u);
	if (!u->sum && !u->raw)
		dump_end(&u->dump);
	if (shell_stopped())
		return STATUS_STOPPED;
	if (err)
		return tell(b, sector, err);
	if (u->sum)
		print("%08x %lu %s\n", u->crc, count * b->sector_size, b->name);
	return STATUS_OK;
}

static void show(const struct block *b)
{
	print("%-6s %12lu %12u %12lu %6s  %s\n", b->name, b->sectors, b->sector_size,
	      b->sectors * b->sector_size / 1024, b->read_only ? "ro" : "rw", b->dev->node->name);
}

/* @b or, when it is NULL, all of them. */
static int info(const struct block *b)
{
	if (!b && !block_next(NULL)) {
		print("blk: there is no block device\n");
		return STATUS_OK;
	}
	print("%-6s %12s %12s %12s %6s  %s\n", "name", "sectors", "bytes each", "KiB", "access",
	      "device");
	if (b)
		show(b);
	else
		while ((b = block_next(b)))
			show(b);
	return STATUS_OK;
}

static int blk(const struct arguments *a)
{
	s64 action = a->value[ACTION].number;
	struct use u = { .raw = a->value[RAW].number, .sum = action == SUM };
	struct block *b = NULL;

	if (a->given & 1U << DEVICE) {
		b = block_find(a->value[DEVICE].text);
		if (!b) {
			print("blk: %s: no such device\n", a->value[DEVICE].text);
			return STATUS_FAIL;
		}
	}
	if (action == INFO)
		return a->given & (1U << SECTOR | 1U << RAW | 1U << TIME) ? STATUS_USAGE : info(b);
	if (!b || (u.sum ? u.raw : !(a->given & 1U << SECTOR)))
		return STATUS_USAGE;
	return read_device(a, b, &u);
}

static void offer_devices(struct completion *c)
{
	for (const struct block *b = NULL; (b = block_next(b));)
		complete_offer(c, b->name, " ");
}

static const struct completer device_completer = { .kinds = "DEV", .offer = offer_devices };
COMPLETER(device_completer);

static const struct command blk_command = {
	.name = "blk", .help = "disks: list them, show or sum up their sectors", .parsed = blk,
	ARGUMENTS(blk_arguments),
};
COMMAND(blk_command);
