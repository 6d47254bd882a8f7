/* SPDX-License-Identifier: MIT */
/* Descriptors: the table of a process's open files, and which of them exec closes. */
#include <arch/atomic.h>
#include <fs/inode.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "epoll.h"
#include "file_lock.h"
#include "process.h"

static void begin(struct files *files)
{
	*files = (struct files){ .users = 1, .lock = SPINLOCK_INIT, .size = FILES_INLINE };
	lock_check_name(&files->lock.check, "files.lock");
	files->file = files->inline_file;
	files->cloexec = files->inline_cloexec;
	files->limit = 1024;
}

struct files *files_create(void)
{
	struct files *files = kmalloc(sizeof(*files));

	if (files)
		begin(files);
	return files;
}

/* Makes room for @size descriptors at least. -ENOMEM. Nobody else uses the table. */
static int grow_alone(struct files *files, u32 size)
{
	struct file **file;

	size = ALIGN_UP(size, 64U);
	file = kcalloc(size / 64, 64 * sizeof(*file) + sizeof(u64));
	if (!file)
		return -ENOMEM;
	memcpy(file, files->file, files->size * sizeof(*file));
	memcpy(file + size, files->cloexec, (files->size + 63) / 64 * sizeof(u64));
	if (files->file != files->inline_file)
		kfree(files->file);
	files->file = file;
	files->cloexec = (u64 *)(file + size);
	files->size = size;
	return 0;
}

struct files *files_copy(struct files *from)
{
	struct files *to = files_create();
	struct file **file, **copy;
	unsigned long state;
	u32 n;

	if (!to)
		return NULL;
	to->limit = from->limit;
	if (from->size > to->size && grow_alone(to, from->size)) {
		kfree(to);
		return NULL;
	}
	state = spin_lock_irqsave(&from->lock);
	n = MIN(from->size, to->size);
	file = from->file;
	copy = to->file;
	for (u32 fd = 0; fd < n; fd++) {
		if (!file[fd])
			continue;
		copy[fd] = file[fd];
		file_get(copy[fd]);
	}
	memcpy(to->cloexec, from->cloexec, (n + 63) / 64 * sizeof(u64));
	spin_unlock_irqrestore(&from->lock, state);
	return to;
}

void files_put(struct files *files)
{
	if (atomic_add_acq_rel(&files->users, -1U) > 1)
		return;
	for (struct file **file = files->file, **end = file + files->size; file < end; file++)
		if (*file) {
			file_lock_closed(files, *file);
			file_put(*file);
		}
	if (files->file != files->inline_file)
		kfree(files->file);
	kfree(files);
}

struct file *files_get_any(struct files *files, int fd)
{
	struct file *file = NULL;
	unsigned long state;

	state = spin_lock_irqsave(&files->lock);
	if (likely((u32)fd < files->size))
		file = files->file[fd];
	if (likely(file))
		file_get(file);
	spin_unlock_irqrestore(&files->lock, state);
	return file;
}

static void set_bit(u64 *bits, u32 n, bool on)
{
	bits[n / 64] = (bits[n / 64] & ~BIT(n % 64)) | (u64)on << n % 64;
}

/* Room for descriptor @fd, with the lock held; it is released meanwhile where memory is needed. */
static int make_room(struct files *files, u32 fd, unsigned long *state)
{
	struct file **file, **old = NULL;
	u32 size;

	if (fd >= files->limit || fd >= FILES_MAX)
		return -EMFILE;
	if (likely(fd < files->size))
		return 0;
	size = ALIGN_UP(MIN(MAX(fd + 1, 2 * files->size), (u32)FILES_MAX), 64U);
	spin_unlock_irqrestore(&files->lock, *state);
	file = kcalloc(size / 64, 64 * sizeof(*file) + sizeof(u64));
	*state = spin_lock_irqsave(&files->lock);
	if (!file)
		return -ENOMEM;
	if (files->size >= size) {
		old = file;
	} else {
		memcpy(file, files->file, files->size * sizeof(*file));
		memcpy(file + size, files->cloexec, (files->size + 63) / 64 * sizeof(u64));
		if (files->file != files->inline_file)
			old = files->file;
		files->file = file;
		files->cloexec = (u64 *)(file + size);
		files->size = size;
	}
	kfree(old);
	return 0;
}

