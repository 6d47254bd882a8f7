/* SPDX-License-Identifier: MIT */
/*
 * A virtio-mmio device for drivers under test: registers of both versions, the queue as a device
 * sees it, and the ways in which it may be at fault. What a driver must not do (registers of the
 * other version, steps out of order, memory that is not its own) fails the test.
 */
#ifndef HOST_DEVICE_VIRTIO_MODEL_H
#define HOST_DEVICE_VIRTIO_MODEL_H

#include "device/bus.h"

#define VIRTIO_BASE	0x0a003e00UL
#define DISK_SECTORS	4096U

/* What a device does with a request. */
enum virtio_fault {
	FAULT_NONE,
	FAULT_SILENT,		/* nothing, ever */
	FAULT_IOERR,		/* says that sector `bad` cannot be read */
	FAULT_UNSUPP,
	FAULT_STATUS,		/* a status that does not exist */
	FAULT_NO_STATUS,	/* writes none, and all else */
	FAULT_ID_OUTSIDE,	/* has used a descriptor that the queue does not have */
	FAULT_ID_FREE,		/* one that it was not given */
	FAULT_TOO_LONG,		/* says it has written more than there is room for */
	FAULT_TOO_SHORT,
	FAULT_TWICE,		/* answers the same again */
	FAULT_JUMP,		/* the count goes on by more than it was given */
};

/* What it is, and how it behaves. virtio_machine() sets what most tests want. */
extern struct virtio_model {
	u32 magic, version, id;
	u32 features[2];	/* offered */
	u32 queue_max;
	u32 config[8];
	bool refuses_features, queue_in_use, no_reset;
	u32 torn;		/* so often the registers change while they are read */
	enum virtio_fault fault;
	u64 bad;
	unsigned int delay;	/* ticks from notify to answer */
	u32 stuck;		/* bits of the interrupt status that do not go away */
	u32 late;		/* bits that come right before the first acknowledge */
	u32 random_bytes;	/* of an entropy device's answer */
	/* what the driver did: */
	u32 status;
	u32 accepted[2];
	unsigned int resets, notified;
	u32 queue_size;
} model;

/* Another machine with a device of @version and kind @id, coherent or not, and no driver yet. */
void virtio_machine(u32 version, u32 id, bool coherent);

/* Its driver probes it: the device; interrupts are on. */
struct device *virtio_probe(void);

/* Its node in the tree, and the entry of the transport. */
struct bus_node *virtio_node(void);
const struct driver *virtio_transport(void);

/* Byte @at of the disk, and of what an entropy device gives. */
u8 disk_byte(u64 at);
u8 random_byte(unsigned int at);

/* When not 0: sleeps end with -EINTR from this time on, as for one that was told to end. */
extern u64 cancel_at;

/* --- Memory (virtio_memory.c) --- */

/* Frees all, for a device that is coherent or not. */
void memory_reset(bool is_coherent);

/* Where the device finds @size bytes at @pa; that they are not such memory fails the test. */
u8 *dma(u64 pa, size_t size);

/* The next allocations that succeed; less than 0: all. */
extern int allocations;

/* Bytes that drivers have allocated and not freed. */
size_t memory_in_use(void);

/* A sum over all memory that the device may have been told of. */
u64 memory_sum(void);

/* Adds to the physical addresses of all memory that is allocated from now on. */
extern u64 memory_shift;

#endif
