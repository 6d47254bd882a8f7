/* SPDX-License-Identifier: MIT */
/* Filesystems that become read-only and back, and the devices by their name of Linux. */
#include "abi.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define AT	"/tmp/abi_mount"

static void begin(const char *type)
{
	mkdir(AT, 0755);
	EQ(mount("none", AT, type, 0, NULL), 0);
}

static void remounts(void)
{
	struct statvfs st;

	begin("tmpfs");
	EQ(mkdir(AT "/a", 0755), 0);
	EQ(mount(NULL, AT, NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID, NULL), 0);
	FAILS(mkdir(AT "/b", 0755), EROFS);
	EQ(statvfs(AT, &st), 0);
	EQ(st.f_flag & (ST_RDONLY | ST_NOSUID), ST_RDONLY | ST_NOSUID);
	EQ(mount("none", AT, "tmpfs", MS_REMOUNT, NULL), 0);
	EQ(mkdir(AT "/b", 0755), 0);
	EQ(statvfs(AT, &st), 0);
	EQ(st.f_flag & (ST_RDONLY | ST_NOSUID), 0);
	/* a directory in it is none */
	FAILS(mount(NULL, AT "/a", NULL, MS_REMOUNT, NULL), EINVAL);
	EQ(access(AT "/a", F_OK), 0);
	EQ(umount(AT), 0);
}

static void remount_fails(void)
{
	begin("tmpfs");
	FAILS(mount(NULL, AT, NULL, MS_REMOUNT | MS_RDONLY, "no_such_option"), EINVAL);
	/* it is as it was */
	EQ(mkdir(AT "/a", 0755), 0);
	FAILS(mount(NULL, AT "/none", NULL, MS_REMOUNT, NULL), ENOENT);
	EQ(umount(AT), 0);
}

static void devices(void)
{
	begin("devtmpfs");
	EQ(access(AT "/null", F_OK), 0);
	EQ(umount(AT), 0);
}

static const struct abi_case cases[] = {
	CASE(remounts), CASE(remount_fails), CASE(devices),
};

ABI_MAIN(cases)
