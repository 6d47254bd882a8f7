/* SPDX-License-Identifier: MIT */
/* Calls about the system, time, and what a process sets of itself. Run as root. */
#include "abi.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>

static void names(void)
{
	struct utsname old, now;

	EQ(uname(&old), 0);
	EQ(strcmp(old.sysname, "Linux"), 0);
	EQ(sethostname("a.name", 4), 0);
	EQ(uname(&now), 0);
	EQ(strcmp(now.nodename, "a.na"), 0);
	EQ(setdomainname("domain", 6), 0);
	EQ(uname(&now), 0);
	EQ(strcmp(now.domainname, "domain"), 0);
	FAILS(sethostname("x", 65), EINVAL);
	FAILS(syscall(SYS_sethostname, "x", -1), EINVAL);
	FAILS(syscall(SYS_sethostname, BAD, 3), EFAULT);
	FAILS(syscall(SYS_setdomainname, KERNEL, 3), EFAULT);
	FAILS(syscall(SYS_uname, BAD), EFAULT);
	EQ(sethostname(old.nodename, strlen(old.nodename)), 0);
	EQ(setdomainname(old.domainname, strlen(old.domainname)), 0);
	EQ(setresuid(9, 9, 9), 0);
	FAILS(sethostname("x", 1), EPERM);
	FAILS(setdomainname("x", 1), EPERM);
}

static void information(void)
{
	struct sysinfo info;

	EQ(sysinfo(&info), 0);
	OK(info.uptime > 0 && info.procs > 0 && info.mem_unit > 0);
	OK(info.freeram > 0 && info.freeram < info.totalram);
	FAILS(syscall(SYS_sysinfo, BAD), EFAULT);
}

static void log_of_the_kernel(void)
{
	char text[4096];
	long size = syscall(SYS_syslog, 10, NULL, 0);

	OK(size >= 4096);
	OK(syscall(SYS_syslog, 3, text, sizeof(text)) >= 0);
	EQ(syscall(SYS_syslog, 3, text, 0), 0);
	FAILS(syscall(SYS_syslog, 3, NULL, 10), EINVAL);
	FAILS(syscall(SYS_syslog, 3, text, -1), EINVAL);
	FAILS(syscall(SYS_syslog, 11, text, 1), EINVAL);
	FAILS(syscall(SYS_syslog, -1, text, 1), EINVAL);
	FAILS(syscall(SYS_syslog, 8, NULL, 0), EINVAL);
	FAILS(syscall(SYS_syslog, 8, NULL, 9), EINVAL);
	EQ(syscall(SYS_syslog, 0, NULL, 0), 0);
	EQ(syscall(SYS_syslog, 1, NULL, 0), 0);
	EQ(setresuid(9, 9, 9), 0);
	FAILS(syscall(SYS_syslog, 2, text, sizeof(text)), EPERM);
	FAILS(syscall(SYS_syslog, 5, NULL, 0), EPERM);
}

static void reboot_wants_to_be_sure(void)
{
	FAILS(syscall(SYS_reboot, 0, 672274793, RB_AUTOBOOT, NULL), EINVAL);
	FAILS(syscall(SYS_reboot, 0xfee1dead, 0, RB_AUTOBOOT, NULL), EINVAL);
	FAILS(syscall(SYS_reboot, 0xfee1dead, 672274793, 0x12345, NULL), EINVAL);
	FAILS(syscall(SYS_reboot, 0xfee1dead, 672274793, 0xa1b2c3d4, BAD), EFAULT);
	EQ(syscall(SYS_reboot, 0xfee1dead, 85072278, RB_DISABLE_CAD, NULL), 0);
	EQ(setresuid(9, 9, 9), 0);
	FAILS(syscall(SYS_reboot, 0xfee1dead, 672274793, RB_AUTOBOOT, NULL), EPERM);
}

/* --- prctl, personality ----------------------------------------------------------------------- */

static void own_name(void)
{
	char name[17] = "";

	EQ(prctl(PR_SET_NAME, "0123456789abcdefghi"), 0);
	EQ(prctl(PR_GET_NAME, name), 0);
	EQ(strcmp(name, "0123456789abcde"), 0);
	EQ(prctl(PR_SET_NAME, ""), 0);
	EQ(prctl(PR_GET_NAME, name), 0);
	EQ(name[0], 0);
	FAILS(prctl(PR_SET_NAME, BAD), EFAULT);
	FAILS(prctl(PR_GET_NAME, KERNEL), EFAULT);
}

static void own_flags(void)
{
	int value = -1;

	EQ(prctl(PR_GET_DUMPABLE), 1);
	EQ(prctl(PR_SET_DUMPABLE, 0), 0);
	EQ(prctl(PR_GET_DUMPABLE), 0);
	FAILS(prctl(PR_SET_DUMPABLE, 2), EINVAL);
	EQ(prctl(PR_SET_PDEATHSIG, SIGUSR1), 0);
	EQ(prctl(PR_GET_PDEATHSIG, &value), 0);
	EQ(value, SIGUSR1);
	FAILS(prctl(PR_SET_PDEATHSIG, 65), EINVAL);
	FAILS(prctl(PR_GET_PDEATHSIG, BAD), EFAULT);
	EQ(prctl(PR_GET_KEEPCAPS), 0);
	FAILS(prctl(PR_SET_KEEPCAPS, 2), EINVAL);
	EQ(prctl(PR_SET_CHILD_SUBREAPER, 5), 0);
	EQ(prctl(PR_GET_CHILD_SUBREAPER, &value), 0);
	EQ(value, 1);
	EQ(prctl(PR_SET_TIMERSLACK, 1234), 0);
	EQ(prctl(PR_GET_TIMERSLACK), 1234);
	EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
	FAILS(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
	FAILS(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0), EINVAL);
	EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	EQ(prctl(PR_CAPBSET_READ, 7), 1);
	EQ(prctl(PR_CAPBSET_DROP, 7), 0);
	EQ(prctl(PR_CAPBSET_READ, 7), 0);
	FAILS(prctl(PR_CAPBSET_READ, 200), EINVAL);
	FAILS(prctl(PR_CAPBSET_DROP, 200), EINVAL);
	FAILS(prctl(0x7fff), EINVAL);
	EQ(setresuid(9, 9, 9), 0);
	FAILS(prctl(PR_CAPBSET_DROP, 8), EPERM);
}

