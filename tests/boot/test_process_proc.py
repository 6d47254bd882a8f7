# SPDX-License-Identifier: MIT
"""What /proc says of processes and of the system, as programs expect it."""

import re

SELF = ("cat /proc/1/comm; /show /proc/self/stat /proc/self/status /proc/self/statm /proc/self/maps "
        "/proc/self/cmdline /proc/self/comm")


def test_texts(run_programs, compile_program):
    text = run_programs({"show": compile_program("show")}, SELF)
    assert text.startswith("cat: /proc/1/comm: No such file or directory\n")
    stat = re.search(r"^1 \(show\) R 0 1 1 1281 1 .*$", text, re.M)[0].split()
    assert len(stat) == 52 and int(stat[22]) > 65536 and int(stat[23]) > 0
    assert re.search(r"^Name:\tshow\n(?:.*\n)*?State:\tR \(running\)\n(?:.*\n)*?Uid:\t0\t0\t0\t0$", text, re.M)
    assert re.search(r"^[0-9a-f]{8}-[0-9a-f]{8} r-xp 00000000 00:01 \d+ +/show$", text, re.M)
    assert re.search(r"^[0-9a-f]+-[0-9a-f]+ rw-p 0{8} 00:00 0 +\[stack\]$", text, re.M)
    assert "/show\0/proc/self/stat\0" in text and text.endswith("/proc/self/comm\0show\n")


def test_links(run_programs, compile_program):
    text = run_programs({"show": compile_program("show"), "x": b"text"},
                        "/show -l /proc/self /proc/self/exe /proc/self/cwd /proc/self/root /proc/self/fd/3 < /x; "
                        "/show -l /proc/self/fd/0 /proc/self/fd/9 /proc/self; ls /proc")
    lines = text.splitlines()
    assert lines[:5] == ["/proc/self -> 1", "/proc/self/exe -> /show", "/proc/self/cwd -> /",
                         "/proc/self/root -> /", "/proc/self/fd/3: No such file or directory"]
    assert lines[5:8] == ["/proc/self/fd/0 -> /dev/console", "/proc/self/fd/9: No such file or directory",
                          "/proc/self -> 2"]
    assert "1" not in lines[8:] and "self" in lines[8:]


def test_names_come_and_go(run_programs, compile_program):
    """What was looked for in vain is found when it is there, and not when it has gone."""
    text = run_programs({"pids": compile_program("pids")}, "/pids; echo $?", SMP="4")
    assert text == "all well\n0\n"


def test_system(run_programs, compile_program):
    text = run_programs({"show": compile_program("show")},
                        "/show -m; /show /proc/loadavg /proc/stat; /show /proc/syscalls")
    assert re.search(r"^\d+\.\d\d \d+\.\d\d \d+\.\d\d \d+/\d+ 2$", text, re.M)
    assert re.search(r"^cpu  \d+ 0 0 \d+ 0 0 0 0 0 0\ncpu0 .*\nintr \d+\nctxt \d+\nbtime \d+\nprocesses 2$", text, re.M)
    assert re.search(r"^172 getpid\(\)$", text, re.M)
    assert re.search(r"^63 read\(fd, out, ulong\)$", text, re.M)
    assert re.search(r"^105 init_module: missing, asked for 3 times$", text, re.M)
    assert re.search(r"^500 unknown: missing, asked for 1 times$", text, re.M)
