# SPDX-License-Identifier: MIT
"""System calls with arguments that nobody means well with: each of them in turn, and random ones. The kernels
check their locks, so an order that may deadlock ends a run as well."""

import re

import pytest


@pytest.mark.parametrize("granule, smp", [("4K", 1), ("4K", 4), ("64K", 1)])
def test_hostile(run_programs, compile_program, granule, smp):
    """Every pointer of every call, to all that is not the caller's: an errno, EFAULT among them, and it goes on."""
    # some calls turn the log's lines on; nothing is among them of locks that are held for long
    commands = "mkdir /tmp; /hostile; echo $?; dmesg | grep 'lock check:'"
    text = run_programs({"hostile": compile_program("hostile")}, commands, granule, SMP=str(smp),
                        icount=True)
    assert re.fullmatch(r"\d+ calls, 0 failed\n0\n", text), text


def fuzz(run_programs, program, seed, calls, smp, **env):
    """Random calls, twice: all that is there after the second time was there before it."""
    look = "rm -r /tmp/fuzz; sleep 1; mem"       # in that time the last one's thread goes as well
    text = run_programs({"fuzz": program}, f"mkdir /tmp; /fuzz {seed} 2000; {look}; memleak mark; "
                        f"/fuzz {seed + 100} {calls}; {look}; memleak", timeout=1500, SMP=str(smp), **env)
    assert len(re.findall(r"^done, \d+ processes were killed, \d+ of them waited$", text, re.M)) == 2, text
    assert "\nmemleak: nothing left\n" in text, text
    before, after = ({use: int(pages) for pages, use in re.findall(r"^used +(\d+) pages .* (\w+)$", half, re.M)}
                     for half in text.split("\nmem", 1)[0].split("\ndone")[1:])
    # what the heap has beyond objects is in stocks of theirs, and so are stacks: 4 a CPU, of 4 pages
    assert after.pop("stack") - before.pop("stack") <= 4 * 4 * smp
    before.pop("heap"), after.pop("heap")
    assert after == before


@pytest.mark.parametrize("seed, smp", [(1, 1), (2, 4)])
def test_fuzz(run_programs, compile_program, seed, smp):
    fuzz(run_programs, compile_program("fuzz"), seed, 20000, smp)


@pytest.mark.slow
@pytest.mark.parametrize("seed, smp", [(3, 1), (4, 2), (5, 4)])
def test_fuzz_for_long(run_programs, compile_program, seed, smp):
    """A million calls: what each of the 5,000 processes leaves behind would show."""
    fuzz(run_programs, compile_program("fuzz"), seed, 1000000, smp)
