# SPDX-License-Identifier: MIT
"""Interrupt lines on the host, over a controller that is a model."""

FLAGS = ["-Itests/host/device", "-Wno-pointer-arith"]


def test_lines(program):
    program("irq", "tests/host/irq.c", flags=FLAGS).test(cases=7)
