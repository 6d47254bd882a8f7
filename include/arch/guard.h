/* SPDX-License-Identifier: MIT */
/*
 * Calls that an external abort ends: the answer of a bus to an access where nothing is, or what is
 * there has no clock or no power. For code that asks a device whether it is there at all. With
 * CONFIG_PROBE_GUARD. An abort that the bus reports late, as an SError, is still a panic.
 */
#ifndef ARCH_GUARD_H
#define ARCH_GUARD_H

#include <lib/types.h>

/* The access that ended a call. */
struct arch_abort {
	bool happened;		/* else nothing below is set */
	bool write;
	bool known;		/* whether the CPU has said where */
	vaddr_t va;
	vaddr_t pc;
};

/*
 * Returns @fn(@arg), *@abort all zero; or -EIO, when a load or store of it, or of what it has
 * called, met a synchronous external abort. It is then left where it stood: what it holds or has
 * begun is the caller's to tidy up. That is why an abort with interrupts masked that were not when
 * the call began, so inside of a spinlock or an interrupt handler, is the panic that it is
 * elsewhere; and every other kind of fault is.
 *
 * One call at a time in the whole system, none inside another. Thread context or boot; @fn may
 * sleep where the caller may.
 */
int arch_call_guarded(int (*fn)(void *arg), void *arg, struct arch_abort *abort);

#endif
