/* SPDX-License-Identifier: MIT */
/*
 * The CPUs: which there are, which run, and what they tell each other. Numbers go from 0, the one
 * that booted, in the order of the tree; without CONFIG_SMP there is that one alone, and all of
 * this costs nothing. Masks have a bit for each number.
 */
#ifndef KERNEL_CPU_H
#define KERNEL_CPU_H

#include <arch/cpu.h>
#include <arch/sections.h>
#include <device/fdt.h>
#include <lib/types.h>

#ifdef CONFIG_SMP
#define NR_CPUS		CONFIG_NR_CPUS

/* Kept by kernel/smp.c. Grows while boot starts CPUs, then constant. */
extern u64 cpu_online_mask;

/* Of each CPU: the distance from a per-CPU object's link address to its copy. */
extern size_t cpu_offset[NR_CPUS];

/* This CPU's number, for cpu_this(). */
extern unsigned int cpu_number;

/* CPUs that run, this one among them. Any context. */
static inline u64 cpu_online(void)
{
	return __atomic_load_n(&cpu_online_mask, __ATOMIC_RELAXED);
}

/* The number of the CPU that runs this. Interrupts off, or it may be another one's already. */
static inline unsigned int cpu_this(void)
{
	return *this_cpu(cpu_number);
}

/* The copy of per-CPU object @object that CPU @cpu has, which is or was started. Any context. */
#define per_cpu(object, cpu) \
	((typeof(object) *)(void *)((char *)&(object) + cpu_offset[cpu]))

/* Starts what the tree and the command line allow. Boot thread, after the drivers it needs. */
void cpus_start(void);

/* The MPIDR affinity of CPU @cpu, as arch_cpu_affinity(), and its node. Any context. */
u64 cpu_affinity(unsigned int cpu);

/*
 * Calls @function(@arg) on CPU @cpu, in an interrupt there, and waits for its end: for ever, where
 * @cpu takes no interrupts any more. Any context but with a lock held that @function, or anything
 * that @cpu waits for with interrupts off, takes.
 */
void cpu_call(unsigned int cpu, void (*function)(void *arg), void *arg);

/*
 * The same, but waits for at most @patience ns until it begins there: 0, or -ETIMEDOUT, and then it
 * is not called any more.
 */
int cpu_call_for(unsigned int cpu, void (*function)(void *arg), void *arg, u64 patience);

/* The same on all other CPUs that run, one after the other; on this one as well, should the thread
 * change it meanwhile. Interrupts on. */
void cpu_others(void (*function)(void *arg), void *arg);

/* Has CPU @cpu, which may be this one, look at its run queue. Interrupts off. */
void cpu_kick(unsigned int cpu);

/*
 * Stops all other CPUs for good, for the end of a run: the mask of those that have not answered
 * within 200 ms. Any context; on one CPU.
 */
u64 cpu_stop_others(void);

/* Stops this one, as if another one had asked for it. Any context. */
__noreturn void cpu_stop(void);

/*
 * Has CPU @cpu end the run with @text, which stays as it is, as its last words, and with where it
 * is, though it may have interrupts masked: false where its controller cannot do that. Any context.
 */
bool cpu_end_run_on(unsigned int cpu, const char *text);

#else
#define NR_CPUS		1

static inline u64 cpu_online(void)
{
	return 1;
}

static inline unsigned int cpu_this(void)
{
	return 0;
}

#define per_cpu(object, cpu)	((void)(cpu), &(object))

static inline void cpus_start(void)
{
}

static inline void cpu_call(unsigned int cpu __unused, void (*function)(void *arg), void *arg)
{
	function(arg);
}

static inline int cpu_call_for(unsigned int cpu __unused, void (*function)(void *arg), void *arg,
			       u64 patience __unused)
{
	function(arg);
	return 0;
}

static inline void cpu_others(void (*function)(void *arg) __unused, void *arg __unused)
{
}

static inline u64 cpu_stop_others(void)
{
	return 0;
}
#endif

/* How many bits of @mask are set. */
static inline unsigned int cpu_count(u64 mask)
{
	unsigned int n = 0;

	for (; mask; mask &= mask - 1)
		n++;
	return n;
}

/* How many CPUs there are, by the tree, and at least those that run. After dt_index(). */
unsigned int cpu_present(void);

#endif
