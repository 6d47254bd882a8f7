# SPDX-License-Identifier: MIT
"""
A small project of its own for every test of the configuration: Kconfig files and defconfigs in a temporary folder whose
name has a space, so that the tests do not depend on what Cairn offers at the moment. `project` runs targets in it;
`cairn` runs them on the real Kconfig files, with an output folder in the temporary folder.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "kconfig.py"
FOREIGN = ("srctree", "objtree", "O", "EXT", "SET", "DEFCONFIG", "OLD", "NEW", "KERNELVERSION", "CONFIG_", "DISPLAY",
           "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MENUCONFIG_STYLE")

KCONFIG = """\
mainmenu "Small configuration"

choice PAGE_GRANULE
	prompt "Page granule"
	default PAGE_4K
	help
	  Choose one.

config PAGE_4K
	bool "4 KiB: every CPU"
	help
	  Yes.
config PAGE_16K
	bool "16 KiB: fewer TLB misses"
	help
	  Yes.
config PAGE_64K
	bool "64 KiB: fewest levels"
	depends on BIG_PAGES
	help
	  Yes.
endchoice

config PAGE_SHIFT
	int
	default 14 if PAGE_16K
	default 16 if PAGE_64K
	default 12

config BIG_PAGES
	bool "Big pages"
	default y
	help
	  Yes.

config SMP
	bool "Several CPUs"
	default y
	help
	  Yes.

config NR_CPUS
	int "Most CPUs"
	depends on SMP
	range 1 16
	default 4
	help
	  Yes.

menu "Drivers"

config SERIAL
	bool "Serial line"
	default y
	select RING
	help
	  Yes.

config SERIAL_FAST
	bool "Fast serial line"
	depends on SERIAL && !SMP
	help
	  Yes.

config RING
	bool "Ring"
	help
	  Yes.

config HIDDEN
	bool
	default SERIAL

config BASE
	hex "Base"
	default 0x1000
	range 0x1000 0xffff
	help
	  Yes.

config CMDLINE
	string "Command line"
	default "quiet # 100 %"
	help
	  Yes.

endmenu

osource "$(EXT_KCONFIG)"
"""

DEFCONFIGS = {
    "qemu_virt_defconfig": "# SPDX-License-Identifier: MIT\n# The small machine\nCONFIG_NR_CPUS=2\n",
    "other_defconfig": "# SPDX-License-Identifier: MIT\n# The other one\nCONFIG_PAGE_16K=y\n# CONFIG_SMP is not set\n",
    "serial.config": "# CONFIG_SERIAL is not set\n",
    "fast.config": "# CONFIG_SMP is not set\nCONFIG_SERIAL_FAST=y\n",
}


class Project:
    """A source folder, an output folder, and kconfig.py run on them."""

    def __init__(self, srctree, objtree):
        self.srctree = srctree
        self.objtree = objtree
        self.config = objtree / ".config"

    def environment(self, **more):
        env = {key: value for key, value in os.environ.items()
               if key not in FOREIGN and not key.startswith("KCONFIG_")}
        env.update(srctree=str(self.srctree), objtree=str(self.objtree), KERNELVERSION="1.0")
        env.update({key: str(value) for key, value in more.items()})
        return env

    def run(self, target, *arguments, status=0, python=sys.executable, stdin=subprocess.DEVNULL, **more):
        """Runs a target; its output as (stdout, stderr). The exit status must be `status`, and no traceback shown."""
        done = subprocess.run([python, str(SCRIPT), target, *map(str, arguments)], env=self.environment(**more),
                              cwd=self.srctree, text=True, capture_output=True, timeout=60,
                              **({"input": stdin} if isinstance(stdin, str) else {"stdin": stdin}))
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == status, "{}: status {}\n{}{}".format(
            target, done.returncode, done.stdout, done.stderr)
        return done.stdout, done.stderr

    def fails(self, target, *arguments, **more):
        """Runs a target that must fail, and hands back its error lines without `error: `."""
        before = self.snapshot()
        _, err = self.run(target, *arguments, status=1, **more)
        assert self.snapshot() == before, "a failing {} changed files".format(target)
        lines = [line for line in err.splitlines() if not line.startswith("warning: ")]
        assert lines and all(line.startswith("error: ") for line in lines), err
        return [line[len("error: "):] for line in lines]

    def snapshot(self):
        return {path: path.read_bytes() for path in self.objtree.rglob("*")
                if path.is_file() and "generated/ext" not in str(path)} if self.objtree.exists() else {}

    def values(self):
        """{name: value} of .config; n for what is not set."""
        return parse(self.config.read_text())

    def edit(self, pattern, replacement):
        """Changes .config by hand."""
        text = self.config.read_text()
        changed = re.sub(pattern, replacement, text, flags=re.M)
        assert changed != text, "{} is not in .config".format(pattern)
        self.config.write_text(changed)

    def add(self, name, text):
        path = self.srctree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


def parse(text):
    found = dict(re.findall(r"^CONFIG_(\w+)=(.*)$", text, re.M))
    found.update({name: "n" for name in re.findall(r"^# CONFIG_(\w+) is not set$", text, re.M)})
    return found


@pytest.fixture
def project(tmp_path):
    srctree = tmp_path / "a project"
    made = Project(srctree, tmp_path / "an output")
    made.add("Kconfig", KCONFIG)
    for name, text in DEFCONFIGS.items():
        made.add("configs/" + name, text)
    return made


@pytest.fixture
def cairn(tmp_path):
    return Project(ROOT, tmp_path / "o")


@pytest.fixture
def terminal():
    """Runs a program in a terminal (terminal.py), which ends with the test."""
    if not shutil.which("tmux"):
        pytest.fail("tmux is missing: run scripts/setup test")
    from config.terminal import Terminal        # tests/ is on the path, see pytest.ini
    terminals = []

    def start(*args, **kwargs):
        terminals.append(Terminal(*args, **kwargs))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.end()
