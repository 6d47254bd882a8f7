/* SPDX-License-Identifier: MIT */
/* Unix sockets: streams, datagrams, packets, names; all errnos: more than 500 lines. */
#include "abi.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>

#define NAME "/tmp/socket"

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

static int events(int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLRDHUP, 0 };

	EQ(poll(&p, 1, 0) < 0, 0);
	return p.revents;
}

/* A name without a file, of this process. */
static socklen_t abstract(struct sockaddr_un *name, const char *text)
{
	*name = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   (size_t)sprintf(name->sun_path + 1, "%s-%d", text, getpid()));
}

static int listener(int type, const struct sockaddr_un *name, socklen_t size, int backlog)
{
	int fd = socket(AF_UNIX, type, 0);

	EQ(bind(fd, (const struct sockaddr *)name, size), 0);
	EQ(listen(fd, backlog), 0);
	return fd;
}

static int connected(int type, const struct sockaddr_un *name, socklen_t size)
{
	int fd = socket(AF_UNIX, type, 0);

	EQ(connect(fd, (const struct sockaddr *)name, size), 0);
	return fd;
}

static void streams(void)
{
	struct iovec parts[2];
	char text[64] = "", path[64], a[2], b[8] = "";
	int fds[2], n;
	struct stat st;

	pair(SOCK_STREAM | SOCK_CLOEXEC, fds);
	EQ(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
	EQ(fstat(fds[0], &st), 0);
	EQ(st.st_mode, S_IFSOCK | 0777);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[0]);
	OK(readlink(path, text, sizeof(text) - 1) > 0);
	EQ(strncmp(text, "socket:[", 8), 0);
	put(fds[0], "abc");
	EQ(write(fds[0], "def", 3), 3);
	EQ(ioctl(fds[1], FIONREAD, &n), 0);
	EQ(n, 6);
	EQ(recv(fds[1], b, 4, MSG_PEEK) >= 3, 1);
	EQ(read(fds[1], b, 4), 4);
	get(fds[1], "ef");
	/* both ways, and by parts */
	parts[0] = (struct iovec){ "12", 2 };
	parts[1] = (struct iovec){ "345", 3 };
	EQ(writev(fds[1], parts, 2), 5);
	parts[0] = (struct iovec){ a, 2 };
	parts[1] = (struct iovec){ b, 8 };
	EQ(readv(fds[0], parts, 2), 5);
	EQ(memcmp(a, "12", 2), 0);
	EQ(memcmp(b, "345", 3), 0);
	FAILS(recv(fds[0], b, 8, MSG_DONTWAIT), EAGAIN);
	EQ(send(fds[0], "", 0, 0), 0);
	FAILS(recv(fds[1], b, 8, MSG_DONTWAIT), EAGAIN);
	FAILS(lseek(fds[0], 0, SEEK_CUR), ESPIPE);
}

static void ends(void)
{
	char c;
	int fds[2];

	EQ(signal(SIGPIPE, SIG_IGN) != SIG_ERR, 1);
	pair(SOCK_STREAM, fds);
	EQ(events(fds[0]), POLLOUT);
	put(fds[1], "x");
	EQ(events(fds[0]), POLLIN | POLLOUT);
	EQ(shutdown(fds[1], SHUT_WR), 0);
	EQ(events(fds[0]), POLLIN | POLLOUT | POLLRDHUP);
	get(fds[0], "x");
	EQ(recv(fds[0], &c, 1, 0), 0);
	FAILS(send(fds[1], "y", 1, MSG_NOSIGNAL), EPIPE);
	put(fds[0], "z");
	get(fds[1], "z");
	EQ(close(fds[1]), 0);
	EQ(events(fds[0]), POLLIN | POLLOUT | POLLRDHUP | POLLHUP);
	EQ(read(fds[0], &c, 1), 0);
	FAILS(write(fds[0], "x", 1), EPIPE);
	/* what nobody has read is missed */
	pair(SOCK_STREAM, fds);
	put(fds[0], "x");
	EQ(close(fds[1]), 0);
	EQ(events(fds[0]) & POLLERR, POLLERR);
	FAILS(read(fds[0], &c, 1), ECONNRESET);
	EQ(read(fds[0], &c, 1), 0);
	pair(SOCK_STREAM, fds);
	EQ(shutdown(fds[0], SHUT_RD), 0);
	EQ(read(fds[0], &c, 1), 0);
	FAILS(write(fds[1], "x", 1), EPIPE);
}

