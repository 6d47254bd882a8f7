/* SPDX-License-Identifier: MIT */
/* Calls about the whole system: its names, its state, its log, its end. */
#include <arch/atomic.h>
#include <fs/fs.h>
#include <generated/version.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/string.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <uapi/abi.h>
#include <uapi/errno.h>

#include "load.h"
#include "process.h"
#include "syscall.h"
#include "system.h"

static struct spinlock name_lock = SPINLOCK_INIT;
/* name_lock held: */
static char names[SYSTEM_NAMES][SYSTEM_NAME] = {
	[SYSTEM_HOST] = "cairn", [SYSTEM_DOMAIN] = "(none)",
};

void system_get_name(enum system_name which, char to[SYSTEM_NAME])
{
	unsigned long state = spin_lock_irqsave(&name_lock);

	memcpy(to, names[which], SYSTEM_NAME);
	spin_unlock_irqrestore(&name_lock, state);
}

void system_set_name(enum system_name which, const char from[SYSTEM_NAME])
{
	unsigned long state = spin_lock_irqsave(&name_lock);

	memcpy(names[which], from, SYSTEM_NAME);
	spin_unlock_irqrestore(&name_lock, state);
}

long sys_uname(uaddr_t to)
{
	struct abi_utsname name = {
		.sysname = "Linux", .release = LINUX_RELEASE, .machine = "aarch64",
	};

	system_get_name(SYSTEM_HOST, name.nodename);
	system_get_name(SYSTEM_DOMAIN, name.domainname);
	strlcpy(name.version, CAIRN_BANNER, sizeof(name.version));
	return copy_to_user(to, &name, sizeof(name));
}

static long set_name(enum system_name which, uaddr_t from, int length)
{
	char new[SYSTEM_NAME] = "";

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (length < 0 || length >= SYSTEM_NAME)
		return -EINVAL;
	if (copy_from_user(new, from, (size_t)length))
		return -EFAULT;
	system_set_name(which, new);
	return 0;
}

long sys_sethostname(uaddr_t from, int length)
{
	return set_name(SYSTEM_HOST, from, length);
}

long sys_setdomainname(uaddr_t from, int length)
{
	return set_name(SYSTEM_DOMAIN, from, length);
}

long sys_sysinfo(uaddr_t to)
{
	struct abi_sysinfo info = { .mem_unit = 1 };
	struct page_stats pages;

	page_stats_get(&pages);
	info.uptime = (s64)((time_now() + NS_PER_SEC - 1) / NS_PER_SEC);
	info.totalram = (u64)pages.total << PAGE_SHIFT;
	info.freeram = (u64)pages.free << PAGE_SHIFT;
	info.procs = (u16)atomic_load_relaxed(&process_count);
	load_average(info.loads);
	for (unsigned int i = 0; i < 3; i++)
		info.loads[i] <<= 16 - 11;	/* from LOAD_ONE */
	return copy_to_user(to, &info, sizeof(info));
}

/* --- The log ---------------------------------------------------------------------------------- */

enum {
	SYSLOG_CLOSE = 0, SYSLOG_OPEN, SYSLOG_READ, SYSLOG_READ_ALL, SYSLOG_READ_CLEAR,
	SYSLOG_CLEAR, SYSLOG_CONSOLE_OFF, SYSLOG_CONSOLE_ON, SYSLOG_CONSOLE_LEVEL,
	SYSLOG_SIZE_UNREAD, SYSLOG_SIZE_BUFFER,
};

#define LINE_ROOM	(LOG_LINE_MAX + 32)
#define CONSOLE_LEVEL_DEFAULT	7

/* Where SYSLOG_READ goes on, and where SYSLOG_READ_ALL begins. Atomic. */
static u64 log_next, log_cleared;
static u32 level_before;	/* what SYSLOG_CONSOLE_OFF found, plus 1. Atomic. */

/* A record as Linux's log has it: "<6>[    1.234567] text" and a newline. */
static size_t write_record(char *line, const struct log_record *r)
{
	return MIN((size_t)LINE_ROOM - 1,
		   snprintf(line, LINE_ROOM, "<%d>[%5lu.%06lu] %.*s\n", (int)r->level,
			    r->time / NS_PER_SEC, r->time % NS_PER_SEC / NS_PER_US, (int)r->len,
			    r->text));
}

/* How many bytes the records from @from on have; from where on their last @most bytes are. */
static size_t log_bytes(u64 from, size_t most, char *line, struct log_record *r, u64 *begin)
{
	size_t all = 0, kept = 0;
	u64 first = from;

	for (u64 next = from; log_read(next, r); next = r->sequence + 1)
		all += write_record(line, r);
	kept = all;
	for (u64 next = from; kept > most && log_read(next, r); next = r->sequence + 1) {
		kept -= MIN(kept, write_record(line, r));
		first = r->sequence + 1;
	}
	if (begin)
		*begin = first;
	return all;
}

