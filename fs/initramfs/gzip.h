/* SPDX-License-Identifier: MIT */
/*
 * gzip (RFC 1952) unpacked: one member from memory to a function, 32 KiB at a time. Knows no file
 * and takes no memory. Any bytes may be given.
 */
#ifndef FS_INITRAMFS_GZIP_H
#define FS_INITRAMFS_GZIP_H

#include <lib/types.h>

#define GZIP_WINDOW	32768
#define GZIP_CODES	288	/* symbols of the larger alphabet */
#define GZIP_FAST	10	/* bits of a code that one look decides */

/* A prefix code. */
struct gzip_code {
	u16 fast[1 << GZIP_FAST];	/* symbol and length by the next bits; 0: it is longer */
	u16 count[16];			/* codes by their length */
	u16 symbol[GZIP_CODES];		/* in the order of their codes */
};

/* Gets the next @n bytes, all but the last time GZIP_WINDOW. */
typedef void gzip_out(void *arg, const u8 *data, size_t n);

struct gzip {
	/* the caller's */
	const u8 *in;		/* the member begins; afterwards: what is behind it */
	const u8 *end;		/* of what there is */
	gzip_out *out;
	void *arg;
	/* its own: */
	u64 bits;		/* that have been read, the next one lowest */
	u32 count;		/* of them */
	u32 crc;
	u64 total;		/* bytes that are out */
	u32 pos;		/* in window */
	bool cut;		/* more was wanted than there is */
	bool ended;		/* in is behind the member, whatever is wrong with it */
	u32 crc_table[256];
	struct gzip_code literal, distance;
	u8 window[GZIP_WINDOW];
};

/* Unpacks what begins at z->in. NULL, or what is wrong with it. */
const char *gzip_unpack(struct gzip *z);

#endif
