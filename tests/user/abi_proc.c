/* SPDX-License-Identifier: MIT */
/*
 * What /proc says of processes and of the system: the names and the formats that programs rely on,
 * and what can be written to. Threads: abi_proc_task.
 */
#include "proc.h"

#include <ctype.h>
#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

/* --- The rest of /proc/<pid> ------------------------------------------------------------------ */

static void auxv(void)
{
	ssize_t n = get("/proc/self/auxv");
	const ElfW(auxv_t) *a = (const void *)text;
	int found = 0;

	OK(n > 0 && !(n % (ssize_t)sizeof(*a)));
	for (; a->a_type != AT_NULL; a++) {
		if (a->a_type == AT_PAGESZ || a->a_type == AT_PHDR || a->a_type == AT_RANDOM) {
			EQ(a->a_un.a_val, getauxval(a->a_type));
			found++;
		}
		OK((const char *)(a + 1) < text + n);
	}
	EQ(found, 3);
}

static void limit_text(char *to, rlim_t value)
{
	if (value == RLIM_INFINITY)
		strcpy(to, "unlimited");
	else
		sprintf(to, "%lu", (unsigned long)value);
}

static void limits(void)
{
	static const struct {
		int resource;
		const char *name, *unit;
	} all[] = {
		{ RLIMIT_CPU, "Max cpu time", "seconds" },
		{ RLIMIT_FSIZE, "Max file size", "bytes" },
		{ RLIMIT_DATA, "Max data size", "bytes" },
		{ RLIMIT_STACK, "Max stack size", "bytes" },
		{ RLIMIT_CORE, "Max core file size", "bytes" },
		{ RLIMIT_RSS, "Max resident set", "bytes" },
		{ RLIMIT_NPROC, "Max processes", "processes" },
		{ RLIMIT_NOFILE, "Max open files", "files" },
		{ RLIMIT_MEMLOCK, "Max locked memory", "bytes" },
		{ RLIMIT_AS, "Max address space", "bytes" },
		{ RLIMIT_LOCKS, "Max file locks", "locks" },
		{ RLIMIT_SIGPENDING, "Max pending signals", "signals" },
		{ RLIMIT_MSGQUEUE, "Max msgqueue size", "bytes" },
		{ RLIMIT_NICE, "Max nice priority", NULL },
		{ RLIMIT_RTPRIO, "Max realtime priority", NULL },
		{ RLIMIT_RTTIME, "Max realtime timeout", "us" },
	};
	static char expected[4096];
	struct rlimit l = { 77, 1234 };
	char *to = expected;

	EQ(setrlimit(RLIMIT_NOFILE, &l), 0);
	to += sprintf(to, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit",
		      "Units");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		char now[32], max[32];

		EQ(getrlimit(all[i].resource, &l), 0);
		limit_text(now, l.rlim_cur);
		limit_text(max, l.rlim_max);
		to += sprintf(to, "%-25s %-20s %-20s ", all[i].name, now, max);
		if (all[i].unit)
			to += sprintf(to, "%-10s", all[i].unit);
		to += sprintf(to, "\n");
	}
	OK(get("/proc/self/limits") > 0);
	EQ(strcmp(text, expected), 0);
}

/* What is said is what stat(2) and statfs(2) say. */
static void mounts(void)
{
	static char first[sizeof(text)];
	int seen = 0;

	OK(get("/proc/mounts") > 0);
	strcpy(first, text);
	OK(get("/proc/self/mounts") > 0);
	EQ(strcmp(text, first), 0);
	OK(strstr(text, " /proc proc rw"));

	OK(get("/proc/self/mountinfo") > 0);
	for (char *at = text, *end; *at; at = end + 1) {
		unsigned int id, parent, major, minor;
		char root[64], target[64], options[64], type[64], source[64], more[64];
		struct stat s;

		end = strchr(at, '\n');
		OK(end);
		EQ(sscanf(at, "%u %u %u:%u %63s %63s %63s - %63s %63s %63s", &id, &parent, &major,
			  &minor, root, target, options, type, source, more), 10);
		EQ(strcmp(root, "/"), 0);
		OK(!strncmp(options, "rw", 2) || !strncmp(options, "ro", 2));
		if (strcmp(target, "/proc"))
			continue;
		seen++;
		EQ(strcmp(type, "proc"), 0);
		EQ(stat("/proc", &s), 0);
		EQ(major(s.st_dev), major);
		EQ(minor(s.st_dev), minor);
	}
	EQ(seen, 1);
}

static void mount_words(void)
{
	char *line;

	mkdir("/tmp", 0777);
	mkdir("/tmp/a b", 0777);
	EQ(mount("none", "/tmp/a b", "tmpfs", MS_NOSUID | MS_NOEXEC, NULL), 0);
	OK(get("/proc/self/mounts") > 0);
	line = strstr(text, "none /tmp/a\\040b tmpfs rw,nosuid,noexec");
	OK(line);
	OK(get("/proc/self/mountinfo") > 0);
	line = strstr(text, " / /tmp/a\\040b rw,nosuid,noexec");
	OK(line);
	OK(strstr(line, " - tmpfs none rw"));
	EQ(umount("/tmp/a b"), 0);
}

