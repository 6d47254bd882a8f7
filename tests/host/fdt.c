/* SPDX-License-Identifier: MIT */
/*
 * The device tree's index on trees whose content is known: dts/board.dts, which has one of
 * each thing, and dts/nonsense.dts, which is well-formed and makes no sense. The trees come
 * as files on the command line.
 */
#include <device/fdt.h>
#include <lib/endian.h>
#include <lib/string.h>
#include <lib/test.h>
#include <uapi/errno.h>

#include "guard.h"
#include "host.h"

#define RANGES_MAX	16

struct noted {
	struct dt_range range;
	bool no_map;
	const char *name;
};

static struct dt_range bank[RANGES_MAX];
static struct noted taken[RANGES_MAX];
static unsigned int banks, takens;
static void *storage;

static void on_memory(paddr_t base, u64 size)
{
	if (TEST(banks < RANGES_MAX))
		bank[banks++] = (struct dt_range){ base, size };
}

static void on_reserved(paddr_t base, u64 size, const char *name, bool no_map)
{
	if (TEST(takens < RANGES_MAX))
		taken[takens++] = (struct noted){ { base, size }, no_map, name };
}

/* Loads the first file of the command line, once for each case, so that they stand alone. */
static void load(void)
{
	size_t size;
	u8 *file = host_read_file(host_argv[0], &size);
	u8 *blob = memcpy(guarded(size), file, size);
	unsigned int found;

	free(file);
	free(storage);
	host_log_quiet = true;
	banks = 0;
	takens = 0;
	if (!TEST_EQ(dt_check(blob, size), 0))
		exit(1);
	found = dt_scan_memory(on_memory, on_reserved);
	TEST_EQ(found, banks);
	storage = malloc(dt_index_size());
	dt_index(storage);
	host_log_quiet = false;
}

/* The node at @path, which must be there. */
static const struct dt_node *node(const char *path)
{
	const struct dt_node *found = dt_find(path);

	if (found == NULL) {
		TEST_STR(path, "a node of this tree");
		exit(1);
	}
	return found;
}

static void path_is(const struct dt_node *found, const char *path)
{
	char buf[128] = "nothing";

	if (found != NULL)
		dt_path(found, buf, sizeof(buf));
	TEST_STR(buf, path);
}

static void bank_is(unsigned int i, u64 base, u64 size)
{
	TEST_EQ(bank[i].base, base);
	TEST_EQ(bank[i].size, size);
}

static void taken_is(unsigned int i, u64 base, u64 size, bool no_map, const char *name)
{
	TEST_EQ(taken[i].range.base, base);
	TEST_EQ(taken[i].range.size, size);
	TEST_EQ(taken[i].no_map, no_map);
	if (name != NULL)
		TEST_STR(taken[i].name, name);
}

static void reg_is(const char *path, unsigned int index, u64 base, u64 size)
{
	struct dt_range r = { 0 };

	TEST_EQ(dt_reg(node(path), index, &r), 0);
	if (!TEST_EQ(r.base, base) || !TEST_EQ(r.size, size))
		TEST_STR("the node", path);
}

static void no_reg(const char *path, unsigned int index, int err)
{
	struct dt_range r;

	if (!TEST_EQ(dt_reg(node(path), index, &r), err))
		TEST_STR("the node", path);
}

static void interrupt_is(const char *path, unsigned int index, const char *controller,
			 unsigned int cells, const u32 *cell)
{
	struct dt_interrupt irq = { 0 };

	TEST_EQ(dt_interrupt(node(path), index, &irq), 0);
	path_is(irq.controller, controller);
	TEST_EQ(irq.cells, cells);
	for (unsigned int i = 0; i < cells; i++)
		TEST_EQ(irq.cell[i], cell[i]);
}

static void no_interrupt(const char *path, unsigned int index, int err)
{
	struct dt_interrupt irq;

	if (!TEST_EQ(dt_interrupt(node(path), index, &irq), err))
		TEST_STR("the node", path);
}

/*
 * --- board.dts
 * ----------------------------------------------------------------------------------
 */

