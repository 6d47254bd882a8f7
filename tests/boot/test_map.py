# SPDX-License-Identifier: MIT
"""The kernel's address space as `map` shows it, with each granule and either width of addresses: it
holds together, and with the machine that QEMU makes."""

import re

import pytest

from lib.session import OFF

from .conftest import CPU_FOR

LINE = re.compile(r"^0x(\w{16})-0x(\w{16}) +(\d+) KiB  R([W-])([X-])  (normal|device)  (\S.*?)  +(\S.*)$", re.M)
# what there is: (writable, executable, memory type), or several
RIGHTS = {
    "linear map": {"-- normal", "W- normal"},
    "devices, vmalloc": {"W- device", "W- normal", "-- normal"},
    "stacks": {"W- normal"},
    "struct pages": {"W- normal"},
    "text": {"-X normal"},
    "constants": {"-- normal"},
    "data": {"W- normal"},
    "boot stack": {"W- normal"},
    "written at boot only": {"-- normal"},
    "tables": {"W- normal"},
    "boot UART": {"W- device"},
    "device tree": {"-- normal"},
}
VA_BITS = {("4K", "SHORT"): 39, ("16K", "SHORT"): 36, ("64K", "SHORT"): 42,
           ("4K", "LONG"): 48, ("16K", "LONG"): 47, ("64K", "LONG"): 48}
# pages, blocks, and groups of either with the contiguous hint
SIZES = {"4K": ["4K", "64K*", "2M", "32M*", "1G", "16G*"], "16K": ["16K", "2M*", "32M", "1G*"],
         "64K": ["64K", "2M*", "512M", "16G*"]}
UNIT = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def bytes_of(size):
    return int(size[:-1].rstrip("KMG*") or size.rstrip("KMG*")) * UNIT[size.rstrip("*")[-1]]


def ranges(text):
    return [(int(start, 16), int(end, 16), int(kib), f"{w}{x} {kind}", what, sizes.split())
            for start, end, kib, w, x, kind, what, sizes in LINE.findall(text)]


@pytest.mark.parametrize("granule,width", VA_BITS)
def test_map(run, checked, granule, width):
    o = checked(granule, "VA_LONG=y" if width == "LONG" else "")
    result = run(o, "map; selftest", env={"CPU": CPU_FOR[granule]}, timeout=60)
    text, shown = result.text, ranges(result.text)
    assert result.status == OFF, result.closing
    assert re.search(r"^# Totals: pass:\d+ fail:0 ", text, re.M), "the tests in the kernel"

    bits = VA_BITS[granule, width]
    first, page = (1 << 64) - (1 << bits), bytes_of(SIZES[granule][0])
    end = first
    for start, last, kib, rights, what, sizes in shown:
        assert first <= end <= start < last, f"{what} at {start:#x} is out of order"
        assert start % page == 0 and last + 1 - start == kib * 1024, what
        assert rights in RIGHTS[what], f"{what}: {rights}"
        assert set(sizes) <= set(SIZES[granule]), f"{what}: {sizes}"
        assert what == "linear map" or not [size for size in sizes if "*" in size], what
        assert max(map(bytes_of, sizes)) <= last + 1 - start, what
        end = last + 1
    assert {what for *_, what, _ in shown} >= set(RIGHTS) - {"stacks"}
    linear = [entry for entry in shown if entry[4] == "linear map"]
    assert sum(kib for _, _, kib, *_ in linear) == 512 * 1024, "all RAM, once"
    assert set(SIZES[granule][:2]) <= {size for *_, sizes in linear for size in sizes}

    checked = int(re.search(r"^nothing is writable and executable: (\d+) entries checked$", text, re.M)[1])
    assert checked >= sum(kib for _, _, kib, *_, sizes in shown if sizes == [SIZES[granule][0]]) * 1024 // page
    assert (f"page granule {granule[:-1]} KiB, {bits}-bit addresses, WXN on, PAN "
            f"{'on' if CPU_FOR[granule] == 'cortex-a76' else 'not in this CPU'}\n") in text


@pytest.mark.parametrize("cpu,pan", [("cortex-a72", "not in this CPU"), ("cortex-a76", "on"), ("max", "on")])
def test_pan(run, kernel, cpu, pan):
    result = run(kernel, "map", env={"CPU": cpu}, timeout=30)
    assert f"WXN on, PAN {pan}\n" in result.text


@pytest.mark.parametrize("granule,largest", [("4K", "1G"), ("16K", "1G*"), ("64K", "512M")])
def test_large_memory(run, checked, granule, largest):
    """What is large is mapped by what is large: entries do not become more with memory."""
    result = run(checked(granule), "map", env={"MEM": "8G", "CPU": CPU_FOR[granule]}, timeout=60)
    linear = [entry for entry in ranges(result.text) if entry[4] == "linear map"]
    assert result.status == OFF and sum(kib for _, _, kib, *_ in linear) == 8 << 20
    assert largest in linear[-1][5]
    tables = bytes_of(SIZES[granule][0]) // 8
    assert int(re.search(r"(\d+) entries checked", result.text)[1]) < 4 * tables