static void oom_score_adj(void)
{
	struct stat s;
	pid_t pid;
	int status;

	EQ(stat("/proc/self/oom_score_adj", &s), 0);
	EQ(s.st_mode, S_IFREG | 0644);
	EQ(get("/proc/self/oom_score_adj"), 2);
	EQ(strcmp(text, "0\n"), 0);
	EQ(put("/proc/self/oom_score_adj", " -500\n"), 6);
	EQ(get("/proc/self/oom_score_adj"), 5);
	EQ(strcmp(text, "-500\n"), 0);
	EQ(put("/proc/self/oom_score_adj", "1000"), 4);
	FAILS(put("/proc/self/oom_score_adj", "1001"), EINVAL);
	FAILS(put("/proc/self/oom_score_adj", "-1001"), EINVAL);
	FAILS(put("/proc/self/oom_score_adj", "x"), EINVAL);
	FAILS(put("/proc/self/oom_score_adj", "\n"), EINVAL);
	/* a child has its parent's; and who may not, cannot have less than somebody who may set */
	EQ(put("/proc/self/oom_score_adj", "100"), 3);
	pid = fork();
	if (!pid) {
		int fd = open("/proc/self/oom_score_adj", O_WRONLY);

		OK(get("/proc/self/oom_score_adj") > 0);
		EQ(strcmp(text, "100\n"), 0);
		EQ(setresuid(1000, 1000, 1000), 0);
		EQ(write(fd, "200", 3), 3);
		EQ(write(fd, "100", 3), 3);
		FAILS(write(fd, "99", 2), EACCES);
		FAILS(syscall(SYS_write, fd, BAD, 2), EFAULT);
		_exit(0);
	}
	EQ(waitpid(pid, &status, 0), pid);
	EQ(status, 0);
}

static void io(void)
{
	static const char *const names[] = {
		"rchar: ", "\nwchar: ", "\nsyscr: ", "\nsyscw: ", "\nread_bytes: ",
		"\nwrite_bytes: ", "\ncancelled_write_bytes: ",
	};
	const char *last = text - 1;

	OK(get("/proc/self/io") > 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *at = strstr(text, names[i]);

		OK(at > last && isdigit((unsigned char)at[strlen(names[i])]));
		last = at;
	}
}

/* What was open when its process ended. */
static void gone(void)
{
	static const char *const names[] = {
		"auxv", "comm", "limits", "oom_score_adj", "stack", "stat", "status", "wchan",
	};
	enum { COUNT = sizeof(names) / sizeof(*names) };
	int p[2], fds[COUNT], comm, oom;
	char path[64];
	pid_t pid;

	EQ(pipe(p), 0);
	pid = fork();
	if (!pid) {
		close(p[1]);
		_exit((int)read(p[0], path, 1));
	}
	for (int i = 0; i < COUNT; i++) {
		sprintf(path, "/proc/%d/%s", pid, names[i]);
		fds[i] = open(path, O_RDONLY);
		OK(fds[i] >= 0);
	}
	sprintf(path, "/proc/%d/comm", pid);
	comm = open(path, O_WRONLY);
	sprintf(path, "/proc/%d/oom_score_adj", pid);
	oom = open(path, O_WRONLY);
	close(p[1]);
	EQ(waitpid(pid, NULL, 0), pid);
	FAILS(write(comm, "x", 1), ESRCH);
	FAILS(write(oom, "0", 1), ESRCH);
	/* of auxv Linux has kept the space, and says that there is nothing */
	for (int i = 1; i < COUNT; i++)
		FAILS(read(fds[i], path, 1), ESRCH);
	FAILS(access(path, F_OK), ENOENT);
}

/* --- The system ------------------------------------------------------------------------------- */

static void filesystems(void)
{
	OK(get("/proc/filesystems") > 0);
	OK(strstr(text, "nodev\tproc\n"));
	OK(strstr(text, "nodev\ttmpfs\n"));
	OK(strstr(text, "nodev\tdevpts\n"));
}

static void is_line(const char *name, const char *line)
{
	size_t n = strlen(line);

	EQ(get(name), n + 1);
	EQ(strncmp(text, line, n), 0);
	EQ(text[n], '\n');
}

static void names(void)
{
	static const char host[] = "/proc/sys/kernel/hostname";
	static const char domain[] = "/proc/sys/kernel/domainname";
	struct utsname before, now;
	char many[101];

	EQ(uname(&before), 0);
	is_line(host, before.nodename);
	is_line(domain, before.domainname);
	is_line("/proc/sys/kernel/ostype", before.sysname);
	is_line("/proc/sys/kernel/osrelease", before.release);
	is_line("/proc/sys/kernel/version", before.version);
	EQ(strcmp(before.sysname, "Linux"), 0);

	EQ(put(host, "other\nand more"), 14);
	EQ(uname(&now), 0);
	EQ(strcmp(now.nodename, "other"), 0);
	EQ(put(domain, "example.org"), 11);
	EQ(uname(&now), 0);
	EQ(strcmp(now.domainname, "example.org"), 0);
	EQ(strcmp(now.nodename, "other"), 0);
	memset(many, 'x', 100);
	many[100] = '\0';
	EQ(put(host, many), 100);
	EQ(uname(&now), 0);
	EQ(strlen(now.nodename), 64);
	EQ(sethostname(before.nodename, strlen(before.nodename)), 0);
	is_line(host, before.nodename);
	EQ(setdomainname(before.domainname, strlen(before.domainname)), 0);
	is_line(domain, before.domainname);
}

