/* SPDX-License-Identifier: MIT */
/*
 * What the files of kernel/process/ share. A process has an address space, open files, a place in
 * the tree of processes; a thread of its, and in it what the machine keeps of the program, is a
 * task. The first one, the leader, is part of the process and has its id; others come by clone()
 * with CLONE_THREAD, and hold a use of the space, of the files and of the place among them each, so
 * that what looks at these sees that they are shared.
 */
#ifndef PROCESS_PRIVATE_H
#define PROCESS_PRIVATE_H

#include <arch/atomic.h>
#include <arch/user.h>
#include <fs/credentials.h>
#include <fs/file.h>
#include <fs/fs.h>
#include <kernel/spinlock.h>
#include <kernel/thread.h>
#include <kernel/wait.h>
#include <lib/list.h>
#include <mm/space.h>
#include <process/process.h>
#include <uapi/capability.h>
#include <uapi/signal.h>

#include "files.h"

#define PROCESS_NAME	16	/* bytes, with the NUL: prctl(PR_SET_NAME) */
#define PROCESS_SLICE	(10 * 1000000UL)	/* ns: programs that are equals take turns */
#define PROCESSES_MAX	16384	/* at a time */

/* --- process.c -------------------------------------------------------------------------------- */

enum traced {
	TRACED_NOT,
	TRACED_FIRST,		/* the one that it began with */
	TRACED_CHILD,
	TRACED_OVER,		/* it has ended: it makes no more calls */
};

enum process_state {
	PROCESS_RUNS,
	PROCESS_ZOMBIE,		/* has ended; its parent has not asked yet */
	PROCESS_REAPED,
};

/* What a process has used. */
struct usage {
	u64 run;		/* ns on a CPU */
	u64 faults;		/* pages that came in */
	size_t peak;		/* pages that it had at most */
	u64 switches, preemptions;
};

struct limit {
	u64 now, max;
};

struct signal_action {
	uaddr_t handler;	/* or SIG_DFL, SIG_IGN */
	u64 flags;
	uaddr_t restorer;
	u64 mask;
};

struct posix_timer;
struct posix_timers;

/* What is known of a signal that has come. */
struct signal_entry {
	struct list link;
	struct abi_siginfo info;
	struct posix_timer *timer;	/* whose entry it is, used again and again; or NULL */
};

/* Signals that have come and were not acted on yet. */
struct signal_queue {
	u64 set;		/* a bit for each */
	struct list infos;	/* what is known of them, in the order in which they came */
	struct signal_entry first;	/* for the one that finds none: it needs no memory */
};

struct task {
	struct arch_user user;
	struct process *process;
	int tid;
	u64 mask;		/* signals that wait; the task's own */
	u64 saved_mask;		/* of signal_mask_swap() */
	bool mask_is_due;	/* it comes back on the way to the program */
	struct abi_stack alt;	/* where handlers with SA_ONSTACK run, or SS_DISABLE */
	u64 sleep_until;	/* of the sleep that restart_syscall(2) goes on with, ns */
	uaddr_t sleep_left;	/* where what is left of it goes, or 0 */
	uaddr_t clear_tid;	/* where 0 goes when it ends, and a futex is woken; or 0 */
	uaddr_t robust;		/* the head of its list of futexes that it may hold, or 0 */
	u8 policy, rt_priority;	/* of sched_setscheduler(), as it was said */
	bool reset_on_fork;
	struct arch_frame start;	/* what its thread begins with */
	uaddr_t set_tid;	/* where its id goes then, or 0 */
	/* process_lock and process->signals.lock held to change it, one of them to look: */
	struct list link;	/* on process->tasks */
	/* process->signals.lock held: */
	struct thread *thread;	/* NULL: it does not run yet, or no more */
	struct signal_queue pending;
	u64 awaited;		/* signals that end its sleep though they wait: sigtimedwait(2) */
};

