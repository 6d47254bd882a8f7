# SPDX-License-Identifier: MIT
"""Memory in all shapes: several banks, holes, banks above 4 GiB, odd sizes, what firmware and the
tree reserve. Each run shows `mem`, and the in-kernel suites look at every entry of the map."""

import dataclasses
import re

import pytest

from lib import tree
from lib.session import OFF, PANIC

from .conftest import CPU_FOR

MEMORY = "reg = <0x00 0x40000000 0x00 0x20000000>;"
RESERVED = "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;"
MIB, GIB = 1 << 20, 1 << 30
RAM = 1 * GIB               # where it starts


@dataclasses.dataclass(frozen=True)
class Shape:
    reg: str = ""               # of the memory node
    banks: tuple = ()           # what `mem` shows: (first, size)
    nodes: str = ""             # more nodes of the root
    reserve: str = ""           # /memreserve/ lines
    reserved: tuple = ()        # lines of `mem`: (first, size, name)
    said: str = ""
    panic: str = ""
    memory: str = "2G"
    granule: str = "4K"
    build: str = ""
    args: tuple = ()


WHOLE = ((RAM, 512 * MIB),)
PI = ((RAM, 948 * MIB), (2 * GIB, 3008 * MIB))
PI_4G = "0 0x40000000 0 0x3b400000 0 0x80000000 0 0xbc000000"
PI_ABOVE = "1 0x40000000 0 0x80000000 1 0xc0000000 0 0x80000000"        # two ranges: one cell holds no 4 GiB there

