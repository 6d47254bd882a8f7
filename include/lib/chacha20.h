/* SPDX-License-Identifier: MIT */
/* The ChaCha20 block function (RFC 8439, 2.3): the core of a stream of bytes nobody can predict. */
#ifndef LIB_CHACHA20_H
#define LIB_CHACHA20_H

#include <lib/types.h>

#define CHACHA20_KEY_WORDS	8
#define CHACHA20_BLOCK_WORDS	16

/*
 * 64 bytes in @block, as little-endian words, of a key and of the block counter and nonce in
 * @input: they look random to who does not have the key, and are others for every other @input.
 * Any context.
 */
void chacha20_block(const u32 key[8], const u32 input[4], u32 block[16]);

#endif
