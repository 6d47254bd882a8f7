/* SPDX-License-Identifier: MIT */
/* Does what its argument says, and should not survive it. No C library. */
typedef unsigned long ulong;

__attribute__((naked)) void _start(void)
{
	__asm__("mov x0, sp\n\tb begin");
}

static long call(long number, long a, long b, long c)
{
	register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}

static int same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static const int constant = 1;
static int data[4] = { 0xd65f03c0 };	/* RET */

static int deeper(volatile char *before)
{
	volatile char here[4096];

	here[0] = before[0] + 1;
	return deeper(here) + here[1];
}

__attribute__((used)) void begin(const ulong *stack)
{
	const char *how = stack[0] > 1 ? (const char *)stack[2] : "";

	if (same(how, "null"))
		*(volatile int *)8 = 1;
	if (same(how, "kernel"))
		data[1] = *(volatile int *)0xffffffff80000000;
	if (same(how, "linear"))
		data[1] = *(volatile int *)0xffffff8040000000;
	if (same(how, "rodata"))
		*(volatile int *)&constant = 2;
	if (same(how, "execute"))
		((void (*)(void))data)();
	if (same(how, "undefined"))
		__asm__ volatile(".inst 0");
	if (same(how, "privileged"))
		__asm__ volatile("msr daifset, #2\n\tmrs x0, ttbr0_el1");
	if (same(how, "break"))
		__asm__ volatile("brk 1");
	if (same(how, "stack"))
		deeper((char *)data);
	if (same(how, "pc"))
		((void (*)(void))((ulong)begin + 2))();
	call(93, 99, 0, 0);
}
