# SPDX-License-Identifier: MIT
"""The kernel's command line, sensible and absurd: each run reaches the prompt, or says in a line
why it cannot."""

import re

import pytest

from lib import tree
from lib.session import OFF, PANIC

BANNER = "Cairn 0.1.0 on linux,dummy-virt"
MIB = 1 << 20


@pytest.fixture
def say(ahead, kernel):
    """say(commands) -> the run with this test's @append; at the prompt its input ends."""
    def start(commands=None):
        return ahead(lambda append, **_: {"o": kernel, "env": {"APPEND": append}, "timeout": 60,
                                          "autorun": commands})
    return start


def total(text):
    return int(re.search(r"^total (\d+) KiB", text, re.M)[1]) * 1024


def banks(text):
    return [int(end, 16) - int(start, 16) + 1
            for start, end in re.findall(r"^bank +0x(\w+)-0x(\w+) ", text, re.M)]


@pytest.mark.parametrize("append", ["quiet", "quiet quiet=1", "loglevel=4", "loglevel=0",
                                    "loglevel=7 quiet loglevel=5", "loglevel=0x4"])
def test_quiet(say, append):
    result = say("dmesg")
    assert result.status == OFF
    assert result.text.count(BANNER) == 1, "on the console only by dmesg"
    assert result.text.startswith("[")


@pytest.mark.parametrize("append", ["", "loglevel=8", "loglevel=99", "loglevel=7", "quie quiett",
                                    "loglevel=99999999999999999999", "loglevel=", "loglevel=x",
                                    "loglevel=-1", "loglevel", "a=\"quiet\"", "x=quiet"])
def test_not_quiet(say, append):
    result = say("echo at the prompt")
    assert result.status == OFF and "\nat the prompt\n" in result.text
    assert BANNER in result.text
    if append in ("loglevel=99999999999999999999", "loglevel=", "loglevel=x", "loglevel=-1"):
        assert "command line: loglevel= wants a number, and is ignored\n" in result.text


@pytest.mark.parametrize("append,size", [
    ("mem=256M", 256 * MIB), ("mem=0x8000000", 128 * MIB), ("mem=100000K", 100000 << 10),
    ("mem=64M mem=128M", 128 * MIB), ("mem=1G", 512 * MIB), ("mem=99999G", 512 * MIB),
    ("mem=134217729", 128 * MIB), ("mem=4M", 4 * MIB),
    ("mem=2308K", 2308 << 10)])
def test_mem(say, append, size):
    result = say("mem")
    assert result.status == OFF
    assert total(result.text) == size and banks(result.text) == [size]
    assert f"; {size >> 20} MiB of memory, " in result.text


@pytest.mark.parametrize("append", ["mem=x", "mem=", "mem=12Q", "mem=-1", "mem=1M1", "mem",
                                    "mem=99999999999999999999G", "mem=20000000000G"])
def test_mem_that_is_no_size(say, append):
    result = say("mem")
    assert result.status == OFF and total(result.text) == 512 * MIB
    if append != "mem":
        assert "command line: mem= wants a number, and is ignored\n" in result.text


@pytest.mark.parametrize("append", ["mem=0", "mem=1", "mem=4095"])
def test_mem_without_a_page(say, append):
    result = say()
    assert result.status == PANIC
    assert re.search(r"\ncairn: panic: no memory: not a page is left \(device tree, mem=\)\n\Z",
                     result.text)


@pytest.mark.parametrize("append", ["mem=2M"])
def test_mem_without_the_image(say, append):
    result = say()
    assert result.status == PANIC
    assert re.search(r"\ncairn: panic: the image was loaded to 0x40200000, where there is no memory "
                     r"\(device tree, mem=\)\n\Z", result.text)


@pytest.mark.parametrize("append", [
    'autorun="echo one; echo \'two; three\'; nothing; echo four; poweroff"'])
def test_autorun(say, append):
    result = say()
    assert result.status == OFF
    assert "\none\ntwo; three\nnothing: unknown command; `help` lists them\nfour\ncairn: off\n" in (
        result.text)


@pytest.mark.parametrize("append,said", [
    ("autorun", "autorun= has no commands"), ("autorun=", ""), ('autorun=""', ""),
    ('autorun="echo \'open"', "a quote is not closed"), ("autorun=nothing", "nothing: unknown command"),
    ('autorun="' + "echo x; " * 100 + '"', "^x$"), ('autorun="echo ' + "x " * 60 + '"', "^x x x x"),
    ("autorun=mem;irq", "spurious: 0"), ('autorun="echo never closed', "^never closed$"),
    ('"autorun=echo x"', ""),
], ids=lambda text: repr(text[:24]))
def test_odd_autorun(say, append, said):
    """Whatever it was, the prompt comes."""
    result = say()
    assert result.status == OFF and result.text.endswith("\ncairn> ")
    assert re.search(said, result.text, re.M), f"it did not say {said!r}"


@pytest.mark.parametrize("append", [
    "x" * 4000, "a=b " * 1000, '"' * 999, 'a="b c', "=", "= = = ==", "-- --x -y", "quiet," * 100,
    "\t\t  \t", "'", "\\", "mem mem mem", "%s%n%d", "ro root=/dev/vda console=ttyAMA0,115200"],
    ids=lambda text: repr(text[:12]))
def test_absurd_words(say, append):
    result = say()
    assert result.status == OFF and result.text.endswith("\ncairn> ")
    if len(append) >= 1024:
        assert f"command line: {len(append)} bytes are too long, only the first 1023 are read\n" in (
            result.text)


@pytest.mark.parametrize("value", [
    "[80 81 ff fe 01 02 0a 0d 1b 5b 32 4a 00]", "[71 75 69 65 74]", "<1 2 3>", '"a", "b", "c"', "[00]"])
def test_bootargs_that_are_no_text(ahead, own_tree, kernel, trees, value):
    """Bytes, a text without its end, numbers, a list: from the tree directly."""
    def start(value):
        text = re.sub(r"bootargs = .*;", f"bootargs = {value};", own_tree)
        path = tree.compile_dts(text, trees / f"bootargs-{abs(hash(value))}.dtb")
        return {"o": kernel, "args": ["--tree", str(path)], "timeout": 60}

    result = ahead(start)
    assert result.status == OFF
    assert BANNER in result.text and result.text.endswith("\ncairn> ")
