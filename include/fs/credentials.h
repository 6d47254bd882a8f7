/* SPDX-License-Identifier: MIT */
/*
 * Who a thread acts for: what it may do with files goes by it. A thread's is thread->cred, which
 * belongs to its process; NULL is the kernel, who may do anything. CONFIG_PROCESS.
 */
#ifndef FS_CREDENTIALS_H
#define FS_CREDENTIALS_H

#include <lib/types.h>

#define GROUPS_MAX	32	/* beside one's own: Linux's NGROUPS_MAX before 2.6.4 */

/* As credentials(7) has them: files go by fsuid, fsgid and the groups alone. */
struct credentials {
	u32 uid, euid, suid, fsuid;
	u32 gid, egid, sgid, fsgid;
	u64 effective, permitted, inheritable, bounding;	/* capabilities, a bit each */
	bool keep_caps;		/* the next setuid() leaves the permitted ones */
	u32 group_count;
	u32 groups[GROUPS_MAX];
};

/* Whether @gid is one of its groups. */
bool credentials_in_group(const struct credentials *cred, u32 gid);

#endif
