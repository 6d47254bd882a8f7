# SPDX-License-Identifier: MIT
"""Shells of others at the terminal, ash, bash and zsh as Debian ships them: jobs that stop, go on and end by keys."""

import time

import pytest

from lib import arm64

SHELLS = {"ash": ("/bin/busybox sh", r"/ # (?:\x1b\[6n)?"), "bash": ("/bin/bash --norc", r"bash-5\.\d# "),
          "zsh": ("/bin/zsh -f", r"cairn# ")}


# what zsh says of a job that has stopped, and the others
STOPPED = {"zsh": "suspended"}


class Shell:
    """One of them in a session at the prompt of Cairn's own shell."""

    def __init__(self, session, name):
        self.session = session
        self.command, self.prompt = SHELLS[name]
        self.stopped = STOPPED.get(name, "Stopped")
        self.expect = session.expect
        self.send = session.send
        session.prompt()
        self.line(self.command)

    def line(self, text):
        """Types it; what is said until the prompt comes again."""
        self.send(f"{text}\r")
        return self.at_prompt()

    def at_prompt(self):
        return self.expect(rf"(?s)(.*?){self.prompt}").group(1)

    def leave(self):
        self.send("exit\r")
        self.session.prompt()
        self.session.poweroff()


@pytest.fixture
def shell(boot, process_kernel, tmp_path):
    def start(name, smp=1, more="", **options):
        root = tmp_path / "root"
        arm64.add_file(root, "bin/busybox", arm64.file("bin/busybox"))
        arm64.add_file(root, "bin/bash", arm64.file("bin/bash-static"))
        arm64.add_file(root, "bin/zsh", arm64.file("bin/zsh-static"))
        arm64.add_file(root, "tmp/keep", b"")
        env = {"INITRD": root, "CPU": "cortex-a72", "APPEND": "quiet", "SMP": str(smp)}
        return Shell(boot(process_kernel("4K", more), env=env, timeout=300, **options), name)
    return start


CTRL_C, CTRL_D, CTRL_Z, CTRL_BACKSLASH = "\3", "\4", "\x1a", "\x1c"


@pytest.mark.parametrize("smp", [1, 2, 4])
@pytest.mark.parametrize("name", SHELLS)
def test_stop_and_go_on(shell, name, smp):
    s = shell(name, smp, "SMP=y" if smp > 1 else "")
    s.send("/bin/busybox cat\r")
    s.send("first\r")
    s.expect("first\nfirst\n")
    s.send(CTRL_Z)
    assert s.stopped in s.at_prompt()
    assert s.stopped in s.line("jobs")
    s.send("fg\r")
    s.expect("busybox cat\n")
    s.send("second\r")
    s.expect("second\nsecond\n")
    s.send(CTRL_C)
    s.at_prompt()
    assert "130" in s.line("echo $?")
    assert "cat" not in s.line("jobs")
    s.leave()


@pytest.mark.parametrize("name", SHELLS)
def test_reading_in_the_background_stops(shell, name):
    s = shell(name)
    s.line("/bin/busybox cat &")
    while s.stopped not in s.line("jobs"):
        pass
    s.send("fg\r")
    s.expect("busybox cat\n")
    s.send("now\r")
    s.expect("now\nnow\n")
    s.send(CTRL_D)
    s.at_prompt()
    # who changes the terminal's modes stops too; who writes does where it is set so
    s.line("/bin/busybox stty tostop")
    s.line("/bin/busybox echo quiet &")
    while s.stopped not in (said := s.line("jobs")):
        assert "Done" not in said
    s.send("fg\r")
    s.expect("\nquiet\n")
    s.at_prompt()
    s.line("/bin/busybox stty -tostop")
    s.line("/bin/busybox stty -tostop &")
    while s.stopped not in s.line("jobs"):
        pass
    s.line("fg")
    s.leave()


@pytest.mark.parametrize("name", ["ash", "bash"])
def test_keys_are_for_the_group_in_front(shell, name):
    s = shell(name)
    s.line("/bin/busybox sleep 1000 &")
    s.send("/bin/busybox cat | /bin/busybox cat\r")
    s.send("x\r")
    s.expect("x\nx\n")
    s.send(CTRL_C)                      # both of the pipe, and nothing else
    s.at_prompt()
    assert "sleep 1000" in s.line("jobs")
    s.send("/bin/busybox cat\r")
    s.send("y\r")
    s.expect("y\ny\n")
    s.send(CTRL_BACKSLASH)
    s.at_prompt()
    assert "131" in s.line("echo $?")
    # the shell itself is kept, however often
    for _ in range(5):
        s.send(CTRL_C)
        s.at_prompt()
    s.line("kill %1")
    s.leave()


def test_who_ignores_it_is_killed(boot, process_kernel, tmp_path):
    """By the third Ctrl-C that is noticed, where Cairn's shell has started it; who handles it is not."""
    root = tmp_path / "root"
    arm64.add_file(root, "bin/busybox", arm64.file("bin/busybox"))
    arm64.add_file(root, "ignores", b"#!/bin/busybox sh\ntrap '' INT\necho ready\nwhile :; do :; done\n")
    arm64.add_file(root, "handles", b"#!/bin/busybox sh\ntrap 'n=x$n; echo caught $n' INT\necho ready\n"
                                    b"while [ \"$n\" != xxxxx ]; do :; done\nexit 7\n")
    session = boot(process_kernel(), env={"INITRD": root, "CPU": "cortex-a72", "APPEND": "quiet"})
    session.prompt()
    session.send("/ignores\r")
    session.expect("ready")
    while "Killed" not in session.text:
        session.send(CTRL_C)
        session.expect(r"\^C")
        time.sleep(0.1)
    session.prompt()
    session.send("/handles; \r")
    session.expect("ready")
    for n in range(1, 6):
        session.send(CTRL_C)
        session.expect(f"caught {'x' * n}(?=\n)")
    session.prompt()
    session.send("echo $?\r")
    session.expect(r"\n7(?=\n)")
    session.prompt()
    session.poweroff()


def test_stopped_orphans_go_on(shell):
    """A shell that ends leaves nothing stopped behind."""
    s = shell("ash")
    s.line("/bin/busybox sh -c '/bin/busybox sh -m -c \"trap \\\"echo hung >/tmp/hung\\\" HUP; "
           "kill -STOP \\$\\$; echo on >/tmp/on\" &'")
    while "on" not in s.line("/bin/busybox cat /tmp/on"):
        pass
    s.leave()


@pytest.mark.parametrize("name", SHELLS)
def test_paste(shell, name):
    """More than any buffer takes, line by line, and nothing lost."""
    s = shell(name)
    lines = 400
    s.send("/bin/busybox cat >/tmp/f\r")
    for n in range(lines):
        s.send(f"{n:4} {'x' * 70}\r")
    s.send(CTRL_D)
    s.at_prompt()
    assert f"{lines} /tmp/f" in s.line("/bin/busybox wc -l /tmp/f")
    assert f"{lines * 76} /tmp/f" in s.line("/bin/busybox wc -c /tmp/f")
    s.leave()
