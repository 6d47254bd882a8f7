# SPDX-License-Identifier: MIT
"""Cairn's own Kconfig files and defconfigs, its menu, and the configuration targets as make calls them."""
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "kconfig.py"
DEFCONFIGS = sorted(path.name for path in ROOT.glob("configs/*_defconfig"))
EXAMPLES = sorted(str(path.parent.relative_to(ROOT)) for path in ROOT.glob("Documentation/**/Kconfig"))

# The menu that is planned once all of Cairn is there: the screen has to be drawable from such Kconfig files.
FACE = """\
    Scheduler (Fixed priority: the most urgent ready thread runs)  --->
    Allocator (Slab: size classes, fastest, least waste)  --->
    Page granule (4 KiB: every CPU)  --->
    Filesystem  --->
    Shell  --->
[*] Run Linux programs (processes at EL0)
    *** What it runs on ***
    CPU and cores  --->
    Drivers  --->
    *** Working on the kernel ***
    Scheduler and memory tuning  --->
    Console and log  --->
    Debugging and tests  --->
"""


def face_kconfig():
    """Kconfig files for FACE: a choice for each line with a value, a menu for each other one that can be entered."""
    lines = ['mainmenu "Cairn configuration"']
    for number, line in enumerate(FACE.splitlines()):
        choice = re.match(r" {4}(.*) \((.*)\)  --->", line)
        if choice:
            lines += ["choice C{}".format(number), 'prompt "{}"'.format(choice.group(1)), "default D{}".format(number),
                      "config F{}".format(number), 'bool "First: it is something else"',
                      "config E{}".format(number), 'bool "Second: it is something else again"',
                      "config D{}".format(number), 'bool "{}"'.format(choice.group(2)), "endchoice"]
        elif line.endswith("--->"):
            lines += ['menu "{}"'.format(line.strip()[:-6]), "config M{}".format(number), 'bool "One"', "endmenu"]
        elif line.startswith("[*]"):
            lines += ["config B{}".format(number), 'bool "{}"'.format(line[4:]), "default y"]
        else:
            lines += ['comment "{}"'.format(line.strip(" *"))]
    return "\n".join(lines) + "\n"


def test_planned_menu_can_be_drawn(project, terminal):
    project.add("Kconfig", face_kconfig())
    project.add("configs/qemu_virt_defconfig", "# Nothing\n")
    menu = terminal([SCRIPT, "menuconfig"], project.srctree, project.environment(), columns=80, rows=24)
    lines = menu.wait("[Q] Quit").splitlines()
    assert "\n".join(lines[2:2 + FACE.count("\n")]) + "\n" == FACE
    keys = ["Down", "Enter", "Up", "Up", "Enter"]        # the allocator's first option
    assert len(keys) <= 6
    menu.keys(*keys)
    menu.wait("Allocator (First: it is something else)  --->")


def test_form(cairn):
    assert cairn.run("check-defconfigs") == ("", "")


@pytest.mark.parametrize("name", DEFCONFIGS)
def test_defconfig(cairn, name):
    assert cairn.run(name)[1] == ""
    assert cairn.run("syncconfig") == ("", "")
    assert name in cairn.run("list-defconfigs")[0]


def test_all_configs(cairn):
    for target in ("allyesconfig", "allnoconfig", "alldefconfig"):
        assert cairn.run(target)[1] == "", target
        assert cairn.run("syncconfig") == ("", ""), target


def test_random_configs_hold(cairn):
    for seed in range(10):
        out, err = cairn.run("randconfig", KCONFIG_SEED=seed)
        assert err == "", "seed {}: {}".format(seed, err)
        before = cairn.config.read_text()
        (cairn.objtree / ".config.last").unlink()
        cairn.run("olddefconfig")
        assert cairn.config.read_text() == before, "seed {}: not what it says it is".format(seed)


def test_granule_switches_in_the_menu(cairn, terminal):
    menu = terminal([SCRIPT, "menuconfig"], ROOT, cairn.environment(), columns=80, rows=24)
    screen = menu.wait("[Q] Quit")
    assert "(NEW)" not in screen
    first = screen.splitlines()[2]
    assert first.strip() and "***" not in first, "the menu begins with a comment"
    row = next(i for i, line in enumerate(screen.splitlines()[2:]) if line.startswith("    Page granule (4 KiB"))
    keys = ["Down"] * row + ["Enter", "Down", "Down", "Enter"]
    assert len(keys) <= 6, "switching the granule takes {} keys".format(len(keys))
    menu.keys(*keys)
    menu.wait("Page granule (64 KiB")
    menu.keys("q")
    menu.wait("Save configuration?")
    menu.keys("y")
    menu.wait("[status 0]")
    assert cairn.values()["PAGE_64K"] == "y" and cairn.values()["PAGE_SHIFT"] == "16"


