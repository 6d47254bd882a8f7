# SPDX-License-Identifier: MIT
"""Boot memory (mm/boot_mem.c), the page allocator (mm/page.c and its policies) and the vmap area (mm/vmap.c) on the
host, against models, with each granule; pages with up to a million random operations a
policy."""

import pytest

from lib import host_machine as machine


@pytest.mark.parametrize("page_shift", [12, 14, 16])
def test_boot_memory(program, page_shift):
    flags = ["-Iarch/arm64/include", f"-DCONFIG_PAGE_SHIFT={page_shift}"]
    program(f"boot_mem-{page_shift}", "mm/boot_mem.c", "tests/host/boot_mem.c", flags=flags).test(cases=4)


@pytest.mark.parametrize("page_shift", [12, pytest.param(14, marks=pytest.mark.slow), 16])
@pytest.mark.parametrize("policy", ["buddy", "bump"])
def test_pages(program, policy, page_shift):
    flags = [*machine.flags(page_shift), f"-DCONFIG_PAGE_ALLOC_{policy.upper()}=1"]
    program(f"page-{policy}-{page_shift}", *machine.sources(policy), "tests/host/page.c",
            "tests/host/page_model.c", "tests/host/page_grow.c", flags=flags, link=machine.LINK).test(cases=9)


@pytest.mark.parametrize("page_shift", [12, 14, 16])
def test_vmap(program, page_shift):
    """Over the real table walker, in a small area."""
    flags = ["-Itests/host/vmap", "-Iarch/arm64/include", f"-DCONFIG_PAGE_SHIFT={page_shift}"]
    program(f"vmap-{page_shift}", "mm/vmap.c", "arch/arm64/boot/pgtable.c", "tests/host/apart.c",
            "tests/host/vmap/world.c", "tests/host/vmap.c", flags=flags).test(cases=8)


@pytest.mark.parametrize("policy,page_shift", [("buddy", 12), ("bump", 12), ("buddy", 16)])
def test_memtest(program, policy, page_shift):
    """The memory test, on memory whose bits flip."""
    flags = [*machine.flags(page_shift), f"-DCONFIG_PAGE_ALLOC_{policy.upper()}=1"]
    program(f"memtest-{policy}-{page_shift}", *machine.sources(policy), "mm/memtest.c", "tests/host/memtest.c",
            flags=flags, link=machine.LINK).test(cases=9)


@pytest.mark.parametrize("page_shift,va_bits", [(12, 39), (12, 48), (14, 36), (14, 47), (16, 42), (16, 48)])
def test_translation_tables(program, page_shift, va_bits):
    """The table walker (arch/arm64/boot/pgtable.c), each granule with either width of addresses."""
    flags = ["-Iarch/arm64/include", f"-DCONFIG_PAGE_SHIFT={page_shift}", f"-DCONFIG_VA_BITS={va_bits}"]
    program(f"pgtable-{page_shift}-{va_bits}", "arch/arm64/boot/pgtable.c", "tests/host/pgtable.c",
            "tests/host/pgtable_single.c", "tests/host/pgtable_world.c", flags=flags).test(cases=7)
