/* SPDX-License-Identifier: MIT */
/* What others than user 0 may do with files. The tests run as user 0, and give up what that may. */
#include "abi.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#define DIR	"/tmp/abi_rights"
#define ME	1000
#define US	2000
#define OTHER	1001

static struct stat st;

static void make(const char *path, unsigned int mode, unsigned int uid, unsigned int gid)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	OK(fd >= 0);
	EQ(fchown(fd, uid, gid), 0);
	EQ(fchmod(fd, mode), 0);
	close(fd);
}

static void make_dir(const char *path, unsigned int mode, unsigned int uid, unsigned int gid)
{
	EQ(mkdir(path, 0700), 0);
	EQ(chown(path, uid, gid), 0);
	EQ(chmod(path, mode), 0);
}

static void clean(void)
{
	static const char *const names[] = {
		"mine", "yours", "ours", "sticky", "closed", "new", "shared",
	};
	char path[100];

	chdir("/tmp");
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (unsigned int j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			snprintf(path, sizeof(path), DIR "/%s/%s", names[i], names[j]);
			if (unlink(path))
				rmdir(path);
		}
		snprintf(path, sizeof(path), DIR "/%s", names[i]);
		if (unlink(path))
			rmdir(path);
	}
	rmdir(DIR);
	umask(0);
	EQ(mkdir(DIR, 0777), 0);
	EQ(chdir(DIR), 0);
}

static void become(unsigned int uid, unsigned int gid)
{
	gid_t groups[] = { US };

	EQ(setgroups(1, groups), 0);
	EQ(setgid(gid), 0);
	EQ(setuid(uid), 0);
}

static void opening(void)
{
	clean();
	make("mine", 0400, ME, 0);
	make("yours", 0640, OTHER, US);
	make("ours", 0406, OTHER, US);
	make("closed", 0604, ME, US);
	become(ME, ME);
	OK(open("mine", O_RDONLY) >= 0);
	FAILS(open("mine", O_WRONLY), EACCES);
	FAILS(open("mine", O_RDWR), EACCES);
	FAILS(open("mine", O_RDONLY | O_TRUNC), EACCES);
	FAILS(truncate("mine", 0), EACCES);
	OK(open("yours", O_RDONLY) >= 0);	/* by the group */
	FAILS(open("yours", O_WRONLY), EACCES);
	FAILS(open("ours", O_RDONLY), EACCES);	/* the group's rights, not those of others */
	OK(open("closed", O_RDWR) >= 0);
	OK(open("yours", O_PATH) >= 0);
	OK(open("ours", O_PATH) >= 0);
	FAILS(open("yours", O_RDONLY | O_NOATIME), EPERM);
	OK(open("mine", O_RDONLY | O_NOATIME) >= 0);
	EQ(stat("ours", &st), 0);
	FAILS(execl("mine", "mine", NULL), EACCES);
}

static void created(void)
{
	int fd;

	clean();
	make_dir("shared", 02777, OTHER, US + 1);
	become(ME, ME);
	fd = open("new", O_RDWR | O_CREAT, 0);	/* its maker may use it all the same */
	OK(fd >= 0);
	EQ(write(fd, "x", 1), 1);
	EQ(fstat(fd, &st), 0);
	EQ(st.st_uid, ME);
	EQ(st.st_gid, ME);
	FAILS(open("new", O_RDONLY), EACCES);
	EQ(mkdir("mine", 0755), 0);
	EQ(stat("mine", &st), 0);
	EQ(st.st_uid, ME);
	EQ(symlink("x", "ours"), 0);
	EQ(lstat("ours", &st), 0);
	EQ(st.st_uid, ME);
	OK(open("shared/new", O_RDWR | O_CREAT, 0644) >= 0);
	EQ(stat("shared/new", &st), 0);
	EQ(st.st_uid, ME);
	EQ(st.st_gid, US + 1);
	EQ(mkdir("shared/mine", 0755), 0);
	EQ(stat("shared/mine", &st), 0);
	EQ(st.st_gid, US + 1);
	OK(st.st_mode & S_ISGID);
	FAILS(mknod("closed", S_IFCHR | 0600, makedev(1, 3)), EPERM);
	EQ(mknod("closed", S_IFREG | 0600, 0), 0);
}

static void in_directories(void)
{
	int d;

	clean();
	make_dir("closed", 0700, OTHER, 0);
	make_dir("yours", 0755, OTHER, 0);
	make("closed/mine", 0666, ME, 0);
	make("yours/mine", 0666, ME, 0);
	make("mine", 0666, ME, 0);
	make_dir("ours", 0711, OTHER, 0);
	make("ours/mine", 0666, ME, 0);
	d = open("closed", O_RDONLY | O_DIRECTORY);
	become(ME, ME);
	FAILS(open("closed/mine", O_RDONLY), EACCES);
	FAILS(stat("closed/mine", &st), EACCES);
	FAILS(stat("closed/none", &st), EACCES);
	FAILS(stat("closed/..", &st), EACCES);
	FAILS(openat(d, "mine", O_RDONLY), EACCES);
	EQ(stat("closed", &st), 0);
	FAILS(chdir("closed"), EACCES);
	FAILS(fchdir(d), EACCES);
	FAILS(open("closed", O_RDONLY), EACCES);
	FAILS(open("ours", O_RDONLY), EACCES);
	EQ(stat("ours/mine", &st), 0);
	EQ(chdir("ours"), 0);
	EQ(chdir(".."), 0);
	FAILS(open("yours/new", O_WRONLY | O_CREAT, 0600), EACCES);
	OK(open("yours/mine", O_WRONLY | O_CREAT, 0600) >= 0);
	FAILS(mkdir("yours/new", 0700), EACCES);
	FAILS(mkdir("yours/mine", 0700), EEXIST);
	FAILS(symlink("x", "yours/new"), EACCES);
	FAILS(link("mine", "yours/new"), EACCES);
	FAILS(unlink("yours/mine"), EACCES);
	FAILS(rename("yours/mine", "new"), EACCES);
	FAILS(rename("mine", "yours/new"), EACCES);
	FAILS(rename("mine", "yours/mine"), EACCES);
	EQ(rename("mine", "new"), 0);
	FAILS(rmdir("yours"), ENOTEMPTY);
	FAILS(chroot("yours"), EPERM);
	FAILS(chroot("none"), ENOENT);
	FAILS(mount("none", "yours", "tmpfs", 0, NULL), EPERM);
	FAILS(umount("yours"), EPERM);
}

