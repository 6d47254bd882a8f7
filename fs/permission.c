/* SPDX-License-Identifier: MIT */
/*
 * Who may do what with files: all of it is here, and asked for where names are walked along,
 * opened, made and removed. Whoever has the user id 0, and the kernel itself, may do anything but
 * run what nobody may; the inlines in vfs.h let them by.
 */
#include "permission.h"

bool credentials_in_group(const struct credentials *cred, u32 gid)
{
	if (cred->fsgid == gid)
		return true;
	for (u32 i = 0; i < cred->group_count; i++)
		if (cred->groups[i] == gid)
			return true;
	return false;
}

static const struct credentials *here(void)
{
	return arch_current()->cred;
}

static bool is_root(const struct credentials *cred)
{
	return !cred || !cred->fsuid;
}

bool permission_owner(const struct inode *inode)
{
	return is_root(here()) || here()->fsuid == inode->uid;
}

int permission_check(const struct inode *inode, u32 want)
{
	const struct credentials *cred = here();
	u32 mode = inode->mode;

	if (is_root(cred))
		return want & MAY_EXEC && !S_ISDIR(mode) && !(mode & 0111) ? -EACCES : 0;
	if (cred->fsuid == inode->uid)
		mode >>= 6;
	else if (credentials_in_group(cred, inode->gid))
		mode >>= 3;
	return want & ~mode ? -EACCES : 0;
}

int permission_open(const struct inode *inode, int flags, u32 access)
{
	u32 want = 0;

	if (access & FILE_READ)
		want |= MAY_READ;
	if (access & FILE_WRITE || flags & O_TRUNC)
		want |= MAY_WRITE;
	if (flags & FILE_OPEN_EXEC)
		want = MAY_EXEC;
	if (flags & FILE_OPEN_EXEC && !S_ISREG(inode->mode))
		return -EACCES;
	if (flags & O_NOATIME && !permission_owner(inode))
		return -EPERM;
	return permission_check(inode, want);
}

int permission_remove(const struct inode *dir, const struct inode *inode)
{
	int err = permission_check(dir, MAY_WRITE | MAY_EXEC);

	if (!err && dir->mode & S_ISVTX && !permission_owner(dir) && !permission_owner(inode))
		err = -EPERM;
	return err;
}

/*
 * Who has the name of another one's file can keep it, and what it may do, for as long as he likes:
 * as with fs.protected_hardlinks of Linux that is for those who may read and write it anyhow.
 */
int permission_link(const struct inode *inode)
{
	if (permission_owner(inode))
		return 0;
	if (!S_ISREG(inode->mode) || inode->mode & S_ISUID ||
	    (inode->mode & (S_ISGID | 010)) == (S_ISGID | 010))
		return -EPERM;
	return permission_check(inode, MAY_READ | MAY_WRITE) ? -EPERM : 0;
}

bool file_is_readable(const struct file *file)
{
	return !permission_check(file->inode, MAY_READ);
}

int permission_move(const struct dentry *from, const struct dentry *source,
		    const struct dentry *to, const struct dentry *victim)
{
	int err = permission_remove(from->inode, source->inode);

	if (!err)
		err = victim ? permission_remove(to->inode, victim->inode) :
			       permission_check(to->inode, MAY_WRITE | MAY_EXEC);
	/* a directory's ".." changes */
	if (!err && from != to && S_ISDIR(source->inode->mode))
		err = permission_check(source->inode, MAY_WRITE);
	return err;
}

void permission_own(const struct inode *dir, struct inode *inode)
{
	const struct credentials *cred = here();

	inode->uid = cred->fsuid;
	inode->gid = cred->fsgid;
	if (!(dir->mode & S_ISGID))
		return;
	/* a group's directory: what is made in it is the group's too */
	inode->gid = dir->gid;
	if (S_ISDIR(inode->mode))
		inode->mode |= S_ISGID;
	else if (inode->mode & 0010 && !is_root(cred) && !credentials_in_group(cred, dir->gid))
		inode->mode &= ~(u32)S_ISGID;
}

void permission_written(struct inode *inode)
{
	u32 drop = S_ISUID;

	if (is_root(here()))
		return;
	if (inode->mode & 0010)
		drop |= S_ISGID;
	inode->mode &= ~drop;
}

/* Whether @inode may get the owner and the group that @attr gives it. */
static bool may_give(const struct inode *inode, const struct file_attr *attr)
{
	const struct credentials *cred = here();

	if (is_root(cred))
		return true;
	if (attr->set & FILE_OWNER && (cred->fsuid != inode->uid || attr->uid != inode->uid))
		return false;
	return !(attr->set & FILE_GROUP) ||
	       (cred->fsuid == inode->uid &&
		(attr->gid == inode->gid || credentials_in_group(cred, attr->gid)));
}

int permission_attr(const struct inode *inode, const struct file_attr *attr)
{
	if (!may_give(inode, attr))
		return -EPERM;
	if (attr->set & FILE_MODE && !permission_owner(inode))
		return -EPERM;
	if (!(attr->set & FILE_TIMES) || permission_owner(inode))
		return 0;
	/* that something is of now may be said by all who could write to it */
	return attr->set & FILE_TIMES_NOW ? permission_check(inode, MAY_WRITE) : -EPERM;
}

u32 permission_mode(const struct inode *inode, u32 mode)
{
	const struct credentials *cred = here();

	if (!is_root(cred) && !credentials_in_group(cred, inode->gid))
		mode &= ~(u32)S_ISGID;
	return mode;
}
