/* SPDX-License-Identifier: MIT */
/* Signals: what becomes of a call that is cut short, waiting for one, stops, and what is kept. */
#include "signals.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <ucontext.h>

/* --- What a call returns that was cut short --------------------------------------------------- */

static int ends[2];

/* After 30 ms the parent gets SIGUSR1, after 60 a byte. */
static void disturb(void)
{
	pause_ms(30);
	kill(getppid(), SIGUSR1);
	pause_ms(30);
	if (write(ends[1], "x", 1) != 1)
		_exit(1);
}

static void calls_are_made_again(void)
{
	int status;
	char c = 0;
	pid_t pid;

	EQ(pipe(ends), 0);
	handle(SIGUSR1, note, SA_RESTART);
	pid = child(disturb);
	EQ(read(ends[0], &c, 1), 1);
	EQ(came, 1);
	EQ(waitpid(pid, &status, 0), pid);
	handle(SIGUSR1, note, 0);
	pid = child(disturb);
	FAILS(read(ends[0], &c, 1), EINTR);
	EQ(came, 2);
	EQ(read(ends[0], &c, 1), 1);
	EQ(waitpid(pid, &status, 0), pid);
	/* nobody is told of one that does nothing */
	handle(SIGUSR1, SIG_IGN, 0);
	pid = child(disturb);
	EQ(read(ends[0], &c, 1), 1);
	EQ(waitpid(pid, &status, 0), pid);
}

