/* SPDX-License-Identifier: MIT */
/*
 * Users, groups and capabilities. As in Linux what a process may do is a matter of its
 * capabilities, which the user root has all of and which go with it; ids say whose files and
 * processes are whose.
 */
#include <lib/string.h>
#include <uapi/errno.h>

#include "process.h"
#include "syscall.h"

#define NONE	(~0U)		/* -1: leave that one alone */

static struct credentials *cred_here(void)
{
	return &process_current()->cred;
}

long sys_getuid(void)
{
	return cred_here()->uid;
}

long sys_geteuid(void)
{
	return cred_here()->euid;
}

long sys_getgid(void)
{
	return cred_here()->gid;
}

long sys_getegid(void)
{
	return cred_here()->egid;
}

/* Who was @old and is another one now has what others may not look at. */
static void hide_from(const struct credentials *old)
{
	struct process *p = process_current();
	const struct credentials *c = &p->cred;

	if (c->euid == old->euid && c->egid == old->egid && c->fsuid == old->fsuid &&
	    c->fsgid == old->fsgid)
		return;
	p->dumpable = 0;
	p->pdeath_signal = 0;
}

/* Gives the calling process the users of @new; who is not root any more loses what root may. */
static void become(const struct credentials *new)
{
	struct credentials *c = cred_here();
	const struct credentials old = *c;
	bool was_root = !c->uid || !c->euid || !c->suid, had = !c->euid;

	c->uid = new->uid;
	c->euid = new->euid;
	c->suid = new->suid;
	c->fsuid = new->euid;
	if (was_root && c->uid && c->euid && c->suid) {
		if (!c->keep_caps)
			c->permitted = 0;
		c->effective = 0;
	}
	if (had && c->euid)
		c->effective = 0;
	if (!had && !c->euid)
		c->effective = c->permitted;
	hide_from(&old);
}

long sys_setuid(unsigned int uid)
{
	struct credentials new = *cred_here();

	if (uid == NONE)
		return -EINVAL;
	if (capable(CAP_SETUID)) {
		new.uid = uid;
		new.suid = uid;
	} else if (uid != new.uid && uid != new.suid) {
		return -EPERM;
	}
	new.euid = uid;
	become(&new);
	return 0;
}

long sys_setreuid(unsigned int uid, unsigned int euid)
{
	const struct credentials *old = cred_here();
	struct credentials new = *old;
	bool any = capable(CAP_SETUID);

	if (uid != NONE) {
		if (!any && uid != old->uid && uid != old->euid)
			return -EPERM;
		new.uid = uid;
	}
	if (euid != NONE) {
		if (!any && euid != old->uid && euid != old->euid && euid != old->suid)
			return -EPERM;
		new.euid = euid;
	}
	if (uid != NONE || (euid != NONE && euid != old->uid))
		new.suid = new.euid;
	become(&new);
	return 0;
}

static bool is_own_uid(const struct credentials *c, unsigned int uid)
{
	return uid == NONE || uid == c->uid || uid == c->euid || uid == c->suid;
}

long sys_setresuid(unsigned int uid, unsigned int euid, unsigned int suid)
{
	struct credentials new = *cred_here();

	if (!capable(CAP_SETUID) &&
	    (!is_own_uid(&new, uid) || !is_own_uid(&new, euid) || !is_own_uid(&new, suid)))
		return -EPERM;
	if (uid != NONE)
		new.uid = uid;
	if (euid != NONE)
		new.euid = euid;
	if (suid != NONE)
		new.suid = suid;
	become(&new);
	return 0;
}

static long put_three(uaddr_t a, u32 x, uaddr_t b, u32 y, uaddr_t c, u32 z)
{
	long err = copy_to_user(a, &x, sizeof(x));

	if (!err)
		err = copy_to_user(b, &y, sizeof(y));
	return err ? err : copy_to_user(c, &z, sizeof(z));
}

long sys_getresuid(uaddr_t uid, uaddr_t euid, uaddr_t suid)
{
	const struct credentials *c = cred_here();

	return put_three(uid, c->uid, euid, c->euid, suid, c->suid);
}

long sys_setgid(unsigned int gid)
{
	struct credentials *c = cred_here();
	const struct credentials old = *c;

	if (gid == NONE)
		return -EINVAL;
	if (capable(CAP_SETGID)) {
		c->gid = gid;
		c->sgid = gid;
	} else if (gid != c->gid && gid != c->sgid) {
		return -EPERM;
	}
	c->egid = gid;
	c->fsgid = gid;
	hide_from(&old);
	return 0;
}

long sys_setregid(unsigned int gid, unsigned int egid)
{
	struct credentials *c = cred_here();
	const struct credentials old = *c;
	bool any = capable(CAP_SETGID);

	if (gid != NONE && !any && gid != old.gid && gid != old.egid)
		return -EPERM;
	if (egid != NONE && !any && egid != old.gid && egid != old.egid && egid != old.sgid)
		return -EPERM;
	if (gid != NONE)
		c->gid = gid;
	if (egid != NONE)
		c->egid = egid;
	if (gid != NONE || (egid != NONE && egid != old.gid))
		c->sgid = c->egid;
	c->fsgid = c->egid;
	hide_from(&old);
	return 0;
}

static bool is_own_gid(const struct credentials *c, unsigned int gid)
{
	return gid == NONE || gid == c->gid || gid == c->egid || gid == c->sgid;
}

