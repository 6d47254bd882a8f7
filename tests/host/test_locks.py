# SPDX-License-Identifier: MIT
"""The lock checker's graph on the host."""


def test_lock_graph(program):
    program("lock_graph", "kernel/lock_graph.c", "tests/host/lock_graph.c").test(cases=5)