static volatile sig_atomic_t pipes;

static void broken(int signal)
{
	(void)signal;
	pipes++;
}

static void broken_pipe(void)
{
	int fds[2];

	EQ(signal(SIGPIPE, broken) != SIG_ERR, 1);
	pair(SOCK_STREAM, fds);
	EQ(close(fds[1]), 0);
	FAILS(send(fds[0], "x", 1, MSG_NOSIGNAL), EPIPE);
	EQ(pipes, 0);
	FAILS(send(fds[0], "x", 1, 0), EPIPE);
	EQ(pipes, 1);
	FAILS(write(fds[0], "x", 1), EPIPE);
	EQ(pipes, 2);
}

/* More than fits: the writer waits, and nothing is lost. */
static void much(void)
{
	static unsigned char buffer[100000];
	int fds[2], status;
	size_t seen = 0;
	ssize_t n;
	pid_t pid;

	pair(SOCK_STREAM, fds);
	pid = fork();
	if (!pid) {
		for (int round = 0; round < 20; round++) {
			for (size_t i = 0; i < sizeof(buffer); i++)
				buffer[i] = (i + (size_t)round * sizeof(buffer)) % 251;
			for (size_t done = 0; done < sizeof(buffer); done += (size_t)n) {
				n = write(fds[1], buffer + done, sizeof(buffer) - done);
				OK(n > 0);
			}
		}
		_exit(0);
	}
	EQ(close(fds[1]), 0);
	EQ(recv(fds[0], buffer, 50000, MSG_WAITALL), 50000);
	for (size_t i = 0; i < 50000; i++)
		OK(buffer[i] == i % 251);
	seen = 50000;
	while ((n = read(fds[0], buffer, 7777)) > 0) {
		for (size_t i = 0; i < (size_t)n; i++)
			OK(buffer[i] == (seen + i) % 251);
		seen += (size_t)n;
	}
	EQ(n, 0);
	EQ(seen, 20 * sizeof(buffer));
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

static void full(void)
{
	static char buffer[65536];
	int fds[2];
	struct timeval t = { 0, 3000 }, told;
	socklen_t size = sizeof(told);
	ssize_t n;

	pair(SOCK_STREAM | SOCK_NONBLOCK, fds);
	while ((n = write(fds[0], buffer, sizeof(buffer))) > 0)
		;
	FAILS(write(fds[0], buffer, sizeof(buffer)), EAGAIN);
	EQ(events(fds[0]) & POLLOUT, 0);
	while ((n = read(fds[1], buffer, sizeof(buffer))) > 0)
		;
	EQ(events(fds[0]), POLLOUT);
	pair(SOCK_STREAM, fds);
	EQ(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)), 0);
	EQ(setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t)), 0);
	EQ(getsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &told, &size), 0);
	OK(told.tv_usec >= 3000 && told.tv_usec < 10000);
	FAILS(read(fds[0], buffer, 1), EAGAIN);
	while ((n = write(fds[0], buffer, sizeof(buffer))) > 0)
		;
	FAILS(write(fds[0], buffer, sizeof(buffer)), EAGAIN);
}

