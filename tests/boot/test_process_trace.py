# SPDX-License-Identifier: MIT
"""`run`, and what `run -s` and `strace` say of the system calls of a program, or of one that runs already."""

import re

import pytest

from lib import arm64


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
    for line in (r'execve\("/show", \["/show", "/a\\\\b", "/x"\], 0x[0-9a-f]+ /\* \d+ vars \*/\) = 0',
                 r'openat\(AT_FDCWD, "/a\\\\b", O_RDONLY\) = -1 ENOENT \(No such file or directory\)',
                 r'openat\(AT_FDCWD, "/x", O_RDONLY\) = 3', r'text\nwrite\(1, "text\\n", 5\) = 5', r"close\(3\) = 0",
                 r"brk\(0\) = 0x[0-9a-f]+", r"exit_group\(0\) = \?\n\+\+\+ 1 exited with 0 \+\+\+",
                 r"init_module\(0, 0, 0, .*\) = -1 ENOSYS \(Function not implemented\)",
                 r"syscall_0x1f4\(.*\) = -1 ENOSYS .*"):
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


def test_strace(run_programs, compile_program):
    text = run_programs({"show": compile_program("show"), "x": b"text\n"},
                        "strace /show /x; strace; echo $?; strace -p 99; echo $?; strace nothing; echo $?; strace -p x")
    traced, rest = text.split("+++ 1 exited with 0 +++\n")
    assert re.search(r'^openat\(AT_FDCWD, "/x", O_RDONLY\) = 3$', traced, re.M)
    assert rest == ("usage: strace [-p PID] [PROGRAM...]\n2\nstrace: 99: there is no such process\n1\n"
                    "strace: nothing: No such file or directory\n127\n"
                    "strace: \"x\" is no PID: a number of 1 to 2147483647\n"
                    "usage: strace [-p PID] [PROGRAM...]\n")


# 1,000 calls that can be told apart, from when it is told to begin
COUNTS = b"""while [ ! -e /begin ]; do /busybox usleep 50000; done
i=0
while [ $i -lt 1000 ]; do [ -e /f$i ]; i=$((i + 1)); done
(exit 7)
exit 5
"""
# process 2, since the shell that starts it is the first
START = "/busybox sh -c '/busybox sh /counts &'"
# reads slowly, since it reads bytes
READS = b"""exec 3< /proc/2/strace
: > /begin
while read -r line; do echo "$line"; done <&3
"""


@pytest.mark.parametrize("smp", [1, 4])
def test_running_process(run_programs, smp):
    """One that runs already, by the file: no line is lost, its child's are among them, and it ends with them."""
    files = {"busybox": arm64.file("bin/busybox"), "counts": COUNTS, "reads": READS}
    text = run_programs(files, f"{START}; /busybox sh /reads; echo end $?", SMP=str(smp))
    assert [int(n) for n in re.findall(r'^newfstatat\(AT_FDCWD, "/f(\d+)", .* = -1 ENOENT', text, re.M)] == \
        [*range(1000)]
    assert re.search(r"^\[pid \d+\] exit_group\(7\) = \?$", text, re.M)
    assert re.search(r"^\+\+\+ \d+ exited with 7 \+\+\+$", text, re.M)
    assert re.search(r"^\+\+\+ 2 exited with 5 \+\+\+\nend 0$", text, re.M)
    assert "lines lost" not in text


def test_reader_comes_and_goes(run_programs):
    """The process runs on when its reader ends; and there is one reader at a time, which it is not itself."""
    files = {"busybox": arm64.file("bin/busybox"), "counts": COUNTS,
             "two": b"exec 3< /proc/2/strace; exec 4< /proc/2/strace\n", "self": b"exec 3< /proc/self/strace\n"}
    text = run_programs(files, f"{START}; strace -p 2 | head -n 3; /busybox sh /two; /busybox sh /self; "
                               "strace -p 2 | head -n 2; echo > /begin; strace -p 2 | grep +++; strace -p 2")
    lines = text.splitlines()
    refused = [n for n, line in enumerate(lines) if line.endswith("Operation not permitted")]
    assert len(refused) == 2 and "/proc/2/strace" in lines[refused[0]] and "/proc/self/strace" in lines[refused[1]]
    assert lines[-2] == "+++ 2 exited with 5 +++"
    assert lines[-1] == "strace: 2: there is no such process"


def test_ctrl_c_ends_the_trace(boot, process_kernel, tmp_path):
    """And nothing else."""
    root = tmp_path / "root"
    arm64.add_file(root, "busybox", arm64.file("bin/busybox"))
    arm64.add_file(root, "counts", COUNTS)
    session = boot(process_kernel(), env={"INITRD": root, "CPU": "cortex-a72", "APPEND": "quiet"})
    session.prompt()
    session.cmd(START)
    session.send("strace -p 2\r")
    session.expect("clock_nanosleep|wait4")
    session.send("\3")
    session.prompt()
    assert session.cmd("echo $?") == "130"
    session.cmd("echo > /begin")
    assert session.cmd("strace -p 2").endswith("+++ 2 exited with 5 +++")
    session.poweroff()
