/* SPDX-License-Identifier: MIT */
/*
 * virtio-mmio with a block device, against the model of virtio_model.h: both versions, with and
 * without coherency; and devices that answer wrongly, late, or never.
 */
#include <device/block.h>
#include <kernel/mutex.h>
#include <kernel/time.h>
#include <lib/format.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "device/virtio_model.h"
#include "host.h"

/* How often the disk's lock is held, and what waiting for it says. */
static unsigned int held;
static int lock_error;

#define mutex_lock(m, deadline)	model_lock(deadline)
#define mutex_unlock(m)		((void)(m), held--)

void mutex_init(struct mutex *m __unused)
{
}

static int model_lock(u64 deadline __unused)
{
	held += !lock_error;
	return lock_error;
}

/* Each machine's disk is vda: the list starts anew. */
#include "../../../drivers/block/block.c"
#include "../../../drivers/virtio/blk.c"

#define MS	NS_PER_MS

static void machine(u32 version, u32 id, bool coherent)
{
	virtio_machine(version, id, coherent);
	first = NULL;
	held = 0;
	lock_error = 0;
	host_log_lines();
}

static struct block *disk(u32 version, bool coherent)
{
	machine(version, 2, coherent);
	TEST_EQ(virtio_probe()->error, 0);
	TEST_EQ(model.status & 128, 0);
	return block_find("vda");
}

/* Reads and compares: what block_read() says, and *@done. */
static int check_read(struct block *b, u64 sector, u32 count, u64 limit, u32 *done)
{
	size_t size = (size_t)count * b->sector_size, wrong = 0;
	u8 *buf = malloc(size ? size : 1);
	int err = block_read(b, sector, count, buf, bus_now + limit, done);

	for (size_t i = 0; i < (size_t)*done * b->sector_size; i++)
		wrong += buf[i] != disk_byte(sector * b->sector_size + i);
	TEST_EQ(wrong, 0);
	TEST_EQ(held, 0);
	free(buf);
	return err;
}

static int read_one(struct block *b, u64 sector)
{
	u32 done;

	return check_read(b, sector, 1, 10 * MS, &done);
}

/* --- Disks that work --- */

static void reads_a_disk(u32 version, bool coherent)
{
	struct block *b = disk(version, coherent);
	u32 done;

	if (!TEST(b != NULL))
		return;
	TEST_EQ(b->sectors, DISK_SECTORS);
	TEST_EQ(b->sector_size, 512);
	TEST_EQ(model.accepted[1], version == 2);
	for (u64 i = 0; i < host_effort(200); i++) {
		u64 sector = host_random_below(DISK_SECTORS);
		u32 count = (u32)host_random_below(MIN(DISK_SECTORS - sector, 100UL) + 1);

		model.delay = 1 + (unsigned int)host_random_below(20);
		TEST_EQ(check_read(b, sector, count, 100 * MS, &done), 0);
		TEST_EQ(done, count);
	}
	TEST(bus_interrupts > 0);
	TEST_EQ(host_log_lines(), 1);	/* what it is */
}

static void reads_legacy(void)
{
	reads_a_disk(1, true);
	reads_a_disk(1, false);
}

static void reads_modern(void)
{
	reads_a_disk(2, true);
	reads_a_disk(2, false);
}

static void takes_a_small_queue(void)
{
	machine(2, 2, true);
	model.queue_max = 7;		/* not a power of two */
	TEST_EQ(virtio_probe()->error, 0);
	TEST_EQ(model.queue_size, 4);
	for (u64 i = 0; i < 20; i++)
		TEST_EQ(read_one(block_find("vda"), i), 0);
}

static void respects_sizes(void)
{
	struct block *b;
	u32 done;

	machine(2, 2, true);
	model.features[0] = BIT(1) | BIT(2) | BIT(5) | BIT(6) | BIT(9);
	model.config[2] = 5000;		/* a part of a request at most */
	model.config[3] = 1;		/* parts */
	model.config[5] = 2048;		/* a sector */
	TEST_EQ(virtio_probe()->error, 0);
	TEST_EQ(model.accepted[0], BIT(1) | BIT(2) | BIT(5) | BIT(6));	/* not 9: flush */
	b = block_find("vda");
	TEST(b->read_only);
	TEST_EQ(b->sector_size, 2048);
	TEST_EQ(b->sectors, DISK_SECTORS / 4);
	TEST_EQ(b->most, 2);
	model.notified = 0;
	TEST_EQ(check_read(b, 100, 5, 100 * MS, &done), 0);
	TEST_EQ(model.notified, 3);
}

