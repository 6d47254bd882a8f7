# SPDX-License-Identifier: MIT
"""syncconfig: what the build reads, which files it touches, and that make agrees on what is up to date."""
import os
import pathlib
import subprocess
import sys

import pytest

from lib.build import cpu_seconds

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "kconfig.py"


def files(project):
    """{path below include/: (time, text)}"""
    folder = project.objtree / "include"
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_text())
            for path in folder.rglob("*") if path.is_file()}


def touched(project, action):
    """Runs `action`; which files below include/ it wrote."""
    for path in (project.objtree / "include").rglob("*"):
        os.utime(path, (1, 1))
    action()
    return {name for name, (when, _) in files(project).items() if when != 10 ** 9}


def test_without_config_starts_from_qemu_virt(project):
    out, _ = project.run("syncconfig")
    assert out == "no {} yet: starting from qemu_virt_defconfig\n".format(project.config)
    assert project.values()["NR_CPUS"] == "2"
    assert project.run("syncconfig") == ("", "")


def test_products(project):
    project.run("other_defconfig")
    project.run("setconfig", SET="CMDLINE='a \"b\" #c $d'")
    project.run("syncconfig")
    made = {name: text for name, (_, text) in files(project).items()}
    assert made["config/auto.conf"].splitlines() == [
        "CONFIG_PAGE_16K=y", "CONFIG_PAGE_SHIFT=14", "CONFIG_BIG_PAGES=y", "CONFIG_SERIAL=y", "CONFIG_RING=y",
        "CONFIG_HIDDEN=y", "CONFIG_BASE=0x1000", r'CONFIG_CMDLINE="a \"b\" \#c $$d"']
    header = made["generated/autoconf.h"].splitlines()
    assert "#define CONFIG_PAGE_16K 1" in header and "#define CONFIG_PAGE_SHIFT 14" in header
    assert r'#define CONFIG_CMDLINE "a \"b\" #c $d"' in header and "CONFIG_SMP" not in made["generated/autoconf.h"]
    assert made["generated/config_data.txt"].splitlines() == [
        line for line in project.config.read_text().splitlines() if "CONFIG_" in line]
    assert "# CONFIG_SMP is not set" in made["generated/config_data.txt"]
    assert {"config/page/16k.h", "config/page/shift.h", "config/cmdline.h"} <= set(made)
    assert "config/smp.h" not in made, "a symbol that was and is n was touched"


def test_touches_what_changed_and_nothing_else(project):
    project.run("defconfig")
    project.run("syncconfig")

    def change():
        project.run("setconfig", SET="SERIAL_FAST=y SMP=n CMDLINE=x")
        project.run("syncconfig")

    assert touched(project, change) == {
        "config/auto.conf", "generated/autoconf.h", "generated/config_data.txt",
        "config/smp.h", "config/nr/cpus.h", "config/serial/fast.h", "config/cmdline.h"}


def test_writes_nothing_when_nothing_changed_but_renews_auto_conf(project):
    project.run("syncconfig")
    before = project.config.stat().st_mtime_ns
    assert touched(project, lambda: project.run("syncconfig")) == {"config/auto.conf"}
    assert project.config.stat().st_mtime_ns == before


def test_interrupted_run_is_done_again(project):
    project.run("syncconfig")
    project.run("setconfig", SET="CMDLINE=x")
    # The header is written before auto.conf: with the header done, the symbol's file still has to be touched.
    header = project.objtree / "include/generated/autoconf.h"
    header.write_text(header.read_text().replace("quiet # 100 %", "x"))
    assert "config/cmdline.h" in touched(project, lambda: project.run("syncconfig"))


def test_symbol_that_went_away_is_touched(project):
    project.run("syncconfig")
    text = (project.srctree / "Kconfig").read_text()
    project.add("Kconfig", text.replace("config HIDDEN\n\tbool\n\tdefault SERIAL\n", ""))
    assert "config/hidden.h" in touched(project, lambda: project.run("syncconfig"))


def test_make_reads_the_values_and_knows_when_to_run_again(project, tmp_path):
    # make cannot handle spaces in targets: an output folder without one
    project.objtree = tmp_path / "o"
    project.config = project.objtree / ".config"
    project.add("sub/Kconfig", 'config SUB\n\tbool "Sub"\n')
    project.add("Kconfig", (project.srctree / "Kconfig").read_text() + 'osource "sub/Kconfig"\n')
    project.run("setconfig", SET="CMDLINE='a #b $c'")
    project.run("syncconfig")
    project.add("Makefile", "include $(objtree)/include/config/auto.conf $(objtree)/include/config/auto.conf.cmd\n"
                            "all:\n\t@printf '%s\\n' '$(CONFIG_CMDLINE)'\n"
                            "$(objtree)/include/config/auto.conf:\n\t@echo again; '{}' '{}' syncconfig\n".format(
                                sys.executable, SCRIPT))

    def make():
        done = subprocess.run(["make", "-rR", "--no-print-directory", "all"], env=project.environment(), text=True,
                              cwd=project.srctree, capture_output=True, timeout=20)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    assert make() == ['"a #b $c"']
    os.utime(project.objtree / "include/config/auto.conf", (1, 1))
    assert make() == ["again", '"a #b $c"']
    assert make() == ['"a #b $c"']
    (project.srctree / "sub/Kconfig").unlink()
    assert make()[0] == "again", "a Kconfig file that is gone has to bring syncconfig back"
    assert make() == ['"a #b $c"']


def test_is_fast(project):
    project.run("syncconfig")
    best = min(_seconds(project) for _ in range(5))
    assert best < 0.25, "syncconfig takes {:.3f} s of the CPU".format(best)


def _seconds(project):
    before = cpu_seconds()
    project.run("syncconfig", python="/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable)
    return cpu_seconds() - before


@pytest.mark.parametrize("target", ["syncconfig", "defconfig", "check-defconfigs"])
def test_source_folder_stays_clean(project, target):
    before = sorted(project.srctree.rglob("*"))
    project.run(target)
    assert sorted(project.srctree.rglob("*")) == before
