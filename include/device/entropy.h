/* SPDX-License-Identifier: MIT */
/*
 * Sources of entropy: devices that give numbers which nobody can guess. They are asked, and answer
 * later, by random_feed() in <kernel/random.h>. CONFIG_ENTROPY.
 */
#ifndef DEVICE_ENTROPY_H
#define DEVICE_ENTROPY_H

/* Embedded in the driver's state. */
struct entropy {
	/*
	 * Asks the device for some bytes; random_feed() follows when they are there. Does not
	 * wait; what was asked for and has not come is not asked for again. Any context.
	 */
	void (*request)(struct entropy *source);
	/* set by entropy_register(): */
	struct entropy *next;
};

/* Makes a source known, which stays, and asks it for the first time. From probe. */
void entropy_register(struct entropy *source);

/* Asks all of them. Any context, after boot. */
#ifdef CONFIG_ENTROPY
void entropy_request(void);
#else
static inline void entropy_request(void)
{
}
#endif

#endif
