# SPDX-License-Identifier: MIT
"""Firmware that does not do what the kernel expects of it: CPU 1 is on before the kernel starts it, or comes
when its starter has given up on it. The firmware is pen.S, below QEMU's own PSCI."""

import json
import pathlib
import re
import socket
import subprocess
import time

import pytest

from lib import tree

from .test_smp import EVERY_CHECK

SOURCE = pathlib.Path(__file__).parent / "pen.S"
PEN, TREE, IMAGE = 0x48000000, 0x4a000000, 0x40200000
RESERVED = {
    "memreserve": lambda text: text.replace("/ {\n", f"/memreserve/ {PEN:#x} 0x1000;\n/ {{\n", 1),
    "no-map": lambda text: text[:text.rindex("};")] + "reserved-memory { #address-cells = <2>; #size-cells = <2>; "
                           f"ranges; pen@{PEN:x} {{ reg = <0 {PEN:#x} 0 0x1000>; no-map; }}; }}; }};\n",
}
METHOD = re.compile(r'(cpu@1 \{.*?enable-method = )"psci";', re.S)
SPIN_TABLE = rf'\1"spin-table"; cpu-release-addr = <0 {PEN + 0x800:#x}>;'


@pytest.fixture
def checked_cpus(build):
    return build("qemu_virt_defconfig", set=EVERY_CHECK)


@pytest.fixture
def penned(boot, cross, tmp_path):
    """penned(o, delay, method, reserved) -> a session at its prompt, on CPUs of which CPU 1 is in the pen."""
    def start(o, delay, method, reserved, cpus=4, entry=None):
        pen, dtb = tmp_path / "pen", tmp_path / "tree.dtb"
        subprocess.run([cross + "gcc", "-nostdlib", "-static", "-Wl,-n,--build-id=none", f"-Wl,-Ttext={PEN:#x}",
                        f"-DPEN={PEN:#x}", f"-DDELAY={delay}", f"-DTREE={TREE:#x}", f"-DIMAGE={IMAGE:#x}",
                        str(SOURCE), "-o", str(pen)], check=True)
        env = {"SMP": cpus}
        text = RESERVED[reserved](tree.decompile(tree.dump(o, dtb, env, entry=entry)))
        text, times = METHOD.subn(method, text, count=1)
        assert times == 1
        tree.compile_dts(text, dtb)
        session = boot(o, env=env, entry=entry, args=["--tree", str(dtb), "--x0", f"{TREE:#x}"],
                       extra=["-kernel", str(pen), "-qmp", f"unix:{tmp_path}/qmp,server=on,wait=off"])
        session.prompt()
        return session
    return start


@pytest.fixture
def function_of_cpu_1(cross, tmp_path):
    """Asks QEMU where CPU 1 is; the function's name, where it is in the kernel."""
    def ask(o):
        with socket.socket(socket.AF_UNIX) as qmp:
            qmp.settimeout(10)
            qmp.connect(str(tmp_path / "qmp"))
            answers = qmp.makefile("r")
            answers.readline()
            for request in ({"execute": "qmp_capabilities"},
                            {"execute": "human-monitor-command",
                             "arguments": {"command-line": "info registers", "cpu-index": 1}}):
                qmp.sendall(json.dumps(request).encode())
                while "return" not in (answer := json.loads(answers.readline())):
                    pass
        said = subprocess.run([cross + "nm", "-n", str(o / "cairn")], capture_output=True, text=True, check=True)
        pc = int(re.search(r"PC=([0-9a-f]+)", answer["return"])[1], 16)
        before = [line.split() for line in said.stdout.splitlines() if int(line.split()[0], 16) <= pc]
        return before[-1][2]
    return ask


def said_of_cpu_1(session):
    return re.findall(r"^\[ *[\d.]+\] (cpu@1: .*)$", session.text, re.M)


