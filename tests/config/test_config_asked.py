# SPDX-License-Identifier: MIT
"""What was asked for and not got is an error with its cause, whoever asked; what merely followed is counted."""
import pytest


# --- Causes ----------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("setting, error", [
    ("SERIAL_FAST=y", "CONFIG_SERIAL_FAST: asked for y, got n: depends on !SMP (SMP=y)  [SET=]"),
    ("SMP=n SERIAL=n SERIAL_FAST=y", "CONFIG_SERIAL_FAST: asked for y, got n: depends on SERIAL (SERIAL=n)  [SET=]"),
    ("SMP=n NR_CPUS=3", "CONFIG_NR_CPUS: asked for 3, got nothing: depends on SMP (SMP=n)  [SET=]"),
    ("NR_CPUS=17", "CONFIG_NR_CPUS: asked for 17, got 4: its range is 1 to 16  [SET=]"),
    ("BASE=0x10", "CONFIG_BASE: asked for 0x10, got 0x1000: its range is 0x1000 to 0xffff  [SET=]"),
    ("NR_CPUS=many", "CONFIG_NR_CPUS: asked for many, but its type int takes a whole number  [SET=]"),
    ("BASE=0xgg", "CONFIG_BASE: asked for 0xgg, but its type hex takes a hexadecimal number  [SET=]"),
    ("SMP=m", "CONFIG_SMP: asked for m, but its type bool takes y or n  [SET=]"),
    ("SMP=yes", "CONFIG_SMP: asked for yes, but its type bool takes y or n  [SET=]"),
    ("RING=n", "CONFIG_RING: asked for n, got y: selected by SERIAL (SERIAL=y)  [SET=]"),
    ("HIDDEN=n", "CONFIG_HIDDEN: asked for n, got y: it has no prompt and cannot be set, it follows: "
                 "default SERIAL  [SET=]"),
    ("PAGE_SHIFT=14", "CONFIG_PAGE_SHIFT: asked for 14, got 12: it has no prompt and cannot be set, it follows: "
                      "default 12  [SET=]"),
    ("BIG_PAGES=n PAGE_64K=y", "CONFIG_PAGE_64K: asked for y, got n: depends on BIG_PAGES (BIG_PAGES=n)  [SET=]"),
    ("PAGE_4K=n", "CONFIG_PAGE_4K: asked for n, got y: one of \"Page granule\" has to be y: ask for PAGE_16K or "
                  "PAGE_64K  [SET=]"),
    ("PAGE_4K=y PAGE_16K=y", "CONFIG_PAGE_4K: asked for y, got n: of \"Page granule\", PAGE_16K is chosen [SET=]  "
                             "[SET=]"),
    ("NR_CPU=3", "CONFIG_NR_CPU: asked for 3, but there is no such symbol; did you mean CONFIG_NR_CPUS?  [SET=]"),
    ("XYZZY=y", "CONFIG_XYZZY: asked for y, but there is no such symbol  [SET=]"),
    ("SMP=y SMP=n", "CONFIG_SMP: asked for y as well as n  [SET=, SET=]"),
    ("SMP", "SET: malformed 'SMP': expected NAME=value"),
    ("CMDLINE=\"a", "SET=CMDLINE=\"a: a quote is not closed"),
    (" ", "setconfig: nothing to set: make setconfig SET=\"NAME=y OTHER=3\""),
])
def test_cause(project, setting, error):
    project.run("alldefconfig")
    assert project.fails("setconfig", SET=setting) == [error]


def test_all_errors_of_a_run_are_listed(project):
    errors = project.fails("setconfig", SET="XYZZY=1 NR_CPUS=99 SERIAL_FAST=y")
    assert [error.split(":")[0] for error in errors] == ["CONFIG_XYZZY", "CONFIG_NR_CPUS", "CONFIG_SERIAL_FAST"]


def test_undefined_symbol_in_a_dependency_is_said(project):
    text = (project.srctree / "Kconfig").read_text()
    project.add("Kconfig", text.replace("depends on BIG_PAGES", "depends on NO_SUCH"))
    assert "depends on NO_SUCH (NO_SUCH is not defined)" in project.fails("setconfig", SET="PAGE_64K=y")[0]