def test_setconfig_takes_derived_values_along(cairn):
    cairn.run("defconfig")
    cairn.run("setconfig", SET="PAGE_16K=y")
    assert cairn.values()["PAGE_SHIFT"] == "14"
    assert cairn.values()["RUN_CPU"] != '"cortex-a72"', "make run would start a CPU without this granule"


@pytest.mark.parametrize("folder", EXAMPLES)
def test_example_outside_the_tree(cairn, folder):
    assert cairn.run("check-defconfigs", EXT=ROOT / folder) == ("", "")
    names = re.findall(r"^(?:menu)?config (\w+)", (ROOT / folder / "Kconfig").read_text(), re.M)
    cairn.run("allyesconfig", EXT=ROOT / folder)
    assert set(names) <= set(cairn.values()), "an option of {} does not show".format(folder)


def test_picture_in_the_documentation_is_the_menu_of_today(tmp_path):
    subprocess.run([str(ROOT / "scripts/menuconfig-picture"), str(tmp_path / "now.svg")], check=True, timeout=60)
    kept = (ROOT / "Documentation/images/menuconfig.svg").read_text()
    words = [re.findall(r"<text.*?>(.*?)</text>", text) for text in (kept, (tmp_path / "now.svg").read_text())]
    assert words[0] == words[1], "out of date: scripts/menuconfig-picture Documentation/images/menuconfig.svg"


def test_picture(tmp_path):
    script = ROOT / "scripts/menuconfig-picture"
    for name in ("a.svg", "b.svg"):
        done = subprocess.run([str(script), str(tmp_path / name)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
    picture = (tmp_path / "a.svg").read_text()
    assert picture == (tmp_path / "b.svg").read_text(), "two runs gave two pictures"
    assert "Page granule (4 KiB" in picture and len(picture) < 16384


# --- Through make ----------------------------------------------------------------------------------------------------

def make(cairn, *words, status=0, **more):
    env = {key: value for key, value in cairn.environment(**more).items()
           if key not in ("srctree", "objtree", "KERNELVERSION")}
    done = subprocess.run(["make", "O={}".format(cairn.objtree), *words], cwd=ROOT, env=env, text=True,
                          capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    assert (done.returncode != 0) == (status != 0), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_make_passes_everything_on(cairn, tmp_path):
    make(cairn, "tiny_defconfig")
    make(cairn, "setconfig", 'SET=PAGE_16K=y CMDLINE="one two"')
    assert cairn.values()["PAGE_16K"] == "y" and cairn.values()["CMDLINE"] == '"one two"'
    make(cairn, "savedefconfig", "DEFCONFIG={}".format(tmp_path / "d"))
    assert "CONFIG_PAGE_16K=y\n" in (tmp_path / "d").read_text()
    said = make(cairn, "diffconfig", "OLD={}.old".format(cairn.config), "NEW={}".format(cairn.config))
    assert "PAGE_16K n -> y" in said
    (tmp_path / "all").write_text("CONFIG_PAGE_64K=y\n")
    said = make(cairn, "randconfig", "KCONFIG_SEED=5", "KCONFIG_ALLCONFIG={}".format(tmp_path / "all"))
    assert "KCONFIG_SEED=5\n" in said
    assert cairn.values()["PAGE_64K"] == "y"
    make(cairn, "rpi4_defconfig", "KCONFIG_CONFIG={}".format(tmp_path / "other"))
    assert (tmp_path / "other").exists() and cairn.values()["PAGE_64K"] == "y"


@pytest.mark.parametrize("words, said", [
    (["rpi5_defconfig"], "error: there is no rpi5_defconfig in configs: did you mean rpi4_defconfig"),
    (["setconfig", "SET=NO_SUCH_THING=y"], "error: CONFIG_NO_SUCH_THING: asked for y, but there is no such symbol"),
    (["menuconfig"], "error: menuconfig needs a terminal"),
    (["defconfig", "EXT=/no/such"], "error: EXT=/no/such: no such folder"),
])
def test_make_shows_the_error(cairn, words, said):
    assert said in make(cairn, *words, status=2)