SHAPES = {
    "two-ranges": Shape("<0 0x40000000 0 0x10000000 0 0x60000000 0 0x10000000>",
                        ((RAM, 256 * MIB), (RAM + 512 * MIB, 256 * MIB))),
    "unsorted": Shape("<0 0x60000000 0 0x10000000 0 0x40000000 0 0x10000000>",
                      ((RAM, 256 * MIB), (RAM + 512 * MIB, 256 * MIB))),
    "touching": Shape("<0 0x40000000 0 0x10000000 0 0x50000000 0 0x10000000>", WHOLE),
    "overlapping": Shape("<0 0x40000000 0 0x18000000 0 0x48000000 0 0x18000000>", WHOLE),
    "two-nodes": Shape("<0 0x40000000 0 0x10000000>",
                       ((RAM, 256 * MIB), (RAM + 512 * MIB, 256 * MIB)),
                       nodes='memory@60000000 { device_type = "memory"; reg = <0 0x60000000 0 '
                             '0x10000000>; };'),
    "one-of-two-disabled": Shape("<0 0x40000000 0 0x10000000>", ((RAM, 256 * MIB),),
                                 nodes='memory@60000000 { device_type = "memory"; status = '
                                       '"disabled"; reg = <0 0x60000000 0 0x10000000>; };'),
    "image-in-the-second": Shape("<0 0x40000000 0 0x100000 0 0x40200000 0 0x1fe00000>",
                                 ((RAM, MIB), (RAM + 2 * MIB, 510 * MIB))),
    "odd-size": Shape("<0 0x40000400 0 0x1ffff123>", ((RAM + 0x1000, 512 * MIB - 0x2000),)),
    "odd-size-64k": Shape("<0 0x40000400 0 0x1ffff123>",
                          ((RAM + 0x10000, 512 * MIB - 0x20000),), granule="64K"),
    "odd-size-16k": Shape("<0 0x40000400 0 0x1ffff123>",
                          ((RAM + 0x4000, 512 * MIB - 0x8000),), granule="16K"),
    "above-4g": Shape("<0 0x40000000 0 0x20000000 1 0 0 0x40000000>",
                      (*WHOLE, (4 * GIB, GIB)), memory="6G"),
    "above-4g-16k": Shape("<0 0x40000000 0 0x20000000 1 0 0 0x40000000>",
                          (*WHOLE, (4 * GIB, GIB)), memory="6G", granule="16K"),
    "above-4g-64k": Shape("<0 0x40000000 0 0x20000000 1 0 0 0x40000000>",
                          (*WHOLE, (4 * GIB, GIB)), memory="6G", granule="64K"),
    "only-above-4g": Shape("<1 0 0 0x40000000>", ((4 * GIB, GIB),), memory="6G",
                           args=("--load", "0x100200000")),
    "out-of-reach-16k": Shape("<0 0x40000000 0 0x20000000 9 0 0 0x40000000>", WHOLE, granule="16K",
                              said="bank 0x900000000 to 0x93fffffff is left out"),
    "out-of-reach-4k": Shape("<0 0x40000000 0 0x20000000 0x80 0 0 0x40000000>", WHOLE,
                             said="bank 0x8000000000 to 0x803fffffff is left out"),
    "beyond-the-cpu": Shape("<0 0x40000000 0 0x20000000 0x1000 0 0 0x40000000>", WHOLE, build="long",
                            said="this CPU reaches 0 to 0xfffffffffff: "
                                 "bank 0x100000000000 to 0x10003fffffff is left out"),
    "many-banks": Shape("<" + " ".join(f"0 {RAM + n * 4 * MIB:#x} 0 0x300000" for n in range(70)) + ">",
                        tuple((RAM + n * 4 * MIB, 3 * MIB) for n in range(64)),
                        said="more than 64 banks: 0x300000 bytes at 0x"),
    # the Raspberry Pi 4's, with the hole below what the GPU has, as firmware writes it: 1 GiB higher up, since
    # virt's RAM begins there, and QEMU's raspi4b has 2 GiB whatever its tree says
    "pi-1g": Shape("<0 0x40000000 0 0x3b400000>", PI[:1]),
    "pi-2g": Shape("<0 0x40000000 0 0x3b400000 0 0x80000000 0 0x40000000>", (*PI[:1], (2 * GIB, GIB)), memory="3G"),
    "pi-4g": Shape(f"<{PI_4G}>", PI, memory="4G"),
    "pi-4g-64k": Shape(f"<{PI_4G}>", PI, memory="4G", granule="64K"),
    "pi-8g": Shape(f"<{PI_4G} {PI_ABOVE}>", (*PI, (5 * GIB, 4 * GIB)), memory="9G"),
    "pi-8g-64k": Shape(f"<{PI_4G} {PI_ABOVE}>", (*PI, (5 * GIB, 4 * GIB)), memory="9G", granule="64K"),
    "empty-range": Shape("<0 0x40000000 0 0x20000000 0 0x70000000 0 0>", WHOLE),
    "wrapping-range": Shape("<0 0x40000000 0 0x20000000 0xffffffff 0xffff0000 0 0x20000>", WHOLE,
                            said="memory@40000000: "),
    # what is reserved
    "memreserve": Shape("<0 0x40000000 0 0x20000000>", WHOLE,
                        reserve="/memreserve/ 0x41000000 0x1800;\n/memreserve/ 0x90000000 0x1000;\n",
                        reserved=((0x41000000, 0x2000, "memreserve"),
                                  (0x90000000, 0x1000, "memreserve"))),
    "memreserve-over-the-image": Shape("<0 0x40000000 0 0x20000000>", WHOLE,
                                       reserve="/memreserve/ 0x40000000 0x400000;\n",
                                       reserved=((0x40000000, 0x400000, "memreserve"),)),
    "memreserve-wraps": Shape("<0 0x40000000 0 0x20000000>", WHOLE,
                              reserve="/memreserve/ 0xfffffffffffff000 0x10000;\n",
                              said="device tree: /memreserve/ .* wraps"),
    "reserved-memory": Shape(
        "<0 0x40000000 0 0x20000000>", WHOLE,
        nodes=RESERVED + "one@42000000 { reg = <0 0x42000000 0 0x1000>; };"
        "two@43000000 { reg = <0 0x43000000 0 0x200000>; no-map; };"
        'off@44000000 { reg = <0 0x44000000 0 0x1000>; status = "disabled"; };'
        # its name alone does not make it the ramdisk, which is given back
        "initrd { reg = <0 0x45000000 0 0x1000>; };"
        "anywhere { size = <0 0x100000>; }; };",
        reserved=((0x42000000, 0x1000, "one@42000000"),
                  (0x43000000, 0x200000, r"two@43000000 \(no-map\)"), (0x45000000, 0x1000, "initrd"))),
    "overlapping-reservations": Shape(
        "<0 0x40000000 0 0x20000000>", WHOLE,
        reserve="/memreserve/ 0x42000000 0x4000;\n",
        nodes=RESERVED + "one@42002000 { reg = <0 0x42002000 0 0x4000>; no-map; };"
        "two@42000000 { reg = <0 0x42000000 0 0x10000>; };"
        "three@42004000 { reg = <0 0x42004000 0 0x8000>; no-map; }; };",
        reserved=((0x42000000, 0x4000, "memreserve"), (0x42000000, 0x10000, "two@42000000"),
                  (0x42002000, 0x4000, r"one@42002000 \(no-map\)"),
                  (0x42004000, 0x8000, r"three@42004000 \(no-map\)"))),
    "odd-no-map": Shape(
        "<0 0x40000000 0 0x20000000>", WHOLE, granule="64K",
        nodes=RESERVED + "one@42001234 { reg = <0 0x42001234 0 0x10>; no-map; }; };",
        reserved=((0x42000000, 0x10000, r"one@42001234 \(no-map\)"),)),
    "no-map-at-both-ends": Shape(
        "<0 0x40000000 0 0x20000000>", WHOLE,
        nodes=RESERVED + "one@40000000 { reg = <0 0x40000000 0 0x100000>; no-map; };"
        "two@5ff00000 { reg = <0 0x5ff00000 0 0x200000>; no-map; }; };",
        reserved=((0x40000000, 0x100000, r"one@40000000 \(no-map\)"),
                  (0x5ff00000, 0x200000, r"two@5ff00000 \(no-map\)"))),
    "no-map-everywhere-else": Shape(
        "<0 0x40000000 0 0x20000000>", panic="out of memory at boot: .*",
        nodes=RESERVED + "one@40000000 { reg = <0 0x40000000 0 0x200000>; no-map; };"
        "two@40300000 { reg = <0 0x40300000 0 0x1fd00000>; no-map; };"
        "three@40240000 { reg = <0 0x40200000 0 0x100000>; }; };"),
    # each in a table of its own, more than the image brings along; in the first bank and another
    "many-no-maps": Shape(
        "<0 0x40000000 0 0x10000000 0 0x60000000 0 0x10000000>",
        ((RAM, 256 * MIB), (RAM + 512 * MIB, 256 * MIB)),
        nodes=RESERVED + "".join(
            f"hole@{at:x} {{ reg = <0 {at:#x} 0 0x1000>; no-map; }};"
            for bank in (0x44000000, 0x60001000)
            for at in range(bank, bank + 24 * 4 * MIB, 4 * MIB)) + "};",
        reserved=((0x44000000, 0x1000, r"hole@44000000 \(no-map\)"),
                  (0x60001000, 0x1000, r"hole@60001000 \(no-map\)"))),
    "odd-reservation": Shape(
        "<0 0x40000000 0 0x20000000>", WHOLE,
        nodes=RESERVED + "one@42000000 { reg = <0x42000000 0x1000>; }; };",
        said="one@42000000: its reg cannot be read, its memory is not reserved"),
    "many-reservations": Shape(
        "<0 0x40000000 0 0x20000000>", panic="more than 64 reserved memory ranges, .*",
        reserve="".join(f"/memreserve/ {RAM + n * 0x100000 + 0x4000000:#x} 0x1000;\n"
                        for n in range(70))),
    "initrd-backwards": Shape("<0 0x40000000 0 0x20000000>", WHOLE,
                              said="initrd: /chosen names an empty range, 0x48000000 to 0x47000000"),
}


