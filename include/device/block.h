/* SPDX-License-Identifier: MIT */
/*
 * Block devices: disks, read by sectors that are numbered from 0. Each has a name, of letters that
 * say what it is and one for its place in the order in which they were found, which is that of the
 * tree: vda, vdb, ..., vdz, vdaa. Devices do not go away, and nothing here writes to them.
 * CONFIG_BLOCK.
 */
#ifndef DEVICE_BLOCK_H
#define DEVICE_BLOCK_H

#include <device/driver.h>
#include <lib/types.h>

struct block;

struct block_ops {
	/*
	 * Reads @count sectors, 1 to @most, from @sector on to @buf: 0; -EIO, also where only one
	 * of them cannot be read; -EOPNOTSUPP; at the time @deadline (ns; TIME_NEVER) -ETIMEDOUT;
	 * -EINTR when cancelled. The range is inside the device. When it returns nobody writes to
	 * @buf any more. Threads may call it at the same time, and sleep.
	 */
	int (*read)(struct block *b, u64 sector, u32 count, void *buf, u64 deadline);
};

struct block {
	/* the driver's, set before block_register(), then constant: */
	const struct block_ops *ops;
	const struct device *dev;
	u64 sectors;
	u32 sector_size;	/* bytes, a power of two from 512 on */
	u32 most;		/* sectors of one call of read, 1 at least */
	bool read_only;
	/* set by block_register(), then constant: */
	char name[8];
	struct block *next;
};

/*
 * Makes @b, which stays, a device whose name begins with @letters ("vd"). From probe: 0; -EINVAL
 * for sizes that are not as above, of more than 2^63 bytes in all, or when names are used up.
 */
int block_register(struct block *b, const char *letters);

/*
 * Every block device: the one behind @b (the first, when NULL), or NULL at the end. Any context,
 * after boot.
 */
struct block *block_next(const struct block *b);

/* The one of that name, or NULL. Likewise. */
struct block *block_find(const char *name);

/*
 * Reads @count sectors from @sector on to @buf. 0; -ERANGE when not all of them are on the device;
 * -EIO when one cannot be read; -ETIMEDOUT when the time @deadline (ns; TIME_NEVER) came before the
 * last one; -EINTR when cancelled; what else the driver says. *@done (may be NULL) becomes how many
 * have been read: after -EIO the sector that could not be is the next one. Of @buf only those are
 * defined. Without a timer the deadline does not count. Sleeps; thread context.
 */
int block_read(struct block *b, u64 sector, u32 count, void *buf, u64 deadline, u32 *done);

#endif
