# SPDX-License-Identifier: MIT
"""Typing at the prompt: the line editor's keys, history, completion, Ctrl-C for what runs, UTF-8,
pastes up to 1 MiB, and what is typed for a command. One kernel runs for all; each test begins at a
fresh prompt."""

import random
import re
import time
import zlib

import pytest

from lib.session import OFF

SIZE = 1 << 20


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
    (b"echo \x1b[200~a\x01\x17\x1b[Db\x1b[201~", "ab"), (b"echo \x1b[200~a\x03\necho b\x03\x1b[201~", "b"),
    (b"echo ab-cd\x1b\x08", "ab-"), (b"echo ac\x1b[1;3Dab \x05", "ab ac"),
    (b"echo xb\x02\x1b[3~\x02\x1b[3~ab", "ab"), (b"echo ab\x14\x02\x14", "ab"),
    (b"echo a b\x01\x1bd\x19", "a b"),
    (b"echo \xf0\x9f\x8c\x8d\x02\x04\xc3\xbc", "ü"), (b"echo \xc3\xbc\xe2\x82\xac\x14", "€ü"),
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
    numbered = re.findall(r"^ {0,3}(\d+)  (.*)$", shell.cmd("history"), re.M)
    assert [int(number) for number, _ in numbered] == list(range(1, len(numbered) + 1))
    lines = [line for _, line in numbered]
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
    shell.cmd("planet=earth")
    tab("echo on $pla\t")
    assert said(shell, b"") == "on earth"
    tab('echo "is ${pl\t')
    assert said(shell, b"") == "is earth"
    shell.cmd("touch '/a name' /another")
    tab("ls -\t\t")
    shell.send("\x03")
    shell.prompt(10)
    tab("ls /a\\ n\t")
    assert said(shell, b"") == "/a name"
    tab("mount -t ra\t/none")
    assert said(shell, b"") == "mount: /none: No such file or directory"
    start = len(shell.text)
    tab("mount -t \t\t")
    assert re.search(r"^devfs +proc +ramfs ", shell.text[start:], re.M)
    shell.send("\x03")
    shell.prompt(10)
    tab("ls '/a n\t")
    assert said(shell, b"") == "/a name"
    tab("echo > /anoth\t")
    shell.send("\r")
    shell.prompt(10)
    tab("wc -c < /ano\t")
    assert said(shell, b"").split() == ["1"]
    tab("true && ec\t")
    assert said(shell, b"joined") == "joined"


def test_end_of_file(shell):
    """Ctrl-D ends what a command reads; at the prompt it says how to leave, and leaves nothing."""
    shell.send("cat > /typed\rone\rtwx\x7fo\rhal\x04f\x04\x04")
    shell.expect(r"^halfcairn> \Z")
    shell.send("\r")
    assert shell.cmd("grep -n . < /typed") == "1:one\n2:two\n3:half"
    shell.send("\x04")
    shell.expect("^use poweroff to leave$")
    shell.prompt(10)
    assert shell.cmd("echo on") == "on"


def test_stop_stops_nothing(shell):
    """Ctrl-Z says so, and what runs goes on; at the prompt it means nothing."""
    shell.send("cat > /kept; echo over\r")
    shell.expect("over$")
    shell.send("one\r")
    shell.expect("^one\n")
    shell.send("\x1a")
    shell.expect(r"^\^Z commands cannot be stopped: Ctrl-C ends them")
    shell.send("two\r\x04")
    shell.expect("^over$")
    shell.prompt(10)
    assert shell.cmd("grep -c . < /kept") == "2"
    assert shell.cmd("\x1aecho on") == "on"


def test_a_marked_paste_is_kept_whole(shell):
    """Nothing of it runs before Enter, and then all of it does, in order; it is one line of the history."""
    shell.send("\x1b[8;24;80t")
    start = len(shell.data)
    shell.send("\x1b[200~echo one\recho 'two\rtwo'\r\necho three\x1b[201~")
    shell.expect("echo three$")
    time.sleep(0.3)
    assert not re.search("^one$", shell.text[shell.position:], re.M)
    shell.send("\r")
    shell.expect("^one\ntwo\ntwo\nthree$")
    shell.prompt(10)
    raw = bytes(shell.data[start:])
    assert raw.index(b"\x1b[?2004l") < raw.index(b"\none") and raw.rindex(b"\x1b[?2004h") > raw.index(b"\nthree")
    shell.send("\x1b[A; echo four\r")
    shell.expect("^one\ntwo\ntwo\nthree\nfour$")
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


def test_paste_of_a_mebibyte_into_a_file(boot, kernel):
    """What `cat > f` is given arrives whole, also while it is written."""
    dice = random.Random(5)
    lines = []
    while sum(map(len, lines)) < SIZE:
        lines.append("".join(dice.choices("abc dexyz0189~!#$%&", k=dice.randrange(1, 900))) + "ü\n")
    text = "".join(lines).encode()
    session = boot(kernel, timeout=300)
    session.prompt()
    session.send(b"cat > f\r" + text.replace(b"\n", b"\r") + b"\x04")
    session.prompt(240)
    assert session.cmd("sum < f").split() == [f"{zlib.crc32(text):08x}", str(len(text))]
    session.poweroff()
