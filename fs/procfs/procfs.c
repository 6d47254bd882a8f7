/* SPDX-License-Identifier: MIT */
/*
 * procfs: a directory of what is in the table (<fs/proc.h>), and the files whose text is written
 * when they are read. The inode's lock, which is held while a regular file is read, guards the text
 * that an open file has.
 */
#include <fs/proc.h>
#include <fs/synth.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#define SIZE_FIRST	1000	/* bytes of text that a file is expected to have */
#define SIZE_MORE	100	/* what may have been added while it was written again */

/* Others have files with such texts as well: those of processes. */
#ifdef CONFIG_PROCESS
#define SHARED
#else
#define SHARED	static
#endif

void proc_write(struct proc_text *t, const char *text, size_t length)
{
	if (t->length < t->size)
		memcpy(t->text + t->length, text, MIN(length, t->size - t->length));
	t->length += length;
}

static void sink(void *arg, const char *text, size_t length)
{
	proc_write(arg, text, length);
}

void proc_print(struct proc_text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	format_to(sink, t, fmt, ap);
	va_end(ap);
}

static int show_entry(const struct inode *inode, struct proc_text *t)
{
	const struct proc_entry *entry = inode->data;

	entry->show(t);
	return 0;
}

/* All of the text that @show writes: 0, -ENOMEM, or what @show said. */
static int make_text(const struct inode *inode,
		     int (*show)(const struct inode *inode, struct proc_text *t),
		     struct proc_text **text)
{
	size_t size = SIZE_FIRST;

	for (;;) {
		struct proc_text *t = kzalloc(sizeof(*t) + size);
		int err;

		if (!t)
			return -ENOMEM;
		t->size = size;
		err = show(inode, t);
		if (!err && t->length <= t->size) {
			*text = t;
			return 0;
		}
		size = t->length + SIZE_MORE;
		kfree(t);
		if (err)
			return err;
	}
}

SHARED ssize_t proc_read(struct file *file, struct iov *iov, u64 pos,
		  int (*show)(const struct inode *inode, struct proc_text *t))
{
	struct proc_text *t = file->data;

	if (!t || !pos) {
		int err = make_text(file->inode, show, &t);

		if (err)
			return err;
		kfree(file->data);
		file->data = t;
	}
	return synth_read(iov, pos, t->text, t->length);
}

SHARED void proc_release(struct file *file)
{
	kfree(file->data);
}

static ssize_t read(struct file *file, struct iov *iov, u64 pos)
{
	return proc_read(file, iov, pos, show_entry);
}

static const struct file_ops text_ops = {
	.read = read, .write = synth_write, .release = proc_release,
};

static const struct proc_entry *const *table_begin(void)
{
	return TABLE_EDGE(proc_entry, struct proc_entry, ".0");
}

static const struct proc_entry *const *table_end(void)
{
	return TABLE_EDGE(proc_entry, struct proc_entry, ".2");
}

static void tell(const struct proc_entry *entry, u64 number, struct synth_entry *e)
{
	e->name = entry->name;
	e->number = number;
	e->mode = entry->dir ? S_IFDIR | 0555 : S_IFREG | 0444;
	e->ops = entry->dir ? &entry->dir->ops : &text_ops;
	e->data = entry->dir ? NULL : entry;
}

#ifdef CONFIG_PROCESS
/* First what has one name each, then those that come and go. */
static bool next(const struct inode *dir, struct synth_entry *e)
{
	const struct proc_entry *const *entry = e->at;

	if (!entry)
		entry = table_begin();
	while (entry < table_end() && (*entry)->more && !e->state)
		entry++;
	if (entry < table_end() && !e->state) {
		tell(*entry, (u64)(entry - table_begin()) + 2, e);
		e->at = entry + 1;
		return true;
	}
	/* from here on ->at is the one that tells, and ->state its own */
	if (!e->state)
		entry = table_begin();
	for (; entry < table_end(); entry++, e->state = 0) {
		e->at = entry;
		if ((*entry)->more && (*entry)->more->next(dir, e))
			return true;
	}
	return false;
}

/* What lies in the table stays; of all else those that tell of it know. */
static bool valid(const struct inode *dir, const struct fs_name *name, const struct inode *inode)
{
	const struct proc_entry *const *entry;

	for (entry = table_begin(); entry < table_end(); entry++)
		if ((*entry)->more && !(*entry)->more->valid(dir, name, inode))
			return false;
	return true;
}

static bool find(const struct inode *dir, const struct fs_name *name, struct synth_entry *e)
{
	const struct proc_entry *const *entry;

	for (entry = table_begin(); entry < table_end(); entry++)
		if ((*entry)->more && (*entry)->more->find(dir, name, e))
			return true;
	return false;
}

static const struct synth_dir root = { SYNTH_DIR_OPS, next, valid, find };
#else
static bool next(const struct inode *dir __unused, struct synth_entry *e)
{
	const struct proc_entry *const *entry = e->at ? e->at : table_begin();

	if (entry == table_end())
		return false;
	tell(*entry, (u64)(entry - table_begin()) + 2, e);
	e->at = entry + 1;
	return true;
}

static const struct synth_dir root = { .ops = SYNTH_DIR_OPS, .next = next };
#endif

static int mount(struct super *super, const char *source __unused)
{
	super->hides = true;
	return synth_mount(super, &root);
}

static const struct filesystem proc_filesystem = {
	.name = "proc", .place = "/proc", .mount = mount,
};
FILESYSTEM(proc_filesystem);