enum {
	FRONT_NOT,
	FRONT_GIVEN,	/* by the kernel's shell, which is there when it ends */
	FRONT_TAKEN,	/* when it ends, it is as if somebody had hung up */
	FRONT_HUNG,	/* somebody has: it has no terminal, but its group hears of its end */
};

#define HALT_END	1U	/* all are to end, but for process->execs */
#define HALT_STOP	2U	/* until SIGCONT comes */
#define HALT_CORE	4U	/* until process->dumper has written a core file; then they end */

struct process {
	struct task task;
	int pid;
	char name[PROCESS_NAME];
	struct space *space;	/* the process's own: changes in exec */
	struct files *files;
	struct fs_context *fs;
	struct file *exe;
	struct credentials cred;
	struct limit limits[RLIM_NLIMITS];
	int exit_signal;	/* what its parent gets when it ends, or 0 */
	/* both locks to change it: see struct task */
	struct list tasks;	/* the leader, and those that have not ended */
	/* signals.lock held: */
	u32 task_count;		/* that have not ended */
	u8 halt;		/* why tasks do not go on in their program: HALT_END, ... */
	struct task *execs;
	int end_status;		/* as wait4() gives it, of all that are to end */
	struct wait_queue signals;	/* where its tasks wait while it is stopped */
	struct signal_action actions[SIGNALS];
	struct signal_queue pending;
	u32 queued;		/* entries in queues: at most RLIMIT_SIGPENDING */
	struct posix_timers *timers;	/* NULL: it has never had one; then constant */
	bool goes_on;		/* it was, and nobody was told that it goes on */
	u32 to_stop;		/* tasks that have not stopped yet */
	int stop_signal;
	struct task *dumper;	/* with HALT_CORE: who writes, */
	u32 gathered;		/* and how many wait for that */
	u64 begun;		/* ns */
	u8 traced;		/* its calls are printed: enum traced */
	struct strace *strace;	/* to whom; NULL: on the terminal */
	bool kept;		/* somebody in the kernel waits for it */
	bool vfork;		/* its parent waits until it has a space of its own */
	bool execed;		/* since fork() */
	bool barriers;		/* has asked for membarrier() among its tasks */
	bool subreaper;		/* orphans among its descendants become its children */
	int no_new_privs, dumpable, pdeath_signal;
	u32 personality;
	s16 oom_score_adj, oom_score_adj_min;	/* kept for /proc: nobody goes by it */
	u64 timer_slack;
	struct usage used;	/* in spaces before this one, by ended tasks; in the end, all */
	struct usage child_used;	/* by those that were waited for */
	/* process_lock held: */
	struct list all;
	struct process *parent;	/* NULL: the kernel's shell waits for it */
	int pgid, sid;
	int tty_group;		/* of a session's leader: the group in front; 0: its own */
	u8 front;		/* of a session's leader: whether it has a terminal: FRONT_NOT */
	struct terminal *tty;	/* which one, or NULL: it is there as long as it is here */
	bool bereft;		/* its parent has just ended */
	/* children.lock held: */
	struct wait_queue children_changed;
	struct list children;
	struct list sibling;	/* the parent's */
	enum process_state state;	/* the parent's children_changed.lock, or its own `ended` */
	int wait_status;
	int stop_status;	/* as wait4() tells of a stop, until it was told; 0: none */
	bool continued;		/* and of going on */
	struct wait_queue ended;	/* where the shell, and vfork's parent, wait */
};

extern struct spinlock process_lock;
extern struct list process_list;	/* process_lock held */
extern u32 process_count;		/* atomic: of processes, zombies among them */

/* One that has nothing yet, or NULL: no memory; and back. */
struct process *process_allocate(void);
void process_free(struct process *process);

/* Gives back its files, its place among files, its program; each may be missing. */
void process_drop_parts(struct process *process);

/* Gives @process, and its leader, a number, and puts it on the list. -EAGAIN. process_lock held. */
int process_enlist(struct process *process);

