/* SPDX-License-Identifier: MIT */
/* The MMU between arch's own files. */
#ifndef ASM_MMU_H
#define ASM_MMU_H

/*
 * head.S, at the link address, before anything else: the identity map goes out of use and the
 * boot UART is reached by its mapping.
 */
void arch_boot_finish(void);

/* The last part of that, on each CPU: TTBR0 points at nothing, and the TLB forgets what it had. */
void arch_identity_end(void);

#endif
