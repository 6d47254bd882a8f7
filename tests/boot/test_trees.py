# SPDX-License-Identifier: MIT
"""Device trees that are not what they should be: each ends at the prompt, or in one line that says
what is wrong, and never in a hang.

The trees are QEMU's own with something changed. Where a tree leads to no UART, an image that knows
one by hand (CONFIG_EARLY_UART) says what an ordinary one can only stop for: that such a stop is
noticed and named is scripts/run-qemu's part.
"""

import dataclasses
import re

import pytest

from lib import blob, tree
from lib.session import OFF, PANIC, SILENT

BROKEN = r"the device tree is broken \(see the line above\)"
SILENCE = 3         # seconds of a run that is expected to say nothing
DEEP = "x { " * 70 + "};" * 70


@dataclasses.dataclass(frozen=True)
class Case:
    edits: tuple = ()           # (old, new) in the dts text
    change: object = None       # bytes -> bytes of the tree
    panic: str = ""             # the last line, for one that does not reach the prompt
    said: str = ""              # something else that it says
    silent: bool = False        # no UART can be found: only the image with one by hand speaks
    x0: int = 0


def prop(old, new):
    return Case(edits=((old, new),))


def without(name):
    """QEMU's tree without that node."""
    return Case(change=("node", name))


def words(case, panic="", said="", silent=False):
    return dataclasses.replace(case, panic=panic, said=said, silent=silent)


def fields(**changed):
    return Case(change=("header", changed))


MEMORY = "reg = <0x00 0x40000000 0x00 0x20000000>;"
UART = 'compatible = "arm,pl011\\0arm,primecell";'
STDOUT = 'stdout-path = "/pl011@9000000";'
TIMER = "interrupts = <0x01 0x0d 0x04 0x01 0x0e 0x04 0x01 0x0b 0x04 0x01 0x0a 0x04>;"
GIC = "0x00 0x8000000 0x00 0x10000 0x00 0x80a0000 0x00 0xf60000"
NO_MEMORY = 'no memory: no enabled node with device_type "memory" has a range'
NO_DRIVER = "no console: the tree has no UART that this image knows"
NO_CHIP = "no console: the tree has no interrupt controller that this image knows"
OUTSIDE = r"the image was loaded to 0x40200000, where there is no memory \(device tree, mem=\)"