static void packets(void)
{
	static const int types[] = { SOCK_SEQPACKET, SOCK_DGRAM };
	char b[8] = "";
	struct iovec part = { b, 3 };
	struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1 };
	int fds[2], n;

	for (int i = 0; i < 2; i++) {
		pair(types[i], fds);
		put(fds[0], "abcdef");
		put(fds[0], "gh");
		EQ(ioctl(fds[1], FIONREAD, &n), 0);
		EQ(n, types[i] == SOCK_DGRAM ? 6 : 8);
		EQ(recv(fds[1], b, 2, MSG_PEEK | MSG_TRUNC), 6);
		EQ(recvmsg(fds[1], &h, 0), 3);
		EQ(h.msg_flags & MSG_TRUNC, MSG_TRUNC);
		get(fds[1], "gh");
		EQ(send(fds[0], "", 0, 0), 0);
		EQ(recv(fds[1], b, 8, 0), 0);
		FAILS(recv(fds[1], b, 8, MSG_DONTWAIT), EAGAIN);
		n = 4608;
		EQ(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &n, sizeof(n)), 0);
		FAILS(send(fds[0], types, 1 << 20, 0), EMSGSIZE);
	}
	pair(SOCK_SEQPACKET, fds);
	EQ(close(fds[0]), 0);
	EQ(recv(fds[1], b, 8, 0), 0);
	pair(SOCK_DGRAM, fds);
	EQ(close(fds[0]), 0);
	FAILS(send(fds[1], "x", 1, 0), ECONNREFUSED);
}

static void servers(void)
{
	struct sockaddr_un name = { AF_UNIX, NAME }, other;
	socklen_t size = sizeof(name), got = sizeof(other);
	int fd, client, server, n;
	struct ucred cred;
	struct stat st;

	unlink(NAME);
	fd = listener(SOCK_STREAM, &name, size, 5);
	EQ(stat(NAME, &st), 0);
	EQ(st.st_mode & S_IFMT, S_IFSOCK);
	FAILS(open(NAME, O_RDWR), ENXIO);
	EQ(events(fd), 0);
	client = connected(SOCK_STREAM, &name, size);
	EQ(events(fd), POLLIN);
	put(client, "early");
	server = accept4(fd, (struct sockaddr *)&other, &got, SOCK_CLOEXEC);
	OK(server >= 0);
	EQ(fcntl(server, F_GETFD), FD_CLOEXEC);
	EQ(got, 2);
	EQ(other.sun_family, AF_UNIX);
	get(server, "early");
	put(server, "answer");
	get(client, "answer");
	got = sizeof(other);
	EQ(getpeername(client, (struct sockaddr *)&other, &got), 0);
	EQ(got, 2 + strlen(NAME) + 1);
	EQ(strcmp(other.sun_path, NAME), 0);
	got = sizeof(other);
	EQ(getsockname(server, (struct sockaddr *)&other, &got), 0);
	EQ(strcmp(other.sun_path, NAME), 0);
	got = 4;
	EQ(getsockname(fd, (struct sockaddr *)&other, &got), 0);
	EQ(got, 2 + strlen(NAME) + 1);
	got = sizeof(cred);
	EQ(getsockopt(client, SOL_SOCKET, SO_PEERCRED, &cred, &got), 0);
	EQ(cred.pid, getpid());
	EQ(cred.uid, getuid());
	got = sizeof(n);
	EQ(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &n, &got), 0);
	EQ(n, 1);
	/* who is waiting still when the server goes is told */
	n = connected(SOCK_STREAM, &name, size);
	EQ(close(fd), 0);
	FAILS(read(n, &st, 1), ECONNRESET);
	n = socket(AF_UNIX, SOCK_STREAM, 0);
	FAILS(connect(n, (struct sockaddr *)&name, size), ECONNREFUSED);
	FAILS(bind(n, (struct sockaddr *)&name, size), EADDRINUSE);
	EQ(unlink(NAME), 0);
	FAILS(connect(n, (struct sockaddr *)&name, size), ENOENT);
}

