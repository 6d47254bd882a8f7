# SPDX-License-Identifier: MIT
"""/dev at the prompt: each device by what it reads and swallows, its number, and what is refused. Suite devfs has the
rest, and nodes outside /dev."""

import re

import pytest

from lib.session import OFF

NUMBERS = {"console": "5, 1", "null": "1, 3", "random": "1, 8", "tty": "5, 0", "urandom": "1, 9", "zero": "1, 5"}


@pytest.fixture
def shell(machine, request):
    machine.cmd("cd /")
    yield machine
    request.node.add_report_section("call", "serial", machine.text[-3000:])


def test_listing(shell):
    said = shell.cmd("ls -l /dev").splitlines()
    assert {line.split()[-1]: " ".join(line.split()[2:4]) for line in said} == NUMBERS
    assert all(re.match("crw", line) for line in said)
    assert "devfs on /dev type devfs (rw)" in shell.cmd("mount").splitlines()
    assert re.search(r"^/dev +devfs +- +- ", shell.cmd("df"), re.M)


@pytest.mark.parametrize("line, said", [
    ("cat /dev/null; echo $?", "0"), ("echo lost > /dev/null; echo $?", "0"), ("echo lost >> /dev/null; echo $?", "0"),
    ("echo hi > /dev/console", "hi"), ("echo hi > /dev/tty", "hi"), ("seq 100 > /dev/zero; echo $?", "0"),
    ("seq 200 > /dev/console; echo $?", "\n".join([*map(str, range(1, 201)), "0"])),
    ("cat /dev/none", "cat: /dev/none: No such file or directory"),
    ("cat /dev/null/x", "cat: /dev/null/x: Not a directory"),
    ("echo x > /dev/none", "/dev/none: Permission denied"),
    ("touch /dev/none", "touch: /dev/none: Permission denied"),
    ("mkdir /dev/d", "mkdir: /dev/d: Operation not permitted"),
    ("rm /dev/null", "rm: /dev/null: Operation not permitted"),
    ("mv /dev/null /dev/zero", "mv: /dev/null: Operation not permitted"),
    ("ln /dev/null /dev/void", "ln: /dev/void: Operation not permitted"),
    ("cat /dev", "cat: /dev: Is a directory"), ("rmdir /dev", "rmdir: /dev: Device or resource busy"),
    ("mkdir /m; mount -t devfs /m; echo hi > /m/console; umount /m; rmdir /m", "hi"),
    ("umount /dev && ls /dev; echo hi > /dev/tty; cat /dev/tty; rm /dev/tty; mount -t devfs dev /dev; mount",
     "hi\nramfs on / type ramfs (rw)\nproc on /proc type proc (rw)\ndev on /dev type devfs (rw)"),
    ("cd /dev; umount /dev; cd /", "umount: /dev: Device or resource busy"),
])
def test_lines(shell, line, said):
    assert shell.cmd(line).endswith(said)


@pytest.mark.parametrize("name", ["console", "tty"])
def test_console_reads_lines(shell, name):
    """By the line discipline: with echo, erased before the line is given, until Ctrl-D."""
    shell.send(f"echo begun; cat /dev/{name}\r")
    shell.expect("^begun\n")
    shell.send("onf\x7fe\r")
    shell.expect("onf\x08 \x08e\none\n")
    shell.send("two\r")
    shell.expect("two\ntwo")
    shell.send("\x04")
    shell.prompt()


def test_console_is_left_by_ctrl_c(shell):
    shell.send("echo begun; cat /dev/console\r")
    shell.expect("^begun\n")
    shell.send("abc")
    shell.expect("^abc")
    shell.send("\x03")
    assert "^C" in shell.prompt() and shell.cmd("echo $?") == "130"


def test_zero_goes_on(shell):
    shell.send("echo begun; cat /dev/zero > /dev/null\r")
    shell.expect("^begun")
    shell.send("\x03")
    shell.prompt()


def random_sum(session, name):
    """The sum of what is random up to the tenth newline."""
    said = session.cmd(f"head -n 10 < /dev/{name} | sum").splitlines()[-1]
    assert re.fullmatch(r"[0-9a-f]{8} \d+", said)
    return said


def test_random_is_never_the_same(kernel, boot):
    """Nor after the next boot; with a seed no word of warning."""
    sums = []
    for _ in range(2):
        session = boot(kernel)
        session.prompt()
        sums += [random_sum(session, name) for name in ("random", "urandom", "random")]
        assert "random:" not in session.cmd("dmesg")
    assert len(set(sums)) == len(sums)


def test_random_without_a_seed_says_so(kernel, boot):
    session = boot(kernel, extra=["-machine", "dtb-randomness=off"])
    session.prompt()
    assert random_sum(session, "random") != random_sum(session, "random")
    assert session.cmd("dmesg").count("random: the tree has no rng-seed: numbers can be guessed") == 1


def test_mem(build, run):
    """Off unless chosen (test_listing); the suite reads and writes memory, and holes."""
    result = run(build("qemu_virt_defconfig", set="FS_DEVFS_MEM=y SELFTEST=y"),
                 "ls -l /dev/mem; selftest mem; hexdump -n 4 /dev/mem; peek -p 0")
    assert re.search(r"^crw------- +1 +1, 1 \S+ \S+ /dev/mem$", result.text, re.M)
    assert "# Totals: pass:3 fail:0 skip:0" in result.text
    shown = re.search(r"^00000000  (..) (..) (..) (..) ", result.text, re.M)
    assert f": {''.join(reversed(shown.groups()))}\n" in result.text and result.status == OFF
