/* SPDX-License-Identifier: MIT */
/*
 * What a thread keeps of the program that it runs (see <arch/user.h>). The frame lies at the top of
 * the kernel stack, below the thread's address, from which entry.S knows who runs.
 */
#ifndef ASM_USER_H
#define ASM_USER_H

#include <arch/user.h>
#include <asm/frame.h>
#include <asm/memory.h>

/* Programs have the lower half of the addresses, as many as the kernel has. */
#define ARCH_USER_END	(UL(1) << VA_BITS)

/* Bytes of a signal's frame with the frame record above it (arch/arm64/signal.c). */
#define ARCH_SIGNAL_FRAME	(128 + 464 + 4096 + 16)

/* V0 to V31, FPSR and FPCR. */
struct arch_fp {
	u64 v[64];
	u64 fpsr;
	u64 fpcr;
} __aligned(16);

struct arch_user {
	struct arch_space *space;
	u64 tls;		/* TPIDR_EL0, while the thread does not run */
	bool fp_used;		/* the program has used V registers, which are its own */
	struct arch_fp fp;	/* while the thread does not run */
};

/* On each CPU, once, when nothing uses TTBR0 (user.c). */
void user_begin_cpu(void);

/* Above the frame: the thread, and one word more, for the alignment. */
#define ARCH_USER_TOP	16

static inline struct arch_frame *arch_user_frame(vaddr_t stack)
{
	return (struct arch_frame *)(stack + STACK_SIZE - ARCH_USER_TOP) - 1;
}

static inline void arch_user_set_tls(struct arch_user *user, u64 tls)
{
	user->tls = tls;
}

static inline bool arch_user_range_ok(uaddr_t address, size_t size)
{
	return address <= ARCH_USER_END && size <= ARCH_USER_END - address;
}

#endif
