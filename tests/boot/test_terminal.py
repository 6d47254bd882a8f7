# SPDX-License-Identifier: MIT
"""Programs on a pseudo-terminal, whose other side passes on what is typed at the console: jobs, a pager, an editor,
sizes, and both ends going away. Output that is stopped, and modes, at the console itself."""

import time

import pytest

from lib import arm64

CTRL_C, CTRL_Q, CTRL_S, CTRL_V, CTRL_Z = "\3", "\x11", "\x13", "\x16", "\x1a"
PROMPT = {"sh": r"/ # (?:\x1b\[6n)?", "/bin/bash --norc": r"bash-5\.\d# "}


class Terminal:
    """BusyBox's sh at the console, and shells that it starts."""

    def __init__(self, session):
        self.session = session
        self.send, self.expect = session.send, session.expect
        self.prompt = PROMPT["sh"]
        session.prompt()
        self.line("/bin/busybox sh")
        self.line("PATH=/tmp/a:/bin; /bin/busybox mkdir /tmp/a; /bin/busybox --install -s /tmp/a")
        self.line("stty rows 24 cols 80")

    def line(self, text):
        """Types it; what is said until the prompt comes again."""
        self.send(f"{text}\r")
        return self.at_prompt()

    def at_prompt(self):
        return self.expect(rf"(?s)(.*?){self.prompt}").group(1)

    def begin(self, command):
        """Starts it, and waits until the shell has set the modes for programs: what is typed before that is as the
        shell's own modes have it, as on Linux."""
        self.send(f"echo be\"\"gun; {command}\r")
        self.expect("begun\n")

    def leave(self):
        self.send("exit\r")
        self.session.prompt()
        self.session.poweroff()


@pytest.fixture
def terminal(boot, process_kernel, compile_program, tmp_path):
    def start(smp=1, more=""):
        root = tmp_path / "root"
        arm64.add_file(root, "bin/busybox", arm64.file("bin/busybox"))
        arm64.add_file(root, "bin/bash", arm64.file("bin/bash-static"))
        arm64.add_file(root, "bin/relay", compile_program("relay"))
        arm64.add_file(root, "tmp/keep", b"")
        env = {"INITRD": root, "CPU": "cortex-a72", "APPEND": "quiet", "SMP": str(smp)}
        return Terminal(boot(process_kernel("4K", more), env=env, timeout=300))
    return start


@pytest.mark.parametrize("name", PROMPT)
@pytest.mark.parametrize("smp", [1, 2])
def test_jobs(terminal, name, smp):
    t = terminal(smp, "SMP=y" if smp > 1 else "")
    t.prompt = PROMPT[name]
    t.line(f"relay {name}")
    assert "/dev/pts/0\n" in t.line("tty")
    assert "\n24 80\n" in t.line("stty size")
    assert "136,0" in t.line("ps -o tty,args")
    t.begin("cat | cat")
    t.send("x\r")
    t.expect("x\nx\n")
    t.send(CTRL_Z)
    assert "Stopped" in t.at_prompt()
    t.send("fg\r")
    t.expect(r"cat \| cat\n")
    t.send("y\r")
    t.expect("y\ny\n")
    t.send(CTRL_C)
    t.at_prompt()
    t.line("cat &")
    while "Stopped" not in t.line("jobs"):
        pass
    # the console is another terminal: its size, and who is told of that
    assert "\n30 70\n" in t.line("stty -F /dev/console rows 30 cols 70; sleep 0.1; stty size")
    # the shell ends, and what was its other side finds out
    t.prompt = PROMPT["sh"]
    assert "relay: ended with 137\n" in t.line("kill -9 $$")
    assert "0" not in t.line("ls /dev/pts").split()
    t.leave()


def test_other_side_is_killed(terminal):
    """Who leads the session on it is told."""
    t = terminal()
    t.line("relay sh -c 'trap \"echo hung >/tmp/hung; exit\" HUP; kill -9 $PPID; while :; do sleep 0.1; done'")
    while "hung\n" not in t.line("stty sane; cat /tmp/hung"):
        pass
    t.leave()


def test_pager_and_editor(terminal):
    t = terminal()
    t.line("relay sh")
    t.send("seq 1 500 | less\r")
    t.expect("23\n")
    t.send("G")
    t.expect("500\n")
    t.send("q")
    t.at_prompt()
    t.send("vi /tmp/x\r")
    t.expect(r"~.*1/1 100%")
    t.send("ihello")
    t.expect("hello")
    t.send("\x1b")
    t.expect("Modified")
    t.send(":wq\r")
    t.at_prompt()
    assert "\nhello\n" in t.line("cat /tmp/x")
    t.line("exit")
    t.leave()


@pytest.mark.parametrize("inside", ["", "relay sh"])
def test_flow_and_quotes(terminal, inside):
    """At the console, and on a pseudo-terminal."""
    t = terminal()
    if inside:
        t.line(inside)
    said = t.line("stty -a")
    assert "start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R;" in said and " icrnl ixon " in said
    t.begin("cat")
    t.send("one\r")
    t.expect("one\none\n")
    t.send(CTRL_S + "two\r")
    time.sleep(0.5)
    assert "two" not in t.session.text.split("one\none\n")[-1]
    t.send(CTRL_Q)
    t.expect("two\ntwo\n")
    t.send(f"{CTRL_V}{CTRL_C}x{CTRL_V}\x7f\r")
    t.expect(r"\^C.*x.*\^\?\n\x03x\x7f\n")
    t.send(CTRL_S)
    t.send(CTRL_C)                      # a signal starts it again
    t.at_prompt()
    if inside:
        t.line("exit")
    t.leave()