static void memory(void)
{
	load();
	TEST_EQ(banks, 3);
	bank_is(0, 0x0, 0x3b400000);
	bank_is(1, 0x40000000, 0xbc000000);
	bank_is(2, 0x100000000, 0x80000000);
	TEST_EQ(takens, 5);
	if (TEST(dt_chosen() != NULL))
		TEST_STR(dt_string(dt_chosen(), "bootargs", 0), "quiet loglevel=7");
	taken_is(0, 0x0, 0x1000, false, NULL);
	taken_is(1, 0x180000000, 0x2345, false, NULL);
	taken_is(2, 0x3000000, 0x20000, true, "firmware@3000000");
	taken_is(3, 0x3100000, 0x1000, false, "log@3100000");
	taken_is(4, 0x3200000, 0x2000, false, "log@3100000");
	/* the same, of the index */
	TEST(dt_reserves(0xd8, 8) && dt_reserves(0xfff, 1) && !dt_reserves(0x1000, 0x1000));
	TEST(dt_reserves(0x180002340, 8) && !dt_reserves(0x180002345, 8));
	TEST(dt_reserves(0x2fff000, 0x1001) && !dt_reserves(0x2fff000, 0x1000));
	TEST(dt_reserves(0x3000000, 1) && !dt_reserves(0x3020000, 0x1000));
	TEST(dt_reserves(0x3200000, 8) && !dt_reserves(0x3101000, 8) && !dt_reserves(0x4000000, 8));
}

static void lookups(void)
{
	load();
	path_is(dt_root(), "/");
	path_is(dt_find("/"), "/");
	path_is(dt_find("/soc"), "/soc");
	path_is(dt_find("/soc/"), "/soc");
	path_is(dt_find("/soc/serial@7e215040"), "/soc/serial@7e215040");
	path_is(dt_find("/pcie"), "/pcie@600000000");
	path_is(dt_find("/soc/bus/deep"), "/soc/bus@7e300000/deep@100");
	/* The rest of a longer text is not looked at. */
	path_is(dt_find_n("/soc/serial@7e201000:115200", 20), "/soc/serial@7e201000");
	path_is(dt_find_n("/soc!", 4), "/soc");
	TEST_EQ(dt_find("/so"), NULL);
	TEST_EQ(dt_find("/soc/serial@7e2010"), NULL);
	TEST_EQ(dt_find("/soc/serial@"), NULL);
	TEST_EQ(dt_find("/soc@0"), NULL);
	TEST_EQ(dt_find("/nothing/soc"), NULL);
	TEST_EQ(dt_find(""), NULL);
}

static void aliases(void)
{
	const char *options = NULL;

	load();
	path_is(dt_find("serial0"), "/soc/serial@7e215040");
	path_is(dt_find("serial1"), "/soc/serial@7e201000");
	path_is(dt_find("bus"), "/soc");
	path_is(dt_find("bus/serial@7e201000"), "/soc/serial@7e201000");
	TEST_EQ(dt_find("serial"), NULL);
	TEST_EQ(dt_find("serial2"), NULL);
	TEST_EQ(dt_find("bus/nothing"), NULL);
	path_is(dt_stdout(&options), "/soc/serial@7e215040");
	TEST_STR(options, "115200n8");
}

static void properties(void)
{
	const struct dt_node *probe;
	struct dt_prop p = { 0 };
	u32 len, value = 77;

	load();
	probe = node("/probe");
	TEST_STR(dt_prop(probe, "status", &len), "okay");
	TEST_EQ(len, 5);
	TEST_EQ(dt_u32(probe, "cells", 0, &value), 0);
	TEST_EQ(value, 1);
	TEST_EQ(dt_u32(probe, "cells", 2, &value), 0);
	TEST_EQ(value, 3);
	TEST_EQ(dt_u32(probe, "cells", 3, &value), -ERANGE);
	TEST_EQ(dt_u32(probe, "cell", 0, &value), -ENOENT);
	TEST_EQ(value, 3);
	TEST_STR(dt_string(probe, "names", 0), "one");
	TEST_STR(dt_string(probe, "names", 1), "two");
	TEST_STR(dt_string(probe, "names", 2), "");
	TEST_STR(dt_string(probe, "names", 3), "four");
	TEST_STR(dt_string(probe, "names", 4), NULL);
	TEST_STR(dt_string(probe, "cells", 0), NULL);
	TEST_STR(dt_string(probe, "nothing", 0), NULL);
	TEST(dt_has(node("/soc/serial@7e215040"), "marker"));
	TEST(!dt_has(probe, "marker"));

	TEST(dt_prop_next(probe, &p));
	TEST_STR(p.name, "compatible");
	TEST(dt_prop_next(probe, &p));
	TEST_STR(p.name, "status");
	TEST(dt_prop_next(probe, &p));
	TEST_EQ(p.len, 12);
	TEST_EQ(load_be32(p.value + 4), 2);
	TEST(dt_prop_next(probe, &p));
	TEST(!dt_prop_next(probe, &p));
}

