/* SPDX-License-Identifier: MIT */
/* Files on the host, case by case: what Linux answers where it is easy to be wrong. */
#include <fs/fs.h>
#include <fs/inode.h>
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "../../../fs/test_fs.h"
#include "host.h"
#include "world.h"

static int try_open(const char *path, int flags)
{
	struct file *f;
	int err = file_open(path, flags, 0644, &f);

	if (!err)
		file_put(f);
	return err;
}

static void paths(void)
{
	static char path[PATH_MAX + 2];
	struct file_stat st, root;

	world_need();
	TEST_EQ(fs_stat("", true, &st), -ENOENT);
	TEST_EQ(fs_stat("/", true, &root), 0);
	TEST_EQ(fs_stat("//..//.", true, &st), 0);
	TEST_EQ(st.inode, root.inode);
	TEST_EQ(fs_mkdir("/d/", 0777), 0);
	TEST_EQ(fs_mkdir("/d", 0777), -EEXIST);
	TEST_EQ(fs_mkdir("/", 0777), -EEXIST);
	TEST_EQ(fs_mkdir("/d/.", 0777), -EEXIST);
	TEST_EQ(fs_mkdir("/x/y", 0777), -ENOENT);
	TEST_EQ(world_touch("/d/f"), 0);
	TEST_EQ(world_touch("/d/g/"), -EISDIR);
	TEST_EQ(fs_stat("/d/f/", true, &st), -ENOTDIR);
	TEST_EQ(fs_stat("/d/f/.", true, &st), -ENOTDIR);
	TEST_EQ(fs_stat("/d/f/..", true, &st), -ENOTDIR);
	TEST_EQ(fs_stat("/d/f", true, &st), 0);
	TEST_EQ(st.mode, S_IFREG | 0644);
	memset(path, 'n', NAME_MAX + 1);
	TEST_EQ(world_touch(path), -ENAMETOOLONG);
	path[NAME_MAX] = '\0';
	TEST_EQ(world_touch(path), 0);
	TEST_EQ(fs_unlink(path), 0);
	memset(path, '/', PATH_MAX);
	TEST_EQ(fs_stat(path, true, &st), -ENAMETOOLONG);
	path[PATH_MAX - 1] = '\0';
	TEST_EQ(fs_stat(path, true, &st), 0);
	TEST_EQ(fs_unlink("/d/f"), 0);
	TEST_EQ(fs_rmdir("/d"), 0);
	fs_integrity(0);
}

static void removing(void)
{
	world_need();
	TEST_EQ(fs_mkdir("/d", 0777), 0);
	TEST_EQ(fs_mkdir("/d/e", 0777), 0);
	TEST_EQ(world_touch("/f"), 0);
	TEST_EQ(fs_rmdir("/d"), -ENOTEMPTY);
	TEST_EQ(fs_rmdir("/d/e/."), -EINVAL);
	TEST_EQ(fs_rmdir("/d/e/.."), -ENOTEMPTY);
	TEST_EQ(fs_rmdir("/"), -EBUSY);
	TEST_EQ(fs_rmdir("/f"), -ENOTDIR);
	TEST_EQ(fs_unlink("/d"), -EISDIR);
	TEST_EQ(fs_unlink("/d/"), -EISDIR);
	TEST_EQ(fs_unlink("/d/."), -EISDIR);
	TEST_EQ(fs_unlink("/f/"), -ENOTDIR);
	TEST_EQ(fs_unlink("/x/"), -ENOENT);
	TEST_EQ(fs_chdir("/d/e"), 0);
	TEST_EQ(fs_rmdir("/d/e"), 0);
	{
		char buf[32];
		struct file_stat st;

		TEST_EQ(fs_getcwd(buf, sizeof(buf)), -ENOENT);
		TEST_EQ(world_touch("new"), -ENOENT);
		TEST_EQ(fs_mkdir("new", 0777), -ENOENT);
		TEST_EQ(fs_stat(".", true, &st), 0);
		TEST_EQ(st.links, 0);
		TEST_EQ(fs_stat("..", true, &st), 0);
		TEST_EQ(fs_chdir("/d"), 0);
		TEST_EQ(fs_getcwd(buf, 2), -ERANGE);
		TEST_EQ(fs_getcwd(buf, sizeof(buf)), 3);
		TEST_STR(buf, "/d");
		TEST_EQ(fs_chdir("/"), 0);
		TEST_EQ(fs_getcwd(buf, sizeof(buf)), 2);
		TEST_STR(buf, "/");
	}
	TEST_EQ(fs_rmdir("/d"), 0);
	TEST_EQ(fs_unlink("/f"), 0);
	fs_integrity(0);
}