/* The thread of @task, which begins in the kernel with @entry(@arg): 0, -ENOMEM, -EBUSY. */
int task_start(struct task *task, int (*entry)(void *arg), void *arg);

/* What new tasks of programs begin with: in the program, as task->start says. */
int task_run(void *task);

static inline struct task *task_current(void)
{
	return container_of(arch_context_program(&arch_current()->context), struct task, user);
}

/* Whether the calling thread runs a program, or is the kernel's own. */
static inline bool task_is_here(void)
{
	return arch_context_program(&arch_current()->context);
}

static inline struct process *process_current(void)
{
	return task_current()->process;
}

static inline struct files *files_here(void)
{
	return process_current()->files;
}

/* Whether there may be one process or task more, and the user of @process have one more. */
bool process_may_fork(const struct process *process);

/* A number that nobody has as process, task, group or session; -EAGAIN. process_lock held. */
int process_new_id(void);

/* Ends the calling process; never returns. @wait: as wait4(2) gives it. */
__noreturn void process_exit(int wait);

/*
 * The end of @process, of which the calling thread was the last task, and is a thread of the kernel
 * already. @wait: as wait4(2) gives it.
 */
__noreturn void process_finish(struct process *process, int wait);

/*
 * A child of the calling process, as clone(2): its pid. With CLONE_PIDFD a descriptor of it goes to
 * @pidfd.
 */
long process_fork(const struct arch_frame *frame, u64 flags, uaddr_t stack, uaddr_t tls,
		  uaddr_t parent_tid, uaddr_t child_tid, uaddr_t pidfd);

/* sys_process.c: what clone(2) and clone3(2) are alike in. */
long process_clone(u64 flags, uaddr_t stack, uaddr_t parent_tid, uaddr_t tls, uaddr_t child_tid,
		   uaddr_t pidfd);

/* What is to be told of a child. */
struct child_report {
	int pid;		/* 0: nothing */
	u32 uid;
	int wait;		/* as wait4() gives it */
	struct usage used;	/* by it and by those that it has waited for */
};

/*
 * Waits for a child of the calling process: any (P_ALL), the one with @id, or one of the group @id,
 * that is to tell of its end by SIGCHLD, or with WCLONE one that is not, with WALL either;
 * until it has ended (WEXITED), stopped (WSTOPPED) or gone on (WCONTINUED). 0 and *@report, of
 * which with WNOHANG the pid may be 0; but for WNOWAIT it is told once, and who has ended is gone.
 * -ECHILD, -EINTR.
 */
long process_wait_child(int type, int id, unsigned long options, struct child_report *report);

/*
 * What the calling process has used so far, or, with @alone, of what threads use the calling one;
 * and the sum of two.
 */
void usage_here(struct usage *usage, bool alone);
void usage_add(struct usage *to, const struct usage *more);

/* How often @thread has left the CPU. */
void usage_add_switches(struct usage *usage, const struct thread *thread);

/* The calling process runs in @space from now on, whose reference it takes; its old one goes. */
void process_new_space(struct process *process, struct space *space);

/* Whether the calling process has a capability, CAP_SYS_ADMIN or another. */
static inline bool capable(unsigned int cap)
{
	return process_current()->cred.effective & BIT(cap);
}

/* tty.c: @p, a session's leader that has, or had, a terminal, ends. process_lock held. */
void tty_leader_ends(struct process *p);

/* tty.c: has keys of the console reach processes from the first call on. Thread context. */
void tty_begin(void);

/*
 * tty.c: the number of the terminal that @p's session has, and the group in front there; 0 and -1:
 * it has none. process_lock held.
 */
u32 tty_of(const struct process *p, int *group);

/* The process with that id; NULL. process_lock held. */
struct process *process_find(int pid);

/* Work for a task before it goes on in its program: see arch_context_work(). */
#define WORK_SIGNAL	1U

