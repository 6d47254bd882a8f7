# SPDX-License-Identifier: MIT
"""`make bench`: figures held to tests/budgets.toml; and that an exceeded one is a complaint."""

import importlib.machinery
import importlib.util
import sys

import pytest

from lib.build import ROOT
from lib.build import bench as run_bench

sys.path.insert(0, str(ROOT / "scripts"))       # where it finds what it imports

BOUNDS = {"a": {"max": 1000, "unit": "instructions"}, "t": {"max": 1, "unit": "s"}}
BUDGETS = {"held": {"compiler": "gcc 12.2", "slack": 5}, "bounds": BOUNDS,
           "with": {"HEAP_BUMP=y": {"a": {"max": 10, "unit": "instructions"}}}}

GNU_MAP = """Discarded input sections

 .text.kcalloc  0x0000000000000000       0x94 o/mm/heap.o

Linker script and memory map

.text           0xffffffff80000000    0x10000
 *(.text .text.*)
 .text.kmalloc  0xffffffff80001000       0x38 o/mm/heap.o
 .text.unlikely.out_of_memory
                0xffffffff80001038       0x94 o/mm/heap.o
 *fill*         0xffffffff800010cc       0x34
 .text.alloc    0xffffffff80001100      0x100 o/mm/heap/slab.o
 .text.other    0xffffffff80001200      0x200 o/mm/heap_debug.o

.rodata         0xffffffff80010000     0x1000
 .rodata.str1.8
                0xffffffff80010000       0x11 o/mm/heap.o
                                         0x39 (size before relaxing)

.bss            0xffffffff80020000     0x1000
 .bss.said      0xffffffff80020000       0x10 o/mm/heap.o

/DISCARD/
 .text.gone     0xffffffff80001200      0x200 o/mm/heap.o
"""
LLD_MAP = """             VMA              LMA     Size Align Out     In      Symbol
ffffffff80000000 ffffffff80000000    17f1f  2048 .text
ffffffff80001000 ffffffff80001000       38     4         o/mm/heap.o:(.text.kmalloc)
ffffffff80001000 ffffffff80001000       38     1                 kmalloc
ffffffff80001038 ffffffff80001038       94     4         o/mm/heap.o:(.text.unlikely.out_of_memory)
ffffffff80001100 ffffffff80001100      100     4         o/mm/heap/slab.o:(.text.alloc)
ffffffff80001200 ffffffff80001200      200     4         o/mm/heap_debug.o:(.text.other)
ffffffff80010000 ffffffff80010000       11     8         o/mm/heap.o:(.rodata.str1.8)
ffffffff80020000 ffffffff80020000       10     8         o/mm/heap.o:(.bss.said)
"""


@pytest.fixture(scope="module")
def bench():
    """scripts/bench as a module."""
    loader = importlib.machinery.SourceFileLoader("bench", str(ROOT / "scripts/bench"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench", loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def built_by(tmp_path):
    def write(text):
        (tmp_path / "include/generated").mkdir(parents=True)
        (tmp_path / "include/generated/compiler").write_text(text)
        return str(tmp_path)
    return write


def test_figures_are_within_their_bounds(build):
    """Counts and sizes are exact, so the tests hold them as `make bench` does."""
    o = build("qemu_virt_defconfig")
    said, rows = run_bench(o)
    assert rows["boot.prompt"]["unit"] == "instructions" and rows["boot.prompt"]["bound"] == 350000
    assert {"image.defconfig", "image.base", "image.tiny"} <= rows.keys()
    assert all(f"{row['value']:,}" in said for row in rows.values())


def test_other_configurations_are_measured_and_not_held(build):
    o = build("qemu_virt_defconfig", set="PAGE_64K=y")
    said, rows = run_bench(o)
    assert "this is not qemu_virt_defconfig" in said
    assert all(row["bound"] is None for row in rows.values())


def test_lines_of_the_guest(bench):
    text = ("cairn: x\r\nboot.prompt 349000 instructions\r\nmemcpy-4k 1.5 bytes/insn\n"
            "no 12\nab c d\n")
    assert bench.LINE.findall(text) == [("boot.prompt", "349000", "instructions"),
                                        ("memcpy-4k", "1.5", "bytes/insn")]


def test_two_cpus_against_one(bench, build):
    """In real time, so that it is told and not held."""
    rows = bench.measure_scale(str(build("qemu_virt_defconfig")))
    assert {name for name, _, _ in rows} == {"scale.alloc", "scale.semaphore", "scale.yield"}
    assert all(0 < value < 20 and unit == "times" for _, value, unit in rows)


@pytest.mark.parametrize("value, unit, complaints", [
    (1000, "instructions", 0), (1001, "instructions", 1), (900, "bytes", 1)])
def test_an_exceeded_bound_is_a_complaint(bench, built_by, value, unit, complaints):
    o = built_by("aarch64-linux-gnu-gcc (Debian 12.2.0-14) 12.2.0\n")
    rows, said = bench.judge(o, [("a", value, unit), ("t", 5, "s")], BUDGETS, BOUNDS)
    assert len(said) == complaints
    assert [row["bound"] for row in rows] == [1000, 1]


@pytest.mark.parametrize("value, complaints", [(1050, 0), (1051, 1)])
def test_another_compiler_gets_some_slack(bench, built_by, value, complaints):
    o = built_by("Debian clang version 14.0.6\n")
    assert len(bench.judge(o, [("a", value, "instructions")], BUDGETS, BOUNDS)[1]) == complaints


def test_a_missing_figure_is_a_complaint(bench):
    assert bench.missing([{"name": "b"}], BOUNDS) == ["a was not measured"]
    assert not bench.missing([], {})


@pytest.mark.parametrize("setting, held, bound", [
    (None, "", 1000), ("HEAP_BUMP=y", "HEAP_BUMP=y", 10), ("HEAP_BUDDY=y", None, None)])
def test_which_bounds_a_configuration_has(bench, fresh, make, setting, held, bound):
    o = fresh()
    make("qemu_virt_defconfig", o=o)
    if setting:
        make("setconfig", o=o, SET=setting)
    assert bench.held_to(str(o), BUDGETS) == held
    assert bench.bounds_of(held, BUDGETS).get("a", {}).get("max") == bound


@pytest.mark.parametrize("text", [GNU_MAP, LLD_MAP], ids=["gnu", "lld"])
def test_code_in_the_image(bench, tmp_path, text):
    """Without what the linker dropped, other files, and what is not in the image."""
    extra = {"o/shell/run.o": 0x40, "o/shell/bench_line.o": 0x80, "o/shell/cmd/ls.o": 0x20,
             "o/fs/ramfs/pages.o": 0x10, "o/fs/walk.o": 8, "o/fs/bench_fs.o": 4}
    gnu = "".join(f" .text.f 0xffffffff80001300 {size:#x} {name}\n" for name, size in extra.items())
    lld = "".join(f"ffffffff80001300 ffffffff80001300 {size:x} 4         {name}:(.text.f)\n"
                  for name, size in extra.items())
    text = text.replace("\n.rodata  ", "\n" + gnu + "\n.rodata  ") if "Linker" in text else text + lld
    (tmp_path / "cairn.map").write_text(text.replace("o/", f"{tmp_path}/"))
    assert bench.measure_code(str(tmp_path)) == [
        ("heap.code", 0x38 + 0x94 + 0x100 + 0x11, "bytes"), ("fs.code", 0x18, "bytes"),
        ("shell.full", 0x40, "bytes"), ("shell.commands", 0x20, "bytes")]
