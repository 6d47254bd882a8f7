/* SPDX-License-Identifier: MIT */
/*
 * Kernel threads: made, ended, waited for, told to end. Which of those that are ready runs is the
 * scheduler policy's business (<kernel/sched_policy.h>), how they sleep that of <kernel/wait.h>.
 * Without CONFIG_THREADS there is one thread, on which the boot CPU runs from its first C function
 * to the shell.
 */
#ifndef KERNEL_THREAD_H
#define KERNEL_THREAD_H

#ifdef CONFIG_THREADS
#include <arch/context.h>
#include <kernel/lock_check.h>
#include <kernel/sched_why.h>
#endif
#include <kernel/wait.h>
#include <lib/list.h>
#include <lib/types.h>

#define THREAD_NAME_MAX	16

#define PRIORITY_LEVELS		32	/* 0 the least, 31 the most urgent */
#define PRIORITY_DEFAULT	16
#define NICE_MIN		(-20)	/* the largest share */
#define NICE_MAX		19

/* How a thread wants to be scheduled. A policy reads what it knows of, all are checked. */
struct sched_params {
	int priority;		/* fixed priority: 0 to PRIORITY_LEVELS - 1 */
	int nice;		/* fair: NICE_MIN to NICE_MAX */
	/* earliest deadline first, ns: @runtime of every @period, within @deadline of its begin;
	 * all 0: an ordinary thread, which gets what is left */
	u64 runtime;
	u64 deadline;
	u64 period;
	u64 slice;		/* ns at a stretch beside its equals; 0: as configured */
};

/* ns: shorter slices and runtimes would leave time for nothing but switches; an hour is enough */
#define SCHED_SLICE_MIN		10000UL
#define SCHED_PERIOD_MAX	(3600 * 1000000000UL)

#define SCHED_PARAMS_DEFAULT	{ .priority = PRIORITY_DEFAULT }

enum thread_state {
	THREAD_READY,		/* or running */
	THREAD_SLEEPING,
	THREAD_MOVING,		/* ready, and on its way from one CPU's queue to another's */
	THREAD_DEAD,		/* has ended, and nobody has joined it yet */
};

enum thread_placement {
	THREAD_FREE,		/* may go from one CPU to another */
	THREAD_PINNED,		/* may run on one CPU only */
	THREAD_MISPLACED,	/* may not run on its CPU any more */
};

#define SCHED_ENTITY_WORDS	14	/* of a policy's own data in a thread */

struct arch_user;
struct credentials;
struct fs_context;
struct runqueue;
struct mutex;
struct stream;

struct thread {
#ifdef CONFIG_THREADS
	struct arch_context context;	/* while it does not run; first: cheapest to reach */
	struct runqueue *rq;		/* of the CPU that it runs on, did last, or is to come to */
#endif
	char name[THREAD_NAME_MAX];
	/* set when the thread is made, then constant: */
	unsigned int id;
	vaddr_t stack;		/* its lowest address */
	size_t stack_size;	/* bytes */
	/* thread_lock held: */
	struct list all;	/* on thread_list, in the order of ids */
	/* the thread's own, a reference each (<kernel/stream.h>): */
	struct stream *in, *out;	/* NULL: the terminal */
	/* its run queue's lock held: */
	enum thread_state state;
#ifdef CONFIG_THREADS
	bool cancel;		/* the next sleep, or this one, ends with -EINTR */
	int wake_status;	/* what the sleep that ended returns */
	struct sched_params params;
	unsigned int priority;		/* of params, or what its donor lends it */
	const struct thread *donor;	/* the most urgent of those that wait for it */
	/* in ticks; what is left is the time when it was ready and another one ran */
	u64 born;
	u64 run_ticks;		/* time on a CPU */
	u64 sleep_ticks;	/* time asleep, without the sleep that it is in */
	u64 asleep_since;
	u32 left[SCHED_WHYS];	/* how often it left the CPU, by reason */
	u64 entity[SCHED_ENTITY_WORDS];	/* the policy's own */
#ifdef CONFIG_SMP
	u8 placement;		/* THREAD_FREE ..., by its affinity and the CPU that it is on */
#endif
	/* the lock of the queue that it waits in held: */
	struct list wait_link;
	void *wait_data;	/* what it waits for, as far as the queue's owner wants to know */
	/* mutex_guard held (kernel/mutex.c): */
	void (*wait_changed)(struct thread *thread);	/* see sched_wait_changed() */
	struct mutex *blocked_on;
	struct list owned;	/* mutexes that others wait for */
	/* the thread's own: */
	unsigned int held;	/* mutexes and reader-writer locks that it has */
	/* its run queue's lock held: */
	u64 affinity;		/* CPUs that it may run on, a bit each */
	/* set when the thread is made, then constant: */
	int (*entry)(void *arg);
	void *arg;
	/* joiners.lock held: */
	struct wait_queue joiners;
	bool detached;
	bool joining;		/* somebody waits for its end */
	bool ended;
	bool reap;		/* it was detached when it ended */
	int status;		/* what its function returned */
	/* written by the CPU that it ended on, false once that runs another thread: */
	bool on_cpu;
	/* the thread alone: */
	struct lock_stack locks;	/* those that are slept for, for the lock checker */
#ifdef CONFIG_FS
	struct fs_context *fs;	/* where its paths begin, <fs/fs.h>; its maker's, NULL: the first */
#endif
#ifdef CONFIG_PROCESS
	const struct credentials *cred;	/* <fs/credentials.h>; NULL: the kernel's own */
#endif
	/* any context: */
	bool killed;
#endif
};

extern struct list thread_list;
extern struct thread boot_thread;

