# SPDX-License-Identifier: MIT
"""Message queues and event flags on the host: who gets what, at random and against a model."""

FLAGS = ["-Itests/host/sync", "-DCONFIG_THREADS=1"]


def test_messages_and_events(program):
    program("sync", "tests/host/sync.c", flags=FLAGS).test(cases=2)
