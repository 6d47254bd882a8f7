/* SPDX-License-Identifier: MIT */
/* Calls about signals: sending them, handlers and their stacks, masks and queues. */
#include "signals.h"

#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static void handler_runs(void)
{
	handle(SIGUSR1, note, 0);
	EQ(kill(getpid(), SIGUSR1), 0);
	EQ(came, 1);
	EQ(value, SIGUSR1);
	EQ(raise(SIGUSR1), 0);
	EQ(came, 2);
	EQ(syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1), 0);
	EQ(came, 3);
	EQ(syscall(SYS_tkill, getpid(), 0), 0);
}

static void kill_refuses(void)
{
	FAILS(kill(getpid(), 65), EINVAL);
	FAILS(kill(getpid(), -1), EINVAL);
	FAILS(kill(999999, 0), ESRCH);
	FAILS(kill(-999999, SIGUSR1), ESRCH);
	FAILS(syscall(SYS_kill, INT32_MIN, 0), ESRCH);
	EQ(kill(getpid(), 0), 0);
	FAILS(syscall(SYS_tkill, 0, SIGUSR1), EINVAL);
	FAILS(syscall(SYS_tkill, 999999, SIGUSR1), ESRCH);
	FAILS(syscall(SYS_tgkill, 0, getpid(), SIGUSR1), EINVAL);
	FAILS(syscall(SYS_tgkill, getpid(), -1, SIGUSR1), EINVAL);
	FAILS(syscall(SYS_tgkill, 1, getpid(), SIGUSR1), ESRCH);
}

static void sleep_long(void)
{
	pause_ms(20000);
	_exit(9);
}

static void kill_needs_rights(void)
{
	int status;
	pid_t pid;

	if (getuid())
		return;
	pid = child(sleep_long);
	EQ(setuid(1000), 0);
	FAILS(kill(pid, SIGTERM), EPERM);
	FAILS(kill(pid, 0), EPERM);
	/* of its own session it may be told to go on */
	EQ(kill(pid, SIGCONT), 0);
	EQ(waitpid(pid, &status, WNOHANG), 0);
	_exit(0);
}

static void kill_reaches_a_group(void)
{
	pid_t pid[3];
	int status;

	EQ(setpgid(0, 0), 0);
	handle(SIGTERM, SIG_IGN, 0);
	for (int i = 0; i < 3; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			handle(SIGTERM, SIG_DFL, 0);
			sleep_long();
		}
	}
	pause_ms(20);
	EQ(kill(0, SIGTERM), 0);
	for (int i = 0; i < 3; i++) {
		EQ(waitpid(pid[i], &status, 0), pid[i]);
		OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	}
}

static void siginfo_tells(void)
{
	union sigval v = { .sival_int = 4711 };
	int status;
	pid_t pid;

	handle(SIGUSR1, NULL, SA_SIGINFO);
	EQ(kill(getpid(), SIGUSR1), 0);
	OK(got.si_signo == SIGUSR1 && got.si_code == SI_USER && got.si_pid == getpid());
	EQ(got.si_uid, getuid());
	EQ(sigqueue(getpid(), SIGUSR1, v), 0);
	OK(got.si_code == SI_QUEUE && got.si_value.sival_int == 4711);
	EQ(syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1), 0);
	EQ(got.si_code, SI_TKILL);
	handle(SIGCHLD, NULL, SA_SIGINFO);
	pid = fork();
	if (!pid)
		_exit(33);
	while (!value || value != SIGCHLD)
		pause_ms(1);
	OK(got.si_code == CLD_EXITED && got.si_status == 33 && got.si_pid == pid);
	EQ(waitpid(pid, &status, 0), pid);
}

static void sigqueue_refuses(void)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_code = SI_USER;
	FAILS(syscall(SYS_rt_sigqueueinfo, getppid(), SIGUSR1, &info), EPERM);
	info.si_code = SI_TKILL;
	FAILS(syscall(SYS_rt_sigqueueinfo, getppid(), SIGUSR1, &info), EPERM);
	info.si_code = SI_QUEUE;
	FAILS(syscall(SYS_rt_sigqueueinfo, getpid(), 65, &info), EINVAL);
	FAILS(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, BAD), EFAULT);
	FAILS(syscall(SYS_rt_sigqueueinfo, 999999, SIGUSR1, &info), ESRCH);
	FAILS(syscall(SYS_rt_tgsigqueueinfo, getpid(), 0, SIGUSR1, &info), EINVAL);
	FAILS(syscall(SYS_rt_tgsigqueueinfo, 1, getpid(), SIGUSR1, &info), ESRCH);
	handle(SIGUSR1, NULL, SA_SIGINFO);
	EQ(syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGUSR1, &info), 0);
	EQ(came, 1);
}

