# SPDX-License-Identifier: MIT
"""The Raspberry Pi 4's clocks, pins, LED and watchdog as QEMU has them; either UART as the console; trees that ask for
what does not exist; and the trees of others: one of the firmware's shape, and Linux's where it is installed."""

import glob
import os
import pathlib
import re

import pytest

from lib import tree
from lib.session import LOST, OFF

pytestmark = pytest.mark.usefixtures("raspi4b")

FIRMWARE = pathlib.Path(__file__).parent / "bcm2711-firmware.dts"
# Linux's tree as Debian's arm64 kernel has it, and where Raspberry Pi's own systems keep theirs.
OTHERS = ("/usr/lib/linux-image-*/broadcom/bcm2711-rpi-4-b.dtb", "/usr/lib/raspi-firmware/bcm2711-rpi-4-b.dtb",
          "/boot/firmware/bcm2711-rpi-4-b.dtb", "/boot/bcm2711-rpi-4-b.dtb")

MINI = "/soc@7e000000/serial@7e215040"
PL011 = "/soc@7e000000/serial@7e201000"


@pytest.fixture
def session(boot, rpi4):
    started = boot(rpi4, timeout=120)
    started.prompt()
    return started


@pytest.fixture
def changed(rpi4, tmp_path):
    """changed((old, new), ...) -> the environment for a run with our tree so changed. Both are regular expressions."""
    def get(*changes):
        text = tree.decompile(rpi4 / "dts/bcm2711-rpi-4-b.dtb")
        for old, new in changes:
            text, count = re.subn(old, new, text, flags=re.S)
            assert count == 1, old
        return {"DTB": str(tree.compile_dts(text, tmp_path / "changed.dtb"))}
    return get


def line(session, number):
    """What `gpio` lists of a pin: function, level, name, user."""
    return session.cmd(f"gpio list {number}").split()[1:]


def test_pins_of_the_console(session):
    """The mini UART's; the PL011, which wants the same, is told so and stays off them."""
    for pin in (14, 15):
        assert line(session, pin)[0] == "alt5" and line(session, pin)[3] == "serial@7e215040"
    assert "serial@7e201000 goes without GPIO 14, which serial@7e215040 has\n" in session.text
    assert session.cmd("gpio list 42").endswith(" ACT")


def test_gpio(session):
    listed = session.cmd("gpio").splitlines()
    assert listed[0] == "gpio@7e200000, 58 GPIOs"
    assert [row.split()[0] for row in listed[2:]] == [str(n) for n in range(58)]
    assert line(session, 4)[:2] == ["input", "0"]
    for level in ("1", "0"):
        assert session.cmd(f"gpio set 4 {level}") == ""
        assert session.cmd("gpio get 4") == level
        assert line(session, 4)[:2] == ["output", level]
    assert session.cmd("gpio input 4") == ""
    assert line(session, 4)[0] == "input"


def test_gpio_refuses(session):
    missing = "gpio: there is no GPIO {}, only 0 to 57"
    for number in (58, 1000000, -1):
        for command in ("get {}", "set {} 1", "input {}", "list {}"):
            said = session.cmd("gpio -- " + command.format(number))
            assert said == missing.format(number)
            assert session.cmd("echo $?") == "1"
    for command in ("set 14 0", "input 15"):
        pin = command.split()[1]
        assert session.cmd(f"gpio {command}") == f"gpio: serial@7e215040 has {pin}; -f sets it nevertheless"
    assert line(session, 14)[0] == "alt5"
    for wrong in ("set 4", "set 4 2", "get", "get 4 1", "toggle 4"):
        assert "usage: gpio " in session.cmd(f"gpio {wrong}")
        assert session.cmd("echo $?") == "2"
    assert line(session, 4)[0] == "input"
    # by force the LED can be had, until its next beat
    assert session.cmd("gpio -f set 42 1") == ""


def test_heartbeat(run, rpi4):
    """Two flashes of 70 ms and a pause in each 1.26 s, and no more timer interrupts than that takes."""
    result = run(rpi4, "repeat 150 'gpio get 42; sleep 10ms'; irq; sleep 12.6; irq", icount=True, timeout=120)
    assert result.status == OFF
    levels = "".join(re.findall("^[01]$", result.text, re.M))
    assert len(levels) == 150
    runs = [(found[0][0], len(found[0])) for found in re.finditer("0+|1+", levels)][1:-1]
    for level, length in runs:
        assert length in range(6, 9) if level == "1" else length in (*range(23, 27), *range(84, 91)), levels
    assert [level for level, _ in runs].count("1") >= 2
    before, after = map(int, re.findall(r"^ +27 +(\d+) .*timer", result.text, re.M))
    assert after - before <= 4 * 10 + 2


