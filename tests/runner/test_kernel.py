# SPDX-License-Identifier: MIT
"""The runner with the real kernel: what `make run` gives, and what other tests rely on."""

import re
import subprocess

import pytest

from lib import tree
from lib.build import ROOT, clean_environment
from lib.session import HANG, OFF, PANIC, SILENT, runner_command


@pytest.fixture(scope="module")
def kernel(build):
    return build("qemu_virt_defconfig")


def test_commands_and_power_off(boot, kernel):
    session = boot(kernel)
    assert session.cmd("version").startswith("Cairn 0.1.0")
    assert session.cmd("echo one two") == "one two"
    session.poweroff()
    assert session.closing == "run-qemu: powered off"


def test_autorun(run, kernel):
    result = run(kernel, "echo first; echo second")
    assert result.status == OFF
    assert "first\nsecond\ncairn: off\n" in result.text


def test_panic(run, kernel):
    result = run(kernel, "panic by request")
    assert result.status == PANIC
    assert result.closing.startswith("run-qemu: panic: ") and "by request" in result.closing


@pytest.mark.parametrize("line", ["cairn: off", "cairn: panic: no"])
def test_an_echoed_last_line_ends_nothing(boot, kernel, line):
    session = boot(kernel)
    assert session.cmd(f"echo {line}") == line
    with pytest.raises(AssertionError, match="has not ended"):
        session.status(1.5)
    session.poweroff()


def test_silence_at_the_prompt_names_a_kernel_symbol(run, kernel):
    result = run(kernel, silence=1)
    assert result.status == HANG
    assert re.search(r"the CPU is in [a-z]\w+(\+0x[0-9a-f]+)? \(0xffff[0-9a-f]+\)", result.closing)


@pytest.fixture
def mute_tree(kernel, tmp_path):
    """QEMU's tree, with a UART that no driver knows."""
    text = tree.decompile(tree.dump(kernel, tmp_path / "own.dtb"))
    changed = text.replace('compatible = "arm,pl011\\0arm,primecell";', 'compatible = "x,uart";')
    assert changed != text
    return tree.compile_dts(changed, tmp_path / "mute.dtb")


@pytest.mark.parametrize("load", [[], ["--load", "0x48200000"]], ids=["usual", "elsewhere"])
def test_a_kernel_without_a_console_is_heard(run, kernel, mute_tree, load):
    """What it would have said is read out of its memory."""
    result = run(kernel, args=["--tree", str(mute_tree), *load], silence=2)
    assert result.status == SILENT and not result.text
    said = re.findall(r"^run-qemu: log: \[ +\d+\.\d{6}\] (.*)$", result.remarks, re.M)
    assert any(line.startswith("Cairn 0.1.0") for line in said)
    assert "panic: no console: the tree has no UART that this image knows" in said
    assert "no output within 2 s: the CPU is in " in result.closing


def test_a_hang_shows_what_the_console_did_not(run, kernel):
    result = run(kernel, env={"APPEND": "quiet"}, silence=2)
    assert result.status == HANG
    said = re.findall(r"^run-qemu: log: (.*)$", result.remarks, re.M)
    assert said and not [line for line in said if line in result.text]
    loud = run(kernel, silence=2)
    assert not [line for line in re.findall(r"^run-qemu: log: (.*)$", loud.remarks, re.M)
                if line in loud.text]


def test_before_there_is_a_log_nothing_is_made_up(run, kernel):
    result = run(kernel, args=["--x0", "0"], silence=1)
    assert result.status == SILENT and "run-qemu: log:" not in result.remarks


def test_reboot_at_a_terminal_restarts(user, kernel):
    one = user(kernel)
    for _ in range(2):
        one.expect(rb"\ncairn> ")
        one.type(b"reboot\r")
        one.expect(rb"\ncairn: reboot\r+\n")
    one.expect(rb"\ncairn> ")
    one.type(b"\x01x")
    assert one.end() == OFF
    assert one.is_restored()


def test_commands_from_a_pipe_run_before_its_end_counts(kernel):
    done = subprocess.run(runner_command(kernel, batch=False, timeout=30), cwd=ROOT,
                          env=clean_environment(), input="echo one\necho two\n",
                          capture_output=True, text=True, check=False)
    assert done.returncode == OFF
    assert "\none\n" in done.stdout and "\ntwo\n" in done.stdout
    assert done.stderr.endswith("the machine is switched off\n")


def test_a_paste_of_64_kib_arrives_whole(user, kernel):
    """At the prompt, by the driver and the shell: every line comes back once, in order."""
    one = user(kernel)
    one.expect(rb"\ncairn> ")
    lines = [b"echo %05d %s" % (n, b"x" * 53) for n in range(1024)]
    one.paste(b"\r".join(lines) + b"\rpoweroff\r")
    assert one.end(120) == OFF
    said = re.findall(rb"^(\d{5}) (x+)\r*$", one.text, re.M)
    assert said == [(b"%05d" % n, b"x" * 53) for n in range(1024)]


def test_raspi4b(raspi4b, boot, build):
    """Power-off and panic do not end QEMU there, the runner does; a reset does."""
    o = build("rpi4_defconfig")
    for command, status in (("poweroff", OFF), ("reboot", OFF), ("panic no", PANIC)):
        session = boot(o)
        session.prompt()
        session.send(command + "\r")
        assert session.status() == status, session.closing
