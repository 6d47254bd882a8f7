/* SPDX-License-Identifier: MIT */
/*
 * Files in the running kernel: eight threads that make, rename, link and remove in the same folders
 * and append to the same file, while allocations fail; a full filesystem; and 10,000 names in one
 * folder. Each ends with the walk that counts everything again.
 */
#include <fs/fs.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/fault_inject.h>
#include <uapi/errno.h>

#include "test_fs.h"
#include "vfs.h"

#define THREADS		8
#define ROUNDS		500
#define NAMES		10000
#define RECORD		64

struct actor {
	u64 random;
	struct thread *thread;
	u32 records;		/* that it appended */
	u32 number;
};

static bool all_made;	/* allocations may fail from now on */

static unsigned int any(struct actor *a, unsigned int limit)
{
	a->random = a->random * 6364136223846793005 + 1442695040888963407;
	return (unsigned int)(a->random >> 33) % limit;
}

static void any_path(struct actor *a, char *to, size_t size)
{
	if (any(a, 3))
		snprintf(to, size, "/t/%u/%u", any(a, 3), any(a, 4));
	else
		snprintf(to, size, "/t/%u/%u/%u", any(a, 3), any(a, 4), any(a, 4));
}

/* Whatever the others do, these are all that can be said. */
static void answer(int err)
{
	if (err < 0)
		TEST(err == -ENOENT || err == -EEXIST || err == -ENOTDIR || err == -EISDIR ||
		     err == -ENOTEMPTY || err == -EINVAL || err == -EPERM || err == -ENOMEM);
}

static void append(struct actor *a)
{
	u32 record[RECORD / sizeof(u32)];
	struct file *f;

	for (unsigned int i = 0; i < ARRAY_SIZE(record); i++)
		record[i] = a->number;
	if (file_open("/t/log", O_WRONLY | O_APPEND, 0, &f))
		return;
	if (file_write(f, record, sizeof(record)) == (ssize_t)sizeof(record))
		a->records++;
	file_put(f);
}

static void make(const char *path)
{
	struct file *f;
	int err = file_open(path, O_CREAT | O_WRONLY, 0644, &f);

	answer(err);
	if (err)
		return;
	answer((int)file_write(f, path, 16));
	thread_yield();
	file_put(f);
}

static int act(void *arg)
{
	struct actor *a = arg;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		char path[24], other[24];
		struct file_stat st;

		any_path(a, path, sizeof(path));
		any_path(a, other, sizeof(other));
		switch (any(a, 8)) {
		case 0:
			make(path);
			break;
		case 1:
			answer(fs_mkdir(path, 0777));
			break;
		case 2:
			answer(fs_unlink(path));
			break;
		case 3:
			answer(fs_rmdir(path));
			break;
		case 4:
		case 5:
			answer(fs_rename(path, other, 0));
			break;
		case 6:
			answer(any(a, 2) ? fs_link(path, true, other) : fs_stat(path, true, &st));
			break;
		default:
			append(a);
		}
		if (any(a, 4) == 0)
			thread_yield();
		if (IS_ENABLED(CONFIG_DEBUG_HEAP) && all_made && any(a, 64) == 0)
			fault_inject_at(1 + any(a, 8));
	}
	return 0;
}

/* The first name in a folder that is neither "." nor "..". */
static int first_name(void *arg, const struct dir_entry *e)
{
	if (!strcmp(e->name, ".") || !strcmp(e->name, ".."))
		return 0;
	strlcpy(arg, e->name, NAME_MAX + 1);
	return 1;
}

/* Removes the folder /t and all in it: down where it can, up where a folder is empty. */
static void remove_all(void)
{
	static char name[NAME_MAX + 1];
	char path[64] = "/t";
	struct file *f;

	while (path[1]) {
		if (file_open(path, O_RDONLY | O_DIRECTORY, 0, &f)) {
			TEST_EQ(fs_unlink(path), 0);
		} else {
			bool more = file_readdir(f, first_name, name) == 1;

			file_put(f);
			if (more) {
				strlcat(path, "/", sizeof(path));
				strlcat(path, name, sizeof(path));
				continue;
			}
			if (!TEST_EQ(fs_rmdir(path), 0))
				return;
		}
		*strrchr(path, '/') = '\0';
		if (!path[0])
			return;
	}
}