def test_hidden_choice_names_the_dependency_of_the_choice(project):
    text = (project.srctree / "Kconfig").read_text()
    project.add("Kconfig", text.replace('	default PAGE_4K\n', '	default PAGE_4K\n	depends on !SMP\n'))
    assert "its choice \"Page granule\" depends on !SMP (SMP=y)" in project.fails("setconfig", SET="PAGE_16K=y")[0]


# --- Who asks --------------------------------------------------------------------------------------------------------

def test_defconfig_names_file_and_line(project):
    project.add("configs/bad_defconfig", "# Bad\nCONFIG_SMP=y\nCONFIG_SERIAL_FAST=y\n")
    assert project.fails("bad_defconfig")[0].endswith("[configs/bad_defconfig:3]")


def test_fragment_names_file_and_line(project):
    project.run("other_defconfig")
    project.add("configs/bad.config", "CONFIG_NR_CPUS=4\n")
    assert project.fails("bad.config") == [
        "CONFIG_NR_CPUS: asked for 4, got nothing: depends on SMP (SMP=n)  [configs/bad.config:1]"]


def test_allconfig_file_is_asked_for(project):
    path = project.add("wanted", "CONFIG_SERIAL_FAST=y\n")
    for target in ("allyesconfig", "allnoconfig", "alldefconfig"):
        assert "CONFIG_SERIAL_FAST: asked for y, got n" in project.fails(target, KCONFIG_ALLCONFIG=path)[0]


def test_two_values_in_one_file_are_an_error(project):
    project.add("configs/two_defconfig", "# Two\nCONFIG_SMP=y\n# CONFIG_SMP is not set\n")
    assert project.fails("two_defconfig") == [
        "CONFIG_SMP: asked for y as well as n  [configs/two_defconfig:2, configs/two_defconfig:3]"]


def test_malformed_lines_of_a_file_are_errors(project):
    project.add("configs/form_defconfig", "# Form\nSMP=y\nCONFIG_SMP = y\n<<<<<<< HEAD\nCONFIG_CMDLINE=quiet\n")
    errors = project.fails("form_defconfig")
    assert [error.rsplit("[")[-1] for error in errors] == ["configs/form_defconfig:%d]" % n for n in (2, 3, 4, 5)]


def test_fragment_over_base_wins_without_error(project):
    project.run("other_defconfig")
    project.add("configs/smp.config", "CONFIG_SMP=y\nCONFIG_PAGE_4K=y\n")
    out, _ = project.run("smp.config")
    assert "dropped" not in out
    assert project.values()["SMP"] == "y" and project.values()["PAGE_4K"] == "y"


# --- Changed by hand -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("target", ["syncconfig", "olddefconfig", "oldconfig", "savedefconfig", "setconfig"])
def test_hand_edit_that_cannot_hold(project, target):
    project.run("defconfig")
    project.edit("CONFIG_NR_CPUS=2", "CONFIG_NR_CPUS=40")
    errors = project.fails(target, SET="SERIAL=y")
    assert len(errors) == 1 and "CONFIG_NR_CPUS: asked for 40, got 4: its range is 1 to 16" in errors[0]
    assert "CONFIG_NR_CPUS=40" in project.config.read_text(), "the user's .config was replaced"


def test_hand_edit_that_holds_is_taken(project):
    project.run("defconfig")
    project.run("syncconfig")
    project.edit("CONFIG_NR_CPUS=2", "CONFIG_NR_CPUS=3")
    assert project.run("syncconfig") == ("", "")
    assert "CONFIG_NR_CPUS=3" in (project.objtree / "include/config/auto.conf").read_text()


def test_lines_that_follow_are_counted(project):
    project.run("defconfig")
    project.edit("CONFIG_SMP=y", "# CONFIG_SMP is not set")
    out, _ = project.run("syncconfig")
    assert "1 line dropped, which can no longer be set: NR_CPUS" in out
    assert "NR_CPUS" not in project.values()
    assert project.run("syncconfig")[0] == "", "said twice"