static void renaming(void)
{
	struct file_stat a, b;

	world_need();
	TEST_EQ(fs_mkdir("/d", 0777), 0);
	TEST_EQ(fs_mkdir("/d/e", 0777), 0);
	TEST_EQ(fs_mkdir("/g", 0777), 0);
	TEST_EQ(world_touch("/f"), 0);
	TEST_EQ(fs_rename("/d", "/d/e/x", 0), -EINVAL);
	TEST_EQ(fs_rename("/d/e", "/d", 0), -ENOTEMPTY);
	TEST_EQ(fs_rename("/d", "/d", 0), 0);
	TEST_EQ(fs_rename("/f", "/d", 0), -EISDIR);
	TEST_EQ(fs_rename("/d", "/f", 0), -ENOTDIR);
	TEST_EQ(fs_rename("/f/", "/h", 0), -ENOTDIR);
	TEST_EQ(fs_rename("/f", "/h/", 0), -ENOTDIR);
	TEST_EQ(fs_rename("/f", "/.", 0), -EBUSY);
	TEST_EQ(fs_rename("/x", "/h", 0), -ENOENT);
	TEST_EQ(fs_rename("/f", "/g", RENAME_NOREPLACE), -EEXIST);
	TEST_EQ(fs_rename("/g", "/d", 0), -ENOTEMPTY);
	TEST_EQ(fs_rename("/d", "/g/", 0), 0);
	TEST_EQ(fs_stat("/g/e", true, &a), 0);
	TEST_EQ(fs_rename("/g/e", "/e", 0), 0);
	TEST_EQ(fs_stat("/e", true, &b), 0);
	TEST_EQ(a.inode, b.inode);
	TEST_EQ(fs_stat("/", true, &a), 0);
	TEST_EQ(a.links, 4);
	TEST_EQ(fs_link("/f", true, "/f2"), 0);
	TEST_EQ(fs_rename("/f", "/f2", 0), 0);	/* the same file: both stay */
	TEST_EQ(fs_stat("/f", true, &a), 0);
	TEST_EQ(a.links, 2);
	TEST_EQ(fs_link("/e", true, "/e2"), -EPERM);
	TEST_EQ(fs_link("/f", true, "/f2"), -EEXIST);
	TEST_EQ(fs_link("/f", true, "/f3/"), -ENOENT);
	TEST_EQ(fs_unlink("/f"), 0);
	TEST_EQ(fs_unlink("/f2"), 0);
	TEST_EQ(fs_rmdir("/e"), 0);
	TEST_EQ(fs_rmdir("/g"), 0);
	fs_integrity(0);
}

