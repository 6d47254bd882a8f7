/* SPDX-License-Identifier: MIT */
/*
 * Probes of devices that are not there, though the tree names them: the access that meets nothing
 * ends the probe. What the driver had requested of interrupts is taken back, so that no handler
 * touches the device any more; its mapping and its state stay, unused.
 */
#include "guard.h"

#include <arch/guard.h>
#include <arch/mmu.h>
#include <kernel/irq.h>
#include <kernel/thread.h>
#include <uapi/errno.h>

static int call_probe(void *arg)
{
	struct device *dev = arg;

	return dev->driver->probe(dev);
}

/* Locks that others sleep for, of this thread's. */
static unsigned int locks_held(void)
{
#ifdef CONFIG_THREADS
	return thread_current()->held;
#else
	return 0;
#endif
}

/* Where the tree has what is mapped at @va; @va itself when nothing is. */
static u64 bus_address(vaddr_t va)
{
	unsigned int flags;
	size_t block;
	paddr_t pa;

	return arch_kernel_lookup(va, &pa, &flags, &block) ? pa : va;
}

int probe_guarded(struct device *dev)
{
	unsigned int held = locks_held();
	struct arch_abort abort;
	int err = arch_call_guarded(call_probe, dev, &abort);

	if (!abort.happened)
		return err;
	if (locks_held() != held)
		panic("%s %s: external abort at %pS, with a lock held that nobody will release",
		      dev->driver->name, dev->node->name, (void *)abort.pc);
	irq_forget(dev);
	if (dev->priv)
		irq_forget(dev->priv);
	if (abort.known)
		dev_err(dev, "nothing answers a %s %#lx (external abort in %pS)",
			abort.write ? "write to" : "read of", bus_address(abort.va),
			(void *)abort.pc);
	else
		dev_err(dev, "nothing answers (external abort in %pS)", (void *)abort.pc);
	return err;
}

#ifdef CONFIG_DEVICE_SLOTS
struct slot {
	const struct driver *driver;
	const struct dt_node *node;
};

static int call_present(void *arg)
{
	const struct slot *slot = arg;

	return slot->driver->present(slot->node);
}

bool present_guarded(const struct driver *driver, const struct dt_node *node)
{
	struct slot slot = { driver, node };
	struct arch_abort abort;

	return arch_call_guarded(call_present, &slot, &abort) || abort.happened;
}
#endif