static void things_are(unsigned int index, const char *path, unsigned int cells, u32 a, u32 b)
{
	struct dt_args args;

	TEST_EQ(dt_args(node("/user"), "things", "#thing-cells", index, &args), 0);
	path_is(args.node, path);
	TEST_EQ(args.cells, cells);
	TEST_EQ(args.cell[0], a);
	TEST_EQ(args.cell[1], b);
}

static void suppliers(void)
{
	static const char *const broken[] = { "lost", "many" };
	struct dt_args args;

	load();
	things_are(0, "/supplier-of-two", 2, 1, 2);
	things_are(1, "/supplier-of-none", 0, 0, 0);
	TEST_EQ(dt_args(node("/user"), "things", "#thing-cells", 2, &args), -ENOENT);
	things_are(3, "/supplier-of-two", 2, 3, 4);
	TEST_EQ(dt_args(node("/user"), "things", "#thing-cells", 4, &args), -ENOENT);
	TEST_EQ(dt_args(node("/user"), "nothing", "#thing-cells", 0, &args), -ENOENT);
	host_log_quiet = true;
	for (unsigned int i = 0; i < ARRAY_SIZE(broken); i++) {
		host_log_lines();
		TEST_EQ(dt_args(node("/user"), broken[i], "#thing-cells", 0, &args), -EINVAL);
		TEST_EQ(host_log_lines(), 1);
	}
	TEST_EQ(dt_args(node("/user"), "short", "#thing-cells", 0, &args), 0);
	TEST_EQ(dt_args(node("/user"), "short", "#thing-cells", 1, &args), -EINVAL);
	host_log_quiet = false;
}

static void compatibles(void)
{
	const struct dt_node *found;

	load();
	TEST(dt_compatible(dt_root(), "cairn,test-board"));
	TEST(dt_compatible(dt_root(), "cairn,board"));
	TEST(!dt_compatible(dt_root(), "cairn"));
	TEST(!dt_compatible(node("/chosen"), "cairn"));
	found = dt_find_compatible(NULL, "cairn,probe");
	path_is(found, "/soc/bus@7e300000/deep@100");
	found = dt_find_compatible(found, "cairn,probe");
	path_is(found, "/soc/i2c@7e205000/eeprom@50");
	/* The one below /off is disabled with it. */
	found = dt_find_compatible(found, "cairn,probe");
	path_is(found, "/probe");
	TEST_EQ(dt_find_compatible(found, "cairn,probe"), NULL);
	path_is(dt_find_compatible(NULL, "arm,primecell"), "/soc/serial@7e201000");
	TEST_EQ(dt_find_compatible(NULL, "arm,pl01"), NULL);
}

static void status(void)
{
	load();
	TEST(node("/probe")->enabled);
	TEST(node("/memory@0")->enabled);
	TEST(node("/memory@100000000")->enabled);
	TEST(!node("/memory@200000000")->enabled);
	TEST(!node("/cpus/cpu@1")->enabled);
	TEST(node("/cpus/cpu@0")->enabled);
	TEST(!node("/off")->enabled);
	TEST(!node("/off/probe")->enabled);
}