int files_add(struct files *files, struct file *file, int min, bool cloexec)
{
	unsigned long state = spin_lock_irqsave(&files->lock);
	u32 fd = MAX((u32)min, files->next);
	int err = 0;

	do {
		while (fd < files->size && files->file[fd])
			fd++;
		if (unlikely(fd >= files->size || fd >= files->limit))
			err = make_room(files, fd, &state);
	} while (!err && unlikely(files->file[fd] != NULL));
	if (likely(!err)) {
		files->file[fd] = file;
		set_bit(files->cloexec, fd, cloexec);
		if ((u32)min <= files->next)
			files->next = fd + 1;
	}
	spin_unlock_irqrestore(&files->lock, state);
	return err ? err : (int)fd;
}

void file_watch(struct file *file)
{
	atomic_or_relaxed(&file->access, FILE_WATCHED);
}

void file_end_watch(struct file *file)
{
	epoll_file_gone(file);
	file_lock_gone(file);
}

int anon_descriptor(struct super *super, const struct file_ops *ops, void *data, int access,
		    unsigned long flags)
{
	struct inode *inode = anon_inode(super, 0600, NULL, data);
	struct file *file = NULL;
	int fd;

	if (inode) {
		file = anon_file(inode, ops, access | (int)(flags & O_NONBLOCK));
		inode_put(inode);
	}
	if (!file) {
		struct file none = { .data = data };

		ops->release(&none);
		return -ENOMEM;
	}
	fd = files_add(files_here(), file, 0, flags & O_CLOEXEC);
	if (fd < 0)
		file_put(file);
	return fd;
}

int files_set(struct files *files, int fd, struct file *file, bool cloexec)
{
	unsigned long state = spin_lock_irqsave(&files->lock);
	struct file *old = NULL;
	int err = make_room(files, (u32)fd, &state);

	if (!err) {
		old = files->file[fd];
		files->file[fd] = file;
		set_bit(files->cloexec, (u32)fd, cloexec);
	}
	spin_unlock_irqrestore(&files->lock, state);
	if (old) {
		file_lock_closed(files, old);
		file_put(old);
	}
	return err == -EMFILE ? -EBADF : err;
}

int files_close(struct files *files, int fd)
{
	unsigned long state = spin_lock_irqsave(&files->lock);
	struct file *file = NULL;

	if ((u32)fd < files->size) {
		file = files->file[fd];
		files->file[fd] = NULL;
		files->next = MIN(files->next, (u32)fd);
	}
	spin_unlock_irqrestore(&files->lock, state);
	if (!file)
		return -EBADF;
	file_lock_closed(files, file);
	file_put(file);
	return 0;
}

void files_close_range(struct files *files, u32 first, u32 last, bool mark_only)
{
	for (u32 fd = first; fd < files->size && fd <= last; fd++) {
		if (mark_only)
			files_set_cloexec(files, (int)fd, true);
		else
			files_close(files, (int)fd);
	}
}

void files_close_on_exec(struct files *files)
{
	for (u32 word = 0; word < files->size / 64 + (files->size % 64 != 0); word++) {
		for (u32 fd = word * 64; files->cloexec[word] >> fd % 64; fd++) {
			if (files->cloexec[word] & BIT(fd % 64)) {
				files_close(files, (int)fd);
				set_bit(files->cloexec, fd, false);
			}
			if (fd % 64 == 63)
				break;
		}
	}
}

int files_get_cloexec(struct files *files, int fd)
{
	unsigned long state = spin_lock_irqsave(&files->lock);
	int on = -EBADF;

	if ((u32)fd < files->size && files->file[fd])
		on = (files->cloexec[fd / 64] >> fd % 64) & 1;
	spin_unlock_irqrestore(&files->lock, state);
	return on;
}

int files_set_cloexec(struct files *files, int fd, bool on)
{
	unsigned long state = spin_lock_irqsave(&files->lock);
	int err = -EBADF;

	if ((u32)fd < files->size && files->file[fd]) {
		set_bit(files->cloexec, (u32)fd, on);
		err = 0;
	}
	spin_unlock_irqrestore(&files->lock, state);
	return err;
}
