# SPDX-License-Identifier: MIT
"""peek and poke: whatever the address, one line that names it and the reason, status 1, and never a panic; and the
clock that date sets."""

import re

import pytest

from lib.session import Session

from .conftest import CPU_FOR, GRANULES

TEXT = 0xffffffff80000000       # the kernel's first instruction
UART = 0x09000000               # the PL011's registers
RAM = 0x48800000                # free, whatever the granule


@pytest.fixture(scope="module", params=GRANULES)
def shell(build, request):
    session = Session(build("qemu_virt_defconfig", set=f"PAGE_{request.param}=y"),
                      env={"CPU": CPU_FOR[request.param]}, timeout=None)
    session.prompt()
    yield session
    session.close()


@pytest.mark.parametrize("line, said", [
    ("peek 0", "peek: 0: translation fault"), ("peek -b 1", "peek: 0x1: translation fault"),
    ("peek -d 0xfffffffffffffff8", "peek: 0xfffffffffffffff8: translation fault"),
    ("peek 0x1000000000000", "peek: 0x1000000000000: translation fault"),
    ("peek 0xdeadbeefdeadbee0", "peek: 0xdeadbeefdeadbee0: translation fault"),
    (f"peek {TEXT + 1}", f"peek: {TEXT + 1:#x}: not aligned to its width"),
    (f"peek -d {TEXT + 4}", f"peek: {TEXT + 4:#x}: not aligned to its width"),
    (f"poke {TEXT} 0", f"poke: {TEXT:#x}: permission fault"),
    (f"poke -b {TEXT} 0", f"poke: {TEXT:#x}: permission fault"),
    ("peek 0x40000000", "peek: 0x40000000: translation fault (a physical address? -p)"),
    ("poke 0xfff00000 1", "poke: 0xfff00000: translation fault (a physical address? -p)"),
    ("poke 8 0", "poke: 0x8: translation fault"), ("poke -h 9 0", "poke: 0x9: not aligned to its width"),
    # nothing answers there
    ("peek -p 0x0f000000", "peek: 0xf000000: external abort"),
    ("poke -p 0x0f000000 1", "poke: 0xf000000: external abort"),
    ("peek -p 0xfffffffffffffffc", "peek: 0xfffffffffffffffc: cannot be mapped"),
    ("peek -p 0x1000000000000", "peek: 0x1000000000000: cannot be mapped"),
    (f"peek -p {UART + 2}", f"peek: {UART + 2:#x}: not aligned to its width"),
])
def test_faults(shell, line, said):
    assert shell.cmd(f"{line}; echo $?") == f"{said}\n1"



def test_widths(shell):
    assert shell.cmd(f"poke -p -d {RAM} 0x1122334455667788 0x99aabbccddeeff00") == (
        f"{RAM:#018x}: 1122334455667788 written\n{RAM + 8:#018x}: 99aabbccddeeff00 written")
    assert shell.cmd(f"peek -p -d {RAM} 2") == f"{RAM:#018x}: 1122334455667788 99aabbccddeeff00"
    assert shell.cmd(f"peek -p {RAM} 4") == f"{RAM:#018x}: 55667788 11223344 ddeeff00 99aabbcc"
    assert shell.cmd(f"peek -p -h {RAM + 2} 2") == f"{RAM + 2:#018x}: 5566 3344"
    assert shell.cmd(f"peek -p -b {RAM} 17") == (
        f"{RAM:#018x}: 88 77 66 55 44 33 22 11 00 ff ee dd cc bb aa 99\n{RAM + 16:#018x}: 00")
    shell.cmd(f"poke -p -h {RAM} 0xabcd; poke -p -b {RAM + 3} 1")
    assert shell.cmd(f"peek -p -w {RAM}") == f"{RAM:#018x}: 0166abcd"


def test_physical_and_virtual_are_one(shell):
    """The kernel's text by its own address and by that where it was loaded."""
    assert shell.cmd(f"peek {TEXT} 4").split()[1:] == shell.cmd("peek -p 0x40200000 4").split()[1:]


def test_device_registers(shell):
    """The PL011's identification, and a byte that it sends."""
    assert shell.cmd(f"peek -p {UART + 0xfe0} 2") == f"{UART + 0xfe0:#018x}: 00000011 00000010"
    assert shell.cmd(f"poke -p {UART} 0x41").startswith("A")


@pytest.mark.parametrize("line, said", [
    ("peek", ""), ("peek x", 'peek: "x" is no ADDRESS: a number'),
    ("peek 0 0", 'peek: "0" is no COUNT: a number of 1 or more'),
    ("peek 0 -1", 'peek: "-1" is no COUNT: a number of 1 or more'), ("peek 0 1 2", ""),
    ("peek 0x10000000000000000", 'peek: "0x10000000000000000" is no ADDRESS: a number'),
    ("poke 0", ""), ("poke -b 0 256", "poke: 256: no number of 1 byte"),
    ("poke 0 1 x", "poke: x: no number of 4 bytes"),
    ("poke -h 0 -1", "poke: -1: no number of 2 bytes"), ("peek -x 0", "peek: -x: no such option"),
])
def test_bad_words(shell, line, said):
    lines = shell.cmd(f"{line}; echo $?").splitlines()
    assert lines[:-2] == ([said] if said else [])
    assert lines[-2].startswith(f"usage: {line[:4]} ") and lines[-1] == "2"


def test_mappings_are_taken_back(shell):
    """Each access to a device has one of its own, for as long as it takes."""
    before = shell.cmd("map")
    shell.cmd(f"peek -p {UART + 0xfe0} 8; peek -p 0x0f000000; peek -p {RAM} 64")
    assert shell.cmd("map") == before


@pytest.mark.parametrize("set_to, is_then", [
    ("'2032-02-29 23:59:58'", "2032-02-29 23:59:5[89] UTC"), ("2100-03-01", "2100-03-01 00:00:0[01] UTC"),
    ("1970-01-01T00:01", "1970-01-01 00:01:0[01] UTC"), ("@1000000000", "2001-09-09 01:46:4[01] UTC"),
])
def test_date_sets_the_clock(shell, set_to, is_then):
    said = shell.cmd(f"date -s {set_to}; date").splitlines()
    assert len(said) == 2 and all(re.fullmatch(is_then, line) for line in said), said


@pytest.mark.parametrize("word", [
    "2023-02-29", "2100-02-29", "1969-12-31", "2030-13-01", "2030-00-01", "2030-01-32", "x", "'2030-01-01 24:00'",
    "'2030-01-01 1:00'", "2030-01-01x", "@", "@x", "''"])
def test_date_refuses(shell, word):
    first, usage = shell.cmd(f"date -s {word}").splitlines()
    assert first == f"date: {word.strip(chr(39))}: no date" and usage == "usage: date [-s DATE] [+%s]"


def test_date_in_seconds(shell):
    assert re.fullmatch(r"86400\d", shell.cmd("date -s 1970-01-11 | wc -l; date +%s").splitlines()[1])
    said = shell.cmd("date -s 2150-01-01; echo $?")
    assert said == "date: the machine's clock keeps its date: Numerical result out of range\n1"
    assert shell.cmd("date -s 2026-11-28 | wc -l") == "1"
