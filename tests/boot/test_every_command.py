# SPDX-License-Identifier: MIT
"""Every command that an image has, used well and used wrongly: what it prints, and its status. The
commands come from `help` itself, so one that this table does not know fails the test."""

import re
import subprocess

import pytest

from lib.build import ROOT
from lib.session import OFF, Session

from .conftest import CPUS
from .test_crash import on_last

# name: (a good use, what it prints whole, its status; a wrong use, of which the usage line comes with status 2).
# None: there is none. A good use begins in an empty directory with the files a (three lines) and the folder x.
GOOD_AND_BAD = {
    "backtrace": ("backtrace 0", r"thread 0 \S+, running:\n(  \S+\n?)+", 0, "backtrace 1 2"),
    "bench": ("bench page.order0", r"page\.order0 \d+ \S+", 0, "bench a b"),
    "blk": ("blk", "blk: there is no block device", 0, "blk x"),
    "cat": ("cat a", "1\n2\n3", 0, "cat -x"),
    "cd": ("cd x; pwd; cd ..", "/t/x", 0, "cd a b"),
    "chmod": ("chmod u=rwx,go= a; ls -l a", r"-rwx------ +1 +6 \S+ \S+ a", 0, "chmod x a"),
    "clear": ("clear", "", 0, "clear x"),
    "config": ("config CMD_CONFIG", "CONFIG_CMD_CONFIG=y", 0, "config a b"),
    "cp": ("cp a b; cat b", "1\n2\n3", 0, "cp a"),
    "crash": None,      # the good uses end the run: test_crash.py
    "date": ("date", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", 0, "date +%Y"),
    "devices": ("devices -a", r"(ready +\S+ +/\S*\n)+((-|empty) +\S+ +/\S*\n?)+", 0, "devices x"),
    "df": ("df", r"on +type +KiB +free +files\n/ +ramfs +\d(.|\n)*", 0, "df x"),
    "dmesg": ("dmesg | head -n 1", r"\[ +\d+\.\d+\] Cairn .*", 0, "dmesg x"),
    "dt": ("dt cat /model", '"linux,dummy-virt"', 0, "dt ls a b"),
    "echo": ("echo a b", "a b", 0, None),
    "failmem": ("failmem", r"failmem: \d+ allocations, none is to fail", 0, "failmem x"),
    "false": ("false", "", 1, "false x"),
    "find": ("find . -name '[ax]' -type f", r"\./a", 0, "find . -bad"),
    "gpio": ("gpio", "gpio: there are no GPIOs here that have a driver", 1, "gpio get"),
    "grep": ("grep -n 2 a", "2:2", 0, "grep"),
    "head": ("head -n 1 a", "1", 0, "head -n x"),
    "heaptrace": ("heaptrace", "heaptrace: .*", 1, "heaptrace x"),
    "help": ("help true", "usage: true\ndo nothing, with success", 0, "help a b"),
    "hexdump": ("hexdump -n 2 a", r"00000000  31 0a  .*  \|1\.\|\n00000002", 0, "hexdump -n x"),
    "history": ("history 1", r" +\d+  history 1", 0, "history 0"),
    "irq": ("irq | wc -l", r"\d+", 0, "irq x"),
    "jobs": ("jobs", "", 0, "jobs x"),
    "kill": ("kill 9999", "kill: thread 9999 does not exist", 1, "kill"),
    "ln": ("ln a l; cat l", "1\n2\n3", 0, "ln a"),
    "locks": ("locks | head -n 1", r" +taken +contended .*", 0, "locks x"),
    "log": ("log", "info", 0, "log x"),
    "ls": ("ls", "a\nx", 0, "ls -x"),
    "map": ("map | head -n 1", r"0x[0-9a-f]+-0x[0-9a-f]+ .*", 0, "map x"),
    "mem": ("mem | grep total", r"total \d+ KiB, .*", 0, "mem x"),
    "memleak": ("memleak | head -n 1", r"memleak: \d+ objects checked, freed ones included", 0, "memleak x"),
    "memtest": ("memtest 64K", r"pass 1: 0% .* 100%\nmemtest: 64 KiB tested, no error", 0, "memtest 1M 0"),
    "mkdir": ("mkdir e; ls", "a\ne\nx", 0, "mkdir"),
    "mount": ("mount | head -n 1", r"ramfs on / type ramfs \(rw\)", 0, "mount a b"),
    "mv": ("mv a x; ls x", "a", 0, "mv a"),
    "nice": ("nice 9999 -p 1", "nice: thread 9999 does not exist", 1, "nice 0 -x 1"),
    "panic": None,      # it ends the run, and takes any words
    "peek": ("peek -p 0x40000000", r"0x0000000040000000: [0-9a-f]{8}", 0, "peek x"),
    "poke": ("poke -p -b 0x48000000 0x12; peek -p -b 0x48000000",
             r"0x0000000048000000: 12 written\n0x0000000048000000: 12", 0, "poke 0"),
    "poweroff": (None, None, None, "poweroff now"),
    "ps": ("ps | head -n 1", r" +id name +state .*", 0, "ps x"),
    "pwd": ("pwd", "/t", 0, "pwd x"),
    "reboot": (None, None, None, "reboot now"),
    "repeat": ("repeat 2 echo x", "x\nx", 0, "repeat x"),
    "rm": ("rm a; ls", "x", 0, "rm -x"),
    "rmdir": ("rmdir x; ls", "a", 0, "rmdir"),
    "run": ("run /nothing", "/nothing: No such file or directory", 127, "run -x"),
    "sched": ("sched | head -n 1", r"policy: \S.*", 0, "sched x"),
    "selftest": ("selftest list", r"KTAP version 1\n(?s:.*)# Totals: pass:\d+ fail:0 skip:0", 0, "selftest a b"),
    "seq": ("seq 1 2 5", "1\n3\n5", 0, "seq x"),
    "set": ("set x=1; echo $x", "1", 0, "set 1=x"),
    "slab": ("slab | head -n 1", r" +size +live .*", 0, "slab x"),
    "sleep": ("sleep 1ms", "", 0, "sleep x"),
    "source": ("echo echo x > s; source s", "x", 0, "source"),
    "soak": ("soak 0s | wc -l", "1", 0, "soak x"),
    "spawn": ("spawn", r" +id kind +times +missed +worst us", 0, "spawn x"),
    "stat": ("stat a", r"a: file, mode 0644, 6 bytes, .*", 0, "stat"),
    "strace": ("strace -p 99", "strace: 99: there is no such process", 1, "strace -p x"),
    "sum": ("sum a", r"[0-9a-f]{8} 6 a", 0, "sum -x"),
    "sync": ("sync", "", 0, "sync x"),
    "taskset": ("taskset -p 9999", "taskset: there is no such thread", 1, "taskset"),
    "time": ("time true", r"real \d+\.\d{6} s, cpu \d+\.\d{6} s", 0, "time"),
    "timers": ("timers | head -n 1", r" +due in, us .*", 0, "timers x"),
    "top": ("top -n 1", r"up \d+ s, threads: (?s:.*) main (?s:.*)", 0, "top x"),
    "touch": ("touch b; ls", "a\nb\nx", 0, "touch"),
    "trace": ("trace start 1; trace", r"trace: off, \d+ events, .*", 0, "trace x"),
    "true": ("true", "", 0, "true x"),
    "umount": ("umount x", "umount: x: Invalid argument", 1, "umount"),
    "uptime": ("uptime", r"up \d+\.\d{6} s, \d.* UTC", 0, "uptime x"),
    "version": ("version", r"Cairn \d.*", 0, "version x"),
    "wait": ("sleep 1ms & wait", r"\[1\] .*", 0, "wait x"),
    "watch": ("watch -c 1 echo x", "x", 0, "watch -n x true"),
    "wc": ("wc a x", "3 3 6 a\nwc: x: Is a directory\n3 3 6 total", 1, "wc -x"),
    "wdt": ("wdt", "wdt: there is no watchdog here", 1, "wdt start"),
    "workload": ("workload", r"workload: .*", 1, "workload x"),
    "write": ("write -a a 4; wc -l a", "2 bytes written\n4 a", 0, "write a"),
}
MORE = "SELFTEST=y DEBUG_HEAP=y DEBUG_LOCKS=y WATCHDOG=y TRACE=y CMD_HEAPTRACE=y CMD_WORKLOAD=y CMD_SOAK=y"
# with all of it the image has no room for programs
NOT_WITH_ALL = {"run", "strace"}


@pytest.fixture(scope="module", params=[
    pytest.param(("PROCESS=y", 1), id="programs"),
    *(pytest.param((some, n), marks=pytest.mark.slow if n > 4 else (), id=f"{name}{f'-{n}cpus' if n > 1 else ''}")
      for n in (1, 2, 4, 8, 16) for name, some in (("defconfig", ""), ("all", MORE)))])
def machine(build, request):
    settings, cpus = request.param
    # instructions are counted where CPUs may have to wait for a real one, or the lock checker has words about that
    session = Session(build("qemu_virt_defconfig", set=settings), env={"SMP": cpus},
                      icount=cpus > 1 or "DEBUG_LOCKS" in settings, timeout=None, silence=0)
    session.prompt()
    yield session
    session.close()


def names(machine):
    return [line.split()[0] for line in machine.cmd("help").splitlines()]


def test_no_command_is_missing_here(machine):
    """And with everything on there is none in the table that is nowhere else."""
    have = set(names(machine))
    assert have - set(GOOD_AND_BAD) == set()
    if "workload" in have:
        assert set(GOOD_AND_BAD) - have == NOT_WITH_ALL


def test_good_and_bad_arguments(machine):
    wrong = []
    for name in names(machine):
        good, says, status, bad = GOOD_AND_BAD[name] or (None, None, None, None)
        if good:
            machine.cmd("cd /; rm -rf /t; mkdir /t && cd /t && mkdir x && seq 3 > a")
            said = machine.cmd(good)
            left = machine.cmd("echo $?")
            if not re.fullmatch(says, said) or left != str(status):
                wrong.append(f"{good}: status {left}, printed {said!r}")
        if bad:
            lines = machine.cmd(bad).splitlines()
            left = machine.cmd("echo $?")
            usage = machine.cmd(f"help {name}").splitlines()[0]
            if lines[-1:] != [usage] or len(lines) > 2 or left != "2":
                wrong.append(f"{bad}: status {left}, printed {lines!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("cpus", CPUS)
@pytest.mark.parametrize("command, last", [("poweroff", "off"), ("reboot", "reboot")])
def test_ends(build, run, command, last, cpus):
    """Those whose good use ends the run: on the CPU that booted, and on another one while all are busy."""
    o = build("qemu_virt_defconfig")
    for line in (command, f"spawn hog -c {cpus} -p 1; {on_last(cpus)}{command}"):
        result = run(o, line, env={"SMP": cpus})
        assert result.status == OFF, result.closing
        assert result.text.endswith(f"\ncairn: {last}\n")


def object_sizes(o, cross):
    """Bytes of code and constants of the commands' own objects, by the symbol that has them built."""
    sizes = {}
    for symbol, objects in re.findall(r"^obj-\$\(CONFIG_(CMD_\w+)\) \+= (.+)$",
                                      (ROOT / "shell/cmd/Makefile").read_text(), re.M):
        paths = [o / "shell/cmd" / name for name in objects.split()]
        if all(path.exists() for path in paths):
            rows = subprocess.run([f"{cross}size", *paths], capture_output=True, text=True, check=True).stdout
            sizes[symbol] = sum(int(row.split()[0]) for row in rows.splitlines()[1:])
    return sizes


def sizes_said():
    """Of each entry of the menu with a size in its help: the most bytes that this stands for, and the words."""
    entries = [entry for name in ("Kconfig", "Kconfig.language")
               for entry in (ROOT / "shell" / name).read_text().split("\nconfig ")]
    found = {entry.split()[0]: re.search(r"Costs\s+(less\s+than\s+)?(\d+)\s+KiB", entry) for entry in entries}
    return {symbol: (1024 * int(size[2]) + (0 if size[1] else 512), size[0]) for symbol, size in found.items() if size}


def test_sizes_in_the_menu(build, cross):
    """No command is larger than its help says; what it brings along beside itself is on top of that."""
    said, sizes = sizes_said(), object_sizes(build("qemu_virt_defconfig"), cross)
    assert len(sizes) > 60
    for symbol, size in sizes.items():
        assert symbol in said, f"{symbol}: its help names no size"
        assert size <= said[symbol][0], f"{symbol}: {size} bytes, its help says {said[symbol][1]}"


@pytest.mark.slow
@pytest.mark.parametrize("symbol", ["VARS", "PIPES", "JOBS", "GLOB", "REDIRECT", "SUGGEST", "HISTORY", "COMPLETE",
                                    "EDIT"])
def test_sizes_of_what_the_shell_can_do(build, cross, symbol):
    """The code and constants by which the defconfig grows, and not half of what the help says either."""
    def size(settings):
        rows = subprocess.run([f"{cross}size", build("qemu_virt_defconfig", set=settings) / "cairn"],
                              capture_output=True, text=True, check=True).stdout
        return int(rows.splitlines()[1].split()[0])

    # the editor without what needs it
    others = "SHELL_HISTORY=n SHELL_COMPLETE=n" if symbol == "EDIT" else ""
    most, words = sizes_said()[f"SHELL_{symbol}"]
    grows = size(others) - size(f"SHELL_{symbol}=n")
    assert most / 2 - 512 < grows <= most, f"SHELL_{symbol}: {grows} bytes, its help says {words}"