/* --- task.c ----------------------------------------------------------------------------------- */

/* Makes @task, which is all zero, one of @process that has nothing yet. */
static inline void task_init(struct task *task, struct process *process)
{
	task->process = process;
	task->alt.flags = SS_DISABLE;
	list_init(&task->pending.infos);
}

/* The task with that id; NULL. process_lock held. */
struct task *task_find(int tid);

/* A new task of the calling process, as clone(2) with CLONE_THREAD: its id. */
long task_clone(const struct arch_frame *frame, u64 flags, uaddr_t stack, uaddr_t tls,
		uaddr_t parent_tid, uaddr_t child_tid);

/* The calling task's thread is one of the kernel's from here on. */
void task_leave_program(void);

/* Ends the calling task, and its process if it is the last one: that has ended as @wait says. */
__noreturn void task_exit(int wait);

/*
 * All other tasks of the calling process end, and the caller becomes the leader: 0; -EAGAIN where
 * it is to end itself. For exec.
 */
int task_end_others(void);

/* Has all tasks of @p look at what they are to do before they go on. signals.lock held. */
void task_kick_all(struct process *p);

/* --- futex.c ---------------------------------------------------------------------------------- */

/* Wakes one who waits for the word at @address of the calling program, but not as private. */
void futex_wake_one(uaddr_t address);

/* Whether the futex(2) that @frame has made waits until some time. */
bool futex_is_timed(const struct arch_frame *frame);

/* What the calling task, which ends, may hold is marked so that others find out. */
void futex_exit_robust(struct task *task);

/* --- exec.c ----------------------------------------------------------------------------------- */

struct exec_strings;

/*
 * Makes the calling process run the program at @path, or the one that @file, unless it is NULL, has
 * open, with @path as what it is called: 0, and its thread goes on as *@frame says; or
 * what execve(2) would say, and the process is as it was.
 */
int exec_load(const char *path, struct file *file, struct exec_strings *strings,
	      struct arch_frame *frame);

/* --- core.c ----------------------------------------------------------------------------------- */

/* Ends the calling process by the signal of @info, with a core file where there is to be one. */
__noreturn void process_die(const struct abi_siginfo *info);

/* The calling task waits while another one writes the core file. */
void core_wait(struct task *t);

/* --- The rest --------------------------------------------------------------------------------- */

/* pipe.c: both ends. 0, -ENOMEM. */
int pipe_files(struct file **read, struct file **write, int flags);

/*
 * How many bytes the pipe that @file is an end of takes; and another size, at least @wanted: the
 * new one. -EBADF for what is no pipe; -EBUSY when more is in it; -EPERM, -EINVAL, -ENOMEM.
 */
long pipe_get_size(const struct file *file);
long pipe_set_size(struct file *file, unsigned long wanted);

/* stdio.c: a file that is @stream, of which it takes a reference; NULL is the terminal. */
struct file *stream_file(struct stream *stream, int flags);

/* --- signal.c: sending ------------------------------------------------------------------------ */

#define SIGNAL_BIT(signal)	(1UL << ((signal) - 1))

/* Neither caught nor blocked nor ignored. */
#define UNBLOCKABLE	(SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP))

/* Those whose default action is that the process stops. */
#define STOPS		(SIGNAL_BIT(SIGSTOP) | SIGNAL_BIT(SIGTSTP) | SIGNAL_BIT(SIGTTIN) | \
			 SIGNAL_BIT(SIGTTOU))

/*
 * Sends what @info says to @p, or, unless it is NULL, to the task @t of it. 0; -EAGAIN where one
 * that was queued by a program (SI_QUEUE) finds no room. Any context but interrupts.
 */
int signal_send(struct process *p, struct task *t, const struct abi_siginfo *info);

/*
 * The same with an entry that its owner keeps and that is in no queue: false where the signal is
 * ignored. signals.lock held; any context.
 */