static void without_files(void)
{
	struct sockaddr_un name, other;
	socklen_t size = abstract(&name, "server"), got;
	int fd, client, second = socket(AF_UNIX, SOCK_STREAM, 0), status;
	char c = 0;
	pid_t pid;

	FAILS(connect(second, (struct sockaddr *)&name, size), ECONNREFUSED);
	fd = listener(SOCK_STREAM, &name, size, 0);
	FAILS(bind(second, (struct sockaddr *)&name, size), EADDRINUSE);
	pid = fork();
	if (!pid) {
		client = connected(SOCK_STREAM, &name, size);
		EQ(read(client, &c, 1), 1);
		_exit(c);
	}
	client = accept(fd, NULL, NULL);
	EQ(write(client, "\7", 1), 1);
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 7 << 8);
	got = sizeof(other);
	EQ(getsockname(fd, (struct sockaddr *)&other, &got), 0);
	EQ(got, size);
	EQ(memcmp(&name, &other, size), 0);
	/* a name is chosen for who names none */
	EQ(bind(second, (struct sockaddr *)&name, 2), 0);
	got = sizeof(other);
	EQ(getsockname(second, (struct sockaddr *)&other, &got), 0);
	EQ(got, 8);
	EQ(other.sun_path[0], 0);
	/* one waits, and one more, as long as nobody accepts */
	fcntl(fd, F_SETFL, O_NONBLOCK);
	client = connected(SOCK_STREAM, &name, size);
	second = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	FAILS(connect(second, (struct sockaddr *)&name, size), EAGAIN);
	OK(accept(fd, NULL, NULL) >= 0);
	EQ(connect(second, (struct sockaddr *)&name, size), 0);
	OK(accept(fd, NULL, NULL) >= 0);
	FAILS(accept(fd, NULL, NULL), EAGAIN);
}

static void datagrams(void)
{
	struct sockaddr_un name, mine, other;
	socklen_t size = abstract(&name, "to"), mine_size = abstract(&mine, "from"), got;
	int to = socket(AF_UNIX, SOCK_DGRAM, 0), from = socket(AF_UNIX, SOCK_DGRAM, 0);
	char b[8] = "";

	EQ(bind(to, (struct sockaddr *)&name, size), 0);
	FAILS(send(from, "x", 1, 0), ENOTCONN);
	EQ(sendto(from, "one", 3, 0, (struct sockaddr *)&name, size), 3);
	got = sizeof(other);
	EQ(recvfrom(to, b, 8, 0, (struct sockaddr *)&other, &got), 3);
	EQ(got, 0);
	EQ(bind(from, (struct sockaddr *)&mine, mine_size), 0);
	EQ(connect(from, (struct sockaddr *)&name, size), 0);
	put(from, "two");
	got = sizeof(other);
	EQ(recvfrom(to, b, 8, 0, (struct sockaddr *)&other, &got), 3);
	EQ(got, mine_size);
	EQ(memcmp(&other, &mine, got), 0);
	EQ(sendto(to, "back", 4, 0, (struct sockaddr *)&other, got), 4);
	get(from, "back");
	other = (struct sockaddr_un){ .sun_family = AF_UNSPEC };
	EQ(connect(from, (struct sockaddr *)&other, 2), 0);
	FAILS(send(from, "x", 1, 0), ENOTCONN);
	FAILS(connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, size),
	      ECONNREFUSED);
}

static void options(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), n;
	socklen_t size = sizeof(n);

	EQ(getsockopt(fd, SOL_SOCKET, SO_TYPE, &n, &size), 0);
	EQ(n, SOCK_STREAM);
	EQ(getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &n, &size), 0);
	EQ(n, AF_UNIX);
	EQ(getsockopt(fd, SOL_SOCKET, SO_ERROR, &n, &size), 0);
	EQ(n, 0);
	EQ(getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &n, &size), 0);
	EQ(n, 212992);
	n = 10000;
	EQ(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &n, sizeof(n)), 0);
	EQ(getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &n, &size), 0);
	EQ(n, 20000);
	EQ(events(fd), POLLOUT | POLLHUP);
}

