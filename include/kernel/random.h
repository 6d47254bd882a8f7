/* SPDX-License-Identifier: MIT */
/*
 * Random numbers: ChaCha20 (RFC 8439) over a key that each answer replaces, so that nobody can
 * tell earlier answers from what is in memory now. They can be predicted by who knows the seed: the
 * device tree's rng-seed and kaslr-seed, and the counter at each answer; until a device has fed it
 * (<device/entropy.h>). Where there is nothing of these, a line in the log says so. CONFIG_RANDOM.
 */
#ifndef KERNEL_RANDOM_H
#define KERNEL_RANDOM_H

#include <lib/types.h>

/* @size random bytes. Any context. */
void random_bytes(void *buf, size_t size);

/* Has further answers depend on @size bytes of @data, which never makes them worse. Likewise. */
void random_mix(const void *data, size_t size);

#ifdef CONFIG_ENTROPY
/*
 * The same for numbers from a device, which nobody else knows: nor does anybody know further
 * answers from then on. Likewise.
 */
void random_feed(const void *data, size_t size);
#endif

#endif