static void accept_is_cut_short(void)
{
	struct sockaddr name = { .sa_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	EQ(bind(fd, &name, sizeof(sa_family_t)), 0);
	EQ(listen(fd, 1), 0);
	handle(SIGUSR1, note, 0);
	CUT_SHORT(accept(fd, NULL, NULL));
}

static void poll_is_not(void)
{
	struct pollfd p;
	int status;
	pid_t pid;
	char c;

	EQ(pipe(ends), 0);
	handle(SIGUSR1, note, SA_RESTART);
	pid = child(disturb);
	p = (struct pollfd){ ends[0], POLLIN, 0 };
	FAILS(poll(&p, 1, -1), EINTR);
	EQ(came, 1);
	EQ(read(ends[0], &c, 1), 1);
	EQ(waitpid(pid, &status, 0), pid);
}

static void sleep_tells_the_rest(void)
{
	struct timespec t = { 5, 0 }, left = { 0, 0 };
	int status;
	pid_t pid;

	EQ(pipe(ends), 0);
	handle(SIGUSR1, note, SA_RESTART);
	pid = child(disturb);
	FAILS(nanosleep(&t, &left), EINTR);
	OK(left.tv_sec == 4 && left.tv_nsec > 0);
	EQ(waitpid(pid, &status, 0), pid);
}

static void stop_and_go_on(void)
{
	pause_ms(20);
	kill(getppid(), SIGSTOP);
	pause_ms(40);
	kill(getppid(), SIGCONT);
}

static void sleeper(void)
{
	struct timespec t = { 0, 100000000 }, before, after;
	int status;
	pid_t pid = child(stop_and_go_on);
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &before);
	EQ(nanosleep(&t, NULL), 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
	OK(ms >= 99);
	EQ(waitpid(pid, &status, 0), pid);
}

static void sleep_goes_on_after_a_stop(void)
{
	EQ(ends_with(sleeper), 0);
}

static void sigsuspend_waits(void)
{
	sigset_t set = only(SIGUSR1), none, now;
	int status;
	pid_t pid;

	sigemptyset(&none);
	EQ(pipe(ends), 0);
	handle(SIGUSR1, note, SA_RESTART);
	EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	raise(SIGUSR1);
	FAILS(sigsuspend(&none), EINTR);
	EQ(came, 1);
	pid = child(disturb);
	FAILS(sigsuspend(&none), EINTR);
	EQ(came, 2);
	EQ(sigprocmask(SIG_BLOCK, NULL, &now), 0);
	EQ(sigismember(&now, SIGUSR1), 1);
	EQ(waitpid(pid, &status, 0), pid);
	FAILS(syscall(SYS_rt_sigsuspend, &none, 4), EINVAL);
	FAILS(syscall(SYS_rt_sigsuspend, BAD, 8), EFAULT);
}

static void sigtimedwait_waits(void)
{
	sigset_t set = only(SIGUSR1);
	struct timespec t = { 0, 10000000 }, none = { 0, 0 }, bad = { 0, 1000000000 };
	int status;
	pid_t pid;

	EQ(pipe(ends), 0);
	EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	FAILS(sigtimedwait(&set, &got, &none), EAGAIN);
	FAILS(sigtimedwait(&set, &got, &t), EAGAIN);
	FAILS(sigtimedwait(&set, &got, &bad), EINVAL);
	pid = child(disturb);
	EQ(sigwaitinfo(&set, &got), SIGUSR1);
	OK(got.si_code == SI_USER && got.si_pid == pid);
	EQ(waitpid(pid, &status, 0), pid);
	/* another one cuts it short */
	handle(SIGUSR2, note, SA_RESTART);
	pid = fork();
	if (!pid) {
		pause_ms(20);
		kill(getppid(), SIGUSR2);
		_exit(0);
	}
	/* musl's function would begin anew */
	FAILS(syscall(SYS_rt_sigtimedwait, &set, &got, NULL, 8), EINTR);
	EQ(value, SIGUSR2);
	EQ(waitpid(pid, &status, 0), pid);
	FAILS(syscall(SYS_rt_sigtimedwait, BAD, NULL, NULL, 8), EFAULT);
	FAILS(syscall(SYS_rt_sigtimedwait, &set, NULL, BAD, 8), EFAULT);
	FAILS(syscall(SYS_rt_sigtimedwait, &set, NULL, NULL, 4), EINVAL);
	raise(SIGUSR1);
	FAILS(syscall(SYS_rt_sigtimedwait, &set, BAD, NULL, 8), EFAULT);
}

/* --- Stopping --------------------------------------------------------------------------------- */

static void stop_myself(void)
{
	raise(SIGSTOP);
	pause_ms(50);	/* that it goes on is told only while it has not ended */
	_exit(5);
}

static void stops_are_told(void)
{
	siginfo_t info;
	int status;
	pid_t pid;

	handle(SIGCHLD, NULL, SA_SIGINFO | SA_RESTART);
	pid = child(stop_myself);
	EQ(waitpid(pid, &status, WUNTRACED), pid);
	OK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	OK(got.si_code == CLD_STOPPED && got.si_status == SIGSTOP && got.si_pid == pid);
	EQ(waitpid(pid, &status, WUNTRACED | WNOHANG), 0);
	EQ(kill(pid, SIGTERM), 0);	/* waits until it goes on */
	EQ(waitpid(pid, &status, WNOHANG), 0);
	EQ(kill(pid, SIGCONT), 0);
	EQ(waitpid(pid, &status, WCONTINUED), pid);
	if (WIFCONTINUED(status))
		EQ(waitpid(pid, &status, 0), pid);
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	pid = child(stop_myself);
	EQ(waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT), 0);
	OK(info.si_code == CLD_STOPPED && info.si_status == SIGSTOP);
	EQ(waitid(P_PID, (id_t)pid, &info, WSTOPPED), 0);
	EQ(kill(pid, SIGCONT), 0);
	EQ(waitid(P_PID, (id_t)pid, &info, WCONTINUED), 0);
	OK(info.si_code == CLD_CONTINUED && info.si_status == SIGCONT);
	EQ(waitpid(pid, &status, 0), pid);
	OK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	pid = child(stop_myself);
	EQ(waitpid(pid, &status, WUNTRACED), pid);
	EQ(kill(pid, SIGKILL), 0);
	EQ(waitpid(pid, &status, 0), pid);
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void nocldstop(void)
{
	int status;
	pid_t pid;

	handle(SIGCHLD, NULL, SA_SIGINFO | SA_RESTART | SA_NOCLDSTOP);
	pid = child(stop_myself);
	EQ(waitpid(pid, &status, WUNTRACED), pid);
	EQ(came, 0);
	kill(pid, SIGKILL);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(came, 1);
}

static void stops_and_cont_undo_each_other(void)
{
	sigset_t set = only(SIGTSTP), pending;

	sigaddset(&set, SIGCONT);
	handle(SIGCONT, note, 0);
	handle(SIGTSTP, note, 0);
	EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	raise(SIGTSTP);
	raise(SIGCONT);
	EQ(sigpending(&pending), 0);
	EQ(sigismember(&pending, SIGTSTP), 0);
	EQ(sigismember(&pending, SIGCONT), 1);
	raise(SIGTSTP);
	EQ(sigpending(&pending), 0);
	EQ(sigismember(&pending, SIGTSTP), 1);
	EQ(sigismember(&pending, SIGCONT), 0);
}

/* --- Fork, exec, registers -------------------------------------------------------------------- */

static void fork_inherits(void)
{
	sigset_t set = only(SIGUSR2), pending;
	int status;
	pid_t pid;

	handle(SIGUSR1, note, 0);
	EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	raise(SIGUSR2);
	pid = fork();
	if (!pid) {
		EQ(sigpending(&pending), 0);
		EQ(sigismember(&pending, SIGUSR2), 0);
		EQ(sigprocmask(SIG_BLOCK, NULL, &set), 0);
		EQ(sigismember(&set, SIGUSR2), 1);
		raise(SIGUSR1);
		EQ(came, 1);
		_exit(0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

static void wide_mask(int signal, siginfo_t *info, void *context)
{
	ucontext_t *c = context;

	(void)info;
	note(signal);
	sigaddset(&c->uc_sigmask, SIGUSR2);
#ifdef __aarch64__
	c->uc_mcontext.regs[20] = 0x1234;
#endif
}

static void context_is_the_programs(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO };
	sigset_t now;

	action.sa_sigaction = wide_mask;
	EQ(sigaction(SIGUSR1, &action, NULL), 0);
#ifdef __aarch64__
	register long x0 __asm__("x0") = getpid();
	register long x20 __asm__("x20") = 1;
	double before = 3.25, after = 0;

	__asm__ volatile("fmov d9, %2\nmov x1, #10\nmov x8, #129\nsvc #0\nfmov %1, d9\n"
			 : "+r"(x20), "=r"(after) : "r"(before), "r"(x0)
			 : "x1", "x8", "d9", "memory");
	EQ(x20, 0x1234);
	OK(after == before);
#else
	raise(SIGUSR1);
#endif
	EQ(came, 1);
	EQ(sigprocmask(SIG_BLOCK, NULL, &now), 0);
	EQ(sigismember(&now, SIGUSR2), 1);
}

static void clobber(int signal)
{
	volatile double x = 1.5;

	note(signal);
	for (int i = 0; i < 100; i++)
		x = x * 1.01 + 0.5;
}

static void floats_survive(void)
{
	double sum = 0;

	handle(SIGUSR1, clobber, 0);
	for (int i = 1; i <= 200; i++) {
		sum += 1.0 / i;
		raise(SIGUSR1);
	}
	EQ(came, 200);
	OK(sum > 5.878 && sum < 5.879);
}

static void children_storm(void)
{
	int status, ended = 0;

	handle(SIGCHLD, note, SA_RESTART);
	for (int i = 0; i < 20; i++)
		if (!fork())
			_exit(0);
	while (ended < 20)
		ended += wait(&status) > 0;
	FAILS(wait(&status), ECHILD);
	OK(came >= 1 && came <= 20);
}

static const struct abi_case cases[] = {
	CASE(calls_are_made_again), CASE(accept_is_cut_short), CASE(poll_is_not),
	CASE(sleep_tells_the_rest),
	CASE(sleep_goes_on_after_a_stop), CASE(sigsuspend_waits), CASE(sigtimedwait_waits),
	CASE(stops_are_told), CASE(nocldstop), CASE(stops_and_cont_undo_each_other),
	CASE(fork_inherits), CASE(context_is_the_programs), CASE(floats_survive),
	CASE(children_storm),
};

ABI_MAIN(cases)
