# SPDX-License-Identifier: MIT
"""`memtest` in a machine whose memory is good, with each granule and page allocator: how much it
tests, what it says, and that everything comes back. What it makes of bad memory is in
tests/host/memtest.c, since QEMU has none."""

import re

import pytest

from lib.session import OFF

from .conftest import CPU_FOR, GRANULES

PASS = "0% 10% 20% 30% 40% 50% 60% 70% 80% 90% 100%"


def free_pages(text):
    return [int(n) for n in re.findall(r"^pages +(\d+) of \d+ free", text, re.M)]


def free_or_heap(text):
    """A test that takes all it gets has the heap give back pages in which nothing lives: they are free then."""
    heap = [int(n) for n in re.findall(r"^used +(\d+) pages +\d+ KiB  heap$", text, re.M)]
    return [free + held for free, held in zip(free_pages(text), heap, strict=True)]


@pytest.mark.parametrize("granule", GRANULES)
def test_all_of_the_memory(run, checked, granule):
    memory = "512M" if granule == "4K" else "96M"
    # the array of pages takes its part when memory is used for the first time
    result = run(checked(granule), "memtest; mem; memtest; mem", env={"CPU": CPU_FOR[granule], "MEM": memory},
                 timeout=120)
    assert result.status == OFF, result.closing
    before, after = free_pages(result.text)
    assert before <= after
    assert len(set(free_or_heap(result.text))) == 1
    assert result.text.count("; 0 requests refused\n") == 2, "looking for memory is no failure"
    tested = re.findall(rf"\npass 1: {PASS}\nmemtest: (\d+) KiB tested, no error\n", result.text)
    assert len(tested) == 2
    page = {"4K": 4, "16K": 16, "64K": 64}[granule]
    # a 32nd stays for others, or 4 MiB
    most = before * page - max(before * page // 32, 4096)
    assert most - page <= int(tested[1]) <= most


def test_with_the_bump_allocator(run, build):
    o = build("qemu_virt_defconfig", set="PAGE_ALLOC_BUMP=y")
    result = run(o, env={"MEM": "128M"}, timeout=120,
                 commands="memtest 90M; mem; memtest 90M; mem; memtest 90M; mem")
    assert result.status == OFF, result.closing
    free = free_pages(result.text)
    assert len(free) == 3 and free[0] <= free[1] == free[2]
    assert len(set(free_or_heap(result.text))) == 1
    assert result.text.count("memtest: 92160 KiB tested, no error\n") == 3


def test_sizes_and_passes(run, checked):
    result = run(checked("4K"), "mem; memtest 1M 3; memtest 5; memtest 0x1001; memtest 100G; mem", timeout=60)
    assert result.status == OFF, result.closing
    said = "".join(f"pass {n}: {PASS}\n" for n in (1, 2, 3)) + "memtest: 1024 KiB tested, no error\n"
    assert said in result.text
    assert f"\npass 1: {PASS}\nmemtest: 4 KiB tested, no error\n" in result.text
    assert f"\npass 1: {PASS}\nmemtest: 8 KiB tested, no error\n" in result.text
    assert re.search(r"\nmemtest: only \d{6} KiB can be taken, the rest is in use or left to others\n", result.text)
    before, after = free_pages(result.text)
    assert before == after


@pytest.mark.parametrize("words,said", [
    ("x", '"x" is no SIZE: bytes, or with K, M or G behind the number'),
    ("0", '"0" is no SIZE'), ("-1", '"-1" is no SIZE'), ("1MM", '"1MM" is no SIZE'), ("''", '"" is no SIZE'),
    ("99999999999999999999", '"99999999999999999999" is no SIZE'),
    ("1M x", '"x" is not a number of passes: 1 to 1000'), ("1M 0", '"0" is not'), ("1M 1001", '"1001" is not'),
    ("1M -1", '"-1" is not'), ("1M 1K", '"1K" is not'), ("1M 2 3", ""),
])
def test_wrong_words(run, kernel, words, said):
    result = run(kernel, f"memtest {words}", timeout=20)
    assert result.status == OFF, result.closing
    assert f"memtest: {said}" in result.text or not said
    assert "\nusage: memtest [SIZE [PASSES]]\n" in result.text
    assert "tested" not in result.text