static void numbers(void)
{
	static const char *const names[] = {
		"/proc/sys/kernel/pid_max", "/proc/sys/kernel/threads-max",
		"/proc/sys/vm/max_map_count", "/proc/sys/fs/file-max",
	};
	char *end;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		OK(get(names[i]) > 1);
		OK(strtol(text, &end, 10) > 300);
		EQ(strcmp(end, "\n"), 0);
	}
	EQ(get("/proc/sys/vm/overcommit_memory"), 2);
	OK(*text >= '0' && *text <= '2');
	FAILS(open("/proc/sys/kernel/none", O_RDONLY), ENOENT);
	FAILS(open("/proc/sys/none/hostname", O_RDONLY), ENOENT);
	FAILS(open("/proc/sys/kernel/hostname/x", O_RDONLY), ENOTDIR);
}

static void is_uuid(const char *name)
{
	EQ(get(name), 37);
	for (int i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23)
			EQ(text[i], '-');
		else
			OK(isxdigit((unsigned char)text[i]) && !isupper((unsigned char)text[i]));
	}
	EQ(text[14], '4');
	OK(strchr("89ab", text[19]));
	EQ(text[36], '\n');
}

static void uuids(void)
{
	char first[64];

	is_uuid("/proc/sys/kernel/random/uuid");
	strcpy(first, text);
	is_uuid("/proc/sys/kernel/random/uuid");
	OK(strcmp(first, text));
	is_uuid("/proc/sys/kernel/random/boot_id");
	strcpy(first, text);
	is_uuid("/proc/sys/kernel/random/boot_id");
	EQ(strcmp(first, text), 0);
}

/* --- pid_max ---------------------------------------------------------------------------------- */

static const char pid_max[] = "/proc/sys/kernel/pid_max";

/* A child that ends at once: its number; -errno. */
static pid_t next_pid(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid < 0)
		return -errno;
	waitpid(pid, NULL, 0);
	return pid;
}

static void pid_max_range(void)
{
	char before[32];

	OK(get(pid_max) > 0);
	strcpy(before, text);
	EQ(put(pid_max, "4194304\n"), 8);
	EQ(get(pid_max), 8);
	EQ(strcmp(text, "4194304\n"), 0);
	FAILS(put(pid_max, "4194305"), EINVAL);
	FAILS(put(pid_max, "300"), EINVAL);
	FAILS(put(pid_max, "-1"), EINVAL);
	FAILS(put(pid_max, "many"), EINVAL);
	EQ(get(pid_max), 8);
	EQ(put(pid_max, before), strlen(before));
}

/* Numbers begin again when they have come to the end, at 300. */
static void pid_max_holds(void)
{
	pid_t pid = 0, last, most = 0;
	char before[32];

	OK(get(pid_max) > 0);
	strcpy(before, text);
	EQ(put(pid_max, "400"), 3);
	do {
		last = pid;
		pid = next_pid();
		if (last)
			most = pid > most ? pid : most;
	} while (pid > last);
	put(pid_max, before);
	OK(pid >= 300 && pid < 400);
	OK(most < 400);
}

static void *nothing(void *arg)
{
	return arg;
}

/* Where all are taken there is no further process, and no further thread. */
static void pid_max_used_up(void)
{
	static pid_t children[400];
	int count = 0, err = 0, p[2], thread;
	char before[32], byte;
	pthread_t t;

	OK(get(pid_max) > 0);
	strcpy(before, text);
	EQ(pipe(p), 0);
	EQ(put(pid_max, "301"), 3);
	while (count < 400) {
		pid_t pid = fork();

		if (!pid) {
			close(p[1]);
			_exit((int)read(p[0], &byte, 1));
		}
		err = errno;
		if (pid < 0)
			break;
		children[count++] = pid;
	}
	thread = pthread_create(&t, NULL, nothing, NULL);
	put(pid_max, before);
	close(p[1]);
	for (int i = 0; i < count; i++)
		EQ(waitpid(children[i], NULL, 0), children[i]);
	OK(count < 400);
	EQ(err, EAGAIN);
	EQ(thread, EAGAIN);
	OK(next_pid() > 0);
}

static const struct abi_case cases[] = {
	CASE(auxv), CASE(limits), CASE(mounts), CASE(mount_words), CASE(oom_score_adj), CASE(io),
	CASE(gone), CASE(filesystems), CASE(names), CASE(numbers), CASE(uuids),
	CASE(pid_max_range), CASE(pid_max_holds), CASE(pid_max_used_up),
};

ABI_MAIN(cases)
