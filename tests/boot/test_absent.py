# SPDX-License-Identifier: MIT
"""Devices that the tree names and the machine has not: the access that meets nothing ends that driver's
probe in two lines, and boot goes on; inside of a lock it is a panic."""

import re

import pytest

from lib import tree
from lib.session import OFF, PANIC

# nothing is there on virt up to the next 16 MiB
GHOST = """
	sharer@1 { compatible = "test,sharer"; interrupts = <0 201 4>; };
	ghost@f000000 {
		compatible = "test,ghost"; how = "%s";
		reg = <0 0xf000000 0 0x1000>; interrupts = <0 200 4>, <0 201 4>;
	};
	sharer@2 { compatible = "test,sharer"; interrupts = <0 201 4>; };
	slot@f004000 { compatible = "virtio,mmio"; reg = <0 0xf004000 0 0x200>; interrupts = <0 202 1>; };
	sharer@3 { compatible = "test,sharer"; interrupts = <0 200 4>; };
"""


@pytest.fixture
def ghost(checked, trees, ahead):
    """The run of this test's ghost: `how` is its parameter. It ends at the prompt, or before."""
    o = checked("4K")
    text = tree.decompile(tree.dump(o, trees / "checked.dtb", {"SMP": 2}, autorun="devices; irq"))

    def start(how, **_):
        node = GHOST % how
        path = tree.compile_dts(text.rstrip().removesuffix("};") + node + "};", trees / f"ghost-{how}.dtb")
        return {"o": o, "args": ["--tree", str(path)], "timeout": 30, "env": {"SMP": 2}}
    return ahead(start)


@pytest.mark.parametrize("how, access", [
    ("write", r"a write to 0xf000010 \(external abort in ghost_probe\+"),
    ("deep", r"a read of 0xf000000 \(external abort in ghost_deep\+"),
    ("irqs", r"a read of 0xf000000 \(external abort in ghost_\w+\+"),
    ("slept", r"a read of 0xf000000 \(external abort in ghost_probe\+"),
])
def test_probe_ends(ghost, how, access):
    assert ghost.status == OFF, ghost.closing
    assert re.search(rf"\] ghost ghost@f000000: nothing answers {access}", ghost.text), ghost.text
    assert ghost.text.count("] ghost ghost@f000000: probe failed: -EIO") == 1
    assert re.search(r"^failed +ghost +/ghost@f000000 \(-EIO\)$", ghost.text, re.M)
    # asked whether there is anything in it, before it is probed
    assert re.search(r"\] virtio_mmio slot@f004000: nothing answers a read of 0xf0040\w\w \(external abort", ghost.text)
    assert len(re.findall(r"^ready +sharer ", ghost.text, re.M)) == 3, "what comes later is probed"
    # its lines are free again, and those who share one with it keep it
    irqs = ghost.text.partition("\n  irq ")[2]
    assert re.findall(r"shared by (\S+)", irqs) == ["sharer@3", "sharer@2", "sharer@1"] and "ghost" not in irqs


@pytest.mark.parametrize("how, said", [
    ("spinlock", r"data abort: write, external abort at 0xffff\w+ \(ESR 0x96000050\)"),
    ("mutex", r"ghost ghost@f000000: external abort at ghost_probe\+\w+/\w+, with a lock held that nobody will "
              "release"),
])
def test_inside_of_a_lock(ghost, how, said):
    assert ghost.status == PANIC
    assert re.search(rf"^cairn: panic: {said}$", ghost.text, re.M), ghost.text


def test_raspi4b(boot, rpi4, raspi4b, tmp_path):
    """Blocks that QEMU has left out, in each phase of the drivers."""
    text = tree.decompile(rpi4 / "dts/bcm2711-rpi-4-b.dtb")
    nodes = "".join(f"""
        {name} {{ compatible = "{compatible}"; reg = <0x{name.partition("@")[2]} 0x40>; interrupts = <0 99 4>; }};"""
                    for name, compatible in (("timer@7ef00200", "arm,pl031"), ("pm@7ef09500", "brcm,bcm2835-pm-wdt"),
                                             ("serial@7ef04500", "arm,pl011"), ("serial@7ef00100", "ns16550a")))
    text, times = re.subn(r"(\n\tsoc@7e000000 \{.*?)(\n\t\t\S+ \{)", rf"\1{nodes}\2", text, count=1, flags=re.S)
    assert times == 1
    session = boot(rpi4, env={"DTB": str(tree.compile_dts(text, tmp_path / "absent.dtb"))}, timeout=60)
    states = re.findall(r"^(\w+) +(\w+) +/\S*/([\w@-]+)( \(-EIO\))?$", session.cmd("devices"), re.M)
    failed = {(driver, node) for state, driver, node, error in states if (state, bool(error)) == ("failed", True)}
    assert failed == {("pl031", "timer@7ef00200"), ("bcm2835_pm", "pm@7ef09500"), ("pl011", "serial@7ef04500"),
                      ("ns16550", "serial@7ef00100")}
    for driver, node in failed:
        address = f"0xf{node.partition('@')[2][1:]}"
        assert re.search(rf"\] {driver} {node}: nothing answers a (read of|write to) {address[:-2]}\w\w "
                         r"\(external abort in \w", session.text)
    assert {state for state, *_ in states} == {"ready", "failed"}
    session.send("reboot\r")
    assert session.status(30) == OFF
