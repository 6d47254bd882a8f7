/* SPDX-License-Identifier: MIT */
/*
 * See files.h. The current directory goes along with the entries, since most come behind one of
 * the same directory: its path is walked and looked at once. Each name on the way must be a
 * directory, and no symbolic link.
 *
 * A regular file with several names (hard links) has the same numbers in the entry of each, and its
 * bytes in one of them, mostly the last. The first name of each is kept until all have come.
 *
 * Owners and times are left out: all is root's, and of now.
 */
#include <fs/file.h>
#include <fs/fs.h>
#include <fs/inode.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>
#include <uapi/stat.h>

#include "files.h"

static const char not_normal[] = "a path with \"..\"";

static const char *word(int err)
{
	return err ? errno_name(-err) : NULL;
}

/* --- Where ------------------------------------------------------------------------------------ */

static bool is_dots(const char *name)
{
	return !strcmp(name, "..");
}

static const char *step(const char *name)
{
	struct file_stat st;
	int err;

	if (!*name || !strcmp(name, "."))
		return NULL;
	if (is_dots(name))
		return not_normal;
	err = fs_stat(name, false, &st);
	if (err)
		return word(err);
	if (S_ISLNK(st.mode))
		return "a path through a symbolic link";
	return word(fs_chdir(name));
}

/* Goes to the directory that the first @n bytes of f->path name, the slash behind it included. */
static const char *enter(struct files *f, size_t n)
{
	const char *why = word(fs_chdir("/"));
	char *end;

	f->dir_length = 0;
	for (char *at = f->path; at < f->path + n && !why; at = end + 1) {
		end = strchr(at, '/');
		*end = '\0';
		why = step(at);
		*end = '/';
	}
	if (why) {
		fs_chdir("/");
		return why;
	}
	memcpy(f->dir, f->path, n);
	f->dir_length = n;
	return NULL;
}

/* Goes to the directory of @name, and leaves the last name of it in f->last. */
static const char *place(struct files *f, const char *name)
{
	size_t n = strlen(name), d = f->dir_length;
	char *slash, *dir = f->path;

	memcpy(dir, name, n + 1);
	f->last = dir + d;
	if (d < n && !memcmp(dir, f->dir, d) && !memchr(dir + d, '/', n - d))
		return is_dots(f->last) ? not_normal : NULL;
	if (*name == '/')
		return "an absolute path";
	while (dir[n - 1] == '/')
		dir[--n] = '\0';
	slash = strrchr(dir, '/');
	f->last = slash ? slash + 1 : dir;
	if (is_dots(f->last))
		return not_normal;
	return enter(f, (size_t)(f->last - dir));
}

/* --- Hard links ------------------------------------------------------------------------------- */

/* Where the entry's file is kept, or where it is to be: then NULL stands there. */
static struct link **find_link(struct files *f, const struct cpio *c)
{
	struct link **at = &f->links[c->field[CPIO_INODE] % LINK_BUCKETS], *link;

	for (; (link = *at); at = &link->next)
		if (link->inode == c->field[CPIO_INODE] && link->major == c->field[CPIO_MAJOR] &&
		    link->minor == c->field[CPIO_MINOR])
			break;
	return at;
}

static int keep_link(struct link **at, const struct cpio *c)
{
	size_t size = strlen(c->name) + 1;
	struct link *link = kzalloc(sizeof(*link) + 1 + size);

	if (!link)
		return -ENOMEM;
	link->inode = c->field[CPIO_INODE];
	link->major = c->field[CPIO_MAJOR];
	link->minor = c->field[CPIO_MINOR];
	link->left = c->field[CPIO_LINKS] - 1;
	link->path[0] = '/';
	memcpy(link->path + 1, c->name, size);
	*at = link;
	return 0;
}

static void drop_link(struct link **at)
{
	struct link *link = *at;

	*at = link->next;
	kfree(link);
}

static void drop_links(struct files *f)
{
	for (u32 i = 0; i < LINK_BUCKETS; i++)
		while (f->links[i])
			drop_link(&f->links[i]);
}

/* --- What ------------------------------------------------------------------------------------- */

void files_end(struct files *f, bool good)
{
	if (!f->file)
		return;
	file_put(f->file);
	f->file = NULL;
	if (!good)
		fs_unlink(f->last);
}

static int make_file(struct files *f, const struct cpio *c)
{
	struct link **at = c->field[CPIO_LINKS] > 1 ? find_link(f, c) : NULL;
	int err;

	if (at && *at) {
		err = fs_link((*at)->path, false, f->last);
		if (!err && c->field[CPIO_SIZE])
			err = file_open(f->last, O_WRONLY | O_TRUNC, 0, &f->file);
		if (!err && !--(*at)->left)
			drop_link(at);
		return err;
	}
	err = file_open(f->last, O_WRONLY | O_CREAT | O_EXCL, c->field[CPIO_MODE] & 07777,
			&f->file);
	if (!err && at) {
		err = keep_link(at, c);
		if (err)
			files_end(f, false);
	}
	return err;
}

static __noinline int set_mode(const struct files *f, u32 mode)
{
	struct file_attr attr = { .set = FILE_MODE, .mode = mode };

	return fs_set_attr(f->last, &attr);
}

static int make(struct files *f, const struct cpio *c)
{
	u32 mode = c->field[CPIO_MODE];
	int err;

	switch (mode & S_IFMT) {
	case S_IFREG:
		return make_file(f, c);
	case S_IFLNK:
		return fs_symlink(c->target, f->last);
	case S_IFDIR:
		err = fs_mkdir(f->last, mode);
		return !err && mode & (S_ISUID | S_ISGID) ? set_mode(f, mode) : err;
	case 0:
		return -EINVAL;		/* to fs_mknod() it is a regular file's */
	default:
		return fs_mknod(f->last, mode, NODE_NUMBER(c->field[CPIO_NODE_MAJOR],
							   c->field[CPIO_NODE_MINOR]));
	}
}

/* The name is there: a directory stays one, what another archive has brought makes room. */
static const char *replace(struct files *f, const struct cpio *c)
{
	u32 mode = c->field[CPIO_MODE];
	struct file_stat st;
	int err = fs_stat(f->last, false, &st);

	if (err)
		return word(err);
	if (S_ISDIR(st.mode) && S_ISDIR(mode))
		return word(set_mode(f, mode));
	if (S_ISDIR(st.mode))
		return "a directory is in its place";
	if (st.changed > f->began)
		return "a second time in the archive";
	err = fs_unlink(f->last);
	return word(err ? err : make(f, c));
}

const char *files_begin(struct files *f, const struct cpio *c)
{
	const char *why = place(f, c->name);
	int err;

	if (why)
		return why;
	err = make(f, c);
	return err == -EEXIST ? replace(f, c) : word(err);
}

const char *files_data(struct files *f, const struct cpio *c)
{
	for (size_t done = 0; done < c->length;) {
		ssize_t n = file_write(f->file, c->data + done, c->length - done);

		if (n <= 0)
			return word((int)n);
		done += (size_t)n;
	}
	return NULL;
}

void files_start(struct files *f)
{
	f->mask = fs_umask(0);
	files_archive(f);
}

void files_archive(struct files *f)
{
	drop_links(f);
	f->began = time_real();
}

void files_stop(struct files *f)
{
	drop_links(f);
	fs_umask(f->mask);
	fs_chdir("/");
}
