# SPDX-License-Identifier: MIT
"""EXT=dir[:dir]: options, members of choices, defconfigs and fragments from folders outside the tree."""
import pathlib

import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "kconfig.py"

MEMBER = """\
choice PAGE_GRANULE
config PAGE_1K
	bool "1 KiB: no CPU at all"
	help
	  No.
endchoice
"""

DRIVER = """\
config MY_DRIVER
	bool "My driver"
	default y
	help
	  Mine.
rsource "sub dir/Kconfig"
"""


@pytest.fixture
def ext(project, tmp_path):
    for name, text in {"policy [1]/Kconfig": MEMBER,
                       "policy [1]/configs/ext_defconfig": "# Out there\nCONFIG_PAGE_1K=y\n",
                       "policy [1]/configs/mine.config": "CONFIG_PAGE_1K=y\n",
                       "my driver/Kconfig": DRIVER, "my driver/sub dir/Kconfig": 'config MY_SUB\n\tbool "Sub"\n',
                       "only boards/configs/board_defconfig": "# Only a board\n"}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return "{0}/policy [1]:{0}/my driver:{0}/only boards".format(tmp_path)


def test_defconfigs_and_fragments(project, ext):
    out, _ = project.run("list-defconfigs", EXT=ext)
    assert "ext_defconfig        - Out there\n" in out and "board_defconfig      - Only a board\n" in out
    project.run("ext_defconfig", EXT=ext)
    assert project.values()["PAGE_1K"] == "y" and project.values()["PAGE_4K"] == "n"
    project.run("defconfig", EXT=ext)
    project.run("mine.config", EXT=ext)
    assert project.values()["PAGE_1K"] == "y"
    assert "no ext_defconfig" in project.fails("ext_defconfig")[0]


def test_member_of_a_choice_excludes_the_others(project, ext):
    project.run("setconfig", SET="PAGE_1K=y", EXT=ext)
    values = project.values()
    assert [values["PAGE_" + n] for n in ("1K", "4K", "16K", "64K")] == ["y", "n", "n", "n"]
    project.run("setconfig", SET="PAGE_16K=y", EXT=ext)
    values = project.values()
    assert [values["PAGE_" + n] for n in ("1K", "4K", "16K", "64K")] == ["n", "n", "y", "n"]
    assert "PAGE_1K is chosen" in project.fails("setconfig", SET="PAGE_4K=y PAGE_1K=y", EXT=ext)[0]


def test_options_reach_the_build(project, ext, tmp_path):
    project.run("syncconfig", EXT=ext)
    conf = (project.objtree / "include/config/auto.conf").read_text()
    assert "CONFIG_MY_DRIVER=y" in conf
    deps = (project.objtree / "include/config/auto.conf.cmd").read_text()
    assert str(tmp_path / "my driver/sub dir/Kconfig").replace(" ", "\\ ") in deps


def test_relative_folder_and_one_named_twice(project, ext):
    project.run("defconfig", EXT="../my driver:../my driver/")
    assert project.values()["MY_DRIVER"] == "y"


def test_leaving_ext_out_again_says_what_goes(project, ext):
    project.run("ext_defconfig", EXT=ext)
    out, _ = project.run("syncconfig")
    assert "2 lines dropped, which can no longer be set: PAGE_1K MY_DRIVER" in out
    assert project.values()["PAGE_4K"] == "y" and "PAGE_1K" not in project.values()


def test_randconfig_draws_members_from_outside(project, ext):
    drawn = set()
    for seed in range(12):
        project.run("randconfig", KCONFIG_SEED=seed, EXT=ext)
        drawn.add(project.values()["PAGE_1K"])
    assert drawn == {"y", "n"}


def test_menu_shows_them(project, ext, terminal):
    menu = terminal([SCRIPT, "menuconfig"], project.srctree, project.environment(EXT=ext))
    screen = menu.wait("[Q] Quit")
    assert "    Page granule (4 KiB: every CPU)  --->\n" in screen
    assert "    Outside the tree: my driver  --->\n" in screen
    assert "Outside the tree: policy" not in screen, "a menu that offers nothing is shown"
    menu.keys("Enter")
    screen = menu.wait("( ) 1 KiB")
    assert screen.index("64 KiB") < screen.index("1 KiB: no CPU"), "members from outside come last"
    menu.keys("End", "Enter")
    assert "    Page granule (1 KiB: no CPU at all)  --->\n" in menu.wait("Several CPUs")


def test_missing_folder(project):
    assert project.fails("defconfig", EXT="/no/such") == ["EXT=/no/such: no such folder"]


def test_error_in_it_is_one_line(project, ext, tmp_path):
    (tmp_path / "my driver/Kconfig").write_text("config X\n\tbool bool\n")
    errors = project.fails("defconfig", EXT=ext)
    assert len(errors) == 1 and errors[0].startswith("{}:2: ".format(tmp_path / "my driver/Kconfig")), errors
