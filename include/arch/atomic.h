/* SPDX-License-Identifier: MIT */
/*
 * Atomic access to naturally aligned 32- and 64-bit objects, by the C11 memory model. Any context,
 * but only with the MMU on: exclusives need cacheable memory (ARM DDI 0487, B2.9). The order is in
 * the name: acquire and release pair up, relaxed orders nothing.
 */
#ifndef ARCH_ATOMIC_H
#define ARCH_ATOMIC_H

#define atomic_load_relaxed(p)		__atomic_load_n((p), __ATOMIC_RELAXED)
#define atomic_load_acquire(p)		__atomic_load_n((p), __ATOMIC_ACQUIRE)
#define atomic_store_relaxed(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define atomic_store_release(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELEASE)

/* These return the value from before. */
#define atomic_add_relaxed(p, v)	__atomic_fetch_add((p), (v), __ATOMIC_RELAXED)
#define atomic_or_relaxed(p, v)		__atomic_fetch_or((p), (v), __ATOMIC_RELAXED)
#define atomic_add_acquire(p, v)	__atomic_fetch_add((p), (v), __ATOMIC_ACQUIRE)
#define atomic_add_acq_rel(p, v)	__atomic_fetch_add((p), (v), __ATOMIC_ACQ_REL)
#define atomic_exchange_acquire(p, v)	__atomic_exchange_n((p), (v), __ATOMIC_ACQUIRE)
#define atomic_exchange_acq_rel(p, v)	__atomic_exchange_n((p), (v), __ATOMIC_ACQ_REL)

/* These are true when *@p was *@old and is now @v; else *@old becomes what was found. */
#define atomic_cas_acq_rel(p, old, v) \
	__atomic_compare_exchange_n((p), (old), (v), false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)

#define atomic_cas_acquire(p, old, v) \
	__atomic_compare_exchange_n((p), (old), (v), false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)
#define atomic_cas_release(p, old, v) \
	__atomic_compare_exchange_n((p), (old), (v), false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)

/* Memory accesses before it are seen before those behind it, also those of device registers. */
#define atomic_fence()			__atomic_thread_fence(__ATOMIC_SEQ_CST)

/* Keeps the compiler from moving memory accesses across it; costs no instruction. */
#define compiler_barrier()		__asm__ volatile("" ::: "memory")

#endif
