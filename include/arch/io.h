/* SPDX-License-Identifier: MIT */
/*
 * Device registers. Every access is one plain load or store without write-back: those are the
 * ones for which a hypervisor gets a valid syndrome and can emulate the device (ARM DDI 0487,
 * D17.2.37, ESR_ELx.ISV). Accesses to one device stay in program order (Device-nGnRE); the _mem
 * forms also order them against normal memory, for devices that read or write it.
 */
#ifndef ARCH_IO_H
#define ARCH_IO_H

#include <lib/types.h>

static inline u8 read8(const volatile void *addr);
static inline u16 read16(const volatile void *addr);
static inline u32 read32(const volatile void *addr);
static inline u64 read64(const volatile void *addr);
static inline void write8(volatile void *addr, u8 value);
static inline void write16(volatile void *addr, u16 value);
static inline void write32(volatile void *addr, u32 value);
static inline void write64(volatile void *addr, u64 value);

/*
 * Earlier writes to normal memory are visible to devices before later register writes (DMB
 * OSHST).
 */
static inline void io_write_barrier(void);

/* Later reads of normal memory come after earlier register reads (DMB OSHLD). */
static inline void io_read_barrier(void);

#include <asm/io.h>

#endif
