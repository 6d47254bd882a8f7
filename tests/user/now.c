/* SPDX-License-Identifier: MIT */
/* What the counter says, in ns: under instruction counting, how many instructions there were. */
#include <stdint.h>
#include <stdio.h>

int main(void)
{
	uint64_t ticks, frequency;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
	printf("now %lu\n", (unsigned long)(ticks * 1000000000 / frequency));
	return 0;
}