static void sigaction_refuses(void)
{
	struct sigaction action = { .sa_handler = note }, old;

	FAILS(sigaction(SIGKILL, &action, NULL), EINVAL);
	FAILS(sigaction(SIGSTOP, &action, NULL), EINVAL);
	EQ(syscall(SYS_rt_sigaction, SIGKILL, NULL, NULL, 8), 0);
	FAILS(syscall(SYS_rt_sigaction, 0, NULL, NULL, 8), EINVAL);
	FAILS(syscall(SYS_rt_sigaction, 65, NULL, NULL, 8), EINVAL);
	FAILS(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 16), EINVAL);
	FAILS(syscall(SYS_rt_sigaction, SIGUSR1, BAD, NULL, 8), EFAULT);
	FAILS(syscall(SYS_rt_sigaction, SIGUSR1, NULL, BAD, 8), EFAULT);
	sigemptyset(&action.sa_mask);
	sigaddset(&action.sa_mask, SIGUSR2);
	action.sa_flags = SA_RESTART;
	EQ(sigaction(SIGUSR1, &action, NULL), 0);
	EQ(sigaction(SIGUSR1, NULL, &old), 0);
	OK(old.sa_handler == note && old.sa_flags & SA_RESTART);
	EQ(sigismember(&old.sa_mask, SIGUSR2), 1);
	EQ(sigismember(&old.sa_mask, SIGUSR1), 0);
}

static void mask_holds_back(void)
{
	sigset_t set = only(SIGUSR1), old, pending;

	handle(SIGUSR1, note, 0);
	EQ(sigprocmask(SIG_BLOCK, &set, &old), 0);
	EQ(sigismember(&old, SIGUSR1), 0);
	EQ(raise(SIGUSR1), 0);
	EQ(raise(SIGUSR1), 0);
	EQ(came, 0);
	EQ(sigpending(&pending), 0);
	EQ(sigismember(&pending, SIGUSR1), 1);
	EQ(sigismember(&pending, SIGUSR2), 0);
	EQ(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
	EQ(came, 1);	/* two of the same are one */
	EQ(sigpending(&pending), 0);
	EQ(sigismember(&pending, SIGUSR1), 0);
	FAILS(syscall(SYS_rt_sigprocmask, 3, &set, NULL, 8), EINVAL);
	FAILS(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4), EINVAL);
	FAILS(syscall(SYS_rt_sigprocmask, SIG_BLOCK, BAD, NULL, 8), EFAULT);
	FAILS(syscall(SYS_rt_sigpending, BAD, 8), EFAULT);
	FAILS(syscall(SYS_rt_sigpending, &set, 16), EINVAL);
}

static int order[8];

static void note_order(int signal, siginfo_t *info, void *context)
{
	(void)context;
	order[came++] = signal * 100 + info->si_value.sival_int;
}

static void real_time_ones_queue(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO };
	int low = SIGRTMIN + 1, high = SIGRTMIN + 3;
	sigset_t set = only(low);

	sigaddset(&set, high);
	action.sa_sigaction = note_order;
	sigfillset(&action.sa_mask);
	EQ(sigaction(low, &action, NULL), 0);
	EQ(sigaction(high, &action, NULL), 0);
	EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	for (int i = 1; i <= 3; i++)
		EQ(sigqueue(getpid(), high, (union sigval){ .sival_int = i }), 0);
	EQ(sigqueue(getpid(), low, (union sigval){ .sival_int = 9 }), 0);
	EQ(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
	EQ(came, 4);
	EQ(order[0], low * 100 + 9);
	for (int i = 1; i <= 3; i++)
		EQ(order[i], high * 100 + i);
}

static void queues_end(void)
{
	struct rlimit limit = { 3, 3 };
	sigset_t set = only(SIGRTMIN);
	int sent = 0, err;

	EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	EQ(setrlimit(RLIMIT_SIGPENDING, &limit), 0);
	while (sent < 100 && !sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 0 }))
		sent++;
	err = errno;
	EQ(err, EAGAIN);
	OK(sent <= 3);
}

static void flags_of_actions(void)
{
	struct sigaction old;
	sigset_t now;

	handle(SIGUSR1, note, SA_RESETHAND);
	EQ(raise(SIGUSR1), 0);
	EQ(came, 1);
	EQ(sigaction(SIGUSR1, NULL, &old), 0);
	OK(old.sa_handler == SIG_DFL);
	EQ(sigprocmask(SIG_BLOCK, NULL, &now), 0);
	EQ(sigismember(&now, SIGUSR1), 0);
}

static volatile int depth, deepest;

static void nest(int signal)
{
	sigset_t now;

	depth++;
	deepest = depth > deepest ? depth : deepest;
	sigprocmask(SIG_BLOCK, NULL, &now);
	value = sigismember(&now, signal);
	if (came++ < 2)
		raise(signal);
	depth--;
}

static void handlers_nest(void)
{
	handle(SIGUSR1, nest, 0);
	EQ(raise(SIGUSR1), 0);
	EQ(came, 3);
	EQ(deepest, 1);
	EQ(value, 1);
	came = 0;
	handle(SIGUSR1, nest, SA_NODEFER);
	EQ(raise(SIGUSR1), 0);
	EQ(came, 3);
	EQ(deepest, 3);
	EQ(value, 0);
}

static char *alt;
static void *where;

