# SPDX-License-Identifier: MIT
"""The kernel on every kind of machine that it is made for: page granules, interrupt controllers,
CPUs, how many of them, exception levels at entry, sizes of memory.

Every two values of different kinds meet in at least one boot; all combinations are slow. What the
kernel says of its machine is held against the tree that QEMU makes for it.
"""

import itertools
import re

import pytest

from lib.session import OFF

from .conftest import GRANULES

KINDS = {
    "granule": GRANULES,
    "gic": ("2", "3"),
    "cpu": ("cortex-a53", "cortex-a72", "cortex-a76", "max"),
    "cpus": ("1", "2", "4", "8"),
    "entry": ("el1", "el2", "el3"),
    "memory": ("64M", "128M", "512M", "3G", "8G"),
}
NO_16K = {"cortex-a53", "cortex-a72"}
CPU_NAMES = {"cortex-a53": "Cortex-A53 r0p4", "cortex-a72": "Cortex-A72 r0p3",
             "cortex-a76": r"Cortex-A76 r\dp\d", "max": "implementer 0 part 0x51 r0p0"}
KHZ = {"max": 1000000}
COMMANDS = "version; mem; irq; devices; dt tree"
SEEDS = {"kaslr-seed", "rng-seed"}              # QEMU draws new ones for every run


def possible(machine):
    return not (machine[0] == "16K" and machine[2] in NO_16K)


def pairs(machine):
    return set(itertools.combinations(enumerate(machine), 2))


def pairwise(machines):
    """A few of @machines in which all pairs occur that occur in any: greedily."""
    wanted = set().union(*map(pairs, machines))
    chosen = []
    while wanted:
        best = max(machines, key=lambda machine: len(pairs(machine) & wanted))
        chosen.append(best)
        wanted -= pairs(best)
    return chosen


ALL = [machine for machine in itertools.product(*KINDS.values()) if possible(machine)]
CHOSEN = pairwise(ALL)
PARAMETERS = [pytest.param(*machine, marks=() if machine in CHOSEN else pytest.mark.slow,
                           id="-".join(machine)) for machine in ALL]


@pytest.mark.parametrize(",".join(KINDS), PARAMETERS)
def test_machine(run, checked, qemu_tree, granule, gic, cpu, cpus, entry, memory):
    o = checked(granule)
    env = {"GIC": gic, "CPU": cpu, "MEM": memory, "SMP": cpus}
    tree = qemu_tree(o, env, entry=entry, autorun=COMMANDS)
    result = run(o, COMMANDS, env=env, entry=entry, timeout=60)
    text = result.text
    assert result.status == OFF, result.closing

    check_banner(text, tree, granule, cpu, cpus, entry)
    check_memory(text, tree)
    check_interrupts(text, tree)
    check_devices(text, tree, entry)
    check_tree(text, tree)


def check_banner(text, tree, granule, cpu, cpus, entry):
    first = text.splitlines()[0]
    assert "Cairn 0.1.0" in first, f"the first line is {first!r}"
    assert f"] Cairn 0.1.0 on {tree.strings('model')[0]}\n" in text
    mib = sum(size for _, size in tree.banks()) >> 20
    # nobody is below the kernel to start others
    used = "1" if entry == "el3" else cpus
    assert re.search(rf"{used} of {cpus} CPU{'s' if cpus != '1' else ''} used \({CPU_NAMES[cpu]}\), entered at "
                     rf"{entry.upper()}; {mib} MiB of memory, \d+ KiB used\n", text), "the line on CPUs and memory"
    assert f"page granule {granule[:-1]} KiB, " in text
    uart = tree.find("/chosen").strings("stdout-path")[0]
    gic = tree.compatible("arm,gic-v3", "arm,cortex-a15-gic").path
    assert (f"console {uart}, interrupts {gic}, timer /timer at {KHZ.get(cpu, 62500)} kHz\n"
            in text), "the banner's line on devices"
    assert not re.search(r"\b(warning|error|failed)\b", text), "something went wrong on the way"


def check_memory(text, tree):
    banks = [(int(low, 16), int(high, 16)) for low, high
             in re.findall(r"^bank +0x(\w+)-0x(\w+) ", text, re.M)]
    assert banks == [(base, base + size - 1) for base, size in tree.banks()]
    kib = sum(size for _, size in tree.banks()) // 1024
    total, used, free = re.search(r"total (\d+) KiB, used (\d+) KiB, free (\d+) KiB", text).groups()
    assert int(total) == kib and int(used) + int(free) == kib
    for what in ("kernel", "device tree"):
        assert re.search(rf"^reserved +0x\w+-0x\w+ +\d+ KiB +{what}$", text, re.M), what


def check_interrupts(text, tree):
    gic = tree.compatible("arm,gic-v3", "arm,cortex-a15-gic").name
    uart = tree.find(tree.find("/chosen").strings("stdout-path")[0])
    _, spi, _ = uart.cells("interrupts")
    _, ppi, _ = tree.find("/timer").cells("interrupts")[6:9]
    for number, name in ((32 + spi, uart.name), (16 + ppi, "timer")):
        assert re.search(rf"^ +\d+ +\d+ +0 level +{name} +{gic}:{number}(, each CPU|, CPU 0)?$", text, re.M), name
    assert "spurious: 0, " in text


def check_devices(text, tree, entry):
    drivers = {"pl011": "arm,pl011", "pl031": "arm,pl031", "arm_generic": "arm,armv8-timer",
               "gic_v3": "arm,gic-v3", "gic_v2": "arm,cortex-a15-gic", "psci": "arm,psci-1.0"}
    expected = {(driver, node.path) for driver, compatible in drivers.items()
                for node in tree.walk() if node.enabled and compatible in node.strings("compatible")}
    found = set(re.findall(r"^ready +(\w+) +(/\S*)$", text, re.M))
    assert found == expected
    assert ("psci" in dict(found)) == (entry != "el3"), "no firmware runs below EL3"


def check_tree(text, tree):
    """`dt tree` shows the whole tree, in its order."""
    shown = text[text.index("\n/\n") + 1:].splitlines()
    shown = [line for line in shown if not line.strip().startswith(tuple(SEEDS))]
    assert shown[:shown.index("cairn: off")][-1].startswith(("  ", "[")), "what follows the tree"
    assert [line for line in shown if line.startswith((" ", "/"))] == list(listing(tree))


def listing(node, depth=0):
    yield "  " * depth + node.name + "/" + ("" if node.enabled else "  (disabled)")
    for name, value in node.props.items():
        if name not in SEEDS:
            yield "  " * (depth + 1) + name + (" = " + shown_as(value) if value else "")
    for child in node.children:
        yield from listing(child, depth + 1)


def shown_as(value):
    if re.fullmatch(rb"([ -~]+\0)+", value):
        return ", ".join(f'"{part.decode()}"' for part in value[:-1].split(b"\0"))
    if len(value) % 4 == 0:
        cells = [int.from_bytes(value[at:at + 4], "big") for at in range(0, len(value), 4)]
        return "<" + " ".join(f"{cell:#x}" if cell else "0" for cell in cells) + ">"
    return "[" + value.hex(" ") + "]"
