/* SPDX-License-Identifier: MIT */
/* futex(2), robust lists, membarrier(2): Linux's numbers and layouts (linux/futex.h). */
#ifndef UAPI_FUTEX_H
#define UAPI_FUTEX_H

#include <lib/types.h>

#define FUTEX_WAIT		0
#define FUTEX_WAKE		1
#define FUTEX_REQUEUE		3
#define FUTEX_CMP_REQUEUE	4
#define FUTEX_WAKE_OP		5
#define FUTEX_WAIT_BITSET	9
#define FUTEX_WAKE_BITSET	10

#define FUTEX_PRIVATE_FLAG	128U
#define FUTEX_CLOCK_REALTIME	256U

#define FUTEX_BITSET_ALL	0xffffffffU

/* What FUTEX_WAKE_OP does to the second word, and how it compares what was there. */
enum {
	FUTEX_OP_SET,
	FUTEX_OP_ADD,
	FUTEX_OP_OR,
	FUTEX_OP_ANDN,
	FUTEX_OP_XOR,
};

#define FUTEX_OP_SHIFT	8	/* of the operation: 1 << its operand */

enum {
	FUTEX_CMP_EQ,
	FUTEX_CMP_NE,
	FUTEX_CMP_LT,
	FUTEX_CMP_LE,
	FUTEX_CMP_GT,
	FUTEX_CMP_GE,
};

/* In a word of a robust futex. */
#define FUTEX_WAITERS		0x80000000U
#define FUTEX_OWNER_DIED	0x40000000U
#define FUTEX_TID		0x3fffffffU

/* What set_robust_list(2) is told of. */
struct abi_robust_list {
	u64 next;		/* the first entry; in the end this one */
	s64 offset;		/* from an entry to its word */
	u64 pending;		/* one that is being taken or given back, or 0 */
};

#define ROBUST_LIST_MAX		2048	/* entries that are looked at */

#define MEMBARRIER_CMD_QUERY				0
#define MEMBARRIER_CMD_GLOBAL				1
#define MEMBARRIER_CMD_GLOBAL_EXPEDITED			2
#define MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED	4
#define MEMBARRIER_CMD_PRIVATE_EXPEDITED		8
#define MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED	16

#endif