static void note_stack(int signal)
{
	stack_t now;

	note(signal);
	where = &signal;
	EQ(sigaltstack(NULL, &now), 0);
	EQ(now.ss_flags, SS_ONSTACK);
	FAILS(syscall(SYS_sigaltstack, &now, NULL), EPERM);
}

static void alternative_stack(void)
{
	size_t size = 65536;
	stack_t stack = { .ss_size = size }, old;

	alt = malloc(size);
	stack.ss_sp = alt;
	EQ(sigaltstack(NULL, &old), 0);
	EQ(old.ss_flags, SS_DISABLE);
	EQ(sigaltstack(&stack, NULL), 0);
	EQ(sigaltstack(NULL, &old), 0);
	OK(old.ss_sp == alt && old.ss_size == size && !old.ss_flags);
	handle(SIGUSR1, note_stack, SA_ONSTACK);
	EQ(raise(SIGUSR1), 0);
	EQ(came, 1);
	OK((char *)where >= alt && (char *)where < alt + size);
	stack.ss_size = 16;
	FAILS(syscall(SYS_sigaltstack, &stack, NULL), ENOMEM);
	stack.ss_size = size;
	stack.ss_flags = 77;
	FAILS(syscall(SYS_sigaltstack, &stack, NULL), EINVAL);
	FAILS(syscall(SYS_sigaltstack, BAD, NULL), EFAULT);
	FAILS(syscall(SYS_sigaltstack, NULL, BAD), EFAULT);
	stack.ss_flags = SS_DISABLE;
	EQ(sigaltstack(&stack, NULL), 0);
	EQ(sigaltstack(NULL, &old), 0);
	EQ(old.ss_flags, SS_DISABLE);
}

/* --- Faults ----------------------------------------------------------------------------------- */

static char *page;

static void make_writable(int signal, siginfo_t *info, void *context)
{
	(void)context;
	note_info(signal, info, NULL);
	mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

static void fault_is_mended(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO };

	page = mmap(NULL, 65536, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	action.sa_sigaction = make_writable;
	EQ(sigaction(SIGSEGV, &action, NULL), 0);
	page[100] = 7;
	EQ(page[100], 7);
	EQ(came, 1);
	OK(got.si_code == SEGV_ACCERR && got.si_addr == page + 100);
}

static void leave(int signal)
{
	(void)signal;
	_exit(42);
}

static void overflow(void)
{
	stack_t stack = { .ss_size = 65536 };
	struct rlimit small = { 1 << 20, 1 << 20 };
	volatile char big[4096];

	if (!stack.ss_sp) {
		setrlimit(RLIMIT_STACK, &small);
		stack.ss_sp = malloc(stack.ss_size);
		sigaltstack(&stack, NULL);
		handle(SIGSEGV, leave, SA_ONSTACK);
	}
	big[0] = 1;
	for (volatile char *at = big;; at -= 4096)
		*at = big[0];
}

static void touch_nothing(void)
{
	volatile int *volatile nothing = BAD;

	*nothing = 1;
}

static void blocked_fault(void)
{
	sigset_t set = only(SIGSEGV);

	handle(SIGSEGV, leave, 0);
	sigprocmask(SIG_BLOCK, &set, NULL);
	touch_nothing();
}

static void ignored_fault(void)
{
	handle(SIGSEGV, SIG_IGN, 0);
	touch_nothing();
}

static void no_stack(void)
{
	handle(SIGUSR1, leave, 0);
	handle(SIGSEGV, leave, 0);
#ifdef __aarch64__
	__asm__ volatile("mov x8, #172\nsvc #0\nmov sp, %0\nmov x1, #10\nmov x8, #129\nsvc #0"
			 : : "r"(64UL) : "x0", "x1", "x8", "memory");
#else
	raise(SIGKILL);
	_exit(0);
#endif
}

static void kernel_handler(void)
{
	handle(SIGUSR1, (void (*)(int))KERNEL, 0);
	raise(SIGUSR1);
}

static void bad_return(void)
{
#ifdef __aarch64__
	static char stack[8192] __attribute__((aligned(16)));

	__asm__ volatile("mov sp, %0\nmov x8, #139\nsvc #0" : : "r"(stack) : "memory");
#else
	raise(SIGSEGV);
#endif
}

static void faults_that_kill(void)
{
	int status = ends_with(touch_nothing);

	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	status = ends_with(overflow);
	OK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
	status = ends_with(blocked_fault);
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	status = ends_with(ignored_fault);
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	status = ends_with(no_stack);
	OK(WIFSIGNALED(status));
	status = ends_with(kernel_handler);
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	status = ends_with(bad_return);
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static const struct abi_case cases[] = {
	CASE(handler_runs), CASE(kill_refuses), CASE(kill_needs_rights),
	CASE(kill_reaches_a_group), CASE(siginfo_tells), CASE(sigqueue_refuses),
	CASE(sigaction_refuses), CASE(mask_holds_back), CASE(real_time_ones_queue),
	CASE(queues_end), CASE(flags_of_actions), CASE(handlers_nest), CASE(alternative_stack),
	CASE(fault_is_mended), CASE(faults_that_kill),
};

ABI_MAIN(cases)