static void sticky(void)
{
	clean();
	make_dir("sticky", 01777, OTHER, 0);
	make("sticky/yours", 0666, OTHER, 0);
	make("sticky/mine", 0666, ME, 0);
	make_dir("mine", 01777, ME, 0);
	make("mine/yours", 0666, OTHER, 0);
	make("new", 0666, ME, 0);
	make_dir("ours", 0755, OTHER, 0);
	become(ME, ME);
	FAILS(unlink("sticky/yours"), EPERM);
	FAILS(rename("sticky/yours", "sticky/new"), EPERM);
	FAILS(rename("new", "sticky/yours"), EPERM);
	EQ(rename("sticky/mine", "sticky/new"), 0);
	EQ(unlink("sticky/new"), 0);
	EQ(unlink("mine/yours"), 0);
	FAILS(rename("ours", "mine/ours"), EACCES);	/* its ".." would change */
	EQ(rename("ours", "closed"), 0);
}

static void attributes(void)
{
	struct timespec now[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };
	struct timespec t[2] = { { 1000, 0 }, { 1000, 0 } };
	int fd;

	clean();
	make("mine", 0644, ME, ME);
	make("yours", 0644, OTHER, 0);
	make("ours", 0666, OTHER, 0);
	make("shared", 0644, ME, US + 1);
	fd = open("yours", O_RDWR);
	become(ME, ME);
	EQ(chmod("mine", 06755), 0);
	EQ(stat("mine", &st), 0);
	EQ(st.st_mode & 07777, 06755);
	EQ(chmod("shared", 06755), 0);
	EQ(stat("shared", &st), 0);
	EQ(st.st_mode & 07777, 04755);		/* not a group of the caller's */
	FAILS(chmod("yours", 0666), EPERM);
	FAILS(fchmod(fd, 0666), EPERM);
	EQ(chown("mine", ME, -1), 0);
	EQ(chown("mine", -1, US), 0);
	EQ(stat("mine", &st), 0);
	EQ(st.st_gid, US);
	EQ(st.st_mode & 07777, 0755);
	FAILS(chown("mine", OTHER, -1), EPERM);
	FAILS(chown("mine", -1, US + 1), EPERM);
	FAILS(chown("yours", OTHER, -1), EPERM);
	FAILS(chown("yours", -1, 0), EPERM);
	FAILS(fchown(fd, ME, -1), EPERM);
	EQ(utimensat(AT_FDCWD, "mine", t, 0), 0);
	EQ(utimensat(AT_FDCWD, "ours", NULL, 0), 0);
	EQ(utimensat(AT_FDCWD, "ours", now, 0), 0);
	FAILS(utimensat(AT_FDCWD, "ours", t, 0), EPERM);
	now[0].tv_nsec = UTIME_OMIT;
	FAILS(utimensat(AT_FDCWD, "ours", now, 0), EPERM);
	FAILS(utimensat(AT_FDCWD, "yours", NULL, 0), EACCES);
}

/* What is written to by others loses its owner's rights. */
static void set_id_goes(void)
{
	int fd;

	clean();
	make("yours", 06777, OTHER, 0);
	make("ours", 06777, OTHER, 0);
	fd = open("yours", O_WRONLY);
	EQ(write(fd, "x", 1), 1);
	EQ(stat("yours", &st), 0);
	EQ(st.st_mode & 07777, 06777);
	become(ME, ME);
	EQ(write(fd, "x", 1), 1);
	EQ(stat("yours", &st), 0);
	EQ(st.st_mode & 07777, 0777);
	EQ(truncate("ours", 5), 0);
	EQ(stat("ours", &st), 0);
	EQ(st.st_mode & 07777, 0777);
}

/* access() goes by the real ids, opening by those for files. */
static void real_and_effective(void)
{
	clean();
	make("mine", 0600, ME, ME);
	make("yours", 0604, 0, 0);
	EQ(setegid(ME), 0);
	EQ(seteuid(ME), 0);
	EQ(access("yours", W_OK), 0);
	FAILS(open("yours", O_WRONLY), EACCES);
	FAILS(syscall(SYS_faccessat2, AT_FDCWD, "yours", W_OK, AT_EACCESS), EACCES);
	EQ(syscall(SYS_faccessat2, AT_FDCWD, "yours", R_OK, AT_EACCESS), 0);
	EQ(seteuid(0), 0);
	EQ(setreuid(ME, 0), 0);
	FAILS(access("yours", W_OK), EACCES);
	EQ(access("mine", W_OK), 0);
	OK(open("yours", O_WRONLY) >= 0);
}

static const struct abi_case cases[] = {
	CASE(opening), CASE(created), CASE(in_directories), CASE(sticky), CASE(attributes),
	CASE(set_id_goes), CASE(real_and_effective),
};

ABI_MAIN(cases)
