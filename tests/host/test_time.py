# SPDX-License-Identifier: MIT
"""The clock on the host: ticks to nanoseconds and back."""


def test_conversions(program):
    program("time", "tests/host/time.c", flags=["-Itests/host/device", "-Wno-pointer-arith"]).test(cases=3)
