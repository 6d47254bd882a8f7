# SPDX-License-Identifier: MIT
"""`run`, and what `run -s` says of a program's system calls."""

import re


def test_run(run_programs, compile_program):
    text = run_programs({"show": compile_program("show"), "x": b"text\n"},
                        "run /show /x; PATH=/; run show /x; run nothing; echo $?; run /nothing; echo $?; "
                        "run -s; echo $?")
    assert text == ("text\ntext\nrun: nothing: No such file or directory\n127\n"
                    "/nothing: No such file or directory\n127\n"
                    "usage: run [-s] PROGRAM...\n2\n")


def test_calls(run_programs, compile_program):
    text = run_programs({"show": compile_program("show"), "x": b"text\n"},
                        "run -s /show '/a\\b' /x; run -s /show -m; /show /x")
    traced, alone = text.rsplit("+++ 2 exited with 0 +++\n", 1)
    for line in (r'openat\(AT_FDCWD, "/a\\\\b", 0, 0\) = -1 ENOENT \(No such file or directory\)',
                 r'openat\(AT_FDCWD, "/x", 0, 0\) = 3', r"text\nwrite\(1, 0x[0-9a-f]+, 5\) = 5", r"close\(3\) = 0",
                 r"brk\(0\) = 0x[0-9a-f]+", r"exit_group\(0\) = \?\n\+\+\+ 1 exited with 0 \+\+\+",
                 r"init_module\(0, 0, 0, .*\) = -1 ENOSYS \(Function not implemented\)",
                 r"unknown\(.*\) = -1 ENOSYS .*"):
        assert re.search(f"^{line}$", traced, re.M), line
    assert alone == "text\n"        # the trace has gone with what it was about


def test_children(run_programs, compile_program):
    text = run_programs({"fork": compile_program("fork"), "faults": compile_program("faults", "-nostdlib",
                                                                                  "-ffreestanding")},
                        "run -s /fork; run -s /faults null; echo $?", SMP="4")
    assert len(re.findall(r"^\[pid \d+\] exit_group\(\d+\) = \?$", text, re.M)) == 50
    assert len(re.findall(r"^\+\+\+ \d+ exited with \d+ \+\+\+$", text, re.M)) == 51
    assert re.search(r"^clone\(0x1200011, 0, 0, 0, 0x[0-9a-f]+\) = 2$", text, re.M)
    assert re.search(r"^\+\+\+ \d+ killed by signal 11 \(Segmentation fault\) \+\+\+$", text, re.M)
    assert text.endswith("\n139\n")
