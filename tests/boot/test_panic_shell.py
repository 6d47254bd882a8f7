# SPDX-License-Identifier: MIT
"""The prompt after a panic (CONFIG_PANIC_SHELL): its commands, what goes wrong at it, and how such a
run ends."""

import os
import re
import subprocess

import pytest

from lib.session import PANIC, STUCK

from .conftest import CPUS, CRASH
from .test_crash import on_last

CROSS = os.environ.get("CROSS_COMPILE", "aarch64-linux-gnu-")
AT_PANIC = re.compile(r"^panic> \Z", re.M)
# way to crash: (words of the panic, registers were saved, a function of the call chain)
WAYS = {
    "crash null": ("data abort: write", True, "crash_null"),
    "crash wx": ("data abort: write", True, "crash_write_text"),
    "crash wx exec": ("instruction abort", True, "shell_main"),
    "crash stack": ("kernel stack overflow in thread main", True, "crash_stack"),
    "crash doublefree": ("heap double free", False, "crash_double_free"),
    "crash atomic": ("sleeps", False, "crash_atomic"),
    "crash hog": ("hog", False, "crash_spin"),
    "fault sp": ("misaligned stack pointer", True, ""),
    "fault sp-wild": ("stack pointer of thread main", True, ""),
    "fault interrupt": ("asked for in an interrupt", False, "panic_handler"),
    "fault chain-wild": ("with a broken call chain", False, "crash_chain"),
    "spawn hog | fault null-read": ("data abort: read", True, "crash_null_read"),
    "panic by request": ("by request", False, "panic"),
}


@pytest.fixture(scope="module")
def kernel(build):
    return build("qemu_virt_defconfig", set="PANIC_SHELL=y DEBUG_HEAP=y DEBUG_LOCKS=y WATCHDOG=y WATCHDOG_SECONDS=1",
                 EXT=str(CRASH))


def say(session, line):
    """What the command printed, without its echo."""
    start = len(session.text)
    session.send(line + "\r")
    session.expect("\n")
    session.expect(AT_PANIC, 20)
    return session.text[start:].partition("\n")[2].rpartition("panic> ")[0]


@pytest.fixture
def crashed(boot, kernel):
    def crash(way, cpus=1):
        session = boot(kernel, env={"SMP": cpus}, timeout=120)
        session.cmd(on_last(cpus))
        session.send(way + "\r")
        session.expect(AT_PANIC, 60)
        return session
    return crash


@pytest.mark.parametrize("cpus", CPUS)
@pytest.mark.parametrize("way", WAYS)
def test_commands(crashed, way, cpus):
    """Also at the prompt of another CPU than the one that booted."""
    words, saved, function = WAYS[way]
    session = crashed(way, cpus)
    last = re.search(r"^cairn: ((panic|hang): .*)$", session.text, re.M)
    assert words in last[1]
    registers = say(session, "regs")
    assert ("\n" in registers and " pstate " in registers) == saved
    assert saved or registers.startswith("no registers were saved")
    assert f" {function}" in say(session, "bt")
    log = say(session, "dmesg")
    assert "] Cairn " in log and words in log
    assert say(session, "poke") == "poke: unknown command, see help\n"
    session.send("poweroff\r")
    assert session.status() == (STUCK if last[2] == "hang" else PANIC)
    assert session.text.endswith(f"\ncairn: {last[1]}\n")


def test_memory(crashed):
    """A place that cannot be read costs a line, however often."""
    session = crashed("panic for memory")
    begin = "ffffffff80000000"         # of the kernel's text
    assert re.fullmatch(rf"{begin} [0-9a-f]{{16}}\n", say(session, f"peek 0x{begin}"))
    lines = say(session, f"peek 0x{begin} 5").splitlines()
    assert [len(line.split()) for line in lines] == [3, 3, 2]
    for _ in range(40):
        assert re.match(r"data abort: read, translation fault level \d at 0x10 ", say(session, "peek 16"))
    # what is read before the fault is shown
    found = say(session, "peek 0xfffffffffffffff0 2")
    assert "data abort" in found
    for bad in ("peek", "peek x", "peek 1", "peek 0x10 513", "peek 0x10 x"):
        assert say(session, bad).startswith("usage: peek ADDRESS [WORDS]")
    assert " panic" in say(session, "bt")


def test_typing(crashed):
    session = crashed("panic to type")
    names = [line.split()[0] for line in say(session, "help").splitlines()]
    assert names == ["bt", "dmesg", "help", "peek", "poweroff", "reboot", "regs"]
    assert say(session, "") == ""
    assert "unknown" not in say(session, "\x1b[A\x1bOBjunk\x15hexx\x08\x7flp")
    assert "unknown" in say(session, "x" * 500)
    assert say(session, "  help  ").startswith("bt ")


def test_reboot(crashed):
    """Without a terminal the run ends there, as a panic."""
    session = crashed("panic once")
    session.send("reboot\r")
    assert session.status() == PANIC and session.closing == "run-qemu: panic: once"


def test_nobody_types(boot, kernel):
    """At the end of its input the runner ends the run, and the status is that of the panic."""
    session = boot(kernel, autorun="panic alone", timeout=120)
    session.process.stdin.close()
    assert session.status() == PANIC and session.closing == "run-qemu: panic: alone"
    assert session.text.endswith("\npanic> ")


def test_input_for_the_shell_is_not_obeyed(boot, kernel):
    session = boot(kernel, timeout=120)
    session.prompt()
    session.send("panic now\r" + "reboot\r" * 20)
    session.expect(AT_PANIC, 60)
    assert say(session, "help").startswith("bt ")


def test_raspi4b(boot, build, raspi4b):
    """Its console is another UART, its pages may be larger, and nothing switches it off."""
    session = boot(build("rpi4_defconfig", set="PANIC_SHELL=y PAGE_64K=y"), timeout=120)
    session.prompt()
    session.send("crash stack\r")
    session.expect(AT_PANIC, 60)
    assert " pstate " in say(session, "regs")
    assert "data abort" in say(session, "peek 8") and " crash_stack" in say(session, "bt")
    session.send("reboot\r")
    assert session.status() == PANIC and "kernel stack overflow" in session.closing


def test_off_costs_nothing(build):
    o = build("qemu_virt_defconfig")
    assert "kernel/panic_shell.o" not in (o / "cairn.map").read_text()
    names = subprocess.run([CROSS + "nm", o / "cairn"], capture_output=True, text=True, check=True).stdout
    assert " panic\n" in names
    for name in ("panic_shell", "console_poll", "arch_emergency_restart"):
        assert f" {name}\n" not in names