# shapes that matter to a page policy: holes, odd edges, more than one bank
FOR_BUMP = ("two-ranges", "odd-size", "above-4g", "many-banks", "overlapping-reservations",
            "many-no-maps")


@pytest.fixture(scope="session")
def start(trees, own_tree, checked):
    builds = {(granule, "buddy"): checked(granule) for granule in CPU_FOR}
    builds["4K", "bump"] = checked("4K", "PAGE_ALLOC_BUMP=y")
    builds["4K", "long"] = checked("4K", "VA_LONG=y")

    def arguments(name, policy="buddy"):
        shape = SHAPES[name]
        text = own_tree.replace(MEMORY, f"reg = {shape.reg};")
        text = text.replace("\n/ {\n", f"\n{shape.reserve}/ {{\n", 1)
        text = text.replace("\taliases {", shape.nodes + "\n\taliases {", 1)
        text = text.replace("mem; poweroff", "mem; selftest map; selftest boot_mem; selftest page; "
                            "mem; poweroff")
        if name == "initrd-backwards":
            text = text.replace("\tstdout-path", "\tlinux,initrd-start = <0x48000000>;\n"
                                "\tlinux,initrd-end = <0x47000000>;\n\tstdout-path")
        path = tree.compile_dts(text, trees / f"memory-{name}-{policy}.dtb")
        return {"o": builds[shape.granule, shape.build or policy], "timeout": 60, "silence": 30,
                "env": {"CPU": CPU_FOR[shape.granule], "MEM": shape.memory},
                "args": ["--tree", str(path), *shape.args]}
    return arguments


