# SPDX-License-Identifier: MIT
"""The slab heap (mm/heap/slab*.c) on the host, over the real page allocator, with each granule and several CPUs."""

import pytest

from lib import host_machine as machine

SOURCES = ["mm/heap/slab.c", "mm/heap/slab_pages.c", "mm/heap/slab_cache.c", "tests/host/slab.c",
           "tests/host/slab_cpu.c", "tests/host/slab_cache.c"]


@pytest.mark.parametrize("page_shift,cpus", [
    (12, 1), (12, 4), pytest.param(14, 4, marks=pytest.mark.slow), (16, 1)])
def test_slab(program, page_shift, cpus):
    flags = [*machine.flags(page_shift), "-DCONFIG_PAGE_ALLOC_BUDDY=1", f"-DSLAB_CPUS={cpus}"]
    program(f"slab-{page_shift}-{cpus}", *machine.sources("buddy"), *SOURCES, flags=flags,
            link=machine.LINK).test(cases=21)