static void nothing(int signal)
{
	(void)signal;
}

static void errors(void)
{
	struct sigaction action = { .sa_handler = nothing };
	struct sockaddr_un name;
	socklen_t size = abstract(&name, "errors"), room = sizeof(name);
	struct sockaddr *at = (struct sockaddr *)&name;
	int fds[2], fd = socket(AF_UNIX, SOCK_STREAM, 0), file = open("/dev/null", O_RDWR), status;
	int dgram = socket(AF_UNIX, SOCK_DGRAM, 0), n = 1, waits, none[2];
	struct iovec part = { "x", 1 };
	struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1 };
	struct timeval bad = { 0, 1000000 };
	struct rlimit limit = { 3, 3 };
	char c;
	pid_t pid;

	pair(SOCK_STREAM, fds);
	FAILS(socket(99, SOCK_STREAM, 0), EAFNOSUPPORT);
	FAILS(socket(AF_UNIX, 4, 0), ESOCKTNOSUPPORT);
	FAILS(socket(AF_UNIX, SOCK_STREAM, 5), EPROTONOSUPPORT);
	FAILS(socket(AF_UNIX, SOCK_STREAM | 0x100, 0), EINVAL);
	FAILS(socketpair(99, SOCK_STREAM, 0, none), EAFNOSUPPORT);
	FAILS(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, BAD), EFAULT);
	FAILS(socketpair(AF_UNIX, SOCK_STREAM | 0x100, 0, none), EINVAL);
	FAILS(bind(file, at, size), ENOTSOCK);
	FAILS(bind(99, at, size), EBADF);
	FAILS(syscall(SYS_bind, fd, BAD, size), EFAULT);
	FAILS(bind(fd, at, 1), EINVAL);
	FAILS(listen(99, 1), EBADF);
	FAILS(listen(file, 1), ENOTSOCK);
	FAILS(listen(fd, 1), EINVAL);
	FAILS(listen(dgram, 1), EOPNOTSUPP);
	FAILS(connect(99, at, size), EBADF);
	FAILS(connect(file, at, size), ENOTSOCK);
	FAILS(syscall(SYS_connect, fd, BAD, size), EFAULT);
	FAILS(connect(fd, at, 1), EINVAL);
	FAILS(connect(fd, at, size), ECONNREFUSED);
	FAILS(accept(fd, NULL, NULL), EINVAL);
	FAILS(accept(dgram, NULL, NULL), EOPNOTSUPP);
	FAILS(accept(99, NULL, NULL), EBADF);
	FAILS(accept(file, NULL, NULL), ENOTSOCK);
	FAILS(syscall(SYS_accept4, fd, NULL, NULL, 1), EINVAL);
	FAILS(syscall(SYS_accept4, 99, NULL, NULL, 0), EBADF);
	FAILS(syscall(SYS_accept4, file, NULL, NULL, 0), ENOTSOCK);
	FAILS(getpeername(fd, at, &room), ENOTCONN);
	FAILS(getpeername(99, at, &room), EBADF);
	FAILS(getpeername(file, at, &room), ENOTSOCK);
	FAILS(syscall(SYS_getpeername, fds[0], BAD, &room), EFAULT);
	FAILS(getsockname(99, at, &room), EBADF);
	FAILS(getsockname(file, at, &room), ENOTSOCK);
	FAILS(syscall(SYS_getsockname, fd, at, BAD), EFAULT);
	FAILS(send(fd, "x", 1, MSG_NOSIGNAL), ENOTCONN);
	FAILS(send(99, "x", 1, 0), EBADF);
	FAILS(send(file, "x", 1, 0), ENOTSOCK);
	FAILS(syscall(SYS_sendto, fds[0], BAD, 1, 0, NULL, 0), EFAULT);
	FAILS(sendto(fds[0], "x", 1, 0, at, size), EISCONN);
	FAILS(sendto(fd, "x", 1, 0, at, size), EOPNOTSUPP);
	FAILS(recv(fd, &c, 1, 0), EINVAL);
	FAILS(recv(99, &c, 1, 0), EBADF);
	FAILS(recv(file, &c, 1, 0), ENOTSOCK);
	FAILS(recv(socket(AF_UNIX, SOCK_SEQPACKET, 0), &c, 1, 0), ENOTCONN);
	put(fds[0], "x");
	FAILS(syscall(SYS_recvfrom, fds[1], BAD, 1, 0, NULL, NULL), EFAULT);
	FAILS(syscall(SYS_sendmsg, fds[0], BAD, 0), EFAULT);
	FAILS(sendmsg(99, &h, 0), EBADF);
	FAILS(sendmsg(file, &h, 0), ENOTSOCK);
	FAILS(syscall(SYS_recvmsg, fds[1], BAD, 0), EFAULT);
	FAILS(recvmsg(99, &h, 0), EBADF);
	FAILS(recvmsg(file, &h, 0), ENOTSOCK);
	h.msg_iovlen = 1025;
	FAILS(syscall(SYS_sendmsg, fds[0], &h, 0), EMSGSIZE);
	FAILS(syscall(SYS_recvmsg, fds[1], &h, 0), EMSGSIZE);
	FAILS(shutdown(99, 0), EBADF);
	FAILS(shutdown(file, 0), ENOTSOCK);
	FAILS(shutdown(fds[0], 3), EINVAL);
	FAILS(setsockopt(99, SOL_SOCKET, SO_PASSCRED, &n, 4), EBADF);
	FAILS(setsockopt(file, SOL_SOCKET, SO_PASSCRED, &n, 4), ENOTSOCK);
	FAILS(setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &n, 3), EINVAL);
	FAILS(setsockopt(fd, SOL_SOCKET, 999, &n, 4), ENOPROTOOPT);
	FAILS(setsockopt(fd, 77, 1, &n, 4), EOPNOTSUPP);
	FAILS(syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_PASSCRED, BAD, 4), EFAULT);
	FAILS(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &bad, sizeof(bad)), EDOM);
	FAILS(getsockopt(99, SOL_SOCKET, SO_TYPE, &n, &room), EBADF);
	FAILS(getsockopt(file, SOL_SOCKET, SO_TYPE, &n, &room), ENOTSOCK);
	FAILS(getsockopt(fd, SOL_SOCKET, 999, &n, &room), ENOPROTOOPT);
	FAILS(getsockopt(fd, 77, 1, &n, &room), EOPNOTSUPP);
	FAILS(syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &n, BAD), EFAULT);
	EQ(bind(dgram, at, size), 0);
	FAILS(bind(dgram, at, size), EINVAL);
	waits = socket(AF_UNIX, SOCK_DGRAM, 0);
	EQ(sigaction(SIGUSR1, &action, NULL), 0);
	pid = fork();
	if (!pid) {
		for (pid_t parent = getppid(); getppid() == parent; usleep(2000))
			kill(parent, SIGUSR1);
		_exit(0);
	}
	FAILS(recv(waits, &c, 1, 0), EINTR);
	EQ(kill(pid, SIGKILL), 0);
	while (waitpid(pid, &status, 0) != pid)
		;
	EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
	FAILS(socket(AF_UNIX, SOCK_STREAM, 0), EMFILE);
	FAILS(socketpair(AF_UNIX, SOCK_STREAM, 0, none), EMFILE);
}

static const struct abi_case cases[] = {
	CASE(streams), CASE(ends), CASE(broken_pipe), CASE(much), CASE(full), CASE(packets),
	CASE(servers), CASE(without_files), CASE(datagrams), CASE(options), CASE(errors),
};

ABI_MAIN(cases)
