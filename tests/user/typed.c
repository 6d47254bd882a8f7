/* SPDX-License-Identifier: MIT */
/* Waits for what is typed by poll, never by read, in both modes of the terminal. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static int waits(int ms)
{
	struct pollfd p = { 0, POLLIN, 0 };
	int n = poll(&p, 1, ms);

	return n == 1 && p.revents == POLLIN;
}

int main(void)
{
	struct termios before, t;
	char text[100];
	int n, available;

	setvbuf(stdout, NULL, _IONBF, 0);
	printf("a line: ");
	if (!waits(-1))
		return 1;
	/* half a line is nothing that could be read, and does not get here */
	if (ioctl(0, FIONREAD, &available))
		return 2;
	n = read(0, text, sizeof(text));
	printf("%d of %d bytes: %.*s", n, available, n, text);
	tcgetattr(0, &before);
	t = before;
	t.c_lflag &= ~(ICANON | ECHO);
	tcsetattr(0, TCSAFLUSH, &t);
	printf("a key: ");
	if (!waits(-1))
		return 3;
	n = read(0, text, sizeof(text));
	printf("%d byte: %.*s\n", n, n, text);
	printf("nothing: %d\n", waits(100));
	tcsetattr(0, TCSANOW, &before);
	return 0;
}