static void links(void)
{
	char buf[16], name[8] = "/l00";
	struct file_stat st;

	world_need();
	TEST_EQ(fs_symlink("target", "/l"), 0);
	TEST_EQ(fs_symlink("x", "/l"), -EEXIST);
	TEST_EQ(fs_symlink("", "/m"), -ENOENT);
	TEST_EQ(fs_readlink("/l", buf, 3), 3);
	TEST(!memcmp(buf, "tar", 3));
	TEST_EQ(fs_readlink("/", buf, 3), -EINVAL);
	TEST_EQ(fs_stat("/l", true, &st), -ENOENT);
	TEST_EQ(fs_stat("/l", false, &st), 0);
	TEST_EQ(fs_stat("/l/", false, &st), -ENOENT);
	TEST_EQ(try_open("/l", O_CREAT | O_EXCL | O_WRONLY), -EEXIST);
	TEST_EQ(try_open("/l", O_NOFOLLOW), -ELOOP);
	TEST_EQ(try_open("/l", O_NOFOLLOW | O_CREAT), -ELOOP);
	TEST_EQ(try_open("/l", O_CREAT | O_WRONLY), 0);
	TEST_EQ(fs_stat("/target", false, &st), 0);
	TEST_EQ(try_open("/l/", O_RDONLY), -ENOTDIR);
	TEST_EQ(fs_unlink("/target"), 0);
	TEST_EQ(fs_unlink("/l"), 0);
	TEST_EQ(fs_symlink("no/where", "/l"), 0);
	TEST_EQ(try_open("/l", O_CREAT | O_WRONLY), -ENOENT);
	TEST_EQ(fs_stat("/no", true, &st), -ENOENT);
	TEST_EQ(fs_unlink("/l"), 0);
	TEST_EQ(fs_symlink("loop", "/loop"), 0);
	TEST_EQ(fs_stat("/loop", true, &st), -ELOOP);
	TEST_EQ(fs_stat("/loop/x", true, &st), -ELOOP);
	TEST_EQ(fs_unlink("/loop"), 0);
	/* forty in a row are followed, at the end and on the way, and one more is not */
	TEST_EQ(fs_mkdir("/l00", 0777), 0);
	for (int i = 1; i <= 41; i++) {
		char to[8];

		strlcpy(to, name, sizeof(to));
		name[2] = (char)('0' + i / 10);
		name[3] = (char)('0' + i % 10);
		TEST_EQ(fs_symlink(to + 1, name), 0);
	}
	TEST_EQ(fs_stat("/l40", true, &st), 0);
	TEST_EQ(fs_stat("/l40/.", true, &st), 0);
	TEST_EQ(fs_stat("/l41", true, &st), -ELOOP);
	TEST_EQ(fs_stat("/l41/.", true, &st), -ELOOP);
	for (int i = 41; i > 0; i--) {
		name[2] = (char)('0' + i / 10);
		name[3] = (char)('0' + i % 10);
		TEST_EQ(fs_unlink(name), 0);
	}
	TEST_EQ(fs_rmdir("/l00"), 0);
	fs_integrity(0);
}

static void opening(void)
{
	struct file *f, *g;
	struct file_stat st;
	char buf[8];

	world_need();
	TEST_EQ(try_open("/f", O_RDONLY), -ENOENT);
	TEST_EQ(try_open("/", O_WRONLY), -EISDIR);
	TEST_EQ(try_open("/", O_CREAT), -EISDIR);
	TEST_EQ(try_open("/.", O_CREAT | O_EXCL), -EEXIST);
	TEST_EQ(try_open("/f", O_CREAT | O_DIRECTORY), -EINVAL);
	TEST_EQ(file_open("/f", O_CREAT | O_RDWR, 0666, &f), 0);
	TEST_EQ(try_open("/f", O_DIRECTORY), -ENOTDIR);
	TEST_EQ(try_open("/f", O_CREAT | O_EXCL), -EEXIST);
	TEST_EQ(file_write(f, "hello", 5), 5);
	TEST_EQ(file_open("/f", O_WRONLY | O_APPEND, 0, &g), 0);
	TEST_EQ(file_read(g, buf, 1), -EBADF);
	TEST_EQ(file_write(g, " you", 4), 4);
	TEST_EQ(file_seek(f, 0, SEEK_CUR), 5);
	TEST_EQ(file_read(f, buf, 8), 4);
	TEST(!memcmp(buf, " you", 4));
	TEST_EQ(file_seek(f, -1, SEEK_SET), -EINVAL);
	TEST_EQ(file_seek(f, INT64_MAX, SEEK_CUR), -EINVAL);
	TEST_EQ(file_seek(f, 0, 9), -EINVAL);
	TEST_EQ(file_pwrite(f, "x", 1, INT64_MAX), -EFBIG);
	TEST_EQ(file_pread(f, buf, 1, -1), -EINVAL);
	TEST_EQ(file_truncate(f, -1), -EINVAL);
	/* it lives on without a name */
	TEST_EQ(fs_unlink("/f"), 0);
	TEST_EQ(file_stat(f, &st), 0);
	TEST_EQ(st.links, 0);
	TEST_EQ(file_pread(f, buf, 2, 0), 2);
	file_put(f);
	file_put(g);
	TEST_EQ(fs_mknod("/n", S_IFCHR | 0600, 0x105), 0);
	TEST_EQ(try_open("/n", O_RDWR), -ENXIO);
	TEST_EQ(fs_unlink("/n"), 0);
	fs_integrity(0);
}