long sys_setresgid(unsigned int gid, unsigned int egid, unsigned int sgid)
{
	struct credentials *c = cred_here();
	const struct credentials old = *c;

	if (!capable(CAP_SETGID) &&
	    (!is_own_gid(c, gid) || !is_own_gid(c, egid) || !is_own_gid(c, sgid)))
		return -EPERM;
	if (gid != NONE)
		c->gid = gid;
	if (egid != NONE)
		c->egid = egid;
	if (sgid != NONE)
		c->sgid = sgid;
	c->fsgid = c->egid;
	hide_from(&old);
	return 0;
}

long sys_getresgid(uaddr_t gid, uaddr_t egid, uaddr_t sgid)
{
	const struct credentials *c = cred_here();

	return put_three(gid, c->gid, egid, c->egid, sgid, c->sgid);
}

/* These two return what it was, whether or not it is another one now. */
long sys_setfsuid(unsigned int uid)
{
	struct credentials *c = cred_here();
	const struct credentials old = *c;

	if (uid != NONE && (is_own_uid(c, uid) || uid == old.fsuid || capable(CAP_SETUID)))
		c->fsuid = uid;
	hide_from(&old);
	return old.fsuid;
}

long sys_setfsgid(unsigned int gid)
{
	struct credentials *c = cred_here();
	const struct credentials old = *c;

	if (gid != NONE && (is_own_gid(c, gid) || gid == old.fsgid || capable(CAP_SETGID)))
		c->fsgid = gid;
	hide_from(&old);
	return old.fsgid;
}

long sys_getgroups(int n, uaddr_t to)
{
	const struct credentials *c = cred_here();

	if (n < 0 || (n && (u32)n < c->group_count))
		return -EINVAL;
	if (n && copy_to_user(to, c->groups, c->group_count * sizeof(*c->groups)))
		return -EFAULT;
	return c->group_count;
}

static void sort(u32 *groups, u32 n)
{
	for (u32 i = 1; i < n; i++) {
		u32 group = groups[i], to = i;

		for (; to && groups[to - 1] > group; to--)
			groups[to] = groups[to - 1];
		groups[to] = group;
	}
}

long sys_setgroups(int n, uaddr_t from)
{
	struct credentials *c = cred_here();
	u32 groups[GROUPS_MAX];

	if (!capable(CAP_SETGID))
		return -EPERM;
	if (n < 0 || n > GROUPS_MAX)
		return -EINVAL;
	if (copy_from_user(groups, from, (u32)n * sizeof(*groups)))
		return -EFAULT;
	sort(groups, (u32)n);
	memcpy(c->groups, groups, (u32)n * sizeof(*groups));
	c->group_count = (u32)n;
	return 0;
}

/* --- Capabilities ----------------------------------------------------------------------------- */

/* How many words the layout that the header names has: 0; -EINVAL, and what it should have been. */
static long read_header(uaddr_t from, struct abi_cap_header *header, unsigned int *words)
{
	const u32 newest = CAP_VERSION_3;

	if (copy_from_user(&header->version, from, sizeof(header->version)))
		return -EFAULT;
	*words = header->version == CAP_VERSION_1 ? 1 : 2;
	if (header->version == CAP_VERSION_1 || header->version == CAP_VERSION_2 ||
	    header->version == CAP_VERSION_3)
		return copy_from_user(header, from, sizeof(*header));
	return copy_to_user(from, &newest, sizeof(newest)) ? -EFAULT : -EINVAL;
}

long sys_capget(uaddr_t from, uaddr_t to)
{
	struct abi_cap_data data[2];
	struct abi_cap_header header;
	const struct process *p;
	struct credentials c = { 0 };
	unsigned long state;
	unsigned int words;
	long err = read_header(from, &header, &words);

	if (!to || err)
		return to || err != -EINVAL ? err : 0;
	if (header.pid < 0)
		return -EINVAL;
	state = spin_lock_irqsave(&process_lock);
	p = header.pid ? process_find(header.pid) : process_current();
	if (p)
		c = p->cred;
	spin_unlock_irqrestore(&process_lock, state);
	if (!p)
		return -ESRCH;
	for (unsigned int i = 0; i < 2; i++)
		data[i] = (struct abi_cap_data){ (u32)(c.effective >> 32 * i),
						 (u32)(c.permitted >> 32 * i),
						 (u32)(c.inheritable >> 32 * i) };
	return copy_to_user(to, data, words * sizeof(*data));
}

long sys_capset(uaddr_t from, uaddr_t data_from)
{
	struct credentials *c = cred_here();
	struct abi_cap_data data[2] = { 0 };
	u64 effective, permitted, inheritable;
	struct abi_cap_header header;
	unsigned int words;
	long err = read_header(from, &header, &words);

	if (err)
		return err;
	if (header.pid && header.pid != process_current()->pid)
		return -EPERM;
	if (copy_from_user(data, data_from, words * sizeof(*data)))
		return -EFAULT;
	effective = (data[0].effective | (u64)data[1].effective << 32) & CAP_ALL;
	permitted = (data[0].permitted | (u64)data[1].permitted << 32) & CAP_ALL;
	inheritable = (data[0].inheritable | (u64)data[1].inheritable << 32) & CAP_ALL;
	if (effective & ~permitted || permitted & ~c->permitted ||
	    inheritable & ~(c->inheritable | c->bounding) ||
	    (!capable(CAP_SETPCAP) && inheritable & ~(c->inheritable | c->permitted)))
		return -EPERM;
	c->effective = effective;
	c->permitted = permitted;
	c->inheritable = inheritable;
	return 0;
}
