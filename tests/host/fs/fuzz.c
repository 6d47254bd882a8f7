/* SPDX-License-Identifier: MIT */
/*
 * Paths under libFuzzer: any bytes at all, cut at those that are 1, are the arguments of calls, one
 * after the other, in a tree with links in it. Whatever they answer, everything that is counted is
 * right afterwards.
 */
#include <fs/fs.h>
#include <lib/assert.h>
#include <lib/string.h>
#include <lib/test.h>

#include "../../../fs/test_fs.h"
#include "host.h"
#include "world.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

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

static void start(void)
{
	static bool started;

	if (!started) {
		host_log_quiet = true;
		world_start();
		fs_mkdir("/d", 0777);
		fs_mkdir("/d/e", 0777);
		fs_symlink("d/e", "/l");
		fs_symlink("../l/..", "/d/m");
		fs_symlink("/d/m/m", "/n");
	}
	started = true;
}

static void call(char how, const char *path, const char *other)
{
	struct file_stat st;
	struct file *f;
	char buf[64];

	switch (how & 15) {
	case 0: fs_mkdir(path, 0777); break;
	case 1: fs_rmdir(path); break;
	case 2: fs_unlink(path); break;
	case 3: fs_rename(path, other, 0); break;
	case 4: fs_link(path, how & 16, other); break;
	case 5: fs_symlink(other, path); break;
	case 6: fs_readlink(path, buf, sizeof(buf)); break;
	case 7: fs_chdir(path); break;
	case 8: fs_getcwd(buf, sizeof(buf)); break;
	case 9: fs_stat(path, how & 16, &st); break;
	case 10: fs_truncate(path, 5000); break;
	case 11: fs_mount(NULL, path, "ramfs", other, NULL); break;
	case 12: fs_umount(path); break;
	default:
		if (!file_open(path, how & 16 ? O_CREAT | O_RDWR : O_RDONLY, 0666, &f)) {
			file_write(f, other, strlen(other));
			file_put(f);
		}
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text, *at;

	start();
	if (size > KIB(16))
		return 0;
	text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	for (at = text; *at;) {
		char *end = strchr(at, 1), how = *at, *other;

		if (end)
			*end = '\0';
		other = strchr(at + 1, 2);
		if (other)
			*other++ = '\0';
		call(how, at + 1, other ? other : "");
		if (!end)
			break;
		at = end + 1;
	}
	free(text);
	fs_integrity(0);
	return 0;
}