static void signal_when_the_parent_ends(void)
{
	int ends[2], status;
	pid_t middle;
	char c;

	EQ(pipe(ends), 0);
	EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	middle = fork();
	if (!middle) {
		int ready[2];

		EQ(pipe(ready), 0);
		if (!fork()) {
			EQ(prctl(PR_SET_PDEATHSIG, SIGKILL), 0);
			EQ(write(ready[1], "x", 1), 1);
			(void)!read(ends[0], &c, 1);	/* which never ends by itself */
			_exit(1);
		}
		EQ(read(ready[0], &c, 1), 1);
		_exit(0);
	}
	EQ(waitpid(middle, &status, 0), middle);
	OK(wait(&status) > 0);
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void personalities(void)
{
	EQ(personality(0xffffffff), PER_LINUX);
	EQ(personality(ADDR_NO_RANDOMIZE), PER_LINUX);
	EQ(personality(0xffffffff), ADDR_NO_RANDOMIZE);
}

/* --- Time ------------------------------------------------------------------------------------- */

static void clocks(void)
{
	struct timespec t, other;

	EQ(clock_getres(CLOCK_MONOTONIC, &t), 0);
	OK(t.tv_sec == 0 && t.tv_nsec > 0 && t.tv_nsec <= 100000000);
	EQ(clock_getres(CLOCK_REALTIME, NULL), 0);
	FAILS(clock_getres(99, &t), EINVAL);
	FAILS(syscall(SYS_clock_getres, CLOCK_MONOTONIC, BAD), EFAULT);
	FAILS(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, BAD), EFAULT);
	FAILS(syscall(SYS_clock_gettime, 99, &t), EINVAL);
	EQ(clock_gettime(CLOCK_REALTIME, &t), 0);
	FAILS(clock_settime(CLOCK_MONOTONIC, &t), EINVAL);
	FAILS(clock_settime(99, &t), EINVAL);
	FAILS(syscall(SYS_clock_settime, CLOCK_REALTIME, BAD), EFAULT);
	other = t;
	other.tv_nsec = 1000000000;
	FAILS(clock_settime(CLOCK_REALTIME, &other), EINVAL);
	other.tv_nsec = -1;
	FAILS(clock_settime(CLOCK_REALTIME, &other), EINVAL);
	other = (struct timespec){ -1, 0 };
	FAILS(clock_settime(CLOCK_REALTIME, &other), EINVAL);
	EQ(setresuid(9, 9, 9), 0);
	EQ(clock_gettime(CLOCK_REALTIME, &t), 0);
	FAILS(clock_settime(CLOCK_REALTIME, &t), EPERM);
}

static void time_of_day(void)
{
	struct timeval t, bad = { 0, 1000000 };
	struct timezone zone;

	EQ(syscall(SYS_gettimeofday, &t, &zone), 0);
	OK(t.tv_usec >= 0 && t.tv_usec < 1000000);
	EQ(syscall(SYS_gettimeofday, NULL, NULL), 0);
	FAILS(syscall(SYS_gettimeofday, BAD, NULL), EFAULT);
	FAILS(syscall(SYS_gettimeofday, NULL, KERNEL), EFAULT);
	FAILS(syscall(SYS_settimeofday, &bad, NULL), EINVAL);
	FAILS(syscall(SYS_settimeofday, BAD, NULL), EFAULT);
	FAILS(syscall(SYS_settimeofday, NULL, BAD), EFAULT);
	EQ(setresuid(9, 9, 9), 0);
	EQ(syscall(SYS_gettimeofday, &t, NULL), 0);
	FAILS(syscall(SYS_settimeofday, &t, NULL), EPERM);
}

static long long now(void)
{
	struct timespec t;

	EQ(clock_gettime(CLOCK_MONOTONIC, &t), 0);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void sleeping(void)
{
	struct timespec t = { 0, 20000000 }, bad = { 0, 1000000000 };
	long long begin = now();

	EQ(syscall(SYS_nanosleep, &t, NULL), 0);
	OK(now() - begin >= 20000000);
	FAILS(syscall(SYS_nanosleep, &bad, NULL), EINVAL);
	bad = (struct timespec){ -1, 0 };
	FAILS(syscall(SYS_nanosleep, &bad, NULL), EINVAL);
	FAILS(syscall(SYS_nanosleep, BAD, NULL), EFAULT);
	EQ(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL), EINVAL);
	t = (struct timespec){ begin / 1000000000, 0 };
	EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL), 0);
}

static const struct abi_case cases[] = {
	CASE(names), CASE(information), CASE(log_of_the_kernel), CASE(reboot_wants_to_be_sure),
	CASE(own_name), CASE(own_flags), CASE(signal_when_the_parent_ends), CASE(personalities),
	CASE(clocks), CASE(time_of_day), CASE(sleeping),
};

ABI_MAIN(cases)
