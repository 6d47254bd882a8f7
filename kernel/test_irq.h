/* SPDX-License-Identifier: MIT */
/* For tests that need an interrupt line of their own. */
#ifndef KERNEL_TEST_IRQ_H
#define KERNEL_TEST_IRQ_H

#include <device/fdt.h>

#define NO_LINE	(~0U)

/*
 * The number, @least or above, of a line that the tree names and nobody has, and in *@cells what
 * the tree says of it; NO_LINE when all are taken.
 */
unsigned int test_free_line(struct dt_interrupt *cells, unsigned int least);

#endif
