/* SPDX-License-Identifier: MIT */
/* What a file is: the bits of its mode, and the kinds of directory entries. Linux's numbers. */
#ifndef UAPI_STAT_H
#define UAPI_STAT_H

#define S_IFMT		0170000
#define S_IFSOCK	0140000
#define S_IFLNK		0120000
#define S_IFREG		0100000
#define S_IFBLK		0060000
#define S_IFDIR		0040000
#define S_IFCHR		0020000
#define S_IFIFO		0010000
#define S_ISUID		0004000
#define S_ISGID		0002000
#define S_ISVTX		0001000

#define S_ISLNK(m)	(((m) & S_IFMT) == S_IFLNK)
#define S_ISREG(m)	(((m) & S_IFMT) == S_IFREG)
#define S_ISDIR(m)	(((m) & S_IFMT) == S_IFDIR)
#define S_ISCHR(m)	(((m) & S_IFMT) == S_IFCHR)
#define S_ISBLK(m)	(((m) & S_IFMT) == S_IFBLK)
#define S_ISFIFO(m)	(((m) & S_IFMT) == S_IFIFO)
#define S_ISSOCK(m)	(((m) & S_IFMT) == S_IFSOCK)

/* d_type of a directory entry; the others are a mode's kind shifted down as well. */
#define DT_UNKNOWN	0
#define DT_FIFO		1
#define DT_CHR		2
#define DT_DIR		4
#define DT_BLK		6
#define DT_REG		8
#define DT_LNK		10
#define DT_SOCK		12
#define DT_OF_MODE(m)	(((m) & S_IFMT) >> 12)

/* A device's number as stat and mknod have it, and its two parts. */
#define NODE_NUMBER(major, minor) \
	(((minor) & 0xffU) | ((major) & 0xfffU) << 8 | ((minor) & 0xfff00U) << 12)
#define NODE_MAJOR(number)	((number) >> 8 & 0xfff)
#define NODE_MINOR(number)	(((number) & 0xff) | ((number) >> 12 & 0xfff00))

#endif
