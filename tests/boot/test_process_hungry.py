# SPDX-License-Identifier: MIT
"""Programs that take all there is, and allocations that fail: the program feels it, nobody else does."""

import re

import pytest

LAST = 250      # of the allocations that `hungry little` makes the kernel do


def uses(text):
    """Pages by use, but for what lies in stocks: the heap's, stacks and the tables of these."""
    found = re.findall(r"^used +(\d+) pages .* (\w+)$", text, re.M)
    return {use: pages for pages, use in found if use not in ("heap", "stack", "table")}


# QEMU's CPUs in turn where there are more than the host's: else a lock waits for one that does not run
@pytest.mark.parametrize("smp, more", [(1, ""), (2, ""), (4, "-accel tcg,thread=single")], ids=["1", "2", "4"])
def test_all_there_is(run_programs, compile_program, smp, more):
    look = "sleep 0.5; mem; memleak; echo ---"
    # to take all memory drops the names of files that nobody uses, so before and after are alike
    runs = ["processes; echo status $?", "bomb; echo status $?", "files; echo status $?",
            "descriptors; echo status $?; /hungry memory; echo status $?"]
    text = run_programs({"hungry": compile_program("hungry")}, f"mkdir /tmp; /hungry little; /hungry memory; {look}; "
                        "memleak mark; " + "; ".join(f"/hungry {run}; {look}" for run in runs),
                        timeout=600, SMP=str(smp), MEM="24M", QEMU_ARGS=more)
    first, *parts, last = text.split("---\n")
    assert last == ""
    for part in parts:
        assert "\nmemleak: nothing left\n" in part and uses(part) == uses(first), part
    processes, bomb, files, memory = parts
    assert re.search(r"^many processes, (ENOMEM|EAGAIN), all reaped, 0 odd\nstatus 0$", processes, re.M), processes
    assert "the bomb is over: 0\nstatus 0\n" in bomb
    assert "write: No space left on device\nfallocate: No space left on device\nstatus 0\n" in files
    assert ("1021 more, then EMFILE; dup EMFILE, pipe EMFILE, with one free EMFILE\n"
            "many more, then EMFILE; and again is well\nstatus 0\n") in memory
    # one line each says who and why
    assert len(re.findall(r"^\[ *[\d.]+\] hungry\[\d+\]: out of memory: killed$", memory, re.M)) == 3, memory
    assert memory.count("0x9, and its parent is there\n") == 2 and "\nstatus 137\n" in memory


def test_each_allocation_fails(run_programs, compile_program):
    """fork, exec, mmap, open, pipe and others, with each of their allocations in vain: ENOMEM, or the end."""
    script = "".join(f"failmem {n}\n/hungry little; echo at {n} status $?\n" for n in range(1, LAST + 1))
    text = run_programs({"hungry": compile_program("hungry"), "script": script.encode()},
                        "mkdir /tmp; /hungry little; sleep 0.5; mem; memleak mark; source /script; failmem; failmem 0; "
                        "/hungry little; sleep 0.5; mem; memleak", timeout=600, MEM="64M")
    status = dict(re.findall(r"^at (\d+) status (\d+)$", text, re.M))
    # the shell could not begin it; the C library could not; killed
    assert len(status) == LAST and set(status.values()) <= {"0", "126", "127", "137"}, text
    made, = re.findall(rf"^failmem: (\d+) allocations, number {LAST} is to fail$", text, re.M)
    assert int(re.findall(r"; (\d+) requests refused$", text, re.M)[-1]) > int(made) * 0.9
    assert "\nmemleak: nothing left\n" in text, text[text.index("memleak: "):]
    before, after = text.split("\nat 1 ")[0], text.split(f"at {LAST} ")[1]
    assert uses(before) == uses(after)