CASES = {
    # addresses and sizes that make no sense
    "distributor-too-small": words(prop(GIC, GIC.replace("0x10000 ", "0x1000 ", 1)), NO_CHIP,
                                   "0x1000 bytes are too few for a distributor of 288 lines"),
    "rtc-beyond-48-bits": words(prop("reg = <0x00 0x9010000 0x00 0x1000>",
                                     "reg = <0x10000 0x9010000 0x00 0x1000>"),
                                said="pl031@9010000: cannot map 0x1000 bytes at 0x1000009010000"),
    "rtc-in-memory": words(prop("reg = <0x00 0x9010000 0x00 0x1000>",
                                "reg = <0x00 0x4fffffff 0x00 0x1000>"),
                           said="pl031@9010000: cannot map 0x1000 bytes at 0x4fffffff"),
    "rtc-around-memory": words(prop("reg = <0x00 0x9010000 0x00 0x1000>",
                                    "reg = <0x00 0x3ffff000 0x00 0x1001>"),
                               said="pl031@9010000: cannot map 0x1001 bytes at 0x3ffff000"),
    # the header
    "version-16": words(fields(version=16), "device tree: version is not 17 .* 0x\\w+"),
    "compatible-18": words(fields(version=18, last_comp_version=18),
                           "device tree: version is not 17 .*"),
    "totalsize-0": words(fields(totalsize=0), "device tree: totalsize is smaller than the header .*"),
    "totalsize-huge": words(fields(totalsize=0xf0000000), "device tree: totalsize is above 2 MiB .*"),
    "totalsize-short": words(fields(totalsize=1000), "device tree: a block lies outside of totalsize .*"),
    "structure-outside": words(fields(size_dt_struct=0x7ffffff0),
                               "device tree: a block lies outside of totalsize .*"),
    "structure-misaligned": words(Case(change=("offset", 2)),
                                  "device tree: a block lies outside of totalsize .*"),
    "strings-outside": words(fields(size_dt_strings=0x7ffffff0),
                             "device tree: a block lies outside of totalsize .*"),
    "strings-short": words(fields(size_dt_strings=10), BROKEN,
                           "device tree: the strings block does not end with a NUL"),
    "structure-short": words(fields(size_dt_struct=1000), BROKEN, "device tree: .* at offset "),
    "reserve-outside": words(fields(off_mem_rsvmap=0xfffffff0), BROKEN,
                             "device tree: header: sizes and offsets do not fit together"),
    # not there, or not a tree
    "x0-misaligned": words(Case(x0=0x48000004),
                           "no device tree: x0 is not 8-byte aligned 0x0000000048000004", silent=True),
    "wrong-magic": words(fields(magic=0xd00dfeef),
                         "no device tree: x0 does not point at the magic d00dfeed .*", silent=True),
    "atags": words(Case(change=("bytes", b"\x05\0\0\0\x01\0\x41\x54" + bytes(100))),
                   r"no device tree: x0 points at ATAGS \(boot with a dtb\) .*", silent=True),
    "cut-in-half": words(Case(change=("cut", 2)), BROKEN, "device tree: .* at offset ", silent=True),
    # memory
    "no-memory": words(without("memory@40000000"), NO_MEMORY),
    "memory-disabled": words(prop(MEMORY, MEMORY + ' status = "disabled";'), NO_MEMORY),
    "memory-failed": words(prop(MEMORY, MEMORY + ' status = "fail-sss";'), NO_MEMORY),
    "memory-empty": words(prop(MEMORY, "reg = <0 0 0 0>;"), NO_MEMORY),
    "memory-odd-reg": words(prop(MEMORY, "reg = <0 0x40000000 0x20000000>;"), NO_MEMORY,
                            "memory@40000000: its reg cannot be read"),
    "memory-wraps": words(prop(MEMORY, "reg = <0xffffffff 0xfff00000 0 0x20000000>;"), NO_MEMORY,
                          "memory@40000000: its reg cannot be read"),
    "memory-below-a-page": words(prop(MEMORY, "reg = <0 0x40000800 0 0x200>;"),
                                 r"no memory: not a page is left \(device tree, mem=\)",
                                 "0x200 bytes at 0x40000800 are less than a page: ignored"),
    "memory-1M": words(prop(MEMORY, "reg = <0 0x40000000 0 0x100000>;"), OUTSIDE),
    "memory-elsewhere": words(prop(MEMORY, "reg = <0 0x50000000 0 0x100000>;"), OUTSIDE),
    "memory-just-the-image": words(prop(MEMORY, "reg = <0 0x40200000 0 0x40000>;"),
                                   "out of memory at boot: .*"),
    "memory-1M-with-image": prop(MEMORY, "reg = <0 0x40200000 0 0x100000>;"),
    "all-reserved": words(prop("/ {\n", "/memreserve/ 0x40000000 0x20000000;\n/ {\n"),
                          "out of memory at boot: .*"),
    # interrupts
    "no-controller": words(without("intc@8000000"), NO_CHIP),
    "controller-disabled": words(prop('compatible = "arm,gic-v3";',
                                      'compatible = "arm,gic-v3"; status = "disabled";'), NO_CHIP),
    "controller-unknown": words(prop('"arm,gic-v3";', '"x,intc";'), NO_CHIP),
    "controller-nowhere": words(prop(GIC, GIC.replace("0x8000000", "0xf000000")), NO_CHIP,
                                "gic_v3 intc@8000000: nothing answers a read of 0xf00"),
    "rtc-nowhere": words(prop("reg = <0x00 0x9010000 0x00 0x1000>", "reg = <0x00 0xf010000 0x00 0x1000>"),
                         said="pl031 pl031@9010000: nothing answers a write to 0xf010010"),
    "no-interrupt-parent": words(prop("/ {\n\tinterrupt-parent = <0x8002>;", "/ {"), NO_DRIVER),
    "uart-without-interrupt": words(prop("interrupts = <0x00 0x01 0x04>;", ""), NO_DRIVER,
                                    r"pl011.*interrupt 0 is not in its node \(`interrupts`\)"),
    "uart-odd-interrupt": words(prop("interrupts = <0x00 0x01 0x04>;", "interrupts = <0 1>;"),
                                NO_DRIVER, "pl011.*interrupt 0 makes no sense"),
    "uart-interrupt-1000000": words(prop("interrupts = <0x00 0x01 0x04>;",
                                         "interrupts = <0 1000000 4>;"), NO_DRIVER,
                                    "pl011.*interrupt 0 makes no sense"),
    # the console
    "uart-unknown": words(prop(UART, 'compatible = "x,uart";'), NO_DRIVER, silent=True),
    "uart-disabled": words(prop(UART, UART + ' status = "disabled";'), NO_DRIVER, silent=True),
    "uart-gone": words(Case(change=("node", "pl011@9000000")), NO_DRIVER, silent=True),
    "uart-without-reg": words(prop("reg = <0x00 0x9000000 0x00 0x1000>;", ""), NO_DRIVER, silent=True),
    "stdout-missing": words(prop(STDOUT, ""), said="console /pl011@9000000, "),
    "stdout-root": words(prop(STDOUT, 'stdout-path = "/";'), said="console /pl011@9000000, "),
    "stdout-empty": words(prop(STDOUT, 'stdout-path = "";'), said="console /pl011@9000000, "),
    "stdout-no-node": words(prop(STDOUT, 'stdout-path = "/no/such";'), said="console /pl011@9000000, "),
    "stdout-number": words(prop(STDOUT, "stdout-path = <1 2>;"), said="console /pl011@9000000, "),
    "stdout-alias": words(prop(STDOUT, 'stdout-path = "serial0:115200n8";'),
                          said="console /pl011@9000000, "),
    "stdout-no-uart": words(prop(STDOUT, 'stdout-path = "/pl031@9010000";'),
                            said="console /pl011@9000000, "),
    "stdout-bad-alias": words(prop(STDOUT, 'stdout-path = "serial7:115200n8";'),
                              said="console /pl011@9000000, "),
    "stdout-absurd-speed": words(prop(STDOUT, 'stdout-path = "serial0:99999999999999n8";'),
                                 said="console /pl011@9000000, "),
    "stdout-missing-then-broken": words(Case(edits=((STDOUT, ""), (MEMORY, ""))), NO_MEMORY),
    # what may be missing
    "no-chosen": words(without("chosen"), said="console /pl011@9000000, "),
    "no-timer": words(without("timer"), said="timer none"),
    "timer-without-interrupts": words(prop(TIMER, ""), said="timer: no interrupt for the virtual timer"),
    "no-psci": words(without("psci"), said="nothing here can switch the power off"),
    "psci-by-smc": words(prop('method = "hvc";', 'method = "smc";'),
                         said="psci: cannot be called: no firmware answers by its `method`"),
    "psci-odd-method": words(prop('method = "hvc";', 'method = "xyz";'), said="psci.*method"),
    "no-clock": words(without("apb-pclk"), said="pl011"),
    "no-model": words(prop('model = "linux,dummy-virt";', ""), said="on a board without a model"),
    "no-cpus": words(without("cpus"), said="1 of 1 CPU used"),
    "no-usable-cpu": words(prop('device_type = "cpu";', 'device_type = "cpu"; status = "fail";'),
                           said="1 of 1 CPU used"),
    "no-aliases": words(without("aliases"), said="console /pl011@9000000, "),
    # structure
    "too-deep": words(prop("\tpsci {", DEEP + "\tpsci {"), BROKEN, "nodes nested too deep at offset"),
    "empty-root": words(Case(change=("text", "/dts-v1/;\n/ { };\n")), NO_MEMORY, silent=True),
    "cells-5": words(Case(edits=(("#address-cells = <0x02>;\n\tcompatible",
                                  "#address-cells = <5>;\n\tcompatible"),)),
                     said="#address-cells is not a number from 0 to 4"),
}


