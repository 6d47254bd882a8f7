/* SPDX-License-Identifier: MIT */
/*
 * What files cost: names in /, warm, and a file of 1 MiB in pieces of 64 KiB. Interrupts are on, as
 * the locks want them.
 */
#include <fs/file.h>
#include <fs/fs.h>
#include <kernel/time.h>
#include <lib/bench.h>
#include <lib/string.h>
#include <mm/page.h>
#include <uapi/errno.h>

#define ROUNDS		2000
#define FILE_NAME	"/bench-file"
#define PIECE		KIB(64)
#define PIECES		(MIB(1) / PIECE)

/* What a loop of @statement takes a round, less that of an empty one: ns. */
#define LOOP(rounds, statement) \
	({ \
		u64 began_, took_, empty_; \
		statement; \
		began_ = time_now(); \
		BENCH_ROUNDS(rounds, statement); \
		took_ = time_now() - began_; \
		began_ = time_now(); \
		BENCH_ROUNDS(rounds, ); \
		empty_ = time_now() - began_; \
		(took_ - MIN(took_, empty_)) / (rounds); \
	})

static int make_file(struct file **file)
{
	return file_open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0644, file);
}

static int open_close(u64 *value)
{
	struct file *f;
	int err = make_file(&f);

	if (err)
		return err;
	file_put(f);
	*value = LOOP(ROUNDS, if (!file_open(FILE_NAME, O_RDONLY, 0, &f)) file_put(f));
	return fs_unlink(FILE_NAME);
}

static int stat(u64 *value)
{
	struct file_stat st;
	struct file *f;
	int err = make_file(&f);

	if (err)
		return err;
	file_put(f);
	*value = LOOP(ROUNDS, err |= fs_stat(FILE_NAME, true, &st));
	return err ? err : fs_unlink(FILE_NAME);
}

static int create_unlink(u64 *value)
{
	struct file *f;
	int err = 0;

	*value = LOOP(ROUNDS, if (!make_file(&f)) file_put(f); err |= fs_unlink(FILE_NAME));
	return err;
}

static int transfer_once(struct file *f, void *piece, bool writes)
{
	ssize_t n = PIECE;

	file_seek(f, 0, SEEK_SET);
	for (size_t i = 0; i < PIECES && n == (ssize_t)PIECE; i++)
		n = writes ? file_write(f, piece, PIECE) : file_read(f, piece, PIECE);
	return n == (ssize_t)PIECE ? 0 : -EIO;
}

static int transfer(u64 *value, bool writes)
{
	struct page *page = page_alloc_run(PIECE / PAGE_SIZE, PAGE_USE_KERNEL | PAGE_ZERO);
	struct file *f;
	int err;

	if (!page)
		return -ENOMEM;
	err = make_file(&f);
	if (err)
		goto out_free;
	err = transfer_once(f, page_to_virt(page), true);
	if (!err)
		*value = LOOP(4, err |= transfer_once(f, page_to_virt(page), writes));
	file_put(f);
	fs_unlink(FILE_NAME);
out_free:
	page_free_run(page, PIECE / PAGE_SIZE);
	return err;
}

static int write_1m(u64 *value)
{
	return transfer(value, true);
}

static int read_1m(u64 *value)
{
	return transfer(value, false);
}

static const struct bench create_unlink_bench = {
	.group = "fs", .name = "fs.create-unlink", .unit = BENCH_INSTRUCTIONS,
	.run = create_unlink,
};
BENCH(create_unlink_bench);

static const struct bench open_close_bench = {
	.group = "fs", .name = "fs.open-close", .unit = BENCH_INSTRUCTIONS, .run = open_close,
};
BENCH(open_close_bench);

static const struct bench read_1m_bench = {
	.group = "fs", .name = "fs.read-1m", .unit = BENCH_INSTRUCTIONS, .run = read_1m,
};
BENCH(read_1m_bench);

static const struct bench stat_bench = {
	.group = "fs", .name = "fs.stat", .unit = BENCH_INSTRUCTIONS, .run = stat,
};
BENCH(stat_bench);

static const struct bench write_1m_bench = {
	.group = "fs", .name = "fs.write-1m", .unit = BENCH_INSTRUCTIONS, .run = write_1m,
};
BENCH(write_1m_bench);