def test_hand_edit_of_an_unknown_symbol(project):
    project.run("defconfig")
    with project.config.open("a") as config:
        config.write("CONFIG_SMPP=y\n")
    assert "no such symbol; did you mean CONFIG_SMP?" in project.fails("syncconfig")[0]


def test_appended_line_wins(project):
    project.run("defconfig")
    with project.config.open("a") as config:
        config.write("CONFIG_NR_CPUS=7\nCONFIG_PAGE_16K=y\n")
    assert project.run("syncconfig") == ("", "")
    assert project.values()["NR_CPUS"] == "7" and project.values()["PAGE_16K"] == "y"
    assert project.config.read_text().count("CONFIG_NR_CPUS=") == 1


def test_line_changed_by_hand_wins_over_later_lines(project):
    project.run("defconfig")
    project.config.write_text("CONFIG_PAGE_64K=y\nCONFIG_NR_CPUS=7\n" + project.config.read_text())
    assert project.run("syncconfig") == ("", "")
    assert project.values()["NR_CPUS"] == "7" and project.values()["PAGE_64K"] == "y"
    assert project.values()["PAGE_SHIFT"] == "16"


def test_removed_line_goes_back_to_the_default(project):
    project.run("defconfig")
    project.edit("CONFIG_NR_CPUS=2\n", "")
    project.run("syncconfig")
    assert project.values()["NR_CPUS"] == "4"


def test_request_on_top_repairs_a_hand_edit(project):
    project.run("defconfig")
    project.edit("CONFIG_CMDLINE=.*", "CONFIG_SERIAL_FAST=y")
    project.fails("syncconfig")
    project.run("setconfig", SET="SMP=n")
    assert project.values()["SERIAL_FAST"] == "y"


def test_config_from_elsewhere_is_asked_for_as_a_whole(project):
    project.objtree.mkdir()
    project.config.write_text("CONFIG_SERIAL_FAST=y\n")
    assert "CONFIG_SERIAL_FAST: asked for y, got n" in project.fails("syncconfig")[0]
    project.config.write_text("CONFIG_SERIAL_FAST=y\n# CONFIG_SMP is not set\n")
    project.run("syncconfig")
    assert project.values()["SERIAL_FAST"] == "y"


def test_complete_config_from_elsewhere_can_be_built_upon(project, tmp_path):
    project.run("defconfig")
    (project.objtree / ".config.last").unlink()
    out, _ = project.run("fast.config")
    assert "1 line dropped, which can no longer be set: NR_CPUS" in out


def test_malformed_config(project):
    project.run("defconfig")
    project.config.write_bytes(b"\xff\xfe\0garbage\nCONFIG_SMP\n")
    assert all("malformed line" in error for error in project.fails("syncconfig"))


# --- Another version -------------------------------------------------------------------------------------------------

def test_config_of_another_version(project):
    project.run("defconfig", KERNELVERSION="0.9")
    project.edit("CONFIG_NR_CPUS=2", "CONFIG_NR_CPUS=3\nCONFIG_OLD_OPTION=y\n# CONFIG_OLDER is not set")
    (project.objtree / ".config.last").unlink()
    out, err = project.run("syncconfig")
    assert (out, err) == ("note: {} is of version 0.9, this is 1.0: 1 line dropped, which can no longer be set: "
                          "OLD_OPTION\n".format(project.config), "")
    assert project.values()["NR_CPUS"] == "3"
    assert project.run("syncconfig") == ("", ""), "said twice"


def test_hand_edit_of_a_known_config_of_another_version(project):
    project.run("defconfig", KERNELVERSION="0.9")
    project.edit("CONFIG_NR_CPUS=2", "CONFIG_NR_CPUS=99")
    assert "its range is 1 to 16" in project.fails("syncconfig")[0]


def test_symbol_that_went_away_is_dropped(project):
    project.run("defconfig")
    text = (project.srctree / "Kconfig").read_text()
    project.add("Kconfig", text.replace("config CMDLINE", "config BOOTARGS"))
    out, _ = project.run("syncconfig")
    assert "1 line dropped, which can no longer be set: CMDLINE" in out
