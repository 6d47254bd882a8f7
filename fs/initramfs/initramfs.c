/* SPDX-License-Identifier: MIT */
/*
 * The initramfs: archives that the boot loader has left in memory, unpacked into /. There may be
 * several of them, one after the other, with zeroes between, each as it is or compressed by gzip;
 * what a later one has replaces what an earlier one had. What cannot be made is left out, with a
 * line that says where it stands, and unpacking goes on where it can be known where the next entry
 * begins; boot goes on in any case. The memory of what was unpacked is handed over afterwards.
 *
 * What is no archive at all is left alone: some commands of the shell read their own things there.
 */
#include <device/memory.h>
#include <fs/initramfs.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/log.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <uapi/stat.h>

#include "files.h"
#include "gzip.h"

static const char no_memory[] = "no memory to unpack it";
static const char no_archive[] = "no archive begins here";

#define LINES_MAX	8	/* about what was left out */
#define NAME_SHOWN	64

struct unpack {
	struct cpio cpio;
	struct files files;
	char where[40];		/* before an offset: in what */
	u32 made;		/* files, not directories */
	u64 bytes;		/* in them */
	u32 refused;
};

/* What begins with the @length bytes @bytes. */
struct magic {
	u8 length;
	char bytes[5];
	char name[6];
};

/* What an initial ramdisk may begin with; the first two can be unpacked. */
static const struct magic magics[] = {
	{ 4, "0707", "cpio" },
	{ 2, "\x1f\x8b", "gzip" },
	{ 4, "\x02\x21\x4c\x18", "LZ4" },
	{ 4, "\x04\x22\x4d\x18", "LZ4" },
	{ 4, "\xfd" "7zX", "xz" },
	{ 4, "\x28\xb5\x2f\xfd", "zstd" },
	{ 3, "BZh", "bzip2" },
	{ 3, "\x5d\0\0", "lzma" },
	{ 4, "\x89LZO", "LZO" },
};

#define CPIO	(&magics[0])
#define GZIP	(&magics[1])

static const struct magic *find_magic(const u8 *p, size_t n)
{
	for (const struct magic *m = magics; m < magics + ARRAY_SIZE(magics); m++)
		if (n >= m->length && !memcmp(p, m->bytes, m->length))
			return m;
	return NULL;
}

/* One line, of the first few; the others are counted. @name may be NULL. */
static void refuse(struct unpack *u, u64 offset, const char *name, const char *why)
{
	char shown[NAME_SHOWN + 1];
	size_t n = 0;

	if (u->refused++ >= LINES_MAX)
		return;
	/* it goes to a terminal, and may be anything */
	for (; name && name[n] && n < NAME_SHOWN; n++)
		shown[n] = name[n] < ' ' || name[n] > '~' ? '?' : name[n];
	shown[n] = '\0';
	log_warn("initramfs: %sbyte %lu: %s%s%s", u->where, offset, shown, n ? ": " : "", why);
}

static void begin_entry(struct unpack *u)
{
	const struct cpio *c = &u->cpio;
	const char *why = files_begin(&u->files, c);

	if (why)
		refuse(u, c->begin, c->name, why);
	else
		u->made += !S_ISDIR(c->field[CPIO_MODE]);
}

/* The next bytes of an entry, which may be the last ones. */
static void write_data(struct unpack *u)
{
	const struct cpio *c = &u->cpio;
	const char *why = NULL;

	if (!u->files.file)
		return;
	why = files_data(&u->files, c);
	if (!why && c->left)
		return;
	if (!why && c->sum_wrong)
		why = "its checksum is wrong";
	files_end(&u->files, !why);
	if (!why) {
		u->bytes += c->field[CPIO_SIZE];
	} else {
		refuse(u, c->begin, u->files.last, why);
		u->made--;
	}
}

