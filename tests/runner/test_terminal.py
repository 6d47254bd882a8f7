# SPDX-License-Identifier: MIT
"""scripts/run-qemu on a terminal: raw while it runs, put back whatever happens; and bytes, which
all arrive.
"""

import os
import pathlib
import signal
import subprocess
import time

import pytest

from lib.build import ROOT, clean_environment
from lib.session import OFF, PANIC, QEMU_FAILED, runner_command
from lib.terminal import User


def children(process):
    path = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(child) for child in path.read_text().split()]


def wait_gone(pids, timeout=5):
    deadline = time.monotonic() + timeout
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline, f"QEMU outlives the runner: {pids}"
        time.sleep(0.02)


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_raw_then_restored(user, payload):
    one = user(payload("hello\n", "ECHO"))
    one.expect(rb"leave with `poweroff`, or Ctrl-A x \(Ctrl-A c: QEMU's monitor\)\r\n")
    one.expect(rb"hello\r\n")
    assert one.is_raw()
    one.type(b"\x03\x1a\x1c.")          # Ctrl-C, Ctrl-Z, Ctrl-\ are the guest's
    one.expect(rb"\x03\x1a\x1c\.")
    one.type(b"\x04")
    assert one.end() == OFF
    assert one.is_restored()
    assert one.text.endswith(b"\ncairn: off\r\nrun-qemu: powered off\r\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_restored_after_a_signal(user, payload, number):
    one = user(payload("hello\n", "SPIN"))
    one.expect(rb"hello\r\n")
    qemu = children(one.process)
    assert one.is_raw() and len(qemu) == 1
    one.process.send_signal(number)
    assert one.end() == -number
    assert one.is_restored()
    wait_gone(qemu)
    assert one.text.endswith(b"run-qemu: ended by " + number.name.encode() + b"\r\n")


def test_restored_after_a_panic(user, payload):
    one = user(payload("cairn: panic: no\n", "HALT"))
    assert one.end() == PANIC
    assert one.is_restored()


def test_restored_after_qemu_is_killed(user, payload):
    one = user(payload("hello", "SPIN"))
    one.expect(rb"hello")
    os.kill(children(one.process)[0], signal.SIGKILL)
    assert one.end() == QEMU_FAILED
    assert one.is_restored()
    assert one.text == b"\r\nrun-qemu: QEMU was ended by signal 9\r\n"


def test_restored_after_qemu_fails(user, payload):
    one = user(payload("hello", "SPIN"), extra=["-nonsense"])
    assert one.end() == QEMU_FAILED
    assert one.is_restored()


def test_no_orphan_after_sigkill(user, payload):
    one = user(payload("hello\n", "SPIN"))
    one.expect(rb"hello\r\n")
    qemu = children(one.process)
    one.process.kill()
    one.end()
    wait_gone(qemu)


def test_no_orphan_when_the_terminal_hangs_up(payload):
    one = User(runner_command(payload("hello\n", "SPIN"), batch=False, timeout=None))
    one.expect(rb"hello\r\n")
    qemu = children(one.process)
    os.close(one.slave)
    os.close(one.master)
    one.process.wait(10)
    wait_gone(qemu)


def test_ctrl_a_x_leaves_a_guest_that_is_stuck(user, payload):
    """With the guest's receiver full, QEMU itself would not see the two keys any more."""
    one = user(payload("hello\n", "SPIN"))
    one.expect(rb"hello\r\n")
    one.type(b"x" * 2000)
    one.type(b"\x01x")
    assert one.end() == OFF
    assert one.text.endswith(b"run-qemu: left by Ctrl-A x\r\n")
    assert one.is_restored()


def test_ctrl_a_c_opens_the_monitor(user, payload):
    one = user(payload("hello\n", "ECHO"))
    one.expect(rb"hello\r\n")
    one.type(b"\x01c")
    one.expect(rb"\(qemu\) ")
    one.type(b"quit\r")
    assert one.end() == OFF
    assert one.text.endswith(b"run-qemu: left by the monitor's quit\r\n")


def test_what_was_typed_for_the_guest_does_not_reach_the_shell(user, payload):
    one = user(payload("cairn: off\n", "HALT"))
    one.expect(rb"cairn: off")
    os.write(one.master, b"rm -rf tree\r" * 300)
    assert one.end() == OFF
    os.set_blocking(one.slave, False)
    with pytest.raises(BlockingIOError):
        os.read(one.slave, 100)


PASTE = b"".join(b"%07x " % n + bytes(range(0x20, 0x7f)) + b"\r"
                 for n in range(0, 65536 // 104 + 1))[:65536]


def test_a_paste_arrives_whole(user, payload):
    one = user(payload("hello\n", "ECHO"))
    one.expect(rb"hello\r\n")
    one.text = b""
    one.paste(PASTE + b"\x04")
    assert one.end(60) == OFF
    assert one.text.startswith(PASTE + b"\r\ncairn: off\r\n")


def test_piped_input_arrives_whole(payload, tmp_path):
    """Every byte value, Ctrl-A x included: without a terminal nothing has a meaning of its own."""
    data = (bytes(b for b in range(256) if b != 4) * 32)
    (tmp_path / "input").write_bytes(b"\x01x" + data + b"\x04")
    with open(tmp_path / "input", "rb") as source:
        done = subprocess.run(runner_command(payload("cairn> ", "ECHO"), batch=False, timeout=60),
                              cwd=ROOT,
                              env=clean_environment(), stdin=source, capture_output=True,
                              check=False)
    assert done.returncode == OFF
    assert done.stdout == b"cairn> \x01x" + data + b"\ncairn: off\n"


def test_end_of_input_waits_for_the_commands(payload):
    """The guest reads on after the input has ended, and is switched off once it waits for more at
    its prompt."""
    done = subprocess.run(runner_command(payload("cairn> ", "ECHO"), batch=False, timeout=20),
                          cwd=ROOT,
                          env=clean_environment(), input=b"first\nsecond\ncairn> ",
                          capture_output=True, check=False)
    assert done.stdout == b"cairn> first\nsecond\ncairn> "
    assert done.stderr.endswith(b"run-qemu: end of input at the prompt; "
                                b"the machine is switched off\n")
    assert done.returncode == OFF


def test_output_that_nobody_reads_ends_the_run(payload):
    one = subprocess.Popen(runner_command(payload("more and more\n", "CHATTER"), timeout=20),
                           cwd=ROOT,
                           env=clean_environment(), stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE)
    one.stdout.read(10)
    one.stdout.close()
    assert one.wait(10) == 14
    assert one.stderr.read().endswith(b"run-qemu: lost: nobody reads the output any more\n")
