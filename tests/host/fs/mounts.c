/* SPDX-License-Identifier: MIT */
/* Files on the host, case by case: mounts, their options, and what is known of a file. */
#include <fs/fs.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "../../../fs/test_fs.h"
#include "host.h"
#include "machine/machine.h"
#include "world.h"

static void mounts(void)
{
	struct fs_mount_info info;
	struct file_stat st, root;
	unsigned long objects;
	const char *refused;
	struct file *f;
	char buf[32];
	int n = 0;

	world_need();
	objects = world_objects;
	TEST_EQ(fs_mkdir("/m", 0777), 0);
	TEST_EQ(fs_mount("none", "/m", "nofs", NULL, NULL), -ENODEV);
	TEST_EQ(fs_mount("none", "/m", "ramfs", "size=nonsense", &refused), -EINVAL);
	TEST_STR(refused, "size=nonsense");
	TEST_EQ(fs_mount("none", "/m", "ramfs", "size", NULL), -EINVAL);
	TEST_EQ(fs_mount("none", "/m", "ramfs", "rw,size=16k,bogus,ro", &refused), -EINVAL);
	TEST_STR(refused, "bogus,ro");
	TEST_EQ(fs_mount("none", "/m", "ramfs", "read-only", NULL), -EINVAL);
	TEST_EQ(fs_mount("", "/m", "ramfs", "size=00000000000000000000000000016k", NULL), -EINVAL);
	TEST_EQ(fs_mount("none", "/x", "ramfs", NULL, NULL), -ENOENT);
	TEST_EQ(fs_mount("none", "/m", "ramfs", ",ro,size=4k,size=16k,,rw", NULL), 0);
	TEST_EQ(fs_umount("/"), -EBUSY);
	TEST_EQ(fs_rmdir("/m"), -EBUSY);
	TEST_EQ(fs_rename("/m", "/m2", 0), -EBUSY);
	TEST_EQ(fs_mkdir("/m/d", 0777), 0);
	TEST_EQ(world_touch("/m/d/f"), 0);
	TEST_EQ(fs_stat("/", true, &root), 0);
	TEST_EQ(fs_stat("/m/d/../..", true, &st), 0);
	TEST_EQ(st.inode, root.inode);
	TEST_EQ(st.device, root.device);
	TEST_EQ(world_touch("/f"), 0);
	TEST_EQ(fs_rename("/f", "/m/f", 0), -EXDEV);
	TEST_EQ(fs_link("/f", true, "/m/f"), -EXDEV);
	TEST_EQ(fs_unlink("/f"), 0);
	TEST_EQ(fs_chdir("/m/d"), 0);
	TEST_EQ(fs_getcwd(buf, sizeof(buf)), 5);
	TEST_STR(buf, "/m/d");
	TEST_EQ(fs_umount("/m/d"), -EINVAL);
	TEST_EQ(fs_umount("/m"), -EBUSY);
	TEST_EQ(fs_chdir("../../m"), 0);
	TEST_EQ(fs_getcwd(buf, sizeof(buf)), 3);
	TEST_EQ(fs_chdir("/"), 0);
	TEST(fs_mount_info(1, &info));
	TEST_STR(info.target, "/m");
	TEST_EQ(info.stat.blocks, 4);
	TEST(!fs_mount_info(2, &info));
	/* over it, and off again */
	TEST_EQ(fs_mount(NULL, "/m", "ramfs", "ro", NULL), 0);
	TEST_EQ(fs_stat("/m/d", true, &st), -ENOENT);
	TEST_EQ(world_touch("/m/f"), -EROFS);
	TEST_EQ(fs_unlink("/m/f"), -EROFS);
	TEST_EQ(fs_umount("/m"), 0);
	/* no more than fits */
	TEST_EQ(file_open("/m/full", O_CREAT | O_WRONLY, 0666, &f), 0);
	for (int i = 0; i < 4; i++)
		TEST_EQ(file_pwrite(f, "x", 1, i << 12), 1);
	TEST_EQ(file_pwrite(f, "x", 1, 4 << 12), -ENOSPC);
	TEST_EQ(file_pwrite(f, "xyz", 3, (4 << 12) - 2), 2);
	TEST_EQ(file_truncate(f, 4096), 0);
	TEST_EQ(file_pwrite(f, "x", 1, 4 << 12), 1);
	TEST_EQ(fs_umount("/m"), -EBUSY);
	file_put(f);
	TEST_EQ(file_open("/m", O_RDONLY, 0, &f), 0);
	TEST_EQ(file_readdir(f, world_count, &n), 0);
	TEST_EQ(n, 4);
	file_put(f);
	fs_integrity(0);
	TEST_EQ(fs_umount("/m"), 0);
	TEST_EQ(fs_umount("/m"), -EINVAL);
	TEST_EQ(fs_rmdir("/m"), 0);
	fs_integrity(0);
	TEST_EQ(world_objects, objects);
}

static void attributes(void)
{
	struct file_attr attr = { .set = FILE_TIMES, .mode = 0777, .accessed = 5, .modified = 7 };
	struct file_stat st;
	u64 changed;

	world_need();
	TEST_EQ(fs_set_attr("/f", &attr), -ENOENT);
	TEST_EQ(world_touch("/f"), 0);
	TEST_EQ(fs_symlink("f", "/s"), 0);
	TEST_EQ(fs_stat("/f", true, &st), 0);
	changed = st.changed;
	machine_now++;
	TEST_EQ(fs_set_attr("/s", &attr), 0);
	TEST_EQ(fs_stat("/f", true, &st), 0);
	TEST_EQ(st.mode, S_IFREG | 0644);
	TEST_EQ(st.accessed, 5);
	TEST_EQ(st.modified, 7);
	TEST(st.changed > changed);
	changed = st.changed;
	machine_now++;
	attr = (struct file_attr){ .set = FILE_MODE, .mode = 04751, .modified = 9 };
	TEST_EQ(fs_set_attr("/f", &attr), 0);
	TEST_EQ(fs_stat("/f", true, &st), 0);
	TEST_EQ(st.mode, S_IFREG | 04751);
	TEST_EQ(st.modified, 7);
	TEST(st.changed > changed);
	TEST_EQ(fs_stat("/s", false, &st), 0);
	TEST(st.modified != 7);
	TEST_EQ(fs_mkdir("/m", 0777), 0);
	TEST_EQ(fs_mount(NULL, "/m", "ramfs", "ro", NULL), 0);
	TEST_EQ(fs_set_attr("/m", &attr), -EROFS);
	TEST_EQ(fs_umount("/m"), 0);
	TEST_EQ(fs_rmdir("/m"), 0);
	TEST_EQ(fs_unlink("/f"), 0);
	TEST_EQ(fs_unlink("/s"), 0);
	fs_integrity(0);
}

static const struct test_case cases[] = {
	TEST_CASE(mounts), TEST_CASE(attributes),
};
static const struct test_suite fs_mounts_suite = TEST_SUITE_OF("fs_mounts", cases);
TEST_SUITE(fs_mounts_suite);
