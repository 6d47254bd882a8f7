# SPDX-License-Identifier: MIT
"""System calls with arguments that nobody means well with: each of them in turn, and random ones. The kernels
check their locks, so an order that may deadlock ends a run as well."""

import re

import pytest


@pytest.mark.parametrize("granule, smp", [("4K", 1), ("4K", 4), ("64K", 1)])
def test_hostile(run_programs, compile_program, granule, smp):
    """Every pointer of every call, to all that is not the caller's: an errno, EFAULT among them, and it goes on."""
    text = run_programs({"hostile": compile_program("hostile")}, "mkdir /tmp; /hostile; echo $?", granule, SMP=str(smp))
    assert re.fullmatch(r"\d+ calls, 0 failed\n0\n", text), text


def fuzz(run_programs, program, seed, calls, **env):
    """Random calls twice, a few and many: KiB that were free after each."""
    again = "rm -r /tmp/fuzz; grep MemFree /proc/meminfo"
    text = run_programs({"fuzz": program}, f"mkdir /tmp; /fuzz {seed} 20000; {again}; /fuzz {seed} {calls}; {again}",
                        timeout=900, **env)
    assert len(re.findall(r"^done, \d+ processes were killed$", text, re.M)) == 2, text
    return [int(n) for n in re.findall(r"^MemFree: +(\d+) kB$", text, re.M)]


@pytest.mark.parametrize("seed, smp", [(1, 1), (2, 4)])
def test_fuzz(run_programs, compile_program, seed, smp):
    before, after = fuzz(run_programs, compile_program("fuzz"), seed, 20000, SMP=str(smp))
    assert before - after < 256     # names in the cache, CPUs' free pages


@pytest.mark.slow
@pytest.mark.parametrize("seed, smp", [(3, 1), (4, 2), (5, 4)])
def test_fuzz_for_long(run_programs, compile_program, seed, smp):
    """A million calls: what each of the 5,000 processes leaves behind would show."""
    before, after = fuzz(run_programs, compile_program("fuzz"), seed, 1000000, SMP=str(smp))
    assert before - after < 768
