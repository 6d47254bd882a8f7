# SPDX-License-Identifier: MIT
"""Documentation/syscalls.md: its table is the one that the kernel is built from."""

import re

from lib.build import ROOT


def test_table():
    """When it differs, what is said is what should stand there."""
    text = (ROOT / "kernel/process/syscalls.def").read_text()
    calls = re.findall(r"^SYSCALL\((\d+), (\w+)(?:, (.*))?\)$", text, re.M)
    numbers = [int(number) for number, _, _ in calls]
    assert numbers == sorted(set(numbers)), "in the order of their numbers, each once"
    wanted = [f"| {number} | {name} | {types or '-'} |" for number, name, types in calls]
    document = (ROOT / "Documentation/syscalls.md").read_text()
    found = re.findall(r"^\| \d+ \|.*$", document, re.M)
    assert found == wanted, "the table should be:\n" + "\n".join(wanted)


def test_names_are_linuxs():
    """And so are the numbers."""
    linux = dict(re.findall(r"^LINUX\((\d+), (\w+)\)$", (ROOT / "kernel/process/linux.def").read_text(), re.M))
    for number, name in re.findall(r"^SYSCALL\((\d+), (\w+)", (ROOT / "kernel/process/syscalls.def").read_text(), re.M):
        assert linux[number] == name
