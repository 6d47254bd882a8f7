/* SPDX-License-Identifier: MIT */
/* Between files of this folder: programs (user.c). */
#ifndef ARM64_USER_H
#define ARM64_USER_H

#include <arch/user.h>

/* From here on the V registers are the calling thread's program's own. Interrupts on. */
void user_fp_begin(struct arch_user *user);

/*
 * In usercopy.S: the words of a signal's context, see signal.c, from and to the program's memory;
 * 0, or -EFAULT. With _v V registers go along; signal_load() has them where the first record's head
 * is @first, and signal_load_v() takes them from the record at @record. Thread context.
 */
int signal_store(uaddr_t context, const u64 *regs, const struct arch_signal_kept *kept);
int signal_store_v(uaddr_t context, const u64 *regs, const struct arch_signal_kept *kept);
int signal_load(uaddr_t context, u64 *regs, struct arch_signal_kept *kept, u64 first);
int signal_load_v(uaddr_t record);

#endif