static void walks(void)
{
	const struct dt_node *child;

	load();
	child = dt_child(node("/cpus"));
	path_is(child, "/cpus/cpu@0");
	child = dt_sibling(child);
	path_is(child, "/cpus/cpu@1");
	TEST_EQ(dt_sibling(child), NULL);
	TEST_EQ(dt_child(child), NULL);
	TEST_EQ(dt_sibling(dt_root()), NULL);
	path_is(dt_next(child), "/timer");
	TEST_EQ(dt_next(node("/probe")), NULL);
	path_is(dt_sibling(node("/soc")), "/pcie@600000000");
	TEST_EQ(node("/soc/bus/deep")->depth, 3);
	TEST_EQ(dt_by_phandle(0), NULL);
	TEST_EQ(dt_by_phandle(0xffffffff), NULL);
	TEST_EQ(node("/soc/serial@7e201000")->phandle, 0);
	path_is(dt_by_phandle(node("/soc/interrupt-controller@7e00b200")->phandle),
		"/soc/interrupt-controller@7e00b200");
}

static void addresses(void)
{
	load();
	reg_is("/memory@0", 1, 0x40000000, 0xbc000000);
	no_reg("/memory@0", 2, -ENOENT);
	no_reg("/soc", 0, -ENOENT);
	/* Through /soc's ranges, each entry of which goes elsewhere. */
	reg_is("/soc/serial@7e201000", 0, 0xfe201000, 0x200);
	reg_is("/soc/interrupt-controller@40041000", 0, 0xff841000, 0x1000);
	reg_is("/soc/interrupt-controller@40041000", 1, 0xff842000, 0x2000);
	no_reg("/soc/interrupt-controller@40041000", 2, -ENOENT);
	reg_is("/soc/interrupt-controller@7e00b200/below", 0, 0xfe00b300, 0x10);
	/* Through two levels. */
	reg_is("/soc/bus/deep", 0, 0xfe300100, 0x10);
	reg_is("/soc/bus/deep", 1, 0xfe400000, 0x100);
	no_reg("/soc/bus/edge", 0, -EINVAL);
	no_reg("/soc/bus/edge", 1, -EINVAL);
	no_reg("/soc/bus/edge", 2, -EINVAL);
	no_reg("/soc/stranger", 0, -EINVAL);
	/* A bus without ranges is not memory-mapped: I2C, the CPUs. */
	no_reg("/soc/i2c@7e205000/eeprom", 0, -EINVAL);
	no_reg("/cpus/cpu@0", 0, -EINVAL);
	reg_is("/pcie", 0, 0x600000000, 0x1000000);
}

static void interrupts(void)
{
	static const char gic[] = "/soc/interrupt-controller@40041000";
	static const char combiner[] = "/soc/interrupt-controller@7e00b200";
	static const char below[] = "/soc/interrupt-controller@7e00b200/below";

	load();
	interrupt_is("/soc/serial@7e201000", 0, gic, 3, (const u32[]){ 0, 121, 4 });
	no_interrupt("/soc/serial@7e201000", 1, -ENOENT);
	interrupt_is("/timer", 3, gic, 3, (const u32[]){ 1, 10, 0xf08 });
	no_interrupt("/timer", 4, -ENOENT);
	interrupt_is("/soc/serial@7e215040", 0, gic, 3, (const u32[]){ 0, 93, 4 });
	interrupt_is("/soc/serial@7e215040", 1, combiner, 1, (const u32[]){ 7 });
	interrupt_is("/soc/serial@7e215040", 2, gic, 3, (const u32[]){ 1, 2, 8 });
	no_interrupt("/soc/serial@7e215040", 3, -ENOENT);
	/* A controller's own interrupt goes to the one above, its children's to it. */
	interrupt_is(combiner, 0, gic, 3, (const u32[]){ 0, 64, 4 });
	interrupt_is(below, 1, combiner, 1, (const u32[]){ 5 });
	no_interrupt("/probe", 0, -ENOENT);
}

static const struct test_case board_cases[] = {
	TEST_CASE(memory),
	TEST_CASE(lookups),
	TEST_CASE(aliases),
	TEST_CASE(properties),
	TEST_CASE(suppliers),
	TEST_CASE(compatibles),
	TEST_CASE(status),
	TEST_CASE(walks),
	TEST_CASE(addresses),
	TEST_CASE(interrupts),
};

