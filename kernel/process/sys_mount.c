/* SPDX-License-Identifier: MIT */
/* mount and umount2, and chroot: for user 0 alone. */
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>
#include <uapi/mount.h>

#include "process.h"
#include "syscall.h"

#define TYPE_MAX	32
#define OPTIONS_MAX	4096

/* Those that nothing is kept for: there are no times of access, and nothing is said of mounting. */
#define MS_EMPTY	(MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_SILENT)
#define MS_WORDS	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)

/* Flags as fs_mount() wants them; the program's own options come behind. */
static void put_flags(char *options, unsigned long flags)
{
	static const struct {
		unsigned long flag;
		const char *word;
	} words[] = {
		{ MS_RDONLY, "ro," }, { MS_NOSUID, "nosuid," }, { MS_NODEV, "nodev," },
		{ MS_NOEXEC, "noexec," },
	};

	*options = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (flags & words[i].flag)
			strlcpy(options + strlen(options), words[i].word, 16);
}

static long get_options(char *options, unsigned long flags, uaddr_t from)
{
	size_t n;
	ssize_t got = 0;

	put_flags(options, flags);
	n = strlen(options);
	if (from)
		got = copy_string_from_user(options + n, from, OPTIONS_MAX - n);
	return got < 0 ? (got == -EFAULT ? -EFAULT : -EINVAL) : 0;
}

struct mount_request {
	char source[TYPE_MAX], type[TYPE_MAX];
	char options[OPTIONS_MAX];
};

static long get_request(struct mount_request *r, uaddr_t source, uaddr_t type,
			unsigned long flags, uaddr_t data)
{
	ssize_t n = 0;

	if (source)
		n = copy_string_from_user(r->source, source, sizeof(r->source));
	if (n == -ENAMETOOLONG) {
		r->source[sizeof(r->source) - 1] = '\0';	/* it is for /proc/mounts alone */
		n = 0;
	}
	if (n < 0)
		return n;
	if (flags & MS_REMOUNT)
		return get_options(r->options, flags, data);
	if (!type)
		return -EINVAL;
	n = copy_string_from_user(r->type, type, sizeof(r->type));
	if (n < 0)
		return n == -ENAMETOOLONG ? -ENODEV : n;
	/* as Linux calls it */
	if (!strcmp(r->type, "devtmpfs"))
		strlcpy(r->type, "devfs", sizeof(r->type));
	return get_options(r->options, flags, data);
}

static long mount_path(const char *path, void *arg)
{
	const struct mount_request *r = arg;
	const char *source = *r->source ? r->source : NULL;

	return fs_mount(source, path, r->type, r->options, NULL);
}

static long remount_path(const char *path, void *arg)
{
	const struct mount_request *r = arg;

	return fs_remount(path, r->options);
}

long sys_mount(uaddr_t source, uaddr_t target, uaddr_t type, unsigned long flags, uaddr_t data)
{
	struct mount_request *r;
	long err;

	/* a number that old programs add */
	if ((flags & MS_MGC_MASK) == MS_MGC_VALUE)
		flags &= ~MS_MGC_MASK;
	if (process_current()->cred.euid)
		return -EPERM;
	if (flags & ~(MS_WORDS | MS_EMPTY | MS_REMOUNT))
		return -EINVAL;
	r = kzalloc(sizeof(*r));
	if (!r)
		return -ENOMEM;
	err = get_request(r, source, type, flags, data);
	if (!err)
		err = path_act(AT_FDCWD, target,
			       flags & MS_REMOUNT ? remount_path : mount_path, r);
	kfree(r);
	return err;
}

static long umount_path(const char *path, void *arg)
{
	return *(const unsigned long *)arg & UMOUNT_NOFOLLOW ? fs_umount_nofollow(path) :
							       fs_umount(path);
}

/* What is in use stays, whatever the flags: MNT_DETACH does not wait for its end (EBUSY). */
long sys_umount2(uaddr_t target, unsigned long flags)
{
	if (flags & ~(MNT_FORCE | MNT_DETACH | UMOUNT_NOFOLLOW))
		return -EINVAL;
	if (process_current()->cred.euid)
		return -EPERM;
	return path_act(AT_FDCWD, target, umount_path, &flags);
}

static long chroot_path(const char *path, void *arg __unused)
{
	return fs_chroot(path, !process_current()->cred.euid);
}

long sys_chroot(uaddr_t path)
{
	return path_act(AT_FDCWD, path, chroot_path, NULL);
}
