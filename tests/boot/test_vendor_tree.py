# SPDX-License-Identifier: MIT
"""`make run DTB=`: a dts as a vendor writes it, with numbers by name from <dt-bindings/...> and parts in
other files; and a tree that is one already."""

import re

import pytest

from lib import tree
from lib.build import ROOT, locked, make
from lib.session import OFF

pytestmark = pytest.mark.usefixtures("raspi4b")

# As Linux has them, in include/dt-bindings: what the board's dts writes as numbers.
BINDINGS = {
    "interrupt-controller/arm-gic.h": """
        #ifndef GIC_H
        #define GIC_H
        #define GIC_SPI 0
        #define GIC_PPI 1
        #define IRQ_TYPE_LEVEL_HIGH 4
        #endif
        """,
    "clock/bcm2835.h": "#define BCM2835_CLOCK_VPU 20\n#define BCM2835_CLOCK_UART 19\n",
}
BOARD = """/dts-v1/;
#include "soc.dtsi"
#include <dt-bindings/clock/bcm2835.h>
/ { model = "A vendor's board"; };
&uart0 { clocks = <&clocks BCM2835_CLOCK_UART>, <&clocks BCM2835_CLOCK_VPU>; };
/include/ "memory.dtsi"
"""


@pytest.fixture(autouse=True)
def alone(rpi4):
    """make refuses a folder in which another one is at work, as these tests are in that of others."""
    with locked(f"{rpi4}.lock"):
        yield


@pytest.fixture
def vendor(tmp_path):
    """A folder with the board's dts and a folder for DTS_INCLUDE. It has the name of a dts of the tree."""
    for name, text in BINDINGS.items():
        path = tmp_path / "include/dt-bindings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    soc = (ROOT / "dts/bcm2711-rpi-4-b.dts").read_text().replace("/dts-v1/;", "")
    soc = re.sub(r"#define (SPI|PPI|LEVEL_HIGH|CLOCK_\w+)\s.*\n", "", soc)
    for old, new in (("<SPI ", "<GIC_SPI "), ("<PPI ", "<GIC_PPI "), ("LEVEL_HIGH", "IRQ_TYPE_LEVEL_HIGH"),
                     ("CLOCK_UART", "19"), ("CLOCK_VPU", "20")):
        soc = soc.replace(old, new)
    (tmp_path / "soc.dtsi").write_text("#include <dt-bindings/interrupt-controller/arm-gic.h>\n" + soc)
    (tmp_path / "memory.dtsi").write_text("/ { memory@0 { reg = <0x0 0x0 0x20000000>; }; };\n")
    (tmp_path / "bcm2711-rpi-4-b.dts").write_text(BOARD)
    return tmp_path


def make_run(o, dtb, **variables):
    return make("run", o=o, check=False, DTB=dtb, APPEND='autorun="devices; mem; poweroff"', **variables)


def test_source(rpi4, vendor):
    ours = (rpi4 / "dts/bcm2711-rpi-4-b.dtb").read_bytes()
    for steps in (1, 0):
        done = make_run(rpi4, vendor / "bcm2711-rpi-4-b.dts", DTS_INCLUDE=f"/nowhere:{vendor}/include")
        assert done.returncode == OFF, done.stderr
        assert done.stdout.count("  DTC     run/bcm2711-rpi-4-b.dtb") == steps
        assert "] Cairn 0.1.0 on A vendor's board\n" in done.stdout.replace("\r", "")
        assert "524288 KiB" in done.stdout and "] 4 of 4 CPUs used" in done.stdout
        assert not re.search("^failed", done.stdout, re.M)
    assert (rpi4 / "dts/bcm2711-rpi-4-b.dtb").read_bytes() == ours
    (vendor / "memory.dtsi").write_text("/ { memory@0 { reg = <0x0 0x0 0x10000000>; }; };\n")
    assert "  DTC     run/" in make("run", o=rpi4, check=False, DTB=vendor / "bcm2711-rpi-4-b.dts",
                                   APPEND='autorun="poweroff"', DTS_INCLUDE=f"{vendor}/include").stdout


def test_tree(rpi4, tmp_path):
    text = tree.decompile(rpi4 / "dts/bcm2711-rpi-4-b.dtb").replace("Raspberry Pi 4 Model B", "Another")
    done = make_run(rpi4, tree.compile_dts(text, tmp_path / "another.dtb"))
    assert done.returncode == OFF and "] Cairn 0.1.0 on Another" in done.stdout


def test_bindings_that_are_not_found(rpi4, vendor):
    done = make_run(rpi4, vendor / "bcm2711-rpi-4-b.dts")
    assert done.returncode and "dt-bindings/interrupt-controller/arm-gic.h" in done.stderr
    done = make_run(rpi4, vendor / "none.dts")
    assert done.returncode and f"there is no device tree source {vendor}/none.dts: correct DTB=" in done.stderr
