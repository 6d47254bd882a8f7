/* SPDX-License-Identifier: MIT */
/*
 * Archives in cpio's "newc" format, taken apart. Knows no file and no memory: the caller gives the
 * bytes in pieces of any length, and is told what is in them, step by step. Any bytes may be given.
 *
 * An entry is a header of 110 characters, its name with a NUL, zeroes up to a multiple of 4, what
 * is in it, and zeroes again. An archive ends with an entry of the name TRAILER!!!; zeroes and
 * further archives may follow.
 */
#ifndef FS_INITRAMFS_CPIO_H
#define FS_INITRAMFS_CPIO_H

#include <lib/types.h>
#include <uapi/fcntl.h>

#define CPIO_HEADER	110

/* The header's numbers, in their order. */
enum cpio_field {
	CPIO_INODE, CPIO_MODE, CPIO_UID, CPIO_GID, CPIO_LINKS, CPIO_TIME, CPIO_SIZE, CPIO_MAJOR,
	CPIO_MINOR, CPIO_NODE_MAJOR, CPIO_NODE_MINOR, CPIO_NAME_SIZE, CPIO_SUM,
	CPIO_FIELDS,
};

enum cpio_event {
	CPIO_MORE,	/* all that was given is used up */
	CPIO_ENTRY,	/* begins: field, name and, of a symbolic link, target say what it is */
	CPIO_DATA,	/* data and length: the next bytes in it, the last ones when left is 0: then
			   sum_wrong says whether their sum is another one */
	CPIO_TRAILER,	/* of an archive */
	CPIO_BAD,	/* an entry that is none: why. It is left out */
	CPIO_LOST,	/* why. Where the next entry begins cannot be known: the rest is left */
	CPIO_OTHER,	/* behind an archive, or instead of one, something else begins at in */
};

struct cpio {
	/* the caller's: what is given */
	const u8 *in;
	const u8 *end;
	/* of events; all pointers are valid until the next step */
	u32 field[CPIO_FIELDS];
	const char *name;
	const char *target;
	const char *why;
	const u8 *data;
	size_t length;
	u64 begin;		/* the offset of the entry, or of what was found instead */
	u32 left;		/* what is in the entry and has not come */
	bool sum_wrong;
	/* its own: */
	bool sums;		/* the header's magic promises a sum */
	u8 state;
	u32 pad;		/* behind what is in the entry */
	u32 sum;
	u64 skip;		/* bytes that nobody wants */
	u64 done;		/* offset of in */
	size_t have;		/* in buffer */
	char link[PATH_MAX];
	u8 buffer[CPIO_HEADER + 2 * PATH_MAX + 8];
};

/* @c is new: before the first archive, at offset 0. */
void cpio_start(struct cpio *c);

/* The next step. CPIO_OTHER comes again and again. */
enum cpio_event cpio_next(struct cpio *c);

/*
 * As after CPIO_LOST: whatever comes is used up, without a word. Whether the bytes that were given
 * may end here: not within an archive, unless it is lost.
 */
bool cpio_end(struct cpio *c);

#endif
