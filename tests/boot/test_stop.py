# SPDX-License-Identifier: MIT
"""Ctrl-C ends commands that neither sleep nor ask for anything: the prompt is back soon, with status 130."""

import re
import time

import pytest

from lib.session import Session

from .conftest import CPUS, CPUS_IDS

SOON = 2        # seconds; a busy machine, or a test that runs to its end, takes its part of them


@pytest.fixture(scope="module", params=CPUS, ids=CPUS_IDS)
def machine(build, request):
    session = Session(build("qemu_virt_defconfig", set="SELFTEST=y TRACE=y"), env={"SMP": request.param}, timeout=None)
    session.prompt()
    session.cmd("seq 200000 > /big; mkdir /many; cd /many")
    for first in range(0, 2000, 400):
        session.cmd("touch " + " ".join(f"f{n}" for n in range(first, first + 400)), timeout=120)
    yield session
    session.close()


@pytest.mark.parametrize("line", [
    "memtest 400M 50", "repeat 0 bench", "selftest", "trace start 60000", "repeat 0 dmesg", "repeat 0 ls -l /many",
    "repeat 0 find /many -size +1", "repeat 0 cp /big /copy", "repeat 0 sum /big", "hexdump -v /big",
    "repeat 0 wc /big", "repeat 0 grep -v x /big", "cat /big /big /big", "head -n 200000 /big",
    "peek 0xffffffff80000000 10000000", "repeat 0 dt tree", "seq 100000000 | sum", "seq 100000000 > /s",
    "grep x /dev/zero", "cat", "wc - /big", "sleep 100", "watch true", "repeat 0 true",
])
def test_prompt_is_back(machine, line):
    machine.position = len(machine.text)
    machine.send(line + "\r")
    time.sleep(0.4)
    assert not machine.text.endswith("cairn> "), "it ended by itself"
    begun = time.monotonic()
    machine.send("\x03")
    machine.prompt(10)
    took = time.monotonic() - begun
    assert took < SOON
    assert machine.cmd("echo $?") == "130"
    machine.cmd("rm -f /s")


@pytest.mark.parametrize("line", ["cat", "cat | cat | wc", "cat /dev/tty | grep x", "sleep 100"])
def test_what_is_typed_behind_it_is_for_the_prompt(machine, line):
    for number in range(15):
        machine.position = len(machine.text)
        machine.send(line + "\r")
        time.sleep(0.05)
        machine.send(f"\x03echo next{number}\r")
        machine.expect(f"^next{number}$", timeout=10)
        machine.prompt(10)


def test_memory_is_back(machine):
    """What a test of memory had when it was stopped is free again."""
    def free():
        # what the heap gives back meanwhile is free as well
        said = machine.cmd("mem")
        return sum(int(re.search(line, said, re.M)[1]) for line in (r"^pages +(\d+)", r"^used +(\d+) pages .* heap$"))

    def stopped():
        machine.send("memtest 400M 50\r")
        machine.expect("pass 1: 0%")
        machine.send("\x03")
        machine.prompt(10)
        return free()

    # what describes the pages, of which the kernel has known few until now, is there for good
    assert stopped() == stopped()


def test_what_follows_runs(machine):
    """Ctrl-C was for one command: the next one runs, and can be stopped as well."""
    for _ in range(2):
        machine.position = len(machine.text)
        machine.send("bench\r")
        time.sleep(0.2)
        machine.send("\x03")
        machine.prompt(10)
    assert machine.cmd("sleep 10ms; echo $?") == "0"
