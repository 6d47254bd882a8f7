# SPDX-License-Identifier: MIT
"""The heap's debug layer on the host, over each policy; there too a million random operations against a model."""

import pytest

from lib import host_machine as machine

DEBUG = ["mm/heap.c", "mm/heap_debug.c", "mm/heap_damage.c", "mm/heap_leak.c", "mm/fault_inject.c", "kernel/cmdline.c"]

POLICIES = {"bump": ["mm/heap/bump.c"], "buddy": ["mm/heap/buddy.c"],
            "slab": ["mm/heap/slab.c", "mm/heap/slab_pages.c"]}


@pytest.mark.parametrize("policy", POLICIES)
def test_heap_debug(program, policy):
    program(f"heap_debug-{policy}", *DEBUG, *POLICIES[policy], *machine.sources("buddy"),
            "tests/host/heap_debug.c", "tests/host/heap_damage.c", flags=[*machine.flags(12), "-DCONFIG_DEBUG_HEAP=1"],
            link=machine.LINK).test(cases=12)


@pytest.mark.parametrize("policy", POLICIES)
def test_random_operations(program, policy):
    """As in test_heap.py, with the layer between."""
    flags = [*machine.flags(12), f"-DCONFIG_HEAP_{policy.upper()}=1", "-DCONFIG_PAGE_ALLOC_BUDDY=1",
             "-DCONFIG_DEBUG_HEAP=1", "-DHEAP_STEPS=1000000"]
    program(f"heap_debug_random-{policy}", *DEBUG, *POLICIES[policy], "mm/heap/cache_generic.c",
            *machine.sources("buddy"), "tests/host/heap_random.c", "tests/host/heap_shadow.c",
            "tests/host/heap_world.c", flags=flags, link=machine.LINK).test(cases=1)