def test_watchdog(session):
    """QEMU's does not count: it resets at once, which ends the run, without the kernel's last word."""
    assert session.cmd("wdt") == session.cmd("wdt status") == "stopped; counts to 15.9 s at most"
    most = "wdt: the time must be more than 0, and 15.9 s at most"
    for refused, said in (("start 16", most), ("start 0", most), ("keepalive", "wdt: it does not run")):
        assert session.cmd(f"wdt {refused}") == said
        assert session.cmd("echo $?") == "1"
    assert session.cmd("wdt stop") == ""
    assert "usage: wdt " in session.cmd("wdt start")
    session.send("wdt start 15\r")
    assert session.status(30) == LOST
    assert "guest-reset" in session.closing


def test_pl011_is_the_console(boot, rpi4, changed):
    """stdout-path alone decides; its pins are switched to it, and its clock gives the rate: QEMU has left it off."""
    session = boot(rpi4, env={**changed(('"serial1:115200n8"', '"serial0:115200n8"')), "SERIAL": "0"}, timeout=120)
    session.prompt()
    assert f"] console {PL011}, " in session.text
    for pin in (14, 15):
        assert line(session, pin)[0] == "alt0" and line(session, pin)[3] == "serial@7e201000"
    assert "serial@7e215040 goes without GPIO 14" in session.text
    # UART's clock is 54 MHz * 52.08 / 4 / 10.4 = 67.5 MHz with what QEMU's clock manager holds: 36 + 40/64
    assert session.cmd("peek -p 0xfe201024 2") == "0x00000000fe201024: 00000024 00000028"
    text = "x" * 500
    assert session.cmd(f"echo {text}") == text
    assert int(re.search(r"^ +\d+ +(\d+) +\d+ level +serial@7e201000 ", session.cmd("irq"), re.M)[1]) > 10
    session.poweroff()


UNKNOWN = "its clock is not known: the baud rate stays as firmware set it"


@pytest.mark.parametrize("changes, said", [
    ([(r"(aux-uart.{0,120}?)clocks = <[^>]*>;", r"\1")], UNKNOWN),
    ([(r'(aux-uart.{0,120}?)clocks = <[^>]*>;', r"\1clocks = <0x7777 0>;")], "cell 0 of clocks makes no sense"),
    ([(r'"brcm,bcm2835-aux"', '"x,aux"')], UNKNOWN),
    ([(r'"brcm,bcm2711-cprman"', '"x,cprman"')], UNKNOWN),
    ([(r'(aux-uart.{0,120}?clocks = <\w+) [^>]*>;', r"\1 9>;")], "clock 9 is not one of its 3"),
], ids=["no-clock", "lost-clock", "no-aux", "no-cprman", "no-such-clock"])
def test_a_uart_without_a_clock(run, rpi4, changed, changes, said):
    result = run(rpi4, "dmesg", env=changed(*changes), timeout=60)
    assert result.status == OFF
    assert said in result.text and UNKNOWN in result.text
    assert f"] console {MINI}, " in result.text


@pytest.mark.parametrize("changes, said, missing", [
    ([(r"(uart1-gpio14 \{\s+brcm,pins = <)0x0e 0x0f", r"\g<1>0x0e 0x3a")],
     "uart1-gpio14 for serial@7e215040: there is no GPIO 58", None),
    ([(r"(gpios = <\w+) 0x2a", r"\1 0x63")], "led-act: gpio@7e200000 has no GPIO 99, only 58 of them", None),
    ([(r"(gpios = <)\w+ 0x2a", r"\g<1>0x7777 0x2a")], "led-act: cell 0 of gpios makes no sense", None),
    ([(r'(aux-uart.{0,200}?pinctrl-0 = <)\w+', r"\g<1>0x7777")], "pinctrl-0 leads nowhere", None),
    ([(r'"brcm,bcm2711-gpio"', '"x,gpio"')], "led-act: nothing drives its GPIO", "bcm2835_gpio"),
], ids=["pin", "led", "led-nowhere", "state-nowhere", "no-driver"])
def test_a_gpio_that_does_not_exist(run, rpi4, changed, changes, said, missing):
    """A line says so, and all else works."""
    result = run(rpi4, "dmesg; devices", env=changed(*changes), timeout=60)
    assert result.status == OFF
    console = f"] console {MINI}, "
    assert result.text[result.text.index(console):].count(said) == 1, "once in dmesg"
    ready = set(re.findall(r"^ready +(\w+) ", result.text, re.M))
    assert {"bcm2835_gpio", "bcm2835_cprman", "bcm2835_aux_clock", "bcm2835_aux", "gpio_leds", "bcm2835_pm"} - ready \
        == ({missing} if missing else set())
    assert not re.search("^(failed|deferred)", result.text, re.M)


