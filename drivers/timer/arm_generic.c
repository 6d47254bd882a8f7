/* SPDX-License-Identifier: MIT */
/*
 * The Arm generic timer: the CPU's virtual counter as the clock, its virtual timer for the next
 * event. The virtual pair is what a kernel at EL1 may always use; the interrupt is the node's
 * third, or the one that `interrupt-names` calls "virt". The counter's rate is in CNTFRQ, which
 * firmware sets; the node's `clock-frequency` stands in where it did not. Does not use the
 * physical or hypervisor timers, nor the memory-mapped timer frames. Binding: "arm,armv8-timer";
 * registers: Arm DDI 0487, D11.
 */
#include <arch/timer.h>
#include <device/driver.h>
#include <device/timer.h>
#include <kernel/irq.h>
#include <lib/string.h>
#include <uapi/errno.h>

#define VIRTUAL_INDEX	2	/* secure physical, physical, virtual, hypervisor */

/* Stopping takes the level-triggered line down; the next event starts the timer again. */
static bool timer_interrupt(void *arg __unused)
{
	arch_timer_stop();
	timer_expired();
	return true;
}

static unsigned int virtual_index(const struct dt_node *node)
{
	const char *name;

	for (unsigned int i = 0; (name = dt_string(node, "interrupt-names", i)); i++) {
		if (strcmp(name, "virt") == 0)
			return i;
	}
	return VIRTUAL_INDEX;
}

static int timer_probe(struct device *dev)
{
	u32 frequency = arch_counter_frequency();
	int irq, err;

	if (!frequency && dt_u32(dev->node, "clock-frequency", 0, &frequency))
		frequency = 0;
	if (!frequency) {
		dev_err(dev, "CNTFRQ is 0 and the node has no clock-frequency: no time");
		return -EINVAL;
	}

	irq = device_irq(dev, virtual_index(dev->node));
	if (irq < 0) {
		if (irq != -EPROBE_DEFER && irq != -ENOMEM)
			dev_err(dev, "no interrupt for the virtual timer in the node");
		return irq;
	}
	arch_timer_stop();	/* a boot loader may have left it running */
	err = irq_request(irq, timer_interrupt, NULL, dev->node->name);
	if (err)
		return err;
	err = timer_register(dev->node, frequency);
	if (err)
		irq_free(irq);
	return err;
}

static const char *const timer_ids[] = { "arm,armv8-timer", "arm,armv7-timer", NULL };

static const struct driver arm_generic_driver = {
	.name = "arm_generic",
	.phase = PHASE_TIMER,
	.compatible = timer_ids,
	.probe = timer_probe,
};
DRIVER(arm_generic_driver);