def devices(session):
    """How many ranges of devices are mapped."""
    return session.cmd("map").count("  devices, vmalloc ")


def test_a_cpu_that_is_on_already(penned, boot, checked_cpus):
    session = penned(checked_cpus, 0, r'\1"psci";', "memreserve")
    assert said_of_cpu_1(session) == ["cpu@1: left out: firmware does not start it: PSCI error -4, it is on already"]
    assert "] 3 of 4 CPUs used (" in session.text
    assert devices(session) == devices(boot(checked_cpus, env={"SMP": 3}))  # what it had been given is given back
    assert session.cmd("taskset 4 taskset 2 true; echo $?") == "0"
    assert " fail:0 " in session.cmd("selftest thread")
    session.poweroff()


@pytest.mark.parametrize("reserved, cpus", [("memreserve", 2), ("no-map", 4)])
def test_a_cpu_that_comes_late(penned, checked_cpus, function_of_cpu_1, reserved, cpus):
    """It finds that nobody waits for it, or for others, and touches nothing of what it had been given."""
    session = penned(checked_cpus, 3, SPIN_TABLE, reserved, cpus)
    assert said_of_cpu_1(session) == ["cpu@1: the CPU does not come up: left out"]
    assert f"] {cpus - 1} of {cpus} CPUs used (" in session.text
    gone = f"peek -p {PEN + 0x808:#x}"
    assert session.cmd(gone).endswith(" 00000000"), "it has not come yet"
    deadline = time.monotonic() + 30
    while not session.cmd(gone).endswith(" 00000001"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    while function_of_cpu_1(checked_cpus) != "secondary_unwanted":
        assert time.monotonic() < deadline
    # what it had been given was poisoned, and has other owners now
    for suite in ("thread", "kmalloc", "page"):
        assert " fail:0 " in session.cmd(f"selftest {suite}")
    assert function_of_cpu_1(checked_cpus) == "secondary_unwanted"
    assert len(re.findall(r"^ +\d+ idle", session.cmd("sched"), re.M)) == cpus - 1
    session.poweroff()


@pytest.mark.parametrize("reserved", RESERVED)
@pytest.mark.parametrize("granule", ["4K", "64K"])
def test_release_address(penned, build, granule, reserved):
    """In memory that the kernel maps, and in memory that it does not: mapped for that moment alone."""
    o = build("qemu_virt_defconfig", set=f"PAGE_{granule}=y")
    session = penned(o, 0, SPIN_TABLE, reserved)
    assert said_of_cpu_1(session) == []
    assert "] 4 of 4 CPUs used (" in session.text
    assert session.cmd("taskset 2 true; echo $?") == "0"
    ranges = [[int(end, 16) for end in line[:37].split("-")] for line in session.cmd("map").splitlines()
              if line.startswith("0x") and " linear map " in line]
    base = ranges[0][0] - 0x40000000
    assert any(start <= PEN + base <= end for start, end in ranges) == (reserved == "memreserve")
    session.poweroff()


NO_PSCI = "cpu@{}: enable-method psci, and the tree has no psci node to call by"


def test_one_cpu_from_el3(penned, run, kernel):
    """Nobody is below the kernel to start others, and those in a pen would have no interrupts."""
    result = run(kernel, "sched", env={"SMP": 4}, entry="el3")
    assert "] 1 of 4 CPUs used (" in result.text and ", entered at EL3; " in result.text
    for cpu in (1, 2, 3):
        assert result.text.count(f"] {NO_PSCI.format(cpu)}\n") == 1
    session = penned(kernel, 0, SPIN_TABLE, "memreserve", entry="el3")
    assert said_of_cpu_1(session) == ["cpu@1: left out: what EL3 sets up it did for the boot CPU alone"]
    assert "] 1 of 4 CPUs used (" in session.text
    assert session.cmd(f"peek -p {PEN + 0x808:#x}").endswith(" 00000000")
    session.poweroff()
