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

/* All of the text of @entry, or NULL: no memory. */
static struct proc_text *make_text(const struct proc_entry *entry)
{
	size_t size = SIZE_FIRST;

	for (;;) {
		struct proc_text *t = kzalloc(sizeof(*t) + size);

		if (!t)
			return NULL;
		t->size = size;
		entry->show(t);
		if (t->length <= t->size)
			return t;
		size = t->length + SIZE_MORE;
		kfree(t);
	}
}

static ssize_t read(struct file *file, struct iov *iov, u64 pos)
{
	struct proc_text *t = file->data;

	if (!t || !pos) {
		t = make_text(file->inode->data);
		if (!t)
			return -ENOMEM;
		kfree(file->data);
		file->data = t;
	}
	return synth_read(iov, pos, t->text, t->length);
}

static void release(struct file *file)
{
	kfree(file->data);
}

static const struct file_ops text_ops = { .read = read, .write = synth_write, .release = release };

static bool next(const struct inode *dir __unused, struct synth_entry *e)
{
	const struct proc_entry *const *entry = e->at;

	if (!entry)
		entry = TABLE_EDGE(proc_entry, struct proc_entry, ".0");
	if (entry == TABLE_EDGE(proc_entry, struct proc_entry, ".2"))
		return false;
	e->name = (*entry)->name;
	e->number = e->number ? e->number + 1 : 2;
	e->at = entry + 1;
	e->mode = (*entry)->dir ? S_IFDIR | 0555 : S_IFREG | 0444;
	e->ops = (*entry)->dir ? &(*entry)->dir->ops : &text_ops;
	e->data = (*entry)->dir ? NULL : *entry;
	return true;
}

static const struct synth_dir root = { SYNTH_DIR_OPS, next };

static int mount(struct super *super, const char *source __unused)
{
	super->hides = true;
	return synth_mount(super, &root);
}

static const struct filesystem proc_filesystem = {
	.name = "proc", .place = "/proc", .mount = mount,
};
FILESYSTEM(proc_filesystem);
