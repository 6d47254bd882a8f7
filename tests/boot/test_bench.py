# SPDX-License-Identifier: MIT
"""The shell's `bench`: the table of figures, and the loop that measures them, held against figures
that are known beforehand (ext/figures)."""

import pathlib
import re

import pytest

from lib.session import OFF

FIGURES = pathlib.Path(__file__).parent / "ext" / "figures"


@pytest.fixture(scope="module")
def figures(build):
    return build("qemu_virt_defconfig", EXT=str(FIGURES))


def lines(result):
    assert result.status == OFF, result.closing
    return re.findall(r"^((?:known|bench)\b.*)$", result.text, re.M)


@pytest.mark.parametrize("cpu", ["cortex-a72", "max"])      # steps of 16 ns, and of 1
def test_counts_are_exact(run, figures, cpu):
    """Of 100 rounds all, and the one before that is not counted, ran with interrupts masked, or the
    rounds would be fewer; after them interrupts come again."""
    result = run(figures, "bench known", icount=True, env={"CPU": cpu})
    assert lines(result) == ["known.nothing 0 instructions", "known.hundred 100 instructions",
                             "known.masked 100.0 tenths", "known.percent 12.05 %",
                             "bench: no known.failing: ENOMEM"]


def test_time_is_not_called_instructions(run, figures):
    said = lines(run(figures, "bench known"))
    assert re.fullmatch(r"known\.nothing \d+ ns", said[0])
    assert re.fullmatch(r"known\.hundred \d+ ns", said[1])
    assert said[2:4] == ["known.masked 100.0 tenths", "known.percent 12.05 %"]


def test_groups(run, figures):
    text = run(figures, "bench boot; bench nothing; bench a b").text
    assert "bench: no boot.prompt: EAGAIN\n" in text, "autorun= comes before the first prompt"
    assert re.search(r"^bench: no group or figure nothing; groups are: known boot fs mem smp sched scale shell lock\n"
                     r"usage: bench \[GROUP\|NAME\]\n",
                     text, re.M)
    assert "known." not in text


def test_one_figure(run, figures):
    assert lines(run(figures, "bench known.masked")) == ["known.masked 100.0 tenths"]