/* Gives records from *@next on, as many whole ones as fit. */
static long put_records(uaddr_t to, size_t size, u64 *next, char *line, struct log_record *r)
{
	size_t done = 0;

	while (log_read(*next, r)) {
		size_t n = write_record(line, r);

		if (n > size - done)
			break;
		if (copy_to_user(to + done, line, n))
			return -EFAULT;
		done += n;
		*next = r->sequence + 1;
	}
	return (long)done;
}

/* SYSLOG_READ waits for something to read; nobody wakes it, so it looks every now and then. */
static long read_log(uaddr_t to, size_t size, char *line, struct log_record *r)
{
	u64 next = atomic_load_relaxed(&log_next);
	long n;

	while (!log_read(next, r)) {
		int err = thread_sleep(NS_PER_SEC / 10);

		if (err)
			return err;
	}
	n = put_records(to, size, &next, line, r);
	if (n > 0)
		atomic_store_relaxed(&log_next, next);
	return n;
}

static long log_call(int type, uaddr_t to, int size, char *line, struct log_record *r)
{
	u64 begin;
	long n;

	switch (type) {
	case SYSLOG_READ:
		return read_log(to, (size_t)size, line, r);
	case SYSLOG_SIZE_UNREAD:
		return (long)log_bytes(atomic_load_relaxed(&log_next), SIZE_MAX, line, r, NULL);
	default:
		log_bytes(atomic_load_relaxed(&log_cleared), (size_t)size, line, r, &begin);
		n = put_records(to, (size_t)size, &begin, line, r);
		if (n >= 0 && type == SYSLOG_READ_CLEAR)
			atomic_store_relaxed(&log_cleared, begin);
		return n;
	}
}

static void clear_log(struct log_record *r)
{
	u64 next = atomic_load_relaxed(&log_cleared);

	while (log_read(next, r))
		next = r->sequence + 1;
	atomic_store_relaxed(&log_cleared, next);
}

static long set_level(unsigned int level)
{
	log_set_console_level(level);
	return 0;
}

long sys_syslog(int type, uaddr_t to, int size)
{
	bool reads = type >= SYSLOG_READ && type <= SYSLOG_READ_CLEAR;
	struct log_record *r;
	u32 before;
	char *line;
	long n;

	if (type != SYSLOG_READ_ALL && type != SYSLOG_SIZE_BUFFER && !capable(CAP_SYSLOG))
		return -EPERM;
	if (type < SYSLOG_CLOSE || type > SYSLOG_SIZE_BUFFER)
		return -EINVAL;
	if (reads && (!to || size < 0))
		return -EINVAL;
	if (reads && !size)
		return 0;
	switch (type) {
	case SYSLOG_CLOSE:
	case SYSLOG_OPEN:
		return 0;
	case SYSLOG_CONSOLE_OFF:
		before = 0;
		__atomic_compare_exchange_n(&level_before, &before, log_console_level() + 1, false,
					    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
		return set_level(1);
	case SYSLOG_CONSOLE_ON:
		before = __atomic_exchange_n(&level_before, 0, __ATOMIC_RELAXED);
		return before ? set_level(before - 1) : 0;
	case SYSLOG_CONSOLE_LEVEL:
		return size < 1 || size > 8 ? -EINVAL : set_level((unsigned int)size);
	case SYSLOG_SIZE_BUFFER:
		return 1 << CONFIG_LOG_BUF_SHIFT;
	}
	line = kmalloc(LINE_ROOM + sizeof(*r));
	if (!line)
		return -ENOMEM;
	r = (struct log_record *)(line + LINE_ROOM);
	if (type == SYSLOG_CLEAR) {
		clear_log(r);
		n = 0;
	} else {
		n = log_call(type, to, size, line, r);
	}
	kfree(line);
	return n;
}

/* --- The end ---------------------------------------------------------------------------------- */

#define REBOOT_MAGIC1		0xfee1deadU
#define REBOOT_RESTART		0x01234567U
#define REBOOT_HALT		0xcdef0123U
#define REBOOT_CAD_ON		0x89abcdefU
#define REBOOT_CAD_OFF		0x00000000U
#define REBOOT_POWER_OFF	0x4321fedcU
#define REBOOT_RESTART2		0xa1b2c3d4U

/* Linus's birthday, and those of his daughters: any of them says that it is meant. */
static bool is_meant(u32 magic)
{
	return magic == 672274793 || magic == 85072278 || magic == 369367448 || magic == 537993216;
}

long sys_reboot(unsigned long magic1, unsigned long magic2, unsigned long command, uaddr_t text)
{
	char word[256];

	if (!capable(CAP_SYS_BOOT))
		return -EPERM;
	if ((u32)magic1 != REBOOT_MAGIC1 || !is_meant((u32)magic2))
		return -EINVAL;
	switch ((u32)command) {
	case REBOOT_CAD_ON:
	case REBOOT_CAD_OFF:
		return 0;	/* there are no such keys */
	case REBOOT_RESTART2:
		if (copy_string_from_user(word, text, sizeof(word)) == -EFAULT)
			return -EFAULT;
		machine_reboot();
	case REBOOT_RESTART:
		machine_reboot();
	case REBOOT_HALT:
	case REBOOT_POWER_OFF:
		machine_off();
	default:
		return -EINVAL;
	}
}
