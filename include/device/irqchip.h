/* SPDX-License-Identifier: MIT */
/*
 * What an interrupt controller's driver gives to the kernel. The root controller is the one
 * that the CPU's interrupt line comes from: it also gets the function that acknowledges and
 * ends.
 */
#ifndef DEVICE_IRQCHIP_H
#define DEVICE_IRQCHIP_H

#include <device/fdt.h>
#include <lib/types.h>

enum irq_trigger {
	IRQ_TRIGGER_LEVEL_HIGH,
	IRQ_TRIGGER_EDGE_RISING,
	IRQ_TRIGGER_LEVEL_LOW,
	IRQ_TRIGGER_EDGE_FALLING
};

struct irqchip;
struct irq_line;

/*
 * Interrupts are off. mask, unmask and set_trigger come with the line's lock held, acknowledge, end
 * and the mask of a line that nobody wants from the interrupt. @hw is the controller's own number.
 */
struct irqchip_ops {
	/* When it returns, no CPU takes the line's interrupt any more; one may be at it still. */
	void (*mask)(struct irqchip *chip, unsigned int hw);
	void (*unmask)(struct irqchip *chip, unsigned int hw);
	/* 0, or -EINVAL when the line cannot do that. */
	int (*set_trigger)(struct irqchip *chip, unsigned int hw, enum irq_trigger trigger);
	/* From the tree's cells to the controller's number and trigger: 0 or -EINVAL. */
	int (*translate)(struct irqchip *chip, const u32 *cell, unsigned int cells,
			 unsigned int *hw, enum irq_trigger *trigger);
	/*
	 * Root controller only: acknowledges one pending interrupt; its number, or one that is not
	 * below @lines when there is none. @end gets the same number back after its handler ran,
	 * as wide as a register, since every interrupt would have to narrow it.
	 */
	unsigned int (*acknowledge)(struct irqchip *chip);
	void (*end)(struct irqchip *chip, unsigned long hw);
	/* True from acknowledge to end of @hw, on whatever CPU. */
	bool (*is_active)(struct irqchip *chip, unsigned int hw);
	/* Makes @hw pending as if its device had asked, once. */
	void (*raise)(struct irqchip *chip, unsigned int hw);
#ifdef CONFIG_SMP
	/*
	 * Root controller only. Gets to know CPU @cpu by its MPIDR affinity, from the boot CPU, and
	 * forgets one that did not come (may be NULL); turns on what only that CPU can, on it. 0,
	 * or a negative errno, with a log line.
	 */
	int (*prepare_cpu)(struct irqchip *chip, unsigned int cpu, u64 affinity);
	void (*forget_cpu)(struct irqchip *chip, unsigned int cpu);
	int (*begin_cpu)(struct irqchip *chip);
	/*
	 * Raises line @hw, an enum ipi, on CPU @cpu, which sees what was written before. As FIQ,
	 * which masked interrupts do not keep out: false where the controller cannot.
	 */
	void (*send_ipi)(struct irqchip *chip, unsigned int hw, unsigned int cpu);
	bool (*send_fiq)(struct irqchip *chip, unsigned int cpu);
	/* Takes and ends the FIQ that has come: false when it was none of send_fiq(). */
	bool (*take_fiq)(struct irqchip *chip);
	/* Has line @hw, not one that each CPU has, go to CPU @cpu: 0 or -EINVAL. */
	int (*set_cpu)(struct irqchip *chip, unsigned int hw, unsigned int cpu);
#endif
};

/* What CPUs tell each other: lines that each CPU has, of the root controller. */
enum ipi { IPI_RESCHEDULE, IPI_CALL, IPI_STOP, IPI_FIQ };

struct irqchip {
	const struct irqchip_ops *ops;
	const struct dt_node *node; /* its #interrupt-cells and phandle are what devices refer to */
	unsigned int lines;		/* hardware numbers 0 .. lines-1 */
	unsigned int percpu;		/* those below exist once for each CPU */
	/* set by irqchip_register(): */
	unsigned int base;		/* the system's number of line 0 */
	struct irqchip *next;
	struct irq_line **line;		/* kernel/irq.c's, one a line */
};

/*
 * Makes the controller known; the first one with @acknowledge is the root. From probe. 0;
 * -EBUSY when there is a root already and this one wants to be it too; -ENOMEM.
 */
int irqchip_register(struct irqchip *chip);

#endif
