# SPDX-License-Identifier: MIT
"""The mistakes that make a machine silent, planted on purpose (choice BREAK): each ends in words
that name the cause, and in a status that is not 0. Documentation/silences.md quotes them."""

import re

import pytest

from lib.build import ROOT
from lib.session import HANG, OFF, PANIC, SILENT

from .conftest import CPU_FOR

# fault: (status, the run's closing line)
FAULTS = {
    "TCR": (PANIC, r"panic: the MMU would fault \(tables or TCR_EL1 are wrong\) at "
                   "0xffffffff80000000"),
    "MAIR": (PANIC, r"panic: MAIR_EL1 gives the wrong memory type: entry 0x00400000402\w{5}"),
    "TABLE": (PANIC, r"panic: the tables translate to the wrong place: entry 0x00400000402\w{5}"),
    "UART": (SILENT, r"no output within 3 s: the CPU is in \w+(\+0x\w+)? \(0xffffffff8\w+\); the "
                     r"kernel's log has words: is its UART's base right\?"),
    "STACK": (PANIC, r"panic: no stack: sp 0x402\w{5} is no kernel address"),
    "HANG": (SILENT, r"no output within 3 s: the CPU is in boot code before the MMU: "
                     r"early_main(\+0x\w+)? \(0x402\w{5}\)"),
}


def broken(build, fault, granule="4K"):
    return build("qemu_virt_defconfig", set=f"PAGE_{granule}=y BREAK_{fault}=y")


def test_every_fault_is_tried():
    text = (ROOT / "arch/arm64/Kconfig.debug").read_text()
    assert set(re.findall(r"^config BREAK_(\w+)$", text, re.M)) == {"NONE", *FAULTS}


# the larger granules have other tables, other places for a stack, and pages that hold more
@pytest.mark.parametrize("granule", [
    "4K", *(pytest.param(larger, marks=pytest.mark.slow) for larger in ("16K", "64K"))])
@pytest.mark.parametrize("fault", FAULTS)
def test_fault_speaks(run, build, fault, granule):
    status, words = FAULTS[fault]
    result = run(broken(build, fault, granule), silence=3, timeout=30,
                 env={"CPU": CPU_FOR[granule]})
    assert (result.status, bool(re.fullmatch("run-qemu: " + words, result.closing))) == \
        (status, True), result.closing
    if status == PANIC:
        said = result.closing.removeprefix("run-qemu: panic: ")
        assert result.text.endswith(f"\ncairn: panic: {said}\n")
    else:
        assert not result.text


@pytest.mark.parametrize("fault", ["TCR", "TABLE", "STACK"])
@pytest.mark.parametrize("entry", ["el2", "el3"])
def test_fault_speaks_at_every_entry(run, build, fault, entry):
    status, words = FAULTS[fault]
    result = run(broken(build, fault), entry=entry, silence=3, timeout=30)
    assert result.status == status and re.fullmatch("run-qemu: " + words, result.closing)


def test_mute_uart_leaves_the_log(run, build):
    """The kernel came to its prompt, and its own words say so."""
    result = run(broken(build, "UART"), silence=3, timeout=30)
    said = re.findall(r"^run-qemu: log: \[ +\d+\.\d{6}\] (.*)$", result.remarks, re.M)
    assert any(line.startswith("Cairn 0.1.0 on ") for line in said), result.remarks
    assert not any("panic" in line for line in said)


def test_mute_uart_is_mute_to_the_end(run, build):
    """Nothing is lost by switching off: it is no success either."""
    result = run(broken(build, "UART"), "version", timeout=30)
    assert result.status not in (OFF, HANG) and not result.text


def test_missing_stack_shows_where(run, build):
    """The report, written from the emergency stack, has the function that wanted to push."""
    result = run(broken(build, "STACK"), silence=3, timeout=30)
    assert re.search(r"\] pc  (arch_boot_finish|kernel_main)\+0x", result.text), result.text
    assert len(re.findall(r"\bx\d+ +[0-9a-f]{16}\b", result.text)) == 30


@pytest.mark.parametrize("fault", FAULTS)
def test_documentation_quotes_it(fault):
    """The closing line of each fault, as silences.md shows it."""
    text = (ROOT / "Documentation/silences.md").read_text()
    section = text.partition(f"SET=\"BREAK_{fault}=y\"")[2].partition("\n## ")[0]
    closing = re.findall(r"^run-qemu: (?!log: )(.*)$", section, re.M)
    assert closing and re.fullmatch(FAULTS[fault][1], closing[-1]), closing