@pytest.mark.parametrize("node, driver", [
    (r"gpio@7e200000 \{", "bcm2835_gpio gpio@7e200000"),
    (r"clock-controller@7e101000 \{", "bcm2835_cprman clock-controller@7e101000"),
], ids=["pins", "clocks"])
def test_a_supplier_that_is_not_there(boot, rpi4, changed, node, driver):
    """It fails itself, in a line, and those who wanted something of it go without: the console is there."""
    session = boot(rpi4, env=changed((rf"({node}.*?)reg = <0x\w+ ", r"\1reg = <0x7ef00000 ")), timeout=120)
    session.prompt()
    assert re.search(rf"\] {driver}: nothing answers a read of 0xfef00\w{{3}} ", session.text), session.text
    assert session.text.count("probe failed") == 1
    states = re.findall(r"^(\w+) +(\w+) +/", session.cmd("devices"), re.M)
    assert ("failed", driver.split()[0]) in states
    assert ("ready", "bcm2835_aux") in states and ("ready", "pl011") in states


def test_pins_of_a_uart_that_failed(boot, rpi4, changed):
    """Others may have them."""
    session = boot(rpi4, env={"SERIAL": "0", **changed((r"(serial@7e215040 \{.*?)interrupts = <[^>]*>;", r"\1"))},
                   timeout=120)
    session.prompt()
    assert "serial@7e215040: probe failed: -ENOENT" in session.text
    assert line(session, 14)[0] == "alt0" and line(session, 14)[3] == "serial@7e201000"


@pytest.fixture
def firmware(boot, rpi4, tmp_path):
    blob = tree.compile_dts(FIRMWARE.read_text(), tmp_path / "firmware.dtb")
    started = boot(rpi4, env={"DTB": str(blob)}, timeout=120)
    started.prompt()
    return started


def test_firmware_tree(firmware):
    """The UART stands before what it depends on, and is ready all the same."""
    assert "] Cairn 0.1.0 on Raspberry Pi 4 Model B Rev 1.4\n" in firmware.text
    assert "] console /soc/serial@7e215040, interrupts /soc/interrupt-controller@40041000, timer " in firmware.text
    said = firmware.cmd("devices")
    assert not re.search("^(failed|deferred)", said, re.M), said
    assert {"bcm2835_aux", "pl011", "gic_v2", "arm_generic", "bcm2835_pm", "bcm2835_cprman", "bcm2835_aux_clock",
            "bcm2835_gpio", "gpio_leds"} == set(re.findall(r"^ready +(\w+) ", said, re.M))
    # states with nothing in them: the pins stay as firmware left them; and the LED behind the mailbox is left out
    assert line(firmware, 14) == ["input", "0", "GPIO14", "-"]
    assert line(firmware, 42)[3] == "led0"
    assert "led-pwr: nothing drives its GPIO" in firmware.text
    assert " 4 of 4 CPUs used " in firmware.text
    assert not re.search(r"\] device tree: ", firmware.text)


def test_memory_with_the_hole(firmware):
    """QEMU has the second GiB although its own tree does not say so. What is wished for by size alone is not taken."""
    said = firmware.cmd("mem")
    assert re.search(r"^bank +0x000000000000-0x00003bffffff +983040 KiB\n"
                     r"bank +0x000040000000-0x00007fffffff +1048576 KiB\n"
                     r"reserved +0x000000000000-0x000000000fff +4 KiB +memreserve$", said, re.M), said
    assert "cma" not in said and "nvram" not in said
    assert firmware.cmd("memtest 64M 1").endswith("memtest: 65536 KiB tested, no error")


def test_reboot_with_the_firmwares_tree(firmware):
    firmware.send("reboot\r")
    assert firmware.status(30) == OFF
    assert firmware.text.endswith("\ncairn: reboot\n")


def test_trees_of_others(run, rpi4):
    found = [path for pattern in OTHERS for path in sorted(glob.glob(pattern))]
    if not found:
        pytest.skip("skipped: no tree of a Raspberry Pi 4 is installed (Debian's arm64 kernel has one)")
    for path in found:
        result = run(rpi4, "devices; gpio get 42", env={"DTB": os.path.realpath(path)}, timeout=60)
        assert result.status == OFF, path
        assert not re.search("^(failed|deferred)", result.text, re.M), path
        ready = set(re.findall(r"^ready +(\w+) ", result.text, re.M))
        assert {"bcm2835_gpio", "bcm2835_cprman", "bcm2835_aux"} <= ready, path