def made(case, own, path):
    """Writes the case's tree."""
    text = own
    for old, new in case.edits:
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in QEMU's tree"
        text = text.replace(old, new)
    kind, what = case.change or (None, None)
    if kind == "node":
        text = re.sub(rf"\n(\t+){what} {{.*?\n\1}};\n", "\n", text, flags=re.S)
        assert f"{what} {{" not in text
    elif kind == "text":
        text = what
    data = tree.compile_dts(text, path).read_bytes()
    if kind == "header":
        data = blob.with_header(data, **what)
    elif kind == "offset":
        data = blob.with_header(data, off_dt_struct=blob.header(data)["off_dt_struct"] + what)
    elif kind == "cut":
        data = data[:len(data) // what]
    elif kind == "bytes":
        data = what
    path.write_bytes(data)
    return path


@pytest.fixture(scope="session")
def start(trees, own_tree, kernel, bare):
    def arguments(name, image):
        case = CASES[name]
        path = made(case, own_tree, trees / f"{name}-{image}.dtb")
        silence = SILENCE if case.silent and image == "kernel" else 30
        return {"o": {"kernel": kernel, "bare": bare}[image], "timeout": 60, "silence": silence,
                "args": ["--tree", str(path)] + (["--x0", str(case.x0)] if case.x0 else [])}
    return arguments


@pytest.mark.parametrize("image", ["kernel"])
@pytest.mark.parametrize("name", CASES)
def test_tree(ahead, start, name, image):
    case, result = CASES[name], ahead(start)
    if case.silent:
        assert result.status == SILENT and not result.text
        assert re.search(f"no output within {SILENCE} s: the CPU is in [a-z]", result.closing)
    else:
        check(case, result)


@pytest.mark.parametrize("image", ["bare"])
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.silent])
def test_tree_without_uart(ahead, start, name, image):
    """The same where a UART is known without the tree."""
    check(CASES[name], ahead(start))


def check(case, result):
    last = result.text.rstrip().rpartition("\n")[2]
    if case.panic:
        assert result.status == PANIC, f"status {result.status}: {result.closing}"
        assert re.fullmatch("cairn: panic: " + case.panic, last), f"the last line is {last!r}"
        assert result.text.count("cairn: panic: ") == 1
    else:
        assert result.status == OFF, f"status {result.status}: {result.closing}"
    assert re.search(case.said, result.text), f"it did not say {case.said!r}"


def test_no_tree(run, bare, kernel):
    """x0 = 0: said where there is a UART by hand; else the runner names where it stands."""
    result = run(bare, args=["--x0", "0"], timeout=10)
    assert result.status == PANIC
    assert result.text.strip() == "cairn: panic: no device tree: x0 was 0 at entry 0x0000000000000000"
    result = run(kernel, args=["--x0", "0"], silence=1)
    assert result.status == SILENT
    assert "no output within 1 s: the CPU is in boot code before the MMU: early_" in result.closing
