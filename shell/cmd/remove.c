/* SPDX-License-Identifier: MIT */
/*
 * Removing a name and all that is below it (see remove.h). No directory stays open and nothing is
 * kept but one path: the first name that is left in a directory is next. Once something could not
 * be removed it is the one behind the last, for which the directory is asked.
 */
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <uapi/errno.h>

#include "files.h"
#include "remove.h"

#define NAME_BYTES	256

struct removal {
	const char *command;
	char *path;		/* PATH_MAX bytes, in which longer ones are made */
	size_t start;		/* how long that of the root is */
	bool to_end;
	int status;
	/* the listing of a directory: */
	s64 from;		/* where it begins */
	const char *wanted;	/* one name, or NULL for the first one but . and .. */
	char name[NAME_BYTES];
	s64 behind;		/* where what is behind @name begins */
};

static int take_name(void *arg, const struct dir_entry *entry)
{
	struct removal *r = arg;
	bool wanted = r->wanted ? !strcmp(entry->name, r->wanted) :
				  strcmp(entry->name, ".") && strcmp(entry->name, "..");

	if (!wanted)
		return 0;
	strlcpy(r->name, entry->name, sizeof(r->name));
	r->behind = (s64)entry->next;
	return 1;
}

/* 1 and a name in the directory r->path; 0 when there is none. */
static int list(struct removal *r, s64 from, const char *wanted)
{
	struct file *dir;
	int err = file_open(r->path, O_RDONLY | O_DIRECTORY, 0, &dir);

	if (err)
		return err;
	r->wanted = wanted;
	file_seek(dir, from, SEEK_SET);
	err = file_readdir(dir, take_name, r);
	file_put(dir);
	return err;
}

static void complain(struct removal *r, int err)
{
	/* that of what is in it has been told */
	if (err != -ENOTEMPTY || !r->status)
		r->status |= file_status(r->command, r->path, err);
}

/* To the first name in the directory from r->from on: 1, or 0 when it is to be removed itself. */
static int down(struct removal *r)
{
	size_t len = strlen(r->path);
	int err = list(r, r->from, NULL);

	if (err <= 0)
		return err;
	if (len + strlen(r->name) + 2 > PATH_MAX)
		return -ENAMETOOLONG;
	snprintf(r->path + len, PATH_MAX - len, "/%s", r->name);
	r->from = 0;
	return 1;
}

/* Where the listing of the directory goes on that r->path is in, as long as it is there. */
static void find_behind(struct removal *r)
{
	char *slash = strrchr(r->path, '/');

	if (!r->status || strlen(r->path) == r->start)
		return;
	*slash = 0;
	/* has somebody else taken it away, all that is left is looked at again */
	if (list(r, 0, slash + 1) <= 0)
		r->behind = 0;
	*slash = '/';
}

/* Removes the directory r->path, when there is nothing in it: 1 when there is, and is next. */
static int remove_directory(struct removal *r)
{
	int err = down(r);

	if (err > 0)
		return err;
	if (!err) {
		find_behind(r);
		err = fs_rmdir(r->path);
	}
	/* somebody else has taken it away */
	if (err && err != -ENOENT) {
		complain(r, err);
		find_behind(r);
	}
	return 0;
}

/* Removes the directory r->path and what is in it; to its end, or until the command shall end. */
static void remove_all(struct removal *r)
{
	while (r->to_end || !shell_stopped()) {
		if (remove_directory(r)) {
			int err = fs_unlink(r->path);

			if (err == -EISDIR)
				continue;
			if (err && err != -ENOENT)
				complain(r, err);
		}
		if (strlen(r->path) == r->start)
			break;
		/* up */
		*strrchr(r->path, '/') = 0;
		r->from = r->status ? r->behind : 0;
	}
}

int remove_tree(const char *command, const char *root, bool to_end)
{
	struct removal r = { .command = command, .start = strlen(root), .to_end = to_end };
	/* without memory where it can be: it is how memory becomes free */
	int err = fs_unlink(root);

	if (err != -EISDIR)
		return file_status(command, root, err);
	r.path = kmalloc(PATH_MAX);
	if (!r.path)
		return file_status(command, root, -ENOMEM);
	if (strlcpy(r.path, root, PATH_MAX) < PATH_MAX)
		remove_all(&r);
	else
		complain(&r, -ENAMETOOLONG);
	kfree(r.path);
	return r.status;
}