static void waits_for_the_lock(void)
{
	struct block *b = disk(2, true);
	u8 buf[512];

	model.notified = 0;
	lock_error = -ETIMEDOUT;
	TEST_EQ(block_read(b, 0, 1, buf, MS, NULL), -ETIMEDOUT);
	TEST_EQ(model.notified, 0);
}

/* Two words that belong together and change: for a while, and all the time. */
static void reads_what_changes(void)
{
	for (u32 version = 1; version <= 2; version++) {
		machine(version, 2, true);
		model.torn = 3;
		TEST_EQ(virtio_probe()->error, 0);
		TEST_EQ(block_find("vda")->sectors, DISK_SECTORS + 3 * 512 + BIT(32));
		machine(version, 2, true);
		model.torn = UINT32_MAX;
		virtio_probe();		/* ends */
	}
}

/* --- Disks that do not --- */

static void finds_the_bad_sector(void)
{
	for (u32 version = 1; version <= 2; version++) {
		struct block *b = disk(version, true);
		u32 done;

		host_log_lines();
		model.fault = FAULT_IOERR;
		model.bad = 1000;
		TEST_EQ(check_read(b, 980, 50, 100 * MS, &done), -EIO);
		TEST_EQ(done, 20);
		TEST_EQ(check_read(b, 1000, 50, 100 * MS, &done), -EIO);
		TEST_EQ(done, 0);
		TEST_EQ(check_read(b, 1001, 200, 100 * MS, &done), 0);
		TEST_EQ(model.resets, 1);
		model.fault = FAULT_UNSUPP;
		TEST_EQ(check_read(b, 5, 50, 100 * MS, &done), -EOPNOTSUPP);
		model.fault = FAULT_NONE;
		TEST_EQ(read_one(b, 1000), 0);
		TEST_EQ(host_log_lines(), 0);	/* whoever reads says it */
	}
}

/* Each is an error in words, and the next read works. */
static void survives(enum virtio_fault fault, u32 version, bool resets, const char *words)
{
	struct block *b = disk(version, fault % 2);

	host_log_lines();
	model.resets = 0;
	model.fault = fault;
	TEST_EQ(read_one(b, 7), -EIO);
	TEST_EQ(host_log_lines(), 1);
	TEST(strstr(host_log_last(), words) != NULL);
	TEST_EQ(model.resets, resets);
	model.fault = FAULT_NONE;
	TEST_EQ(read_one(b, 8), 0);
	TEST_EQ(host_log_lines(), 0);
}

static void survives_nonsense(void)
{
	for (u32 version = 1; version <= 2; version++) {
		survives(FAULT_STATUS, version, false, "an answer of status 77");
		survives(FAULT_NO_STATUS, version, false, "an answer of status 255");
		survives(FAULT_ID_OUTSIDE, version, true, "nobody asked for");
		survives(FAULT_ID_FREE, version, true, "nobody asked for");
		survives(FAULT_TOO_LONG, version, true, "nobody asked for");
		survives(FAULT_JUMP, version, true, "nobody asked for");
	}
	survives(FAULT_TOO_SHORT, 2, false, "512 bytes of 512 came");
}

/* Of a legacy device's count only too much is wrong. */
static void legacy_counts_are_not_believed(void)
{
	struct block *b = disk(1, true);

	model.fault = FAULT_TOO_SHORT;
	TEST_EQ(read_one(b, 7), 0);
}

/* The answer is right, and comes again: the next request gets the old one, and it is noticed. */
static void notices_an_answer_that_comes_twice(void)
{
	struct block *b = disk(2, true);
	u32 done;

	model.fault = FAULT_TWICE;
	TEST_EQ(check_read(b, 7, 1, 10 * MS, &done), -EIO);
	model.fault = FAULT_NONE;
	TEST_EQ(read_one(b, 8), 0);
}

