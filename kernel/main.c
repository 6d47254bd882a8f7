/* SPDX-License-Identifier: MIT */
/*
 * The boot order: one call a line, with what it needs and what can be used after it. It starts
 * on the boot thread's stack, with the MMU on, interrupts masked, and the device tree mapped.
 */
#include <arch/irq.h>
#include <arch/mmu.h>
#include <arch/upcall.h>
#include <device/console.h>
#include <device/driver.h>
#include <device/memory.h>
#include <fs/fs.h>
#include <fs/initramfs.h>
#include <generated/version.h>
#include <kernel/cmdline.h>
#include <kernel/cpu.h>
#include <kernel/irq.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/thread.h>
#include <kernel/time.h>
#include <kernel/watchdog.h>
#include <lib/string.h>
#include <mm/boot_mem.h>
#include <mm/heap.h>
#include <mm/heap_debug.h>
#include <mm/map.h>
#include <mm/page.h>
#include <process/init.h>
#include <shell/command.h>

#include "banner.h"

/* The tree as boot found it. Early boot has looked at its header; now every byte of it. */
static void tree_check(void)
{
	size_t size;
	const void *tree = arch_boot_tree(&size);

	if (dt_check(tree, size))
		panic("the device tree is broken (see the line above)");
}

static void cmdline_read(void)
{
	const struct dt_node *chosen = dt_chosen();
	u64 value;

	cmdline_init(CONFIG_CMDLINE, chosen ? dt_string(chosen, "bootargs", 0) : NULL);
	log_set_console_level(cmdline_has("quiet") ? LOG_WARNING : CONFIG_LOG_LEVEL);
	if (!cmdline_u64("loglevel", &value))
		log_set_console_level((unsigned int)MIN(value, 8UL));
	if (!cmdline_size("mem", &value))
		boot_mem_limit(value);
}

static void tree_index(void)
{
	dt_index(boot_mem_alloc(dt_index_size(), 8));
}

static void console_require(void)
{
	if (!console_device() && !irq_count())
		panic("no console: the tree has no interrupt controller that this image knows");
	if (!console_device())
		panic("no console: the tree has no UART that this image knows");
	log_console_ready();
}

/* The kinds of filesystems that are mounted, in words for the banner. */
static const char *filesystems(void)
{
	static char names[64];
	struct fs_mount_info mount;

	if (!IS_ENABLED(CONFIG_FS))
		return "";
	for (unsigned int i = 0; fs_mount_info(i, &mount); i++) {
		strlcat(names, i ? " " : ", files ", sizeof(names));
		strlcat(names, mount.stat.type, sizeof(names));
	}
	return names;
}

void kernel_main(void)
{
	log_info("%s", CAIRN_BANNER);
	thread_init();			/* the boot thread has a name and a stack */
	tree_check();			/* the tree can be trusted */
	memory_scan();			/* RAM and reservations are known */
	cmdline_read();			/* options, and from here on the log's level */
	map_init();			/* all RAM is in the linear map; boot_mem_alloc() */
	tree_index();			/* every question about the tree */
	page_init();			/* page_alloc(); boot_mem_alloc() is over */
	heap_init();			/* kmalloc() */
	drivers_init(PHASE_IRQCHIP);	/* irq_request() */
	drivers_init(PHASE_TIMER);	/* timer_start() */
	sched_init();			/* thread_create(); from here on code may sleep */
	watchdog_start();		/* who keeps the CPU for too long is reported */
	drivers_init(PHASE_CONSOLE);	/* the UART has its driver, clock and pins */
	console_require();		/* the log is shown, what has come so far first */
	arch_irq_enable();		/* input arrives */
	cpus_start();			/* the other CPUs take threads */
	drivers_init(PHASE_DEVICE);	/* power, clock */
	fs_init();			/* files: / is there, empty */
	initramfs_unpack();		/* what the boot loader has brought is in / */
	fs_mount_boot();		/* /dev and /proc */
	banner_print(filesystems());	/* what was configured and what was found */
	page_release_boot();		/* what boot alone has used is handed over too */
	map_protect();			/* what boot alone writes is read-only from here on */
	if (IS_ENABLED(CONFIG_DEBUG_HEAP))
		heap_debug_mark();	/* memleak counts from here */
	init_run();			/* a program, where the command line names one */
#ifdef CONFIG_SHELL
	shell_main();
#else
	machine_off();
#endif
}
