# SPDX-License-Identifier: MIT
"""The page allocator: what it says when memory is out, and what it costs at boot. The suite "page" runs
with each shape of memory in test_memory.py."""

import re

import pytest

from lib.session import OFF

from .conftest import CPU_FOR, GRANULES
from .test_memory import check_sums


@pytest.mark.parametrize("policy", ["", "PAGE_ALLOC_BUMP=y"])
def test_words_when_memory_is_out(run, checked, policy):
    """Who asked for what, and what there is; the suite asks when it has taken everything."""
    result = run(checked("4K", policy), "selftest page")
    assert result.status == OFF, result.closing
    said = re.findall(r"^\[ *\d+\.\d+\] ((?:page|out of memory): .*)$", result.text, re.M)
    assert len(said) == 2, said
    assert re.fullmatch(r"page: 0 of \d+ KiB free, in runs of pages: none", said[0])
    assert re.fullmatch(r"out of memory: 12288 bytes for memory_can_run_out\+0x\w+/0x\w+ \(stack\)",
                        said[1])


def handover(run, o, memory):
    text = run(o, "bench mem", icount=True, env={"MEM": memory}).text
    return int(re.search(r"^page\.handover (\d+) instructions$", text, re.M)[1])


def test_handing_over_does_not_grow_with_memory(run, kernel):
    """8 GiB may cost 1.2 times what 512 MiB cost."""
    small, large = (handover(run, kernel, memory) for memory in ("512M", "8G"))
    assert small <= 6000
    assert large <= small * 1.2, f"{large} for 8 GiB, {small} for 512 MiB"


@pytest.mark.parametrize("memory", ["64M", "8G"])
@pytest.mark.parametrize("granule", GRANULES)
def test_sizes(run, checked, granule, memory):
    result = run(checked(granule), "mem; selftest page", env={"CPU": CPU_FOR[granule], "MEM": memory})
    assert result.status == OFF, result.closing
    check_sums(result.text)
    assert re.search(r"^# Totals: pass:[1-9]\d* fail:0 ", result.text, re.M)
