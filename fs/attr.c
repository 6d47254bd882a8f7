/* SPDX-License-Identifier: MIT */
/* What is known of files beside their contents, as far as it depends on who asks. */
#include <fs/file.h>

#include "permission.h"

/* Another owner, or the same: what ran with its rights does so no more. Inode's lock held. */
static void give(struct inode *inode, const struct file_attr *attr)
{
	bool own = permission_owner(inode);

	if (attr->set & FILE_OWNER)
		inode->uid = attr->uid;
	if (attr->set & FILE_GROUP)
		inode->gid = attr->gid;
	if (own && !S_ISDIR(inode->mode))
		inode->mode &= ~(u32)(S_ISUID | (inode->mode & 0010 ? S_ISGID : 0));
}

int attr_change(struct inode *inode, const struct file_attr *attr)
{
	u64 now = time_real();
	int err = permission_attr(inode, attr);

	if (err)
		return err;
	if (!(attr->set & (FILE_MODE | FILE_TIMES)))
		give(inode, attr);
	if (attr->set & FILE_MODE)
		inode->mode = (inode->mode & S_IFMT) |
			      permission_mode(inode, attr->mode & 07777);
	if (attr->set & FILE_TIMES && attr->accessed != FILE_TIME_KEEP)
		inode->accessed = attr->accessed == FILE_TIME_NOW ? now : attr->accessed;
	if (attr->set & FILE_TIMES && attr->modified != FILE_TIME_KEEP)
		inode->modified = attr->modified == FILE_TIME_NOW ? now : attr->modified;
	inode->changed = now;
	return 0;
}

int file_set_attr(struct file *file, const struct file_attr *attr)
{
	int err;

	if (file->path.mount && file->path.mount->super.read_only)
		return -EROFS;
	inode_lock(file->inode);
	err = attr_change(file->inode, attr);
	inode_unlock(file->inode);
	return err;
}

static int access_to(const struct inode *inode, const struct mount *m, u32 want)
{
	u32 mode = inode->mode;

	if (want & MAY_WRITE && m && m->super.read_only &&
	    (S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode)))
		return -EROFS;
	if (want & MAY_EXEC && m && m->flags & MOUNT_NOEXEC && S_ISREG(mode))
		return -EACCES;
	return permission_check(inode, want);
}

int fs_access(const char *path, bool follow, u32 want)
{
	struct path at;
	int err = walk_path(path, follow, &at);

	if (err)
		return err;
	err = access_to(at.dentry->inode, at.mount, want);
	path_put(&at);
	return err;
}

int file_access(struct file *file, u32 want)
{
	return access_to(file->inode, file->path.mount, want);
}