static const struct test_suite fdt_board_suite = TEST_SUITE_OF("fdt-board", board_cases);
TEST_SUITE(fdt_board_suite);

/*
 * --- nonsense.dts
 * -------------------------------------------------------------------------------
 */

static void memory_of_nonsense(void)
{
	load();
	TEST_EQ(banks, 0);
	TEST(host_log_lines() > 0);
}

static void aliases_of_nonsense(void)
{
	const char *options;

	load();
	TEST_EQ(dt_find("serial0"), NULL);
	TEST_EQ(dt_find("self"), NULL);
	TEST_EQ(dt_find("self/self/self"), NULL);
	TEST_EQ(dt_find("bytes"), NULL);
	TEST_EQ(dt_find("unterminated"), NULL);
	TEST_EQ(dt_find("empty"), NULL);
	TEST_EQ(dt_stdout(&options), NULL);
}

static void addresses_of_nonsense(void)
{
	load();
	no_reg("/a", 0, -EINVAL);
	no_reg("/b", 0, -EINVAL);
	no_reg("/e/f", 0, -EINVAL);
	no_reg("/g/h", 0, -EINVAL);
	no_reg("/g/i", 0, -EINVAL);
	no_reg("/wrap/j", 1, -EINVAL);
}

static void interrupts_of_nonsense(void)
{
	load();
	no_interrupt("/a", 0, -EINVAL);
	no_interrupt("/b", 0, -EINVAL);
	no_interrupt("/c", 0, -EINVAL);
	no_interrupt("/d", 0, -EINVAL);
	no_interrupt("/e", 0, -EINVAL);
}

static void strings_of_nonsense(void)
{
	load();
	TEST_EQ(node("/a")->compatible, NULL);
	TEST(!dt_compatible(node("/a"), "abc"));
	TEST(!dt_compatible(node("/b"), ""));
	/* "okay" without its NUL is not "okay", nor is an empty status. */
	TEST(!node("/e")->enabled);
	TEST(!node("/e/f")->enabled);
}

static const struct test_case nonsense_cases[] = {
	TEST_CASE(memory_of_nonsense),
	TEST_CASE(aliases_of_nonsense),
	TEST_CASE(addresses_of_nonsense),
	TEST_CASE(interrupts_of_nonsense),
	TEST_CASE(strings_of_nonsense),
};

static const struct test_suite fdt_nonsense_suite = TEST_SUITE_OF("fdt-nonsense", nonsense_cases);
TEST_SUITE(fdt_nonsense_suite);

/*
 * --- QEMU's virt, with GICv3, 512 MiB and no EL2
 * ------------------------------------------------
 */

static void virt_machine(void)
{
	static const char gic[] = "/intc@8000000";
	const char *options;

	load();
	TEST(dt_compatible(dt_root(), "linux,dummy-virt"));
	TEST_EQ(banks, 1);
	bank_is(0, 0x40000000, 0x20000000);
	path_is(dt_stdout(&options), "/pl011@9000000");
	TEST_EQ(options, NULL);
	reg_is("/pl011@9000000", 0, 0x9000000, 0x1000);
	interrupt_is("/pl011@9000000", 0, gic, 3, (const u32[]){ 0, 1, 4 });
	reg_is(gic, 0, 0x8000000, 0x10000);
	reg_is(gic, 1, 0x80a0000, 0xf60000);
	path_is(dt_find_compatible(NULL, "arm,gic-v3"), gic);
	path_is(dt_find_compatible(NULL, "arm,pl031"), "/pl031@9010000");
	TEST_STR(dt_string(node("/psci"), "method", 0), "hvc");
	interrupt_is("/timer", 1, gic, 3, (const u32[]){ 1, 14, 4 });
}

static const struct test_case virt_cases[] = {
	TEST_CASE(virt_machine),
};

static const struct test_suite fdt_virt_suite = TEST_SUITE_OF("fdt-virt", virt_cases);
TEST_SUITE(fdt_virt_suite);
