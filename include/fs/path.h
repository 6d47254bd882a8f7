/* SPDX-License-Identifier: MIT */
/*
 * A place in the tree of all files: a name, and the mount by which it was reached. Whoever keeps
 * one has a reference of both.
 */
#ifndef FS_PATH_H
#define FS_PATH_H

struct dentry;
struct mount;

struct path {
	struct mount *mount;
	struct dentry *dentry;
};

#endif