static void times_out_and_resets(void)
{
	struct block *b = disk(1, false);
	u64 began = bus_now;
	u32 done;

	host_log_lines();
	model.resets = 0;
	model.fault = FAULT_SILENT;
	TEST_EQ(check_read(b, 7, 40, 20 * MS, &done), -ETIMEDOUT);
	TEST(bus_now - began >= 20 * MS && bus_now - began < 30 * MS);
	TEST_EQ(model.resets, 1);
	TEST_EQ(host_log_lines(), 1);
	TEST(strstr(host_log_last(), "sector 7: no answer in time: reset") != NULL);
	/* and an answer that is later than that comes to nobody */
	model.fault = FAULT_NONE;
	model.delay = 50000;
	TEST_EQ(check_read(b, 7, 1, 20 * MS, &done), -ETIMEDOUT);
	model.delay = 5;
	for (unsigned int i = 0; i < 100; i++)
		bus_tick();
	TEST_EQ(read_one(b, 9), 0);
}

static void can_be_cancelled(void)
{
	struct block *b = disk(2, true);
	u64 began = bus_now;

	host_log_lines();
	model.fault = FAULT_SILENT;
	cancel_at = bus_now + 3 * MS;
	TEST_EQ(read_one(b, 7), -EINTR);
	TEST(bus_now - began < 4 * MS);
	TEST_EQ(host_log_lines(), 0);
	cancel_at = 0;
	model.fault = FAULT_NONE;
	TEST_EQ(read_one(b, 7), 0);
}

/* It may still write to its memory, which is left alone until it says that it does not. */
static void leaves_memory_to_what_does_not_reset(void)
{
	struct block *b = disk(2, true);
	u64 sum;

	model.fault = FAULT_SILENT;
	model.no_reset = true;
	TEST_EQ(read_one(b, 7), -ETIMEDOUT);
	TEST(strstr(host_log_last(), "does not let itself be reset") != NULL);
	sum = memory_sum();
	model.fault = FAULT_NONE;
	TEST_EQ(read_one(b, 8), -ENXIO);
	TEST_EQ(memory_sum(), sum);
	cancel_at = 1;
	TEST_EQ(read_one(b, 8), -ENXIO);
	cancel_at = 0;
	model.no_reset = false;
	TEST_EQ(read_one(b, 8), 0);
}

/* --- Probing --- */

/* A device that is refused: the error, the words, and nothing is left behind. */
static void refused(int error, const char *words)
{
	TEST_EQ(virtio_probe()->error, error);
	TEST(strstr(host_log_last(), words) != NULL);
	TEST(block_find("vda") == NULL);
	TEST_EQ(memory_in_use(), 0);
	TEST(!bus_interrupt_requested());
}

static void refuses_other_devices(void)
{
	machine(2, 2, true);
	model.magic = 0x12345678;
	refused(-ENXIO, "no virtio device: 0x12345678");
	machine(3, 2, true);
	refused(-EPROTONOSUPPORT, "version 3 is neither 1 nor 2");
	machine(2, 99, true);
	refused(-ENODEV, "a device of kind 99, for which this image has no driver");
	machine(2, 2, true);
	virtio_node()->reg[0].size = 0x80;
	refused(-EINVAL, "`reg` of 128 bytes");
}

static void refuses_what_it_cannot_agree_to(void)
{
	machine(2, 2, true);
	model.features[1] = 0;
	refused(-EPROTONOSUPPORT, "does not offer VIRTIO_F_VERSION_1");
	machine(2, 2, true);
	model.refuses_features = true;
	refused(-EPROTONOSUPPORT, "does not agree to the features 0x100000000");
	for (u32 most = 0; most < 3; most++) {
		machine(1, 2, true);
		model.queue_max = most;
		refused(-EINVAL, "virtio-blk needs 3");
	}
	for (u32 version = 1; version <= 2; version++) {
		machine(version, 2, true);
		model.queue_in_use = true;
		refused(-EBUSY, "its queue is in use after a reset");
	}
	machine(1, 2, true);
	memory_shift = BIT(50);
	refused(-EINVAL, "legacy, and cannot reach memory at 0x");
}