bool signal_send_entry(struct process *p, struct task *t, struct signal_entry *entry);

/* Sends the calling task a signal for what it has done. */
void task_signal(int signal);

/* What programs call @signal: "SIGINT", "SIGRT_1" (as strace has it). */
#define SIGNAL_NAME	12	/* bytes, with the NUL */
void signal_name(int signal, char name[SIGNAL_NAME]);

/* Those whose default action is nothing. That of SIGCONT is done when it is sent. */
#define QUIET		(SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGURG) | SIGNAL_BIT(SIGWINCH) | \
			 SIGNAL_BIT(SIGCONT))

/* Whether @signal does nothing to @p. @p's signals.lock held. */
static inline bool signal_is_ignored(const struct process *p, int signal)
{
	uaddr_t handler = p->actions[signal - 1].handler;

	return handler == SIG_IGN || (handler == SIG_DFL && SIGNAL_BIT(signal) & QUIET);
}

/*
 * Takes the first of the calling task's signals in @set out of its queue, or its process's: its
 * number and *@info; 0: there is none. signals.lock held.
 */
int signal_take(struct task *t, u64 set, struct abi_siginfo *info);

/* Forgets all signals of @set; signals.lock held, or nobody else knows @q. */
void signal_forget(struct process *p, struct signal_queue *q, u64 set);

extern u32 signal_stopped;	/* atomic: processes that are stopped */

/* Has @t look at what it is to do before it goes on in its program. signals.lock held. */
void task_kick(const struct task *t);

/* Has those tasks of @p look that can take what was sent to it. signals.lock held. */
void signal_retarget(struct process *p);

/*
 * Whether nobody of the session looks after @p's group: no parent is in another group of it.
 * process_lock held.
 */
bool signal_is_orphaned(const struct process *p);

/*
 * Stopped groups that nobody looks after since @ended has go on, and are told so: those of its
 * children, and its own, where it was what connected them with their session. process_lock held.
 */
void signal_orphans(const struct process *ended);

/* Whether @p is about to end: by a signal that nothing keeps from that, or since it was said. */
bool signal_ends_soon(const struct process *p);

/* Tells the parent that all of @p has stopped. process_lock held. */
void signal_tell_stop(struct process *p);

/* Tells the parent of @p that it has ended, stopped or goes on. process_lock held. */
void signal_parent(struct process *p, int signal, int code, int status);

/* No signal has a handler any more; those that are ignored still are. Nobody else uses @p. */
static inline void signal_reset_actions(struct process *p)
{
	for (unsigned int i = 0; i < SIGNALS; i++) {
		if (p->actions[i].handler != SIG_IGN)
			p->actions[i].handler = SIG_DFL;
		p->actions[i].flags = 0;
		p->actions[i].mask = 0;
	}
}

/* --- signal_deliver.c: acting on them --------------------------------------------------------- */

/* The calling task's signals that wait from now on; those that do not any more are acted on. */
void signal_set_mask(struct task *t, u64 mask);

/*
 * The calling task's mask for one call, and as it was before: now, or, where the call was
 * @interrupted, when that signal has been acted on.
 */
void signal_mask_swap(u64 mask);
void signal_mask_restore(bool interrupted);

/* Acts on what the calling program did, though it may block or ignore that. */
void signal_force(struct arch_frame *frame, const struct abi_siginfo *info, const char *what,
		  const char *why);

/* sys_signal.c: sets the alternative stack: 0, -EINVAL, -EPERM, -ENOMEM as sigaltstack(2). */
int signal_set_stack(struct task *t, const struct abi_stack *to, uaddr_t sp);

/* Whether @sp is on it. */
static inline bool signal_on_stack(const struct task *t, uaddr_t sp)
{
	return !((u32)t->alt.flags & SS_AUTODISARM) && sp - t->alt.sp <= t->alt.size &&
	       sp > t->alt.sp;
}

#endif