/* Makes the boot thread known, and clears what of its stack is free. Boot CPU, first of all. */
void thread_init(void);

/* The calling thread. */
struct thread *thread_current(void);

/* How many bytes of its stack the calling thread has not used yet. Thread context. */
size_t thread_stack_left(void);

/* What can be told of a thread; sizes in bytes, times in ns. */
struct thread_info {
	unsigned int id;
	char name[THREAD_NAME_MAX];
	enum thread_state state;
	size_t stack_size;
	size_t stack_now;	/* used by the one that asks; 0 where it is not known */
	size_t stack_max;	/* used at most so far, see stack_used_max() */
	bool running;
#ifdef CONFIG_THREADS
	unsigned int cpu;
	bool idle;		/* runs when no other one is ready; cannot be changed or killed */
	bool killed;
	struct sched_params params;
	u64 run;
	u64 waited;
	u64 switches;		/* how often it left the CPU by itself */
	u64 preemptions;	/* how often it was made to */
	char policy[64];	/* what the policy says of it */
#endif
};

/*
 * Tells of the thread with the lowest id that is at least @id; false when there is none. To see all
 * of them, ask for 0 first and then for one more than the last one's id. Thread context.
 */
bool thread_info(unsigned int id, struct thread_info *info);

/* "running", "ready", "sleeping", "dead" */
const char *thread_state_name(enum thread_state state);

/*
 * The thread in the guard of whose stack @address lies, or NULL. For reports of faults: it does not
 * wait for the lock. Any context.
 */
const struct thread *thread_of_guard(vaddr_t address);

#ifdef CONFIG_THREADS

struct thread_attr {
	const char *name;	/* copied, cut after THREAD_NAME_MAX - 1 bytes */
	struct sched_params sched;
	u64 affinity;		/* CPUs that it may run on, a bit each; 0: those of its maker */
	bool detached;		/* nobody will join it: it goes away by itself */
#ifdef CONFIG_PROCESS
	struct arch_user *user;	/* of the program that it will run, or NULL */
#endif
};

/*
 * Makes a thread that runs @entry(@arg), and lets it start: at once, where the policy has it run
 * before its maker. @entry's result is what thread_join() gives. 0 and *@thread (NULL: not wanted;
 * of a detached one it may be gone already); -ENOMEM; -EINVAL for parameters out of their range or
 * an affinity without any CPU that there is; -EBUSY where the policy has no room for it (earliest
 * deadline first). Thread context.
 */
int thread_create(struct thread **thread, const struct thread_attr *attr, int (*entry)(void *arg),
		  void *arg);

/* Ends the calling thread; @status is for thread_join(). Not in interrupts. */
__noreturn void thread_exit(int status);

/*
 * Waits until @thread has ended, at most until @deadline (ns), gives its *@status (NULL: not
 * wanted) and frees it: nobody may use it afterwards. 0; -ETIMEDOUT; -EINTR; -EDEADLK for the
 * caller itself; -EINVAL when it is detached or another one joins it already. Thread context.
 */
int thread_join(struct thread *thread, u64 deadline, int *status);

/* Nobody will join @thread: it goes away when it ends, or now. -EINVAL when that was said. */
int thread_detach(struct thread *thread);

/*
 * Tells @thread to end: thread_killed() is true from now on, and the sleep that it is in, or the
 * next one, returns -EINTR at once. It ends when it returns: nothing is taken from it. Any context.
 */
void thread_kill(struct thread *thread);

/* True when the calling thread was told to end. */
bool thread_killed(void);

/*
 * The calling thread was told to end and goes on: what was said is forgotten. For those that run
 * one thing after the other, of which only one was meant. Thread context.
 */
void thread_revive(void);

/* For how long the calling thread has had a CPU so far, ns. Thread context. */
u64 thread_cpu_time(void);

/* The same of any thread that does not go away meanwhile. Any context. */
u64 thread_cpu_time_of(struct thread *thread);

/* Ready threads that the policy prefers, or that are its equals, run first. Thread context. */
void thread_yield(void);

/*
 * Sleeps for @ns, or until the time @deadline: 0, or -EINTR when cancelled. For periodic work add
 * to the last deadline and sleep until then: so nothing drifts. Thread context.
 */
int thread_sleep(u64 ns);
int thread_sleep_until(u64 deadline);

/* Changes how @thread is scheduled: 0, -EINVAL, -EBUSY as thread_create(). Thread context. */
int thread_set_params(struct thread *thread, const struct sched_params *params);

#ifdef CONFIG_SMP
/*
 * Lets @thread run on the CPUs in @affinity, a bit each; it leaves the one that it is on at once,
 * if that is none of them. 0; -EINVAL when none of them runs, or for an idle thread; -EOPNOTSUPP
 * when it would have to move, and the policy's threads stay where they are. Any context.
 */
int thread_set_affinity(struct thread *thread, u64 affinity);
#endif

/*
 * Writes the call chain of the thread with that id to @pc, @max levels of it, the innermost first.
 * Returns how many they are; -ESRCH when there is no such thread. One that runs on another CPU is
 * interrupted there to tell where it is: -ETIMEDOUT where that CPU has taken no interrupt for a
 * second; and 0 when the thread was never where it was looked for. Thread context, interrupts on,
 * no lock held.
 */
int thread_backtrace(unsigned int id, vaddr_t *pc, size_t max);

/*
 * Calls @act for the thread with that id, which does not go away meanwhile, with thread_lock held:
 * @act does not sleep. Returns what it returned; -ESRCH when there is no such thread.
 */
int thread_with_id(unsigned int id, int (*act)(struct thread *thread, void *arg), void *arg);

#endif
#endif
