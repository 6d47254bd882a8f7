# SPDX-License-Identifier: MIT
"""What happens before the MMU is on: places to be loaded at, levels to be entered at, granules
that the CPU lacks."""

import re
import subprocess

import pytest

from lib import tree
from lib.session import OFF, PANIC

from .conftest import CPU_FOR, GRANULES

# multiples of 2 MiB, which the larger granules' blocks are not; the last one is in the last 2 MiB
# of memory, but for what the image takes after it
PLACES = (0x40400000, 0x41e00000, 0x47a00000, 0x5fc00000)


def arguments(checked):
    builds = {granule: checked(granule) for granule in GRANULES}

    def start(granule, place):
        return {"o": builds[granule], "autorun": "mem; selftest map", "timeout": 60,
                "env": {"CPU": CPU_FOR[granule]}, "args": ["--load", hex(place)]}
    return start


@pytest.mark.parametrize("place", PLACES, ids=hex)
@pytest.mark.parametrize("granule", GRANULES)
def test_loaded_anywhere(ahead, checked, granule, place):
    result = ahead(arguments(checked))
    assert result.status == OFF, result.closing
    assert re.search(rf"^reserved +0x0*{place:x}-0x\w+ +\d+ KiB +kernel$", result.text, re.M)
    assert "not ok" not in result.text and "fail:0" in result.text


@pytest.mark.parametrize("place", [0x40280000, 0x40201000], ids=hex)
def test_loaded_between(run, kernel, place):
    result = run(kernel, args=["--load", hex(place)], timeout=20)
    assert result.status == PANIC
    assert result.text.strip() == ("cairn: panic: the image was not loaded at a multiple of 2 MiB, "
                                   f"but at {place:#018x}")


def test_loaded_where_the_tree_has_no_memory(run, kernel, own_tree, trees):
    """There is RAM, but the tree does not know."""
    path = tree.compile_dts(own_tree, trees / "small.dtb")
    result = run(kernel, args=["--tree", str(path), "--load", "0x80000000"], env={"MEM": "2G"},
                 timeout=20)
    assert result.status == PANIC
    assert result.closing.startswith("run-qemu: panic: the image was loaded to 0x80000000, where")


@pytest.mark.parametrize("cpu", ["cortex-a53", "cortex-a72"])
@pytest.mark.parametrize("entry", ["el1", "el2", "el3"])
def test_granule_that_the_cpu_lacks(ahead, checked, cpu, entry):
    o = checked("16K")
    result = ahead(lambda cpu, entry: {"o": o, "env": {"CPU": cpu}, "entry": entry, "timeout": 60})
    assert result.status == PANIC
    assert re.fullmatch(r"\s*cairn: panic: this CPU has no 16K granule \(ID_AA64MMFR0_EL1\) "
                        r"0x[0-9a-f]{16}\n", result.text), result.text


def test_el3_without_its_code(run, bare):
    result = run(bare, entry="el3", timeout=20)
    assert result.status == PANIC
    assert result.text.strip() == ("cairn: panic: entered at EL3, but this image was built without "
                                   "CONFIG_BOOT_EL3")


@pytest.mark.parametrize("gic", ["2", "3"])
def test_el3_hands_interrupts_over(boot, kernel, gic):
    """Typed bytes and the end of a sleep arrive at non-secure EL1."""
    session = boot(kernel, env={"GIC": gic}, entry="el3")
    assert session.cmd("echo x") == "x"
    said = session.cmd("irq")
    assert int(re.search(r"^ +\d+ +(\d+) +0 level +pl011@9000000 ", said, re.M)[1]) > 0
    session.send("poweroff\r")
    assert session.status() == OFF
    assert "nothing here can switch the power off" in session.text


def test_early_uart_speaks_before_the_tree(run, bare):
    """A UART by hand: also a kernel that never sees a tree says why it stops."""
    result = run(bare, args=["--x0", "0x43"], timeout=20)
    assert result.status == PANIC
    assert result.text.strip() == ("cairn: panic: no device tree: x0 is not 8-byte aligned "
                                   "0x0000000000000043")


# As a boot loader at EL3 that leaves the counter's frequency to whoever comes next.
NO_CNTFRQ = """
	.globl	_start
_start:	msr	cntfrq_el0, xzr
	ldr	x0, =0x48000000
	ldr	x4, =0x40200000
	br	x4
"""


@pytest.fixture(scope="session")
def no_cntfrq(trees, cross):
    source, stub = trees / "no_cntfrq.S", trees / "no_cntfrq"
    source.write_text(NO_CNTFRQ)
    subprocess.run([cross + "gcc", "-nostdlib", "-static", "-Wl,--build-id=none,-Ttext=0x40180000",
                    "-Wl,-z,max-page-size=4096", source, "-o", stub], check=True)
    return stub


@pytest.mark.parametrize("property,timer", [
    ("clock-frequency = <62500000>;", "/timer at 62500 kHz"), ("", "none at 0 kHz")])
def test_cntfrq_0(run, kernel, trees, no_cntfrq, property, timer):
    """The tree stands in; where it does not either, there is a prompt, but no time."""
    path = tree.dump(kernel, trees / f"cntfrq-{len(property)}.dtb", entry="el3",
                     autorun="uptime; echo fine")
    text = tree.decompile(path).replace("always-on;", "always-on; " + property)
    tree.compile_dts(text, path)
    result = run(kernel, entry="el3", args=["--tree", str(path), "--x0", "0x48000000"],
                 extra=["-kernel", str(no_cntfrq)], timeout=20)
    assert result.status == OFF, result.closing
    assert f", timer {timer}\n" in result.text and "\nfine\n" in result.text
    if not property:
        assert "timer: CNTFRQ is 0 and the node has no clock-frequency: no time\n" in result.text
        assert "\nup 0.000000 s, " in result.text


@pytest.mark.parametrize("cpu,khz", [("cortex-a72,cntfrq=19200000", 19200),
                                     ("max,cntfrq=54000000", 54000)])
def test_other_frequencies(run, kernel, cpu, khz):
    result = run(kernel, "uptime", env={"CPU": cpu}, timeout=20)
    assert result.status == OFF, result.closing
    assert f", timer /timer at {khz} kHz\n" in result.text


def test_other_cpus(run, kernel):
    result = run(kernel, "mem", env={"SMP": "4", "CPU": "max"}, timeout=20)
    assert result.status == OFF, result.closing
    assert re.search(r"\b4 of 4 CPUs\b", result.text)