/* What is written far apart takes what it takes and reads as zero in between. */
static void holes(void)
{
	struct file_stat st;
	struct fs_statfs before, after;
	struct file *f;
	char buf[16];

	world_need();
	fs_statfs("/", &before);
	TEST_EQ(file_open("/f", O_CREAT | O_RDWR, 0666, &f), 0);
	for (unsigned int shift = 0; shift < 63; shift += 3)
		TEST_EQ(file_pwrite(f, "x", 1, 1L << shift), 1);
	for (unsigned int shift = 0; shift < 63; shift += 3) {
		TEST_EQ(file_pread(f, buf, 1, 1L << shift), 1);
		TEST_EQ(buf[0], 'x');
		TEST_EQ(file_pread(f, buf, 2, (1L << shift) - 1), 2);
		TEST_EQ(buf[0], 0);
	}
	TEST_EQ(file_truncate(f, 1L << 30), 0);
	TEST_EQ(file_pread(f, buf, 1, 1L << 27), 1);
	TEST_EQ(buf[0], 'x');
	TEST_EQ(file_truncate(f, INT64_MAX), 0);
	TEST_EQ(file_pread(f, buf, 1, 1L << 30), 1);
	TEST_EQ(buf[0], 0);
	TEST_EQ(file_truncate(f, 3), 0);
	TEST_EQ(file_stat(f, &st), 0);
	TEST_EQ(st.blocks, 8);
	file_put(f);
	TEST_EQ(fs_unlink("/f"), 0);
	fs_statfs("/", &after);
	TEST_EQ(before.free, after.free);
	fs_integrity(0);
}

/* A filesystem that makes its names up when it is asked: those with a "p" in front. */
static unsigned int asked;

static int ask(struct inode *dir, const struct fs_name *name, struct inode **inode)
{
	asked++;
	if (name->text[0] != 'p')
		return -ENOENT;
	*inode = inode_alloc(dir->super, S_IFREG | 0444);
	if (!*inode)
		return -ENOMEM;
	(*inode)->ops = dir->ops;
	return 0;
}

static const struct inode_ops asking_ops = { .lookup = ask };
static const struct super_ops asking_super_ops;

static int mount_asking(struct super *super, const char *source __unused)
{
	super->ops = &asking_super_ops;
	super->root = inode_alloc(super, S_IFDIR | 0555);
	if (!super->root)
		return -ENOMEM;
	super->root->ops = &asking_ops;
	return 0;
}

static const struct filesystem asking_filesystem = { .name = "asking", .mount = mount_asking };
FILESYSTEM(asking_filesystem);