@pytest.mark.parametrize("name", SHAPES)
def test_shape(ahead, start, name):
    check(SHAPES[name], ahead(start))


@pytest.mark.parametrize("policy", ["bump"])
@pytest.mark.parametrize("name", FOR_BUMP)
def test_shape_with_bump(ahead, start, name, policy):
    check(SHAPES[name], ahead(start))


def check(shape, result):
    if shape.panic:
        assert result.status == PANIC, f"status {result.status}: {result.closing}"
        assert re.search(rf"\ncairn: panic: {shape.panic}\n\Z", result.text)
        return
    assert result.status == OFF, f"status {result.status}: {result.closing}"
    before, _, after = result.text.partition("KTAP")
    for text in (before, after.rpartition("# Totals")[2]):
        check_sums(text)
    banks = re.findall(r"^bank +0x(\w+)-0x(\w+) ", before, re.M)
    assert tuple((int(a, 16), int(b, 16) - int(a, 16) + 1) for a, b in banks) == shape.banks
    total = sum(size for _, size in shape.banks)
    assert f"total {total // 1024} KiB, " in result.text
    for first, size, what in shape.reserved:
        assert re.search(rf"^reserved +0x0*{first:x}-0x0*{first + size - 1:x} +{size // 1024} KiB +"
                         rf"{what}$", result.text, re.M), f"{what} at {first:#x} is not shown"
    assert re.search(shape.said, result.text), f"it did not say {shape.said!r}"
    assert "not ok" not in result.text and result.text.count("fail:0") == 3, "the in-kernel tests"


def check_sums(text):
    """What `mem` says of pages agrees with itself and with what is reserved."""
    total, used, free = map(int, re.search(r"^total (\d+) KiB, used (\d+) KiB, free (\d+) KiB$", text,
                                           re.M).groups())
    assert total == used + free
    pages = re.search(r"^pages +(\d+) of (\d+) free, (\d+) of them in CPUs' caches; ", text, re.M)
    free_pages, all_pages, cached = map(int, pages.groups())
    page = free // free_pages           # KiB
    assert free == free_pages * page and page in (4, 16, 64)
    taken = re.findall(r"^used +(\d+) pages +(\d+) KiB +(\w+)$", text, re.M)
    assert sum(int(n) for n, _, _ in taken) == all_pages - free_pages
    assert all(int(size) == int(n) * page for n, size, _ in taken)
    runs = re.findall(r"^order (\d+) +(\d+) runs +(\d+) KiB$", text, re.M)
    largest = int(re.search(r"^largest +(\d+) pages, \d+ KiB: fragmentation \d+ %$", text, re.M)[1])
    # with bump a run may be longer than its order says
    assert sum(int(n) << int(order) for order, n, _ in runs) <= free_pages - cached
    assert largest <= 1 << max(int(order) for order, _, _ in runs)


@pytest.mark.parametrize("size", [100000, 5])
def test_initrd(run, kernel, tmp_path, size):
    """QEMU puts it somewhere and names it in /chosen; nobody uses it, so that it is free memory."""
    initrd = tmp_path / "initrd"
    initrd.write_bytes(bytes(size))
    with_it = run(kernel, "mem; dt cat /chosen/linux,initrd-start", env={"INITRD": initrd})
    without = run(kernel, "mem; dt cat /chosen/linux,initrd-start")
    assert with_it.status == without.status == OFF
    assert re.search(r"^<(?:0 )?0x(\w+)>$", with_it.text, re.M), "there was one"
    for result in (with_it, without):
        check_sums(result.text)
        assert "initrd" not in "".join(re.findall("^reserved.*\n", result.text, re.M))
    used = [re.findall(r", used (\d+) KiB, ", result.text) for result in (with_it, without)]
    assert used[0] == used[1]
