# SPDX-License-Identifier: MIT
"""The shell's `slab`: its figures must agree with each other, before and after what is empty went back."""

import re

import pytest

ROW = re.compile(r"^ *(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)%  (.*)$", re.M)
TOTAL = r"^total: (\d+) pages, (\d+) KiB; (\d+) KiB in objects, (\d+)% unused$"
HEAD = "   size      live      free    cached     pages   unused\n"
PAGE = {"4K": 4096, "16K": 16384, "64K": 65536}
CPU = {"4K": "cortex-a72", "16K": "max", "64K": "cortex-a72"}


def unused(pages, live, page):
    return (pages * page - live) * 100 // (pages * page) if pages else 0


def table(text, page):
    """The rows of one table, as (size, live, free, cached, pages, unused, name), which agree with its sums."""
    rows = [(*map(int, row[:6]), row[6]) for row in ROW.findall(text)]
    for size, live, free, cached, pages, percent, _ in rows:
        assert pages and cached <= free and (live + free) * size <= pages * page
        assert percent == unused(pages, live * size, page)
    pages, kib, objects, percent = map(int, re.search(TOTAL, text, re.M).groups())
    live = sum(row[0] * row[1] for row in rows)
    assert pages == sum(row[4] for row in rows) and kib == pages * page // 1024
    assert objects == live // 1024 and percent == unused(pages, live, page)
    return rows


@pytest.mark.parametrize("granule, smp", [("4K", 1), ("4K", 2), ("4K", 4), ("16K", 1), ("64K", 1)])
def test_slab(run, checked, granule, smp):
    text = run(checked(granule), "selftest slab; slab; slab -s; slab; slab shrink; slab now",
               env={"CPU": CPU[granule], "SMP": str(smp)}).text
    _, before, after = text.split(HEAD)
    came, holds = map(int, re.search(r"^(\d+) pages came back, the heap holds (\d+)$", before, re.M).groups())
    before, rows = table(before, PAGE[granule]), table(after, PAGE[granule])
    sizes = [row[0] for row in before if not row[6]]
    assert sizes == sorted(set(sizes)) and len(sizes) > 2
    # the tests gave all back, which left magazines and empty slabs
    assert any(row[3] for row in before) and came > 0
    assert sum(row[4] for row in before) - came == holds == sum(row[4] for row in rows)
    assert all(row[1] and not row[3] for row in rows)
    assert [(row[0], row[1]) for row in rows] == [(row[0], row[1]) for row in before if row[1]]
    assert f"0 pages came back, the heap holds {holds}\nusage: slab [-s | shrink]\n" in after
