# SPDX-License-Identifier: MIT
"""64 KiB in one go, on each UART: every byte arrives, in order, also while the machine is busy
printing."""

import re

import pytest

from lib.session import OFF

SIZE = 64 << 10


def lines(every=0, heavy=""):
    """Numbered lines, 64 KiB of them; each @every-th is @heavy instead."""
    made, size, number = [], 0, 0
    while size < SIZE:
        line = heavy if every and len(made) % every == every - 1 else (
            f"echo {number:05d} {'abcdefghijklmnopqrstuvwxyz'[number % 26] * 52}")
        number += line is not heavy
        made.append(line)
        size += len(line) + 1
    return made, number


def paste(session, *arguments):
    made, count = lines(*arguments)
    session.prompt()
    session.send("\r".join(made) + "\rpoweroff\r")
    return count


def check(session, count):
    """Each numbered line was echoed and came back once, whole and in order."""
    wanted = [f"{n:05d} {'abcdefghijklmnopqrstuvwxyz'[n % 26] * 52}" for n in range(count)]
    said = re.findall(r"^(\d{5} [a-z]+)$", session.text, re.M)
    wrong = next((pair for pair in zip(said, wanted) if pair[0] != pair[1]), "none, but the number")
    assert said == wanted, f"{len(said)} of {count} lines came; the first wrong one: {wrong}"


@pytest.mark.parametrize("gic, cpus", [("2", 1), ("3", 1), ("3", 2), ("2", 4)])
def test_virt(boot, kernel, gic, cpus):
    session = boot(kernel, env={"GIC": gic, "SMP": cpus}, timeout=120)
    count = paste(session)
    assert session.status(120) == OFF
    check(session, count)


def test_while_output_is_heavy(boot, kernel):
    """A command that prints 15 KiB, again and again: the ring for input is full most of the time,
    and so is the one for output."""
    session = boot(kernel, timeout=120)
    count = paste(session, 20, "dt tree")
    assert session.status(120) == OFF
    check(session, count)
    assert session.text.count("\n  chosen/\n") == len(lines(20, "dt tree")[0]) - count


def test_before_the_prompt(boot, kernel):
    """What is typed while autorun= commands run is read after them."""
    session = boot(kernel, env={"APPEND": 'autorun="dt tree; dt tree; dt tree; dt tree"'}, timeout=60)
    session.expect("^/$")
    session.send("echo early\r" * 20 + "poweroff\r")
    assert session.status() == OFF
    assert session.text.count("\nearly\n") == 20


def test_raspi4b(boot, rpi4, raspi4b):
    session = boot(rpi4, timeout=180)
    count = paste(session)
    session.expect("^cairn: off$", 120)
    check(session, count)