static void refuses_impossible_disks(void)
{
	static const u32 sizes[] = { 0, 256, 513, 1000, 32768, 0x80000000 };

	machine(1, 2, true);
	model.config[0] = 0;
	refused(-EINVAL, "a disk of 0 times 512 bytes");
	machine(2, 2, true);
	model.config[1] = 0x80000000;
	refused(-EINVAL, "a disk of 9223372036854779904 times 512 bytes");
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		machine(2, 2, true);
		model.features[0] = BIT(6);
		model.config[5] = sizes[i];
		refused(-EINVAL, "bytes: 512 to 16384 are possible");
	}
	machine(2, 2, true);
	model.features[0] = BIT(6);
	model.config[0] = 7;		/* less than a sector of its own */
	model.config[5] = 4096;
	refused(-EINVAL, "a disk of 7 times 512 bytes");
	machine(2, 2, true);
	model.features[0] = BIT(1);
	model.config[2] = 511;
	refused(-EINVAL, "it takes no request of a whole sector");
	machine(2, 2, true);
	model.features[0] = BIT(2);
	refused(-EINVAL, "it takes no request of a whole sector");
}

static void lives_without_memory(void)
{
	for (int n = 0; n < 3; n++) {
		machine(2, 2, true);
		allocations = n;
		TEST_EQ(virtio_probe()->error, -ENOMEM);
		TEST_EQ(memory_in_use(), 0);
		TEST(!bus_interrupt_requested());
	}
	machine(2, 2, true);
	model.no_reset = true;
	model.status = 15;
	TEST_EQ(virtio_probe()->error, -ETIMEDOUT);
	TEST(memory_in_use() > 0);	/* whose it is nobody knows */
}

/* Empty places are seen without a device made of them, through one mapping. */
static void sees_empty_places(void)
{
	const struct driver *transport = virtio_transport();
	unsigned int maps;

	machine(1, 0, true);
	transport->present(&virtio_node()->node);
	maps = bus_maps;
	TEST(!transport->present(&virtio_node()->node));
	TEST_EQ(bus_maps, maps);
	model.id = 2;
	TEST(transport->present(&virtio_node()->node));
	model.id = 0;
	model.magic = 1;		/* is for the probe to complain about */
	TEST(transport->present(&virtio_node()->node));
	virtio_node()->reg[0].size = 0x80;
	TEST(transport->present(&virtio_node()->node));
	virtio_node()->regs = 0;
	TEST(transport->present(&virtio_node()->node));
	virtio_node()->regs = 1;
}

/* --- Interrupts --- */

/* A bit that comes between the read of the status and its acknowledge makes no edge. */
static void acknowledges_all(void)
{
	struct block *b = disk(1, true);

	model.late = 2;
	TEST_EQ(read_one(b, 7), 0);
	TEST_EQ(read_one(b, 8), 0);
	/* one that stays does not hold the CPU for ever, and what comes makes no edge any more */
	model.stuck = 2;
	model.late = 2;
	TEST_EQ(read_one(b, 9), 0);
	TEST_EQ(read_one(b, 10), -ETIMEDOUT);
}

static const struct test_case virtio_cases[] = {
	TEST_CASE(reads_legacy),
	TEST_CASE(reads_modern),
	TEST_CASE(takes_a_small_queue),
	TEST_CASE(respects_sizes),
	TEST_CASE(waits_for_the_lock),
	TEST_CASE(reads_what_changes),
	TEST_CASE(finds_the_bad_sector),
	TEST_CASE(survives_nonsense),
	TEST_CASE(legacy_counts_are_not_believed),
	TEST_CASE(notices_an_answer_that_comes_twice),
	TEST_CASE(times_out_and_resets),
	TEST_CASE(can_be_cancelled),
	TEST_CASE(leaves_memory_to_what_does_not_reset),
	TEST_CASE(refuses_other_devices),
	TEST_CASE(refuses_what_it_cannot_agree_to),
	TEST_CASE(refuses_impossible_disks),
	TEST_CASE(lives_without_memory),
	TEST_CASE(sees_empty_places),
	TEST_CASE(acknowledges_all),
};
static const struct test_suite virtio_suite = TEST_SUITE_OF("virtio", virtio_cases);
TEST_SUITE(virtio_suite);
