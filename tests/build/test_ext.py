# SPDX-License-Identifier: MIT
"""
A folder outside the tree, with one of each of what such a folder can bring: a command, a driver, a member of one of the
tree's choices, a board's defconfig, its dts. It is built, and boots.
"""
import os
import pathlib
import shutil
import subprocess

import pytest

from .conftest import one_line

FILES = {
    "Kconfig": """\
# SPDX-License-Identifier: MIT
config CMD_HELLO
	bool "hello: say hello"
	depends on SHELL
	default y
	help
	  A command from outside the tree.

config DUMMY_RTC
	bool "Dummy: a device that only board X has"
	default y
	help
	  A driver from outside the tree.

choice OPTIMIZATION
config CC_OPTIMIZE_HARDER
	bool "Harder: a member from outside the tree"
	help
	  A policy from outside the tree.
endchoice
""",
    "Makefile": """\
# SPDX-License-Identifier: MIT
obj-$(CONFIG_CMD_HELLO) += hello.o
obj-$(CONFIG_CC_OPTIMIZE_HARDER) += policy.o
obj-y += drivers/
CFLAGS_hello.o := -DWHO='"the world"'
""",
    "drivers/Makefile": "# SPDX-License-Identifier: MIT\nobj-$(CONFIG_DUMMY_RTC) += dummy.o\n",
    "hello.c": """\
/* SPDX-License-Identifier: MIT */
/* hello: says hello, to whom the Makefile says. */
#include <shell/command.h>

static int hello_run(int argc, char **argv)
{
	(void)argc;
	print("%s to %s\\n", argv[0], WHO);
	return STATUS_OK;
}

static const struct command hello_command = {
	.name = "hello", .usage = "", .help = "say hello", .run = hello_run,
};
COMMAND(hello_command);
""",
    "policy.c": "/* SPDX-License-Identifier: MIT */\nextern int policy_from_outside;\nint policy_from_outside = 1;\n",
    "drivers/dummy.c": """\
/* SPDX-License-Identifier: MIT */
/* A device that only board X has. */
#include <device/driver.h>

static int dummy_probe(struct device *dev)
{
	dev_info(dev, "found");
	return 0;
}

static const char *const dummy_ids[] = { "x,dummy", NULL };
static const struct driver dummy_driver = {
	.name = "dummy", .phase = PHASE_DEVICE, .compatible = dummy_ids, .probe = dummy_probe,
};
DRIVER(dummy_driver);
""",
    "configs/boardx_defconfig": "# SPDX-License-Identifier: MIT\n# Board X, from outside the tree\n"
                                'CONFIG_CC_OPTIMIZE_HARDER=y\nCONFIG_DTS="boardx"\n',
    "dts/boardx.dts": "/dts-v1/;\n#include \"boardx.dtsi\"\n/ { compatible = \"x,board\"; };\n",
    "dts/boardx.dtsi": "/ { dummy { compatible = \"x,dummy\"; }; };\n",
}


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ext") / "boardx"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def board(tree, outside, tmp_path_factory):
    """Board X, configured and built."""
    o = tmp_path_factory.mktemp("o") / "o"
    return o, tree.make("-j2", "boardx_defconfig", "all", o=o, EXT=outside)


def test_build(tree, outside, board):
    o, done = board
    for name in ("hello", "policy", "drivers/dummy"):
        assert f"  CC      {outside}/{name}.o\n" in done.stdout
        assert (o / f"ext/boardx/{name}.o").exists()
    assert (o / "dts/boardx.dtb").exists()
    assert not tree.steps(o=o, EXT=outside)
    assert "CONFIG_CC_OPTIMIZE_HARDER=y" in (o / ".config").read_text()
    assert b"x,dummy" in (o / "Image").read_bytes()
    assert str(outside).encode() not in (o / "cairn").read_bytes()
    for name in ("hello.c", "drivers/dummy.c", "policy.c"):
        assert not (outside / name).with_suffix(".o").exists(), "the folder outside stays clean"


def test_rebuild(tree, outside, board):
    o, _ = board
    later = (o / "Image").stat().st_mtime + 0.1
    os.utime(outside / "hello.c", (later, later))
    assert tree.objects(o=o, EXT=outside) == [f"{outside}/hello.o"]
    assert tree.steps("ext/boardx/hello.s", o=o, EXT=outside) == [("CC", f"{outside}/hello.s")]


def test_listed(tree, outside):
    listed = tree.make("list-defconfigs", EXT=outside).stdout
    assert "boardx_defconfig" in listed and "Board X, from outside the tree" in listed
    assert "boardx_defconfig" in tree.make("help", EXT=outside).stdout
    assert "boardx_defconfig" not in tree.make("list-defconfigs").stdout


def test_taken_away(tree, outside, board, tmp_path):
    """Without EXT its options are gone, said in a line; with it they are back."""
    o = tmp_path / "o"
    shutil.copytree(board[0], o, copy_function=shutil.copy2)
    tree.make("olddefconfig", o=o, check=False)
    done = tree.make("-j2", o=o, check=False)
    assert f"{outside}/hello.o" not in done.stdout


def test_boots(board, run):
    result = run(board[0], "hello")
    assert result.status == 0, result.text
    assert "hello to the world" in result.text


def test_folder_that_does_not_exist(tree, tmp_path):
    done = tree.make(o=tmp_path / "o", EXT=tmp_path / "nowhere", check=False)
    one_line(done, "EXT", str(tmp_path / "nowhere"))


def test_two_folders_of_one_name(tree, outside, tmp_path):
    twin = tmp_path / "boardx"
    shutil.copytree(outside, twin)
    done = tree.make("all", o=tmp_path / "o", EXT=f"{outside}:{twin}", check=False)
    assert done.returncode and "EXT" in done.stderr


def test_defconfig_only(tree, tmp_path):
    """A board whose chips all have drivers brings neither Kconfig nor Makefile."""
    folder = pathlib.Path(tmp_path / "plain")
    (folder / "configs").mkdir(parents=True)
    (folder / "configs/plain_defconfig").write_text("# SPDX-License-Identifier: MIT\n# A plain board\n")
    tree.make("plain_defconfig", "lib/string.o", o=tmp_path / "o", EXT=folder)
    assert subprocess.run(["test", "-s", tmp_path / "o/lib/string.o"], check=False).returncode == 0