/* What was given to the parser is used up, as far as can be: the last event. */
static enum cpio_event feed(struct unpack *u)
{
	for (;;) {
		enum cpio_event event = cpio_next(&u->cpio);

		switch (event) {
		case CPIO_ENTRY:
			begin_entry(u);
			break;
		case CPIO_DATA:
			write_data(u);
			break;
		case CPIO_TRAILER:
			files_archive(&u->files);
			break;
		case CPIO_BAD:
		case CPIO_LOST:
			refuse(u, u->cpio.begin, NULL, u->cpio.why);
			break;
		default:
			return event;
		}
	}
}

/* No more bytes come: what is not whole is no file. */
static void cut_off(struct unpack *u)
{
	if (cpio_end(&u->cpio))
		return;
	u->made -= u->files.file != NULL;
	files_end(&u->files, false);
	refuse(u, u->cpio.begin, NULL, "the archive is cut off here");
}

/* The next bytes that come out of gzip. */
static void feed_piece(void *arg, const u8 *data, size_t n)
{
	struct unpack *u = arg;

	u->cpio.in = data;
	u->cpio.end = data + n;
	if (feed(u) == CPIO_OTHER) {
		refuse(u, u->cpio.begin, NULL, no_archive);
		cpio_end(&u->cpio);
	}
}

/* One member of gzip at @p: what is behind it, or NULL when that cannot be known. */
static const u8 *unpack_gzip(struct unpack *u, const u8 *start, const u8 *p, const u8 *end)
{
	u64 offset = (u64)(p - start);
	struct gzip *z = kmalloc(sizeof(*z));
	const u8 *behind = NULL;
	const char *why;

	if (!z) {
		refuse(u, offset, NULL, no_memory);
		return NULL;
	}
	z->in = p;
	z->end = end;
	z->out = feed_piece;
	z->arg = u;
	snprintf(u->where, sizeof(u->where), "gzip at %lu: ", offset);
	cpio_start(&u->cpio);
	why = gzip_unpack(z);
	cut_off(u);
	u->where[0] = '\0';
	if (why)
		refuse(u, offset, "gzip", why);
	if (z->ended)
		behind = z->in;
	kfree(z);
	return behind;
}

/* What begins at u->cpio.in is no cpio: what is behind it, or NULL. */
static const u8 *unpack_other(struct unpack *u, const u8 *start)
{
	const u8 *p = u->cpio.in, *end = u->cpio.end;
	const struct magic *m = find_magic(p, (size_t)(end - p));

	if (m == GZIP && IS_ENABLED(CONFIG_INITRAMFS_GZIP))
		return unpack_gzip(u, start, p, end);
	refuse(u, (u64)(p - start), m ? m->name : NULL,
	       m ? "not built in" : no_archive);
	return NULL;
}

static void unpack_all(struct unpack *u, const u8 *start, const u8 *end)
{
	const u8 *p = start;

	while (p) {
		cpio_start(&u->cpio);
		u->cpio.in = p;
		u->cpio.end = end;
		u->cpio.done = (u64)(p - start);
		p = feed(u) == CPIO_OTHER ? unpack_other(u, start) : NULL;
	}
	cut_off(u);
}

static void report(const struct unpack *u, u64 took)
{
	if (u->refused > LINES_MAX)
		log_warn("initramfs: %u more left out", u->refused - LINES_MAX);
	log_notice("initramfs: %u files, %lu KiB in %lu us", u->made, u->bytes >> 10,
		   took / NS_PER_US);
}

void initramfs_unpack(void)
{
	u64 began = time_now();
	size_t size, zeroes = 0;
	const u8 *start = memory_initrd(&size);
	struct unpack *u;

	if (!start)
		return;
	while (zeroes < size && !start[zeroes])
		zeroes++;
	if (!find_magic(start + zeroes, size - zeroes)) {
		log_notice("initrd: no archive, left as it is");
		return;
	}
	u = kzalloc(sizeof(*u));
	if (!u) {
		log_err("initramfs: %s", no_memory);
	} else {
		files_start(&u->files);
		unpack_all(u, start, start + size);
		files_stop(&u->files);
		report(u, time_now() - began);
		page_release_initrd();
	}
	kfree(u);
}
