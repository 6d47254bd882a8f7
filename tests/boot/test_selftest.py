# SPDX-License-Identifier: MIT
"""The tests that are inside the kernel (CONFIG_SELFTEST), with each page granule and on each
machine; each case that fails is named with its lines."""

import re

import pytest

from lib.session import OFF

from .conftest import CPU_FOR, GRANULES

# beside the code: a suite that is not linked any more shall be missed
SUITES = {"boot_mem", "chacha20", "cmdline", "crc32", "devfs", "fdt", "format", "fs", "inherit", "irq", "kmalloc",
          "list", "map", "mutex", "page", "parse", "printk", "procfs", "string", "string_all", "string_edge", "symbols",
          "sync", "sync_random", "thread", "timer", "vmap", "wake"}
# skipped where one CPU runs; the last one with priorities only
ABOUT_CPUS = {"smp", "balance", "tty", "sched_priority_smp"}


def suites_of(heap):
    """Files need a heap that gives memory back."""
    return SUITES - {"chacha20", "devfs", "fs", "procfs"} if heap.lower() == "bump" else SUITES


def check(text):
    """Reads KTAP version 1: every suite and case that was planned, in order, and all good. What a
    scheduler promises is tested where instructions are counted, and skipped elsewhere."""
    suites, name, planned, seen, bad, remarks = {}, None, 0, 0, [], []
    for line in text.splitlines():
        if found := re.fullmatch(r"    # Subtest: (\w+)", line):
            name, seen, planned = found[1], 0, None
        elif found := re.fullmatch(r"    1\.\.(\d+)", line):
            planned = int(found[1])
        elif line.startswith("    # "):
            remarks.append(line.strip())
        elif found := re.fullmatch(r"    (not )?ok (\d+) - (\w+)(?: # SKIP (.+))?", line):
            seen += 1
            assert int(found[2]) == seen, f"{name}: case {found[2]} comes as number {seen}"
            assert not found[4] or found[4].endswith("needs --icount") or \
                (name in ABOUT_CPUS and found[4] == "one CPU runs"), f"{name}: skipped: {found[4]}"
            if found[1]:
                bad.append(f"{name}: {found[3]}: {'; '.join(remarks)}")
            remarks = []
        elif found := re.fullmatch(r"(not )?ok (\d+) - (\w+)", line):
            assert found[3] == name and seen == planned, f"{name}: {seen} of {planned} cases ran"
            suites[name] = seen
    assert not bad, "\n".join(bad)
    total = re.search(r"^# Totals: pass:(\d+) fail:0 skip:(\d+)$", text, re.M)
    assert total and int(total[1]) + int(total[2]) == sum(suites.values()), "the sum of all suites"
    assert int(total[2]) == text.count(" # SKIP ")
    assert f"\n1..{len(suites)}\n" in text, "the number of suites"
    return set(suites)


@pytest.mark.parametrize("granule", GRANULES)
def test_all_suites(run, checked, granule):
    result = run(checked(granule), "selftest", env={"CPU": CPU_FOR[granule]}, timeout=60)
    assert result.status == OFF, result.closing
    assert not SUITES - check(result.text)


def test_gic_v2_and_memory_above_4_gib(run, checked):
    result = run(checked("4K"), "selftest", env={"GIC": "2", "MEM": "6G", "CPU": "max"}, timeout=60)
    assert result.status == OFF, result.closing
    check(result.text)


def test_larger_blocks_of_dc_zva(run, checked):
    """memset clears 256 bytes at a time there, and 64 on the other CPUs here."""
    result = run(checked("4K"), "selftest string_all", env={"CPU": "a64fx"}, timeout=60)
    assert result.status == OFF, result.closing
    assert check(result.text) == {"string_all"}


@pytest.mark.slow
@pytest.mark.parametrize("granule", GRANULES)
def test_clang(run, build, granule):
    o = build("qemu_virt_defconfig", set=f"PAGE_{granule}=y SELFTEST=y DEBUG_ASSERT=y", LLVM=1)
    result = run(o, "selftest", env={"CPU": CPU_FOR[granule]}, timeout=60)
    assert result.status == OFF, result.closing
    assert not SUITES - check(result.text)


@pytest.mark.slow
def test_raspi4b(run, build, raspi4b):
    result = run(build("rpi4_defconfig", set="SELFTEST=y"), "selftest", timeout=120)
    assert result.status == OFF, result.closing
    check(result.text)


def test_one_suite(run, checked):
    result = run(checked("4K"), "selftest string; selftest nothing; selftest one two", timeout=60)
    assert check(result.text) == {"string"}
    said = re.search(r'selftest: there is no suite "nothing", only( \w+)+\n', result.text)
    assert said and " string" in said[0]
    assert "usage: selftest [SUITE]\n" in result.text
