/* SPDX-License-Identifier: MIT */
/* mount(2) and umount2(2): Linux's numbers (linux/mount.h). */
#ifndef UAPI_MOUNT_H
#define UAPI_MOUNT_H

#define MS_RDONLY	(1UL << 0)
#define MS_NOSUID	(1UL << 1)
#define MS_NODEV	(1UL << 2)
#define MS_NOEXEC	(1UL << 3)
#define MS_REMOUNT	(1UL << 5)
#define MS_NOATIME	(1UL << 10)
#define MS_NODIRATIME	(1UL << 11)
#define MS_SILENT	(1UL << 15)
#define MS_RELATIME	(1UL << 21)
#define MS_MGC_VALUE	0xc0ed0000UL
#define MS_MGC_MASK	0xffff0000UL

#define MNT_FORCE	1UL
#define MNT_DETACH	2UL
#define UMOUNT_NOFOLLOW	8UL

#endif
