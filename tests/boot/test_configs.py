# SPDX-License-Identifier: MIT
"""Configurations that nobody chose by hand: nothing, everything, the defaults, and random ones. All
build; those that hold what it takes on virt boot as well, on one CPU and on four. Random ones plant
no fault on purpose: test_break.py has those."""

import pytest

SEEDS = range(1, 31)
BY_DEFAULT = 2          # of the seeds; all of them in `make test-all`


def symbols(o):
    """The options that are y in the configuration of @o."""
    text = (o / "include/config/auto.conf").read_text()
    return {line[len("CONFIG_"):-2] for line in text.splitlines() if line.endswith("=y")}


def boots_on_virt(on):
    return "SERIAL_PL011" in on and {"IRQCHIP_GIC_V3", "IRQCHIP_GIC_V2"} & on


def reaches_its_end(o, boot):
    """Boots @o: to the prompt, or without a shell to the end that such an image has."""
    on = symbols(o)
    gic = "3" if "IRQCHIP_GIC_V3" in on else "2"
    for cpus in ("1", "4"):
        session = boot(o, env={"GIC": gic, "SMP": cpus}, timeout=30)
        session.expect("cairn> " if "SHELL" in on else "cairn: off")


def test_allnoconfig_builds(build):
    o = build("allnoconfig")
    assert (o / "Image").stat().st_size


@pytest.mark.parametrize("goal", ["alldefconfig", "allyesconfig"])
def test_all_boots(build, boot, goal):
    o = build(goal)
    assert boots_on_virt(symbols(o))
    reaches_its_end(o, boot)


@pytest.mark.parametrize("seed", [
    pytest.param(seed, marks=[] if seed <= BY_DEFAULT else pytest.mark.slow) for seed in SEEDS])
def test_random_boots(build, boot, builder, seed):
    held = builder.folder / "unbroken.config"
    held.write_text("CONFIG_BREAK_NONE=y\n")
    o = build("randconfig", KCONFIG_SEED=seed, KCONFIG_ALLCONFIG=str(held))
    if boots_on_virt(symbols(o)):
        reaches_its_end(o, boot)
    else:
        assert (o / "Image").stat().st_size
