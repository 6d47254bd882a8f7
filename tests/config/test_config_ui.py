# SPDX-License-Identifier: MIT
"""menuconfig, nconfig and oldconfig driven in a terminal; what they and guiconfig say where they cannot run."""
import os
import pathlib
import signal
import subprocess
import sys
import time

import pexpect
import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "kconfig.py"


def menu(terminal, project, target="menuconfig", **more):
    opened = terminal([SCRIPT, target], project.srctree, project.environment(**more))
    opened.wait("[Q] Quit")
    return opened


def test_first_screen_without_config(project, terminal):
    screen = menu(terminal, project).screen()
    lines = screen.splitlines()
    assert lines[2:8] == ["    Page granule (4 KiB: every CPU)  --->", "[*] Big pages", "[*] Several CPUs",
                          "(2)     Most CPUs", "    Drivers  --->", ""], screen
    assert "(NEW)" not in screen


def test_choosing_and_saving(project, terminal):
    opened = menu(terminal, project)
    opened.keys("Enter", "Down", "Enter")
    opened.wait("Page granule (16 KiB")
    opened.keys("q")
    opened.wait("Save configuration?")
    opened.keys("y")
    screen = opened.wait("[status 0]")
    assert "configuration written to" in screen.replace("\n", "")
    assert project.values()["PAGE_16K"] == "y" and project.values()["NR_CPUS"] == "2"
    assert project.run("syncconfig") == ("", ""), "what the menu saved counts as changed by hand"


def test_what_becomes_visible_is_not_new(project, terminal):
    project.run("other_defconfig")
    opened = menu(terminal, project)
    opened.keys("Down", "Down", "Space")
    assert "(NEW)" not in opened.wait("Most CPUs")


def test_what_config_does_not_know_is_new(project, terminal):
    project.run("defconfig")
    project.add("Kconfig", (project.srctree / "Kconfig").read_text() + 'config NEWS\n\tbool "News"\n')
    assert "[ ] News (NEW)" in menu(terminal, project).screen()
    assert menu(terminal, project).screen().count("(NEW)") == 1


def test_saved_config_asks_nothing_on_leaving(project, terminal):
    project.run("defconfig")
    opened = menu(terminal, project)
    opened.keys("q")
    assert "No changes to save" in opened.wait("[status 0]")


def test_leaving_without_saving(project, terminal):
    opened = menu(terminal, project)
    opened.keys("q")
    opened.wait("Save configuration?")
    opened.keys("n")
    opened.wait("was not saved")
    assert not project.config.exists()


def test_wrong_config_is_repaired_here(project, terminal):
    project.run("defconfig")
    project.edit("CONFIG_NR_CPUS=2", "CONFIG_NR_CPUS=40\nCONFIG_OLD=y")
    project.fails("syncconfig")
    opened = menu(terminal, project)
    opened.keys("q")
    opened.wait("Save configuration?")
    opened.keys("y")
    screen = opened.wait("[status 0]")
    assert "2 lines do not hold" in screen and "its range is 1 to 16" in screen.replace("\n", "")
    assert project.run("syncconfig") == ("", "")


def test_minimal_config_goes_to_the_output_folder(project, terminal):
    opened = menu(terminal, project)
    opened.keys("d")
    opened.wait("Filename to save minimal configuration to")
    opened.keys("Enter")
    opened.wait("Success")
    assert (project.objtree / "defconfig").read_text() == "CONFIG_NR_CPUS=2\n"
    assert not (project.srctree / "defconfig").exists()


def test_nconfig_is_the_same_menu(project, terminal):
    assert "Page granule (4 KiB: every CPU)  --->" in menu(terminal, project, "nconfig").screen()


def test_interrupt_leaves_everything(project, terminal):
    opened = menu(terminal, project)
    opened.keys("Enter", "Down", "Enter", "C-c")
    screen = opened.wait("[status 130]")
    assert "interrupted" in screen and "Traceback" not in screen
    assert not project.config.exists()


def test_style_is_passed_through(project, terminal):
    opened = menu(terminal, project, MENUCONFIG_STYLE="list=fg:white,bg:red")
    assert "\x1b[37m\x1b[41m" in opened._tmux("capture-pane", "-p", "-e"), "the list has not the style asked for"


@pytest.mark.parametrize("target", ["menuconfig", "nconfig"])
def test_no_terminal(project, target):
    assert project.fails(target) == [target + ' needs a terminal; without one use make setconfig SET="NAME=y"']


def test_dumb_and_unknown_terminal(project):
    for name, said in (("dumb", "needs a terminal"), ("no-such-terminal", "the terminal (no-such-terminal) cannot")):
        child = pexpect.spawn(sys.executable, [str(SCRIPT), "menuconfig"], env=project.environment(TERM=name),
                              cwd=str(project.srctree), encoding="utf-8", timeout=10)
        text = child.read()
        child.close()
        assert said in text and "Traceback" not in text and child.exitstatus == 1, text


def test_guiconfig_without_tkinter(project, tmp_path):
    (tmp_path / "tkinter.py").write_text("raise ImportError('no tkinter')\n")
    errors = project.fails("guiconfig", PYTHONPATH=tmp_path)
    assert len(errors) == 1 and "apt-get install python3-tk" in errors[0]


def test_guiconfig_without_display(project):
    found = subprocess.run(["/usr/bin/python3", "-c", "import tkinter"], capture_output=True)
    errors = project.fails("guiconfig")
    assert len(errors) == 1
    assert ("make menuconfig" if found.returncode == 0 else "python3-tk") in errors[0]


# --- oldconfig -------------------------------------------------------------------------------------------------------

NEWS = 'config NEWS\n\tbool "News"\n\thelp\n\t  All about it.\nconfig SIZE\n\tint "Size"\n\tdefault 5\n'


def with_news(project):
    project.run("defconfig")
    project.add("Kconfig", (project.srctree / "Kconfig").read_text() + NEWS)


def test_oldconfig_asks_for_what_is_new(project):
    with_news(project)
    out, _ = project.run("oldconfig", stdin="?\ny\n7\n")
    assert "All about it." in out
    assert project.values()["NEWS"] == "y" and project.values()["SIZE"] == "7"
    assert "no change" in project.run("oldconfig")[0]


def test_oldconfig_without_config_takes_the_default(project):
    project.run("oldconfig")
    assert project.values()["NR_CPUS"] == "2"


def test_oldconfig_at_the_end_of_input(project):
    with_news(project)
    errors = project.fails("oldconfig", stdin="y\n")
    assert len(errors) == 1 and "the input ended" in errors[0] and "olddefconfig" in errors[0]


def test_oldconfig_interrupted(project):
    with_news(project)
    before = project.snapshot()
    child = subprocess.Popen([sys.executable, str(SCRIPT), "oldconfig"], env=project.environment(), cwd=project.srctree,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    os.set_blocking(child.stdout.fileno(), True)
    while "[" not in child.stdout.read(1):
        time.sleep(0.01)        # until it asks
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=10)
    assert child.returncode == 130 and "Traceback" not in err and "interrupted" in err
    assert project.snapshot() == before


def test_olddefconfig_takes_defaults(project):
    with_news(project)
    project.run("olddefconfig")
    assert project.values()["NEWS"] == "n" and project.values()["SIZE"] == "5"
