/* SPDX-License-Identifier: MIT */
/*
 * Names of unix sockets: those in the filesystem are files of a kind of their own, and a socket
 * with such a name keeps the file; abstract ones, which begin with a NUL, are compared as they are.
 */
#include <fs/fs.h>
#include <fs/inode.h>
#include <lib/format.h>
#include <lib/string.h>
#include <uapi/errno.h>

#include "process.h"
#include "socket.h"
#include "waiting.h"

static struct mutex socket_names = MUTEX_INIT(socket_names);
static struct list bound = LIST_INIT(bound);	/* socket_names held */

static bool is_abstract(const struct socket_name *name)
{
	return !name->bytes[2];
}

/* The path of @name, terminated. */
static void path_of(const struct socket_name *name, char path[NAME_SIZE])
{
	size_t n = name->size - 2;

	memcpy(path, name->bytes + 2, n);
	path[n] = '\0';
}

/* socket_names held. */
static struct socket *find_abstract(const struct socket_name *name, int type)
{
	list_for_each (s, &bound, struct socket, bound)
		if (!s->place && s->name.size == name->size && (!type || s->type == type) &&
		    !memcmp(s->name.bytes, name->bytes, name->size))
			return s;
	return NULL;
}

static struct socket *find_inode(const struct inode *inode)
{
	list_for_each (s, &bound, struct socket, bound)
		if (s->place && s->place->inode == inode)
			return s;
	return NULL;
}

static long open_place(const char *path, struct file **place)
{
	long err = file_open_path(path, 0, place);

	if (err)
		return err;
	if (!S_ISSOCK((*place)->inode->mode))
		err = -ECONNREFUSED;
	else
		err = fs_access(path, true, 2);
	if (err)
		file_put(*place);
	return err;
}

long socket_find(const struct socket_name *name, int type, struct socket **found)
{
	char path[NAME_SIZE];
	struct file *place = NULL;
	struct socket *s;
	long err = 0;

	if (!is_abstract(name)) {
		path_of(name, path);
		err = open_place(path, &place);
		if (err)
			return err;
	}
	mutex_lock_surely(&socket_names);
	s = place ? find_inode(place->inode) : find_abstract(name, type);
	if (!s)
		err = -ECONNREFUSED;
	else if (s->type != type)
		err = -EPROTOTYPE;
	else
		socket_get(s);
	mutex_unlock(&socket_names);
	if (place)
		file_put(place);
	*found = s;
	return err;
}

/* A name that nobody has, for one who does not care. socket_names held. */
static void choose_name(struct socket_name *name, int type)
{
	static u32 last;
	char text[8];

	do {
		snprintf(text, sizeof(text), "%05x", last++ & 0xfffff);
		name->size = 2 + 6;
		name->bytes[2] = 0;
		memcpy(name->bytes + 3, text, 5);
	} while (find_abstract(name, type));
}

long socket_bind(struct socket *s, struct socket_name *name)
{
	char path[NAME_SIZE];
	struct file *place = NULL;
	long err = 0;

	mutex_lock_surely(&socket_names);
	if (s->name.size) {
		err = -EINVAL;
	} else if (name->size == 2) {
		choose_name(name, s->type);
	} else if (!is_abstract(name)) {
		path_of(name, path);
		name->size = (u32)strlen(path) + 3;
		err = fs_mknod(path, S_IFSOCK | 0777, 0);
		if (!err)
			err = file_open_path(path, 0, &place);
		if (err == -EEXIST)
			err = -EADDRINUSE;
	} else if (find_abstract(name, s->type)) {
		err = -EADDRINUSE;
	}
	if (!err) {
		s->name = *name;
		s->place = place;
		list_add_tail(&bound, &s->bound);
	}
	mutex_unlock(&socket_names);
	return err;
}

void socket_unbind(struct socket *s)
{
	struct file *place;

	if (list_empty(&s->bound))
		return;
	mutex_lock_surely(&socket_names);
	list_unlink(&s->bound);
	list_init(&s->bound);
	place = s->place;
	s->place = NULL;
	mutex_unlock(&socket_names);
	if (place)
		file_put(place);
}
