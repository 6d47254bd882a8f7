# SPDX-License-Identifier: MIT
"""Every choice under Memory in the running kernel: page granule, address bits, heap, page allocator,
with and without the heap's checks, on one CPU and on four. Each boots, passes the in-kernel tests
and is what it says it is.

Each option is in at least one run of `make test`; the whole product is slow.
"""

import itertools
import re

import pytest

from lib.session import OFF

from .conftest import CPU_FOR, GRANULES
from .test_selftest import ABOUT_CPUS, check, suites_of

KINDS = {
    "granule": GRANULES,
    "bits": ("short", "long"),
    "heap": ("slab", "buddy", "bump"),
    "pages": ("buddy", "bump"),
    "checks": ("plain", "checked"),
    "cpus": ("1", "4"),
}
BITS = {("4K", "short"): 39, ("4K", "long"): 48, ("16K", "short"): 36, ("16K", "long"): 47,
        ("64K", "short"): 42, ("64K", "long"): 48}
ALL = list(itertools.product(*KINDS.values()))


def each_once(choices):
    """A few of @choices, with each option that occurs in any of them: greedily."""
    wanted, chosen = {option for choice in choices for option in enumerate(choice)}, []
    while wanted:
        chosen.append(max(choices, key=lambda choice: len(wanted.intersection(enumerate(choice)))))
        wanted -= set(enumerate(chosen[-1]))
    return chosen


CHOSEN = each_once(ALL)


@pytest.mark.parametrize(",".join(KINDS), [
    pytest.param(*choice, marks=() if choice in CHOSEN else pytest.mark.slow, id="-".join(choice))
    for choice in ALL])
def test_choice(build, run, granule, bits, heap, pages, checks, cpus):
    o = build("qemu_virt_defconfig", set=(
        f"PAGE_{granule}=y VA_{bits.upper()}=y HEAP_{heap.upper()}=y PAGE_ALLOC_{pages.upper()}=y "
        f"DEBUG_HEAP={'y' if checks == 'checked' else 'n'} SELFTEST=y DEBUG_ASSERT=y"))
    # CPUs take turns: where the host has fewer, who holds a lock may not run for long
    result = run(o, "mem; map; selftest; mem", env={"CPU": CPU_FOR[granule], "SMP": cpus}, icount=cpus != "1",
                 timeout=300)
    assert result.status == OFF, result.closing
    assert not (suites_of(heap) | (ABOUT_CPUS if cpus != "1" else set())) - check(result.text)
    assert f"page granule {granule[:-1]} KiB, {BITS[granule, bits]}-bit addresses" in result.text
    assert f"\nheap      {heap}: " in result.text
    assert re.search(r"^nothing is writable and executable", result.text, re.M)
