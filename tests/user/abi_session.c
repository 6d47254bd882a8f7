/* SPDX-License-Identifier: MIT */
/* Terminals and sessions: whose it is, keys that are signals, jobs, hanging up, sizes. */
#include "pty.h"

static volatile sig_atomic_t caught[65];

static void note(int signal)
{
	caught[signal]++;
}

/* Without SA_RESTART, so that what waits is interrupted. */
static void handle(int signal)
{
	struct sigaction action = { .sa_handler = note };

	EQ(sigaction(signal, &action, NULL), 0);
}

/* Waits for @signal, which is blocked. */
static void await(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	EQ(sigwaitinfo(&set, NULL), signal);
}

static void block(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
}

/* A child's part: to its end, or to a failure, whose status is the test's. */
#define IN_CHILD(pid) if (!((pid) = fork()))

static void ends_well(pid_t pid)
{
	int status;

	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

/* The terminal's number and the group in front, as /proc says. */
static void proc_tty(int *tty, int *group)
{
	char text[512];
	FILE *f = fopen("/proc/self/stat", "r");

	OK(f && fgets(text, sizeof(text), f));
	EQ(sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %d %d", tty, group), 2);
	fclose(f);
}

static void becomes_the_sessions(void)
{
	int fd, tty, group;
	pid_t pid;

	pty_begin();
	IN_CHILD(pid) {
		EQ(setsid(), getpid());
		FAILS(open("/dev/tty", O_RDWR), ENXIO);
		FAILS(tcgetpgrp(slave), ENOTTY);
		FAILS(tcgetsid(slave), ENOTTY);
		FAILS(tcsetpgrp(slave, getpid()), ENOTTY);
		EQ(tcgetpgrp(master), 0);
		proc_tty(&tty, &group);
		EQ(tty, 0);
		EQ(group, -1);
		OK(open(ptsname(master), O_RDWR | O_NOCTTY) >= 0);
		FAILS(open("/dev/tty", O_RDWR), ENXIO);
		OK(open(ptsname(master), O_WRONLY) >= 0);
		FAILS(open("/dev/tty", O_RDWR), ENXIO);
		OK(open(ptsname(master), O_RDWR) >= 0);
		fd = open("/dev/tty", O_RDWR);
		OK(fd >= 0);
		EQ(tcgetpgrp(fd), getpid());
		EQ(tcgetsid(fd), getpid());
		EQ(tcgetpgrp(master), getpid());
		EQ(tcgetsid(master), getpid());
		proc_tty(&tty, &group);
		EQ(tty >> 8, 136);
		EQ(group, getpid());
		EQ(ioctl(fd, TIOCSCTTY, 0), 0);
		EQ(write(fd, "x", 1), 1);
		SHOWS("x");
		/* and given back */
		EQ(signal(SIGHUP, SIG_IGN) != SIG_ERR, 1);
		EQ(ioctl(fd, TIOCNOTTY, 0), 0);
		FAILS(ioctl(fd, TIOCNOTTY, 0), ENOTTY);
		FAILS(open("/dev/tty", O_RDWR), ENXIO);
		EQ(ioctl(slave, TIOCSCTTY, 0), 0);
		_exit(0);
	}
	ends_well(pid);
}

static void is_one_sessions(void)
{
	int ready[2], go[2];
	pid_t pid, other;
	char c;

	pty_begin();
	EQ(pipe(ready) | pipe(go), 0);
	IN_CHILD(pid) {
		pty_take();
		EQ(write(ready[1], "x", 1), 1);
		close(go[1]);
		EQ(read(go[0], &c, 1), 0);
		_exit(0);
	}
	EQ(read(ready[0], &c, 1), 1);
	IN_CHILD(other) {
		close(go[1]);
		FAILS(ioctl(slave, TIOCSCTTY, 0), EPERM);	/* it leads no session */
		EQ(setsid(), getpid());
		FAILS(ioctl(slave, TIOCSCTTY, 0), EPERM);
		FAILS(tcsetpgrp(slave, getpid()), ENOTTY);
		OK(open(ptsname(master), O_RDWR) >= 0);
		FAILS(open("/dev/tty", O_RDWR), ENXIO);
		EQ(ioctl(slave, TIOCSCTTY, 1), 0);		/* root may steal it */
		EQ(tcgetsid(slave), getpid());
		_exit(0);
	}
	ends_well(other);
	close(go[1]);
	ends_well(pid);
}

static void keys_are_signals(void)
{
	static const struct { const char *key, *shown; int signal; } keys[] = {
		{ "\3", "^Cab\r\n", SIGINT }, { "\34", "^\\ab\r\n", SIGQUIT },
		{ "\32", "^Zab\r\n", SIGTSTP },
	};
	pid_t pid;

	pty_begin();
	for (int i = 0; i < 3; i++)
		block(keys[i].signal);
	IN_CHILD(pid) {
		pty_take();
		for (int i = 0; i < 3; i++) {
			pty_type("gone");
			SHOWS("gone");
			pty_type(keys[i].key);
			await(keys[i].signal);
			pty_type("ab\n");
			READS("ab\n");
			pty_gives(__LINE__, master, keys[i].shown);
		}
		/* without dropping what was typed, and without any signal */
		pty_set(0, 0, ECHO, NOFLSH);
		pty_type("kept\3");
		await(SIGINT);
		pty_type("\n");
		READS("kept\n");
		pty_set(0, 0, ISIG, 0);
		pty_type("\3\34\32\n");
		READS("\3\34\32\n");
		pty_set(0, 0, NOFLSH, ISIG);
		EQ(ioctl(master, 0x40045436, SIGINT), 0);
		await(SIGINT);
		FAILS(ioctl(master, 0x40045436, SIGTERM), EINVAL);
		_exit(0);
	}
	ends_well(pid);
}

static void key_ends_a_read(void)
{
	pid_t pid;
	char c;

	pty_begin();
	IN_CHILD(pid) {
		pty_take();
		handle(SIGINT);
		pty_set(0, 0, 0, 0);
		IN_CHILD(pid) {
			/* when the other one waits, or is going to: it comes again until it did */
			for (;;) {
				pty_type("\3");
				usleep(10000);
			}
		}
		FAILS(read(slave, &c, 1), EINTR);
		EQ(kill(pid, SIGKILL), 0);
		_exit(caught[SIGINT] ? 0 : 1);
	}
	ends_well(pid);
}

/* A group of its own, which is not in front. */
static pid_t in_background(void (*act)(void))
{
	pid_t pid;

	IN_CHILD(pid) {
		EQ(setpgid(0, 0), 0);
		act();
		_exit(0);
	}
	setpgid(pid, pid);
	return pid;
}

static void reads(void)
{
	READS("line\n");
}

static void writes(void)
{
	EQ(write(slave, "x", 1), 1);
}

static void sets(void)
{
	pty_set(0, 0, 0, 0);
}

static void flushes(void)
{
	EQ(tcflush(slave, TCIFLUSH), 0);
}

static void takes_front(void)
{
	EQ(tcsetpgrp(slave, getpid()), 0);
}

static void stops_with(void (*act)(void), int signal)
{
	pid_t pid = in_background(act);
	int status;

	EQ(waitpid(pid, &status, WUNTRACED), pid);
	EQ(WIFSTOPPED(status), 1);
	EQ(WSTOPSIG(status), signal);
	EQ(signal == SIGTTIN ? write(master, "line\n", 5) : 5, 5);
	block(SIGTTOU);
	EQ(tcsetpgrp(slave, pid), 0);
	EQ(kill(-pid, SIGCONT), 0);
	ends_well(pid);
	EQ(tcsetpgrp(slave, getpid()), 0);
	EQ(sigprocmask(SIG_SETMASK, &(sigset_t){ 0 }, NULL), 0);
}

static void others_stop(void)
{
	pid_t pid, outside = getpgrp();

	pty_begin();
	IN_CHILD(pid) {
		pty_take();
		stops_with(reads, SIGTTIN);
		stops_with(sets, SIGTTOU);
		stops_with(flushes, SIGTTOU);
		stops_with(takes_front, SIGTTOU);
		ends_well(in_background(writes));
		pty_set(0, 0, 0, TOSTOP);
		stops_with(writes, SIGTTOU);
		FAILS(tcsetpgrp(slave, outside), EPERM);
		FAILS(tcsetpgrp(slave, 32000), ESRCH);
		FAILS(tcsetpgrp(slave, -1), EINVAL);
		_exit(0);
	}
	ends_well(pid);
}

static void ignores(void)
{
	char c;

	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	FAILS(read(slave, &c, 1), EIO);
	pty_set(0, 0, 0, 0);
	EQ(write(slave, "x", 1), 1);
	signal(SIGTTIN, SIG_DFL);
	block(SIGTTIN);
	FAILS(read(slave, &c, 1), EIO);
}

static void is_orphan(void)
{
	char c;

	pid_t parent = getpid();

	/* the one between it and the session's ends first */
	if (fork())
		_exit(0);
	while (getppid() == parent)
		usleep(1000);
	FAILS(read(slave, &c, 1), EIO);
	FAILS(tcsetpgrp(slave, getpgid(0)), ENOTTY);
	FAILS(tcflush(slave, TCIFLUSH), EIO);
	EQ(write(master, "orphan", 6), 6);
}

static void others_that_cannot_stop(void)
{
	pid_t pid;

	pty_begin();
	IN_CHILD(pid) {
		pty_take();
		ends_well(in_background(ignores));
		pty_set(0, 0, ECHO | ICANON, TOSTOP);
		ends_well(in_background(is_orphan));
		pty_wait(6);
		_exit(0);
	}
	ends_well(pid);
}

static void hanging_up_tells_the_leader(void)
{
	int ready[2];
	pid_t pid;
	char c;

	pty_begin();
	EQ(pipe(ready), 0);
	block(SIGHUP);
	block(SIGCONT);
	IN_CHILD(pid) {
		close(master);
		pty_take();
		EQ(write(ready[1], "x", 1), 1);
		await(SIGHUP);
		await(SIGCONT);
		FAILS(open("/dev/tty", O_RDWR), ENXIO);
		EQ(read(slave, &c, 1), 0);
		_exit(0);
	}
	EQ(read(ready[0], &c, 1), 1);
	close(master);
	ends_well(pid);
}

/* The end of a session's leader reaches the group in front, whatever else holds the terminal. */
static void leaders_end(void)
{
	int ready[2], done[2];
	pid_t pid;
	char c;

	pty_begin();
	EQ(pipe(ready) | pipe(done), 0);
	IN_CHILD(pid) {
		pty_take();
		block(SIGTTOU);
		block(SIGHUP);
		IN_CHILD(pid) {
			EQ(setpgid(0, 0), 0);
			EQ(tcsetpgrp(slave, getpid()), 0);
			EQ(write(ready[1], "x", 1), 1);
			await(SIGHUP);
			FAILS(open("/dev/tty", O_RDWR), ENXIO);
			EQ(write(done[1], "x", 1), 1);
			_exit(0);
		}
		EQ(read(ready[0], &c, 1), 1);
		_exit(0);
	}
	ends_well(pid);
	close(done[1]);
	EQ(read(done[0], &c, 1), 1);
}

static void last_close_keeps(void)
{
	int closed[2];
	pid_t pid;
	char c;

	pty_begin();
	EQ(pipe(closed), 0);
	IN_CHILD(pid) {
		close(closed[1]);
		pty_take();
		close(slave);
		EQ(read(closed[0], &c, 1), 0);
		FAILS(read(master, &c, 1), EIO);
		slave = open("/dev/tty", O_RDWR);
		OK(slave >= 0);
		EQ(tcgetpgrp(slave), getpid());
		EQ(write(slave, "x", 1), 1);
		SHOWS("x");
		_exit(0);
	}
	close(slave);
	close(closed[1]);
	ends_well(pid);
}

static void resizing(void)
{
	struct winsize w = { 24, 80, 0, 0 }, now;
	pid_t pid;

	pty_begin();
	block(SIGWINCH);
	IN_CHILD(pid) {
		sigset_t set;

		pty_take();
		EQ(ioctl(slave, TIOCGWINSZ, &now), 0);
		EQ(now.ws_row | now.ws_col, 0);
		for (int i = 0; i < 100; i++) {
			w.ws_col++;
			EQ(ioctl(i % 2 ? slave : master, TIOCSWINSZ, &w), 0);
			await(SIGWINCH);
			EQ(ioctl(i % 2 ? master : slave, TIOCGWINSZ, &now), 0);
			EQ(now.ws_col, w.ws_col);
		}
		EQ(ioctl(master, TIOCSWINSZ, &w), 0);	/* the same again: nobody is told */
		EQ(sigpending(&set), 0);
		EQ(sigismember(&set, SIGWINCH), 0);
		FAILS(ioctl(master, TIOCSWINSZ, BAD), EFAULT);
		_exit(0);
	}
	ends_well(pid);
}

static void typed_by_programs(void)
{
	pid_t pid;
	char c = 'x';

	pty_begin();
	IN_CHILD(pid) {
		pty_take();
		EQ(ioctl(slave, TIOCSTI, "a"), 0);
		EQ(ioctl(slave, TIOCSTI, "\n"), 0);
		READS("a\n");
		FAILS(ioctl(slave, TIOCSTI, BAD), EFAULT);
		_exit(0);
	}
	ends_well(pid);
	EQ(setuid(1000), 0);
	FAILS(ioctl(slave, TIOCSTI, &c), EPERM);	/* it is not its own */
}

static const struct abi_case cases[] = {
	CASE(becomes_the_sessions), CASE(is_one_sessions), CASE(keys_are_signals),
	CASE(key_ends_a_read), CASE(others_stop), CASE(others_that_cannot_stop),
	CASE(hanging_up_tells_the_leader), CASE(leaders_end), CASE(last_close_keeps),
	CASE(resizing), CASE(typed_by_programs),
};

ABI_MAIN(cases)
