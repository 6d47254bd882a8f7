/* SPDX-License-Identifier: MIT */
/*
 * The inline half of <arch/io.h>. One instruction an access, with an addressing mode of the
 * compiler's choice, but none with write-back, which a hypervisor could not emulate: those are not
 * among what "m" allows.
 */
#ifndef ASM_IO_H
#define ASM_IO_H

#include <asm/sysreg.h>

static inline u8 read8(const volatile void *addr)
{
	u8 value;

	__asm__ volatile("ldrb %w0, %1" : "=r"(value) : "m"(*(const volatile u8 *)addr) : "memory");
	return value;
}

static inline void write8(volatile void *addr, u8 value)
{
	__asm__ volatile("strb %w1, %0" : "=m"(*(volatile u8 *)addr) : "rZ"(value) : "memory");
}

static inline u16 read16(const volatile void *addr)
{
	u16 value;

	__asm__ volatile("ldrh %w0, %1" : "=r"(value) : "m"(*(const volatile u16 *)addr)
			 : "memory");
	return value;
}

static inline void write16(volatile void *addr, u16 value)
{
	__asm__ volatile("strh %w1, %0" : "=m"(*(volatile u16 *)addr) : "rZ"(value) : "memory");
}

static inline u32 read32(const volatile void *addr)
{
	u32 value;

	__asm__ volatile("ldr %w0, %1" : "=r"(value) : "m"(*(const volatile u32 *)addr) : "memory");
	return value;
}

static inline void write32(volatile void *addr, u32 value)
{
	__asm__ volatile("str %w1, %0" : "=m"(*(volatile u32 *)addr) : "rZ"(value) : "memory");
}

static inline u64 read64(const volatile void *addr)
{
	u64 value;

	__asm__ volatile("ldr %x0, %1" : "=r"(value) : "m"(*(const volatile u64 *)addr) : "memory");
	return value;
}

static inline void write64(volatile void *addr, u64 value)
{
	__asm__ volatile("str %x1, %0" : "=m"(*(volatile u64 *)addr) : "rZ"(value) : "memory");
}

static inline void io_write_barrier(void)
{
	dmb(oshst);
}

static inline void io_read_barrier(void)
{
	dmb(oshld);
}

#endif
