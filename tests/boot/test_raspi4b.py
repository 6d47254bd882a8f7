# SPDX-License-Identifier: MIT
"""The Raspberry Pi 4 as QEMU has it: the same prompt by other drivers; reset and power-off by the
watchdog, since no firmware runs below."""

import re
import shutil

import pytest

from lib import blob
from lib.session import OFF, PANIC, SILENT

pytestmark = pytest.mark.usefixtures("raspi4b")


@pytest.fixture
def session(boot, rpi4):
    started = boot(rpi4, timeout=120)
    started.prompt()
    return started


def test_banner_is_what_the_tree_says(session, rpi4):
    tree = blob.read(rpi4 / "dts/bcm2711-rpi-4-b.dtb")
    text = session.text
    assert "Cairn 0.1.0" in text.splitlines()[0]
    assert f"] Cairn 0.1.0 on {tree.strings('model')[0]}\n" in text
    assert re.search(r"\] 4 of 4 CPUs used \(Cortex-A72 r0p3\), entered at EL2; 960 MiB of memory, ",
                     text)
    assert "page granule 4 KiB, " in text
    console, chip, timer = re.search(r"console (\S+), interrupts (\S+), timer (\S+) at \d+ kHz", text
                                     ).groups()
    assert "brcm,bcm2835-aux-uart" in tree.find(console).strings("compatible")
    assert "arm,gic-400" in tree.find(chip).strings("compatible")
    assert "arm,armv8-timer" in tree.find(timer).strings("compatible")


def test_devices(session):
    said = session.cmd("devices")
    ready = dict(re.findall(r"^ready +(\w+) +(/\S+)$", said, re.M))
    assert {"gic_v2", "arm_generic", "bcm2835_aux", "bcm2835_pm"} <= set(ready), said
    assert not re.search("^(failed|deferred)", said, re.M), said


def test_memory(session):
    """The first page, where the other CPUs wait, is reserved."""
    said = session.cmd("mem")
    assert re.search(r"^bank +0x000000000000-0x00003bffffff +983040 KiB", said, re.M), said
    assert re.search(r"^reserved +0x000000000000-0x000000000fff +4 KiB +memreserve$", said, re.M), said


def test_input_comes_by_interrupt(session):
    def count():
        return int(re.search(r"^ +\d+ +(\d+) +\d+ level +serial@7e215040 ", session.cmd("irq"), re.M)[1])

    first = count()
    for n in range(5):
        assert session.cmd(f"echo {n}") == str(n)
    assert count() >= first + 6


def test_reboot_is_by_the_watchdog(session):
    """QEMU's machine starts anew; with -no-reboot that is its end."""
    session.send("reboot\r")
    assert session.status(30) == OFF
    assert session.text.endswith("\ncairn: reboot\n")
    assert "QEMU" not in session.closing


def test_poweroff(session):
    session.send("poweroff\r")
    assert session.status(30) == OFF
    assert session.text.endswith("\ncairn: off\n")


def test_panic(session):
    session.send("panic on a Pi\r")
    assert session.status(30) == PANIC
    assert session.text.endswith("\ncairn: panic: on a Pi\n")
    assert "call chain:" in session.text


@pytest.fixture
def without_tree(rpi4, tmp_path):
    """The same image, but run-qemu gives no -dtb: QEMU then leaves ATAGS, as a firmware of the 32-bit
    days did."""
    def get(o):
        folder = tmp_path / "o"
        folder.mkdir()
        for name in ("Image", "cairn"):
            shutil.copy(o / name, folder / name)
        config = (o / ".config").read_text()
        (folder / ".config").write_text(re.sub("CONFIG_DTS=.*", 'CONFIG_DTS=""', config))
        return folder
    return get


def test_atags_leave_no_uart(run, rpi4, without_tree):
    result = run(without_tree(rpi4), silence=2)
    assert result.status == SILENT
    assert "no output within 2 s: CPU 0 is in boot code before the MMU: early_" in result.closing
    # where nobody has called them yet, which is low as vectors would be
    assert re.search(r", CPU 1 is in 0x\w+ \(not in the kernel\), ", result.closing), result.closing


@pytest.mark.slow
def test_atags_are_said(run, build, without_tree):
    o = build("rpi4_defconfig",
              set="EARLY_UART=y EARLY_UART_8250=y EARLY_UART_BASE=0xfe215040")
    result = run(without_tree(o), timeout=20)
    assert result.status == PANIC
    assert result.text.strip() == ("cairn: panic: no device tree: x0 points at ATAGS (boot with a dtb) "
                                   "0x0000000000000100")