/* Each record is whole, and there are as many of each thread as it has written. */
static void check_log(struct actor *actors)
{
	u32 record[RECORD / sizeof(u32)], found[THREADS] = {};
	struct file *f;

	if (!TEST_EQ(file_open("/t/log", O_RDONLY, 0, &f), 0))
		return;
	while (file_read(f, record, sizeof(record)) == (ssize_t)sizeof(record)) {
		for (unsigned int i = 1; i < ARRAY_SIZE(record); i++)
			TEST_EQ(record[i], record[0]);
		if (TEST(record[0] < THREADS))
			found[record[0]]++;
	}
	file_put(f);
	for (unsigned int i = 0; i < THREADS; i++)
		TEST_EQ(found[i], actors[i].records);
}

static void eight_threads_in_the_same_folders(void)
{
	static struct actor actors[THREADS];
	/* short slices: they are preempted with locks held */
	const struct thread_attr attr = {
		.name = "files",
		.sched = { .priority = PRIORITY_DEFAULT, .slice = SCHED_SLICE_MIN },
	};
	struct file *f;

	if (!TEST_EQ(fs_mkdir("/t", 0777), 0))
		return;
	if (!TEST_EQ(fs_mkdir("/t/0", 0777) | fs_mkdir("/t/1", 0777) | fs_mkdir("/t/2", 0777), 0) ||
	    !TEST_EQ(file_open("/t/log", O_CREAT | O_WRONLY, 0666, &f), 0)) {
		remove_all();
		return;
	}
	file_put(f);
	for (u32 i = 0; i < THREADS; i++) {
		actors[i] = (struct actor){ .random = time_now() + i, .number = i };
		TEST_EQ(thread_create(&actors[i].thread, &attr, act, &actors[i]), 0);
	}
	all_made = true;
	for (u32 i = 0; i < THREADS; i++)
		if (actors[i].thread)
			TEST_EQ(thread_join(actors[i].thread, TIME_NEVER, NULL), 0);
	all_made = false;
	if (IS_ENABLED(CONFIG_DEBUG_HEAP))
		fault_inject_at(0);
	fs_integrity(0);
	check_log(actors);
	remove_all();
	fs_integrity(0);
}

static void no_space(void)
{
	static char block[1024];
	struct fs_statfs st;
	struct file *f;
	ssize_t n;

	if (!TEST_EQ(fs_mkdir("/t", 0777), 0))
		return;
	if (!TEST_EQ(fs_mount(NULL, "/t", "ramfs", "size=256K", NULL), 0))
		goto out_rmdir;
	if (!TEST_EQ(file_open("/t/full", O_CREAT | O_WRONLY, 0666, &f), 0))
		goto out_umount;
	do {
		n = file_write(f, block, sizeof(block));
	} while (n == (ssize_t)sizeof(block));
	TEST_EQ(n, -ENOSPC);
	TEST_EQ(file_seek(f, 0, SEEK_CUR), KIB(256));
	TEST_EQ(fs_statfs("/t", &st), 0);
	TEST_EQ(st.free, 0);
	TEST_EQ(fs_mkdir("/t/d", 0777), 0);
	TEST_EQ(fs_rename("/t/full", "/t/d/full", 0), 0);
	fs_integrity(1);
	TEST_EQ(fs_unlink("/t/d/full"), 0);
	file_put(f);
	TEST_EQ(fs_statfs("/t", &st), 0);
	TEST_EQ(st.free, st.blocks);
out_umount:
	TEST_EQ(fs_umount("/t"), 0);
out_rmdir:
	TEST_EQ(fs_rmdir("/t"), 0);
	fs_integrity(0);
}

static int count_one(void *arg, const struct dir_entry *e __unused)
{
	++*(unsigned int *)arg;
	return 0;
}

static void ten_thousand_names(void)
{
	unsigned int n = 0;
	char path[24];
	struct file *f;

	if (!TEST_EQ(fs_mkdir("/t", 0777), 0))
		return;
	for (unsigned int i = 0; i < NAMES; i++) {
		snprintf(path, sizeof(path), "/t/file%u", i);
		if (!TEST_EQ(file_open(path, O_CREAT | O_EXCL | O_WRONLY, 0644, &f), 0))
			break;
		file_put(f);
	}
	TEST(fs_integrity(0) > NAMES);
	if (TEST_EQ(file_open("/t", O_RDONLY, 0, &f), 0)) {
		TEST_EQ(file_readdir(f, count_one, &n), 0);
		file_put(f);
		TEST_EQ(n, NAMES + 2);
	}
	remove_all();
	fs_integrity(0);
}

static const struct test_case cases[] = {
	TEST_CASE(eight_threads_in_the_same_folders),
	TEST_CASE(no_space),
	TEST_CASE(ten_thousand_names),
};
static const struct test_suite fs_suite = TEST_SUITE_OF("fs", cases);
TEST_SUITE(fs_suite);