/* What a filesystem has answered is not asked again, and is forgotten when nobody wants it. */
static void answers_are_kept(void)
{
	unsigned long objects;
	struct fs_cache_stats stats;
	struct file_stat st;
	char path[16];

	world_need();
	objects = world_objects;
	TEST_EQ(fs_mkdir("/a", 0777), 0);
	TEST_EQ(fs_mount(NULL, "/a", "asking", NULL, NULL), 0);
	asked = 0;
	for (int i = 0; i < 3; i++) {
		TEST_EQ(fs_stat("/a/p", true, &st), 0);
		TEST_EQ(fs_stat("/a/n", true, &st), -ENOENT);
		TEST_EQ(fs_stat("/a/n/x", true, &st), -ENOENT);
		TEST_EQ(fs_stat("/a/p/x", true, &st), -ENOTDIR);
	}
	TEST_EQ(asked, 2);
	/* the errors of Linux's sysfs */
	TEST_EQ(world_touch("/a/n"), -EACCES);
	TEST_EQ(fs_mknod("/a/n", S_IFREG | 0600, 0), -EACCES);
	TEST_EQ(fs_mknod("/a/n", S_IFIFO | 0600, 0), -EPERM);
	TEST_EQ(fs_mkdir("/a/n", 0777), -EPERM);
	TEST_EQ(fs_symlink("p", "/a/n"), -EPERM);
	TEST_EQ(fs_unlink("/a/p"), -EPERM);
	TEST_EQ(fs_rename("/a/p", "/a/q", 0), -EPERM);
	TEST_EQ(fs_link("/a/p", true, "/a/q"), -EPERM);
	TEST_EQ(try_open("/a/p", O_RDONLY), -ENXIO);
	fs_cache_stats(&stats);
	TEST_EQ(stats.unused, 3);
	fs_integrity(0);
	TEST_EQ(fs_cache_shrink(), 3);
	TEST_EQ(fs_stat("/a/n", true, &st), -ENOENT);
	for (int i = 0; i < 5000; i++) {
		snprintf(path, sizeof(path), "/a/%c%d", i & 1 ? 'p' : 'n', i);
		fs_stat(path, true, &st);
	}
	fs_cache_stats(&stats);
	TEST_EQ(stats.unused, 1024);
	fs_integrity(0);
	world_fail(2);
	for (int i = 0; i < 1000; i++) {
		int err;

		snprintf(path, sizeof(path), "/a/%c%d", i & 1 ? 'p' : 'n', i);
		err = fs_stat(path, true, &st);
		TEST(err == -ENOMEM || err == (i & 1 ? 0 : -ENOENT));
	}
	world_fail(0);
	fs_integrity(0);
	TEST_EQ(fs_umount("/a"), 0);
	TEST_EQ(fs_rmdir("/a"), 0);
	fs_integrity(0);
	TEST_EQ(world_objects, objects);
}

static int remove_entry(void *arg, const struct dir_entry *e)
{
	char path[NAME_MAX + 4] = "/d/";

	++*(int *)arg;
	if (e->name[0] == '.')
		return 0;
	strlcat(path, e->name, sizeof(path));
	TEST_EQ(fs_unlink(path), 0);
	return 0;
}

static void many_names(void)
{
	char path[16] = "/d/f00000";
	struct file *f;
	int n = 0;

	world_need();
	TEST_EQ(fs_mkdir("/d", 0777), 0);
	for (int i = 0; i < 10000; i++) {
		for (int digit = 8, rest = i; digit > 3; digit--, rest /= 10)
			path[digit] = (char)('0' + rest % 10);
		TEST_EQ(world_touch(path), 0);
	}
	fs_integrity(0);
	TEST_EQ(file_open("/d", O_RDONLY, 0, &f), 0);
	TEST_EQ(file_readdir(f, world_count, &n), 0);
	TEST_EQ(n, 10002);
	TEST_EQ(file_seek(f, 0, SEEK_SET), 0);
	n = 0;
	TEST_EQ(file_readdir(f, remove_entry, &n), 0);
	TEST_EQ(n, 10002);
	file_put(f);
	TEST_EQ(fs_rmdir("/d"), 0);
	fs_integrity(0);
}

static const struct test_case cases[] = {
	TEST_CASE(paths), TEST_CASE(removing), TEST_CASE(renaming), TEST_CASE(links),
	TEST_CASE(opening), TEST_CASE(holes), TEST_CASE(answers_are_kept),
	TEST_CASE(many_names),
};
static const struct test_suite fs_cases_suite = TEST_SUITE_OF("fs_cases", cases);
TEST_SUITE(fs_cases_suite);
