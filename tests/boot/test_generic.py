# SPDX-License-Identifier: MIT
"""generic_defconfig: one Image file for QEMU's virt and raspi4b."""

import hashlib

import pytest

from lib import blob
from lib.session import OFF


@pytest.fixture(scope="module")
def generic(build):
    return build("generic_defconfig")


def boot_of(run, o, **env):
    """(the run's text, the sum of the Image that it was started with)."""
    before = hashlib.sha256((o / "Image").read_bytes()).hexdigest()
    result = run(o, "devices", env=env, timeout=60)
    assert result.status == OFF, result.closing
    assert f"-kernel {o}/Image" in result.remarks
    return result.text, before


def test_both_machines(run, generic, raspi4b):
    virt, virt_sum = boot_of(run, generic)
    pi, pi_sum = boot_of(run, generic, MACHINE="raspi4b")
    assert virt_sum == pi_sum, "the same bytes"
    assert "] Cairn 0.1.0 on linux,dummy-virt\n" in virt and "pl011" in virt and "gic_v3" in virt
    model = blob.read(generic / "dts/bcm2711-rpi-4-b.dtb").strings("model")[0]
    assert f"] Cairn 0.1.0 on {model}\n" in pi and "bcm2835_aux" in pi and "gic_v2" in pi
    assert "failed" not in virt + pi

