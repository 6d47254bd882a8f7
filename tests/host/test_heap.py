# SPDX-License-Identifier: MIT
"""The heap (mm/heap.c) with each of its policies (mm/heap/) on the host, over each page policy and granule: a million
random operations against a model, several CPUs at once, and what cannot be asked for or freed."""

import pytest

from lib import host_machine as machine

POLICIES = {
    "bump": ["mm/heap/bump.c", "mm/heap/cache_generic.c"],
    "buddy": ["mm/heap/buddy.c", "mm/heap/cache_generic.c"],
    "slab": ["mm/heap/slab.c", "mm/heap/slab_pages.c", "mm/heap/slab_cache.c"],
}
TESTS = ["tests/host/heap_cpus.c", "tests/host/heap_random.c", "tests/host/heap_shadow.c", "tests/host/heap_world.c",
         "tests/host/heap_wrong.c"]
# How many operations: most where it is used most.
WORLDS = {("buddy", 12): 1000000, ("buddy", 14): 200000, ("buddy", 16): 200000, ("bump", 12): 200000,
          ("bump", 14): 200000, ("bump", 16): 200000}
SLOW = (("bump", 14), ("bump", 16))


@pytest.mark.parametrize("pages,page_shift", [pytest.param(*world, marks=pytest.mark.slow if world in SLOW else ())
                                              for world in WORLDS])
@pytest.mark.parametrize("policy", POLICIES)
def test_heap(program, policy, pages, page_shift):
    flags = [*machine.flags(page_shift), f"-DCONFIG_HEAP_{policy.upper()}=1", f"-DCONFIG_PAGE_ALLOC_{pages.upper()}=1",
             f"-DHEAP_STEPS={WORLDS[pages, page_shift]}", "-DSLAB_CPUS=4"]
    program(f"heap-{policy}-{pages}-{page_shift}", "mm/heap.c", *POLICIES[policy], *machine.sources(pages), *TESTS,
            flags=flags, link=machine.LINK).test(cases=9)
