# SPDX-License-Identifier: MIT
"""A CPU that firmware keeps in a pen of its own: pen.S, below QEMU's own PSCI."""

import pathlib
import re
import subprocess

import pytest

from lib import tree

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
def penned(boot, cross, tmp_path):
    """penned(o, delay, method, reserved) -> a session at its prompt, on four CPUs of which CPU 1 is in the pen."""
    def start(o, delay, method, reserved, **env):
        pen, dtb = tmp_path / "pen", tmp_path / "tree.dtb"
        subprocess.run([cross + "gcc", "-nostdlib", "-static", "-Wl,-n,--build-id=none", f"-Wl,-Ttext={PEN:#x}",
                        f"-DPEN={PEN:#x}", f"-DDELAY={delay}", f"-DTREE={TREE:#x}", f"-DIMAGE={IMAGE:#x}",
                        str(SOURCE), "-o", str(pen)], check=True)
        env = {"SMP": 4, **env}
        text = RESERVED[reserved](tree.decompile(tree.dump(o, dtb, env)))
        text, times = METHOD.subn(method, text, count=1)
        assert times == 1
        tree.compile_dts(text, dtb)
        session = boot(o, env=env, args=["--tree", str(dtb), "--x0", f"{TREE:#x}"],
                       extra=["-kernel", str(pen)])
        session.prompt()
        return session
    return start


def said_of_cpu_1(session):
    return re.findall(r"^\[ *[\d.]+\] (cpu@1: .*)$", session.text, re.M)


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
