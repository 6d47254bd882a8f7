/* SPDX-License-Identifier: MIT */
/*
 * /proc/sys: what is set in the system, a number or a name each. One table has the directories and
 * the files; root may write to those that have a write().
 */
#include <arch/atomic.h>
#include <fs/proc.h>
#include <fs/synth.h>
#include <generated/version.h>
#include <kernel/random.h>
#include <lib/string.h>
#include <mm/iov.h>
#include <uapi/errno.h>

#include "proc.h"
#include "system.h"

/* The directories are the first in the table. */
enum { ROOT, FS, KERNEL, RANDOM, VM };

struct node {
	const char *name;
	unsigned int parent;
	void (*show)(struct proc_text *t);
	ssize_t (*write)(struct iov *iov);	/* NULL: it cannot be changed */
};

/* --- Names ------------------------------------------------------------------------------------ */

static void show_name(struct proc_text *t, enum system_name which)
{
	char name[SYSTEM_NAME];

	system_get_name(which, name);
	proc_print(t, "%s\n", name);
}

/* The first line of what is written, cut where it is too long. */
static ssize_t write_name(struct iov *iov, enum system_name which)
{
	char name[SYSTEM_NAME] = "", *end;
	size_t n = iov->left, kept = MIN(n, sizeof(name) - 1);

	if (iov_get(iov, name, kept) < kept)
		return -EFAULT;
	end = strchr(name, '\n');
	if (end)
		memset(end, 0, (size_t)(name + sizeof(name) - end));
	system_set_name(which, name);
	return (ssize_t)n;
}

static void show_hostname(struct proc_text *t)
{
	show_name(t, SYSTEM_HOST);
}

static ssize_t write_hostname(struct iov *iov)
{
	return write_name(iov, SYSTEM_HOST);
}

static void show_domainname(struct proc_text *t)
{
	show_name(t, SYSTEM_DOMAIN);
}

static ssize_t write_domainname(struct iov *iov)
{
	return write_name(iov, SYSTEM_DOMAIN);
}

static void show_ostype(struct proc_text *t)
{
	proc_print(t, "Linux\n");
}

static void show_osrelease(struct proc_text *t)
{
	proc_print(t, LINUX_RELEASE "\n");
}

/* As uname(2) has it, which has no room for more. */
static void show_version(struct proc_text *t)
{
	proc_print(t, "%.*s\n", SYSTEM_NAME - 1, CAIRN_BANNER);
}

/* --- Numbers ---------------------------------------------------------------------------------- */

static void show_pid_max(struct proc_text *t)
{
	proc_print(t, "%u\n", atomic_load_relaxed(&process_id_end));
}

static ssize_t write_pid_max(struct iov *iov)
{
	size_t n = iov->left;
	s64 value;
	int err = proc_get_number(iov, &value);

	if (err)
		return err;
	if (value < PID_MAX_LEAST || value > PID_MAX_MOST)
		return -EINVAL;
	atomic_store_relaxed(&process_id_end, (u32)value);
	return (ssize_t)n;
}

static void show_threads_max(struct proc_text *t)
{
	proc_print(t, "%u\n", PROCESSES_MAX);
}

static void show_max_map_count(struct proc_text *t)
{
	proc_print(t, "%u\n", SPACE_MAPPINGS_MAX);
}

/* Memory is given when it is used, and never promised: what Linux does as number 1. */
static void show_overcommit_memory(struct proc_text *t)
{
	proc_print(t, "1\n");
}

/* There is no limit but memory. */
static void show_file_max(struct proc_text *t)
{
	proc_print(t, "%ld\n", INT64_MAX);
}

/* --- Random ----------------------------------------------------------------------------------- */

/* Of random bytes, as RFC 4122 has it: version 4. */
static void make_uuid(u8 uuid[16])
{
	random_bytes(uuid, 16);
	uuid[6] = (u8)((uuid[6] & 0x0f) | 0x40);
	uuid[8] = (u8)((uuid[8] & 0x3f) | 0x80);
}

static void show_bytes(struct proc_text *t, const u8 uuid[16])
{
	for (unsigned int i = 0; i < 16; i++)
		proc_print(t, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", uuid[i]);
	proc_print(t, "\n");
}

static void show_uuid(struct proc_text *t)
{
	u8 uuid[16];

	make_uuid(uuid);
	show_bytes(t, uuid);
}

/* The same one until the next boot: made when it is asked for first. */
static void show_boot_id(struct proc_text *t)
{
	static struct spinlock lock = SPINLOCK_INIT;
	static u8 boot_id[16];	/* lock held; byte 8 of one is never 0 */
	unsigned long state = spin_lock_irqsave(&lock);

	if (!boot_id[8])
		make_uuid(boot_id);
	spin_unlock_irqrestore(&lock, state);
	show_bytes(t, boot_id);
}

/* --- The table -------------------------------------------------------------------------------- */

static const struct node nodes[] = {
	[ROOT] = { NULL, ROOT, NULL, NULL },
	[FS] = { "fs", ROOT, NULL, NULL },
	[KERNEL] = { "kernel", ROOT, NULL, NULL },
	[RANDOM] = { "random", KERNEL, NULL, NULL },
	[VM] = { "vm", ROOT, NULL, NULL },
	{ "file-max", FS, show_file_max, NULL },
	{ "domainname", KERNEL, show_domainname, write_domainname },
	{ "hostname", KERNEL, show_hostname, write_hostname },
	{ "osrelease", KERNEL, show_osrelease, NULL },
	{ "ostype", KERNEL, show_ostype, NULL },
	{ "pid_max", KERNEL, show_pid_max, write_pid_max },
	{ "threads-max", KERNEL, show_threads_max, NULL },
	{ "version", KERNEL, show_version, NULL },
	{ "boot_id", RANDOM, show_boot_id, NULL },
	{ "uuid", RANDOM, show_uuid, NULL },
	{ "max_map_count", VM, show_max_map_count, NULL },
	{ "overcommit_memory", VM, show_overcommit_memory, NULL },
};

static int show(const struct inode *inode, struct proc_text *t)
{
	const struct node *node = inode->data;

	node->show(t);
	return 0;
}

static ssize_t read(struct file *file, struct iov *iov, u64 pos)
{
	return proc_read(file, iov, pos, show);
}

static ssize_t write(struct file *file, struct iov *iov, u64 pos)
{
	const struct node *node = file->inode->data;

	return node->write ? node->write(iov) : synth_write(file, iov, pos);
}

static const struct file_ops file_ops = { .read = read, .write = write, .release = proc_release };

static bool next(const struct inode *dir, struct synth_entry *e);

static const struct synth_dir sys_dir = { .ops = SYNTH_DIR_OPS, .next = next };

/* The state is where in the table the next one may be. */
static bool next(const struct inode *dir, struct synth_entry *e)
{
	const struct node *of = dir->data ? dir->data : nodes, *node;
	u64 at = e->state ? e->state : ROOT + 1;

	while (at < ARRAY_SIZE(nodes) && nodes + nodes[at].parent != of)
		at++;
	if (at == ARRAY_SIZE(nodes))
		return false;
	node = &nodes[at];
	e->name = node->name;
	e->number = PROC_SYS_INODE + at;
	e->mode = !node->show ? S_IFDIR | 0555 : S_IFREG | (node->write ? 0644 : 0444);
	e->ops = node->show ? &file_ops : &sys_dir.ops;
	e->data = node;
	e->state = at + 1;
	return true;
}

static const struct proc_entry sys_proc = { .name = "sys", .dir = &sys_dir };
PROC_ENTRY(sys_proc);
