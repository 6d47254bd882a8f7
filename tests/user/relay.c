/* SPDX-License-Identifier: MIT */
/*
 * Runs a program on a pseudo-terminal of the size of the terminal that it is on itself, and passes
 * on what is typed, what is shown, and new sizes: as script(1) without a file.
 */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int master;

static void resize(int signal)
{
	struct winsize w;

	(void)signal;
	if (!ioctl(0, TIOCGWINSZ, &w))
		ioctl(master, TIOCSWINSZ, &w);
}

/* What @from has goes to @to: 0 at its end. */
static int pass(int from, int to)
{
	char text[4096];
	ssize_t n = read(from, text, sizeof(text)), done = 0;

	while (done < n) {
		ssize_t written = write(to, text + done, n - done);

		if (written <= 0)
			return 0;
		done += written;
	}
	return n > 0;
}

int main(int argc, char **argv)
{
	struct termios before, raw;
	struct winsize w;
	int status = 0;
	pid_t pid;

	if (argc < 2 || tcgetattr(0, &before) || ioctl(0, TIOCGWINSZ, &w))
		return 1;
	pid = forkpty(&master, NULL, &before, &w);
	if (!pid) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0)
		return 1;
	raw = before;
	cfmakeraw(&raw);
	tcsetattr(0, TCSAFLUSH, &raw);
	signal(SIGWINCH, resize);
	for (;;) {
		struct pollfd p[] = { { 0, POLLIN, 0 }, { master, POLLIN, 0 } };

		if (poll(p, 2, -1) < 0)
			continue;
		if (p[1].revents && !pass(master, 1))
			break;
		if (p[0].revents && !pass(0, master))
			break;
	}
	close(master);
	waitpid(pid, &status, 0);
	tcsetattr(0, TCSADRAIN, &before);
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	printf("relay: ended with %d\n", status);
	return 0;
}
