/* SPDX-License-Identifier: MIT */
/* <asm/io.h> for host tests of drivers: each access goes to the model at that address. */
#ifndef ASM_IO_H
#define ASM_IO_H

#include "device/bus.h"

static inline u8 read8(const volatile void *addr)
{
	return (u8)bus_read(addr, 1);
}

static inline u16 read16(const volatile void *addr)
{
	return (u16)bus_read(addr, 2);
}

static inline u32 read32(const volatile void *addr)
{
	return (u32)bus_read(addr, 4);
}

static inline u64 read64(const volatile void *addr)
{
	return bus_read(addr, 8);
}

static inline void write8(volatile void *addr, u8 value)
{
	bus_write(addr, 1, value);
}

static inline void write16(volatile void *addr, u16 value)
{
	bus_write(addr, 2, value);
}

static inline void write32(volatile void *addr, u32 value)
{
	bus_write(addr, 4, value);
}

static inline void write64(volatile void *addr, u64 value)
{
	bus_write(addr, 8, value);
}

static inline void io_write_barrier(void)
{
}

static inline void io_read_barrier(void)
{
}

#endif
