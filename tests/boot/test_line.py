# SPDX-License-Identifier: MIT
"""Typing at the prompt: the line editor's keys, history, completion, Ctrl-C for what runs, UTF-8,
and a paste of 1 MiB. One kernel runs for all; each test begins at a fresh prompt."""

import re
import time

import pytest

from lib.session import OFF, Session

SIZE = 1 << 20


@pytest.fixture(scope="module")
def machine(kernel):
    session = Session(kernel, timeout=None)
    session.prompt()
    yield session
    session.close()


@pytest.fixture
def shell(machine, request):
    machine.position = len(machine.text)
    machine.send("\x03")
    machine.prompt(10)
    yield machine
    request.node.add_report_section("call", "serial", machine.text[-3000:])


def said(shell, keys):
    """What the command printed that @keys typed: its last line."""
    start = len(shell.text)
    shell.send(keys + (b"" if keys.endswith(b"\r") else b"\r"))
    shell.expect("\n")
    shell.prompt(10)
    return shell.text[start:].splitlines()[-2]


@pytest.mark.parametrize("keys,line", [
    (b"cho ab\x01e", "ab"), (b"cho ab\x1b[He", "ab"), (b"cho ab\x1bOHe", "ab"),
    (b"cho ab\x1b[1~e", "ab"), (b"cho ab\x1b[7~e", "ab"),
    (b"echo a\x01\x05b", "ab"), (b"echo a\x01\x1b[Fb", "ab"), (b"echo a\x01\x1bOFb", "ab"),
    (b"echo a\x01\x1b[4~b", "ab"), (b"echo a\x01\x1b[8~b", "ab"),
    (b"echo ac\x02b", "abc"), (b"echo ac\x1b[Db", "abc"), (b"echo ac\x1bODb", "abc"),
    (b"echo ac\x02\x02\x06b", "abc"), (b"echo ac\x02\x02\x1b[Cb", "abc"),
    (b"echo axb\x02\x08", "ab"), (b"echo axb\x02\x7f", "ab"),
    (b"echo axb\x02\x02\x04", "ab"), (b"echo axb\x02\x02\x1b[3~", "ab"),
    (b"echo ab cd\x02\x02\x0b", "ab"), (b"junk\x15echo ab", "ab"),
    (b"echo ab cd\x17", "ab"), (b"echo ab-cd\x1b\x7f", "ab-"),
    (b"echo ab cd\x17\x15echo \x19", "echo ab cd"),
    (b"echo ab\x17\x19\x19", "abab"), (b"echo ba\x14", "ab"),
    (b"echo bb cc\x1bb\x1bbaa \x05", "aa bb cc"), (b"echo bb\x1b[1;5Daa \x05", "aa bb"),
    (b"echo aa bb\x01\x1bf\x1bfx", "aax bb"), (b"echo aa bb\x01\x1b[1;5C\x1b[1;5Cx", "aax bb"),
    (b"echo aa bb\x1bb\x1bb\x1bd", "bb"),
    (b"echo \xc3\xbc\xe2\x82\xac\x02\x02x", "xü€"),
    (b"echo \xe4\xb8\xad\xf0\x9f\x8c\x8d\x02\x7f!", "!🌍"),
    (b"echo e\xcc\x81x\x02\x7fa", "ax"),
    (b"echo a\x0cb", "ab"),
    (b"echo a\x1b[8;50;100tb\x1b[3;100Rc", "abc"),
    (b"echo \x1b[200~a\tb\x1b[201~c", "a bc"),
], ids=lambda value: repr(value) if isinstance(value, bytes) else "")
def test_keys(shell, keys, line):
    assert said(shell, keys) == line


def test_history(shell):
    shell.cmd("echo one")
    shell.cmd("echo two")
    assert said(shell, b"\x1b[A\x1b[A") == "one"
    assert said(shell, b"\x10\x10\x0e\x7f\x7f\x7fsix") == "six"
    assert said(shell, b"\x12tw") == "two"
    assert said(shell, b"echo draft\x1bOA\x1bOB") == "draft"
    assert said(shell, b"\x12one\x07echo kept") == "kept"
    lines = [line.split(None, 1)[1] for line in shell.cmd("history").splitlines()]
    assert lines[-2:] == ["echo kept", "history"] and len(set(lines)) == len(lines)


def test_completion(shell):
    def tab(keys):
        shell.send(keys)
        time.sleep(0.3)

    tab("upt\t")
    assert re.match(r"up \d+", said(shell, b""))
    tab("dt c\t")
    tab("/mod\t")
    assert said(shell, b"") == '"linux,dummy-virt"'
    start = len(shell.text)
    tab("dt ls /c\t")
    tab("\t")
    assert re.search(r"^cpus/ +chosen$", shell.text[start:], re.M)
    shell.send("\x03")
    shell.prompt(10)


def test_interrupt_ends_what_runs(shell):
    shell.send("top; echo never\r")
    shell.expect(r"^up \d+ s, threads: ")
    shell.send("\x03")
    shell.expect(r"\^C")
    assert "never" not in shell.prompt(10)
    assert shell.cmd("echo on") == "on"
    shell.send("dt tree; dt tree; dt tree; dt tree\r")
    shell.expect("^/$")
    shell.send("\x03")
    shell.prompt(10)
    assert shell.cmd("echo on") == "on"


def test_long_lines_and_sizes(shell):
    """A line over several rows, changed at its beginning, in a window of 20 columns."""
    text = "abcdefghij" * 20
    assert said(shell, b"\x1b[8;24;20techo x" + text.encode() + b"\x01\x06\x06\x06\x06\x06\x04") == text
    assert said(shell, b"\x1b[8;24;80techo x") == "x"


def test_paste_of_a_mebibyte(boot, kernel):
    """Each line runs once, in order."""
    session = boot(kernel, timeout=300)
    session.prompt()
    lines = [f"echo {n:05d} " + "abcdefghij" * 48 for n in range(SIZE // 492)]
    session.send("\r".join(lines) + "\rpoweroff\r")
    assert session.status(300) == OFF
    found = re.findall(r"^(\d{5}) [a-j]{480}$", session.text, re.M)
    assert found == [f"{n:05d}" for n in range(len(lines))]
