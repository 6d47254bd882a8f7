/* SPDX-License-Identifier: MIT */
/*
 * The initramfs as a whole under libFuzzer: any bytes are the initial ramdisk, unpacked into a tree
 * of files, also with allocations that fail (the first byte says how often). Whatever comes of it,
 * everything that is counted is right, and when all of it has been removed, nothing is left.
 */
#include <device/memory.h>
#include <fs/fs.h>
#include <fs/initramfs.h>
#include <lib/assert.h>
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <mm/page.h>

#include "../../../fs/test_fs.h"
#include "../fs/world.h"
#include "host.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static const u8 *initrd;
static size_t initrd_size;

const void *memory_initrd(size_t *size)
{
	*size = initrd_size;
	return initrd;
}

bool test_true(bool ok, const char *file, int line, const char *what)
{
	if (!ok)
		panic("%s:%d: not so: %s", file, line, what);
	return ok;
}

bool test_equal(u64 a, u64 b, const char *file, int line, const char *what)
{
	if (a != b)
		panic("%s:%d: not so: %s: %lu, %lu", file, line, what, a, b);
	return a == b;
}

static int first(void *arg, const struct dir_entry *entry)
{
	if (!strcmp(entry->name, ".") || !strcmp(entry->name, ".."))
		return 0;
	strlcpy(arg, entry->name, NAME_MAX + 1);
	return 1;
}

/* Empties the current directory, which is below / by @depth. */
static void empty(unsigned int depth)
{
	char name[NAME_MAX + 1];
	struct file *dir;

	for (;;) {
		int found;

		if (file_open(".", O_RDONLY, 0, &dir))
			panic("the directory cannot be opened");
		found = file_readdir(dir, first, name);
		file_put(dir);
		if (!found && !depth)
			return;
		if (!found) {
			/* its own name is gone with it: the caller's loop removes it */
			fs_chdir("..");
			return;
		}
		if (fs_unlink(name) && fs_rmdir(name)) {
			if (fs_chdir(name))
				panic("%s is neither removed nor entered", name);
			empty(depth + 1);
		}
	}
}

static void check_root(void)
{
	char cwd[PATH_MAX];
	u32 mask = fs_umask(022);

	if (fs_getcwd(cwd, sizeof(cwd)) != 2 || mask != 022)
		panic("the current directory is %s, the mask %o", cwd, mask);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static bool started;
	unsigned long objects;
	u64 pages;

	if (!started) {
		host_log_quiet = true;
		world_start();
	}
	started = true;
	if (!size)
		return 0;
	objects = world_objects;
	initrd = data + 1;
	initrd_size = size - 1;
	pages = page_bytes_free();
	world_fail(data[0] < 128 ? 0 : data[0] - 126U);
	initramfs_unpack();
	world_fail(0);
	check_root();
	fs_integrity(0);
	empty(0);
	fs_chdir("/");
	fs_integrity(0);
	test_equal(world_objects, objects, __FILE__, __LINE__, "all objects are freed");
	test_equal(page_bytes_free(), pages, __FILE__, __LINE__, "all pages are free");
	return 0;
}
