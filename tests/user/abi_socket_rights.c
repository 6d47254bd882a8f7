/* SPDX-License-Identifier: MIT */
/* What goes over unix sockets beside bytes: files, and who sends. */
#include "abi.h"

#include <fcntl.h>
#include <sys/socket.h>

static void pair(int type, int fds[2])
{
	EQ(socketpair(AF_UNIX, type, 0, fds), 0);
}

static void put(int fd, const char *text)
{
	EQ(send(fd, text, strlen(text), 0), strlen(text));
}

/* Reads at one call what is there, which is @text. */
static void get(int fd, const char *text)
{
	char buffer[256] = "";

	EQ(recv(fd, buffer, sizeof(buffer), 0), strlen(text));
	EQ(strcmp(buffer, text), 0);
}

union control {
	struct cmsghdr h;
	char room[CMSG_SPACE(64 * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
};

/* Sends a byte, and @n files with it. */
static long send_files(int fd, const int *files, int n)
{
	union control control = { .h = { 0 } };
	struct iovec part = { "f", 1 };
	struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control };

	h.msg_controllen = CMSG_SPACE((size_t)n * sizeof(int));
	control.h.cmsg_level = SOL_SOCKET;
	control.h.cmsg_type = SCM_RIGHTS;
	control.h.cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
	memcpy(CMSG_DATA(&control.h), files, (size_t)n * sizeof(int));
	return sendmsg(fd, &h, MSG_NOSIGNAL);
}

/* Receives a byte and files, for which there is room for @room: how many. */
static int receive_files(int fd, int *files, int room, int *flags)
{
	union control control;
	char c;
	struct iovec part = { &c, 1 };
	struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control };
	size_t n;

	h.msg_controllen = CMSG_LEN((size_t)room * sizeof(int));
	EQ(recvmsg(fd, &h, MSG_CMSG_CLOEXEC), 1);
	*flags = h.msg_flags;
	if (!h.msg_controllen)
		return 0;
	EQ(control.h.cmsg_level, SOL_SOCKET);
	EQ(control.h.cmsg_type, SCM_RIGHTS);
	n = (control.h.cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(files, CMSG_DATA(&control.h), n * sizeof(int));
	return (int)n;
}

static void files(void)
{
	int fds[2], ends[2], more[2], got[8], flags, bad[2] = { 0, 99 };
	char c;

	pair(SOCK_STREAM, fds);
	EQ(pipe(ends), 0);
	EQ(send_files(fds[0], ends, 2), 1);
	EQ(close(ends[1]), 0);
	EQ(receive_files(fds[1], got, 8, &flags), 2);
	EQ(flags & MSG_CTRUNC, 0);
	EQ(fcntl(got[0], F_GETFD), FD_CLOEXEC);
	EQ(write(got[1], "x", 1), 1);
	EQ(read(ends[0], &c, 1), 1);
	EQ(close(got[1]), 0);
	EQ(read(got[0], &c, 1), 0);
	/* less room than files: the others are closed */
	EQ(pipe(ends), 0);
	EQ(send_files(fds[0], ends, 2), 1);
	EQ(close(ends[1]), 0);
	EQ(receive_files(fds[1], got, 1, &flags), 1);
	EQ(flags & MSG_CTRUNC, MSG_CTRUNC);
	EQ(read(ends[0], &c, 1), 0);
	/* and so are those that nobody takes, or nobody can take any more */
	EQ(pipe(ends), 0);
	EQ(send_files(fds[0], &ends[1], 1), 1);
	EQ(close(ends[1]), 0);
	EQ(read(fds[1], &c, 1), 1);
	EQ(read(ends[0], &c, 1), 0);
	EQ(pipe(ends), 0);
	EQ(send_files(fds[0], &ends[1], 1), 1);
	EQ(close(ends[1]), 0);
	EQ(close(fds[1]), 0);
	EQ(read(ends[0], &c, 1), 0);
	/* a socket, by another one */
	pair(SOCK_SEQPACKET, fds);
	pair(SOCK_STREAM, more);
	EQ(send_files(fds[0], &more[1], 1), 1);
	EQ(close(more[1]), 0);
	put(more[0], "in flight");
	EQ(receive_files(fds[1], got, 8, &flags), 1);
	get(got[0], "in flight");
	FAILS(send_files(fds[0], bad, 2), EBADF);
	/* what comes with files ends what is read at once */
	pair(SOCK_STREAM, fds);
	put(fds[0], "ab");
	EQ(send_files(fds[0], &more[0], 1), 1);
	put(fds[0], "cd");
	get(fds[1], "abf");
	get(fds[1], "cd");
}

/* Circles of them go with their last descriptors, or are refused. */
static void circles(void)
{
	int fds[2];

	for (int i = 0; i < 100; i++) {
		pair(SOCK_STREAM, fds);
		send_files(fds[0], &fds[0], 1);
		send_files(fds[0], &fds[1], 1);
		send_files(fds[1], &fds[0], 1);
		send_files(fds[1], &fds[1], 1);
		EQ(close(fds[0]), 0);
		EQ(close(fds[1]), 0);
	}
}

static void who_sends(void)
{
	union control control;
	char c;
	struct iovec part = { &c, 1 };
	struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control };
	struct ucred cred;
	int fds[2], on = 1, status;
	pid_t pid;

	pair(SOCK_DGRAM, fds);
	EQ(setsockopt(fds[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)), 0);
	pid = fork();
	if (!pid) {
		put(fds[0], "x");
		_exit(0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	h.msg_controllen = sizeof(control);
	EQ(recvmsg(fds[1], &h, 0), 1);
	EQ(h.msg_controllen, CMSG_SPACE(sizeof(cred)));
	EQ(control.h.cmsg_type, SCM_CREDENTIALS);
	memcpy(&cred, CMSG_DATA(&control.h), sizeof(cred));
	EQ(cred.pid, pid);
	EQ(cred.uid, getuid());
	/* to say that one is another one is not for everybody */
	EQ(setuid(1000), 0);
	cred = (struct ucred){ 1, 0, 0 };
	control.h.cmsg_len = CMSG_LEN(sizeof(cred));
	memcpy(CMSG_DATA(&control.h), &cred, sizeof(cred));
	h.msg_controllen = CMSG_SPACE(sizeof(cred));
	FAILS(sendmsg(fds[0], &h, 0), EPERM);
	cred = (struct ucred){ getpid(), 1000, getgid() };
	memcpy(CMSG_DATA(&control.h), &cred, sizeof(cred));
	EQ(sendmsg(fds[0], &h, 0), 1);
}

static const struct abi_case cases[] = { CASE(files), CASE(circles), CASE(who_sends) };

ABI_MAIN(cases)
