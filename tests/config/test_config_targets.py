# SPDX-License-Identifier: MIT
"""Every configuration target that asks nothing, and what it says when it cannot do its work."""
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "kconfig.py"


def test_defconfig_is_qemu_virt(project):
    out, _ = project.run("defconfig")
    assert out == "configs/qemu_virt_defconfig: configuration written to {}\n".format(project.config)
    assert project.values()["NR_CPUS"] == "2"
    assert project.run("qemu_virt_defconfig")[0].endswith("no change to {}\n".format(project.config))


def test_board_defconfig(project):
    project.run("other_defconfig")
    values = project.values()
    assert (values["PAGE_16K"], values["PAGE_SHIFT"], values["SMP"]) == ("y", "14", "n")


def test_missing_defconfig_and_fragment_name_near_ones(project):
    assert project.fails("othr_defconfig") == [
        "there is no othr_defconfig in configs: did you mean other_defconfig or qemu_virt_defconfig? "
        "(see make list-defconfigs)"]
    assert project.fails("serail.config") == [
        "there is no serail.config in configs: did you mean serial.config or fast.config? "
        "(there are: fast.config serial.config)"]


def test_unknown_target(project):
    assert project.fails("olddefconfi") == [
        "there is no configuration target olddefconfi, did you mean olddefconfig?; see make help"]


def test_list_defconfigs(project):
    assert project.run("list-defconfigs")[0] == ("other_defconfig      - The other one\n"
                                                 "qemu_virt_defconfig  - The small machine\n")


def test_help_names_every_target(project):
    out, _ = project.run("help")
    for name in ("menuconfig nconfig guiconfig oldconfig olddefconfig defconfig <board>_defconfig savedefconfig "
                 "list-defconfigs listnewconfig helpnewconfig allyesconfig allnoconfig alldefconfig randconfig "
                 "<name>.config diffconfig setconfig syncconfig check-defconfigs").split():
        assert "\n{} ".format(name) in "\n" + out, name


def test_fragment_goes_on_top(project):
    project.run("other_defconfig")
    project.run("fast.config")
    values = project.values()
    assert (values["SERIAL_FAST"], values["PAGE_16K"]) == ("y", "y")


def test_fragment_without_config_starts_from_the_default(project):
    out, _ = project.run("serial.config")
    assert out.startswith("no {} yet: starting from qemu_virt_defconfig\n".format(project.config))
    assert project.values()["SERIAL"] == "n" and project.values()["NR_CPUS"] == "2"


@pytest.mark.parametrize("setting", [
    "NR_CPUS=3 PAGE_16K=y", "CONFIG_NR_CPUS=3,CONFIG_PAGE_16K=y", "NR_CPUS=3, PAGE_16K=y",
    "NR_CPUS='3' PAGE_16K=\"y\""])
def test_setconfig_forms(project, setting):
    project.run("setconfig", SET=setting)
    assert project.values()["NR_CPUS"] == "3" and project.values()["PAGE_16K"] == "y"


@pytest.mark.parametrize("setting, value", [
    ('CMDLINE="two words, and = a sign"', '"two words, and = a sign"'), ("CMDLINE=one", '"one"'), ("CMDLINE=", '""'),
    ("CMDLINE='say \"hi\" \\ there'", r'"say \"hi\" \\ there"')])
def test_setconfig_strings(project, setting, value):
    project.run("setconfig", SET=setting)
    assert project.values()["CMDLINE"] == value
    before = project.config.read_text()
    project.run("olddefconfig")
    assert project.config.read_text() == before


def test_hex_without_0x(project):
    project.run("setconfig", SET="BASE=2000")
    assert project.values()["BASE"] == "0x2000"


def test_setconfig_keeps_the_rest(project):
    project.run("other_defconfig")
    project.run("setconfig", SET="SERIAL=n")
    assert project.values()["PAGE_16K"] == "y" and project.values()["SERIAL"] == "n"


def test_config_old_is_kept(project):
    project.run("defconfig")
    before = project.config.read_text()
    project.run("other_defconfig")
    assert (project.objtree / ".config.old").read_text() == before


def test_all_configs(project):
    project.run("allyesconfig")
    assert {n for n, v in project.values().items() if v == "n"} == {"PAGE_16K", "PAGE_64K"}
    project.run("allnoconfig")
    assert {n for n, v in project.values().items() if v == "y"} == {"PAGE_4K"}
    project.run("alldefconfig")
    assert project.values()["NR_CPUS"] == "4" and project.values()["RING"] == "y"


def test_allconfig_constrains(project):
    path = project.add("wanted", "CONFIG_PAGE_64K=y\nCONFIG_BIG_PAGES=y\nCONFIG_CMDLINE=\"x\"\n")
    for target in ("allyesconfig", "allnoconfig", "alldefconfig", "randconfig"):
        project.run(target, KCONFIG_ALLCONFIG=path)
        assert project.values()["PAGE_64K"] == "y" and project.values()["CMDLINE"] == '"x"', target


def test_allconfig_1_looks_in_configs(project):
    error = project.fails("allnoconfig", KCONFIG_ALLCONFIG="1")[0]
    assert "neither configs/allno.config nor configs/all.config" in error
    project.add("configs/all.config", "CONFIG_SMP=y\n")
    project.run("allnoconfig", KCONFIG_ALLCONFIG="1")
    assert project.values()["SMP"] == "y"
    assert "No such file" in project.fails("allnoconfig", KCONFIG_ALLCONFIG="/no/such")[0]


def test_randconfig_repeats_a_seed_and_draws_everything(project):
    seen = set()
    for seed in range(12):
        out, _ = project.run("randconfig", KCONFIG_SEED=seed)
        assert out.startswith("KCONFIG_SEED={}\n".format(seed))
        text = project.config.read_text()
        seen |= set(project.values().items())
        # valid: nothing in it is dropped, changed or complained about
        (project.objtree / ".config.last").unlink()
        assert project.run("olddefconfig") == ("no change to {}\n".format(project.config), "")
        if seed < 2:
            project.run("allnoconfig")
            project.run("randconfig", KCONFIG_SEED=seed)
            assert project.config.read_text() == text, "seed {} gave two configurations".format(seed)
    for name in ("PAGE_4K", "PAGE_16K", "PAGE_64K", "SMP", "SERIAL", "SERIAL_FAST", "RING"):
        assert {(name, "y"), (name, "n")} <= seen, "{} has one value in all".format(name)


def test_randconfig_says_its_seed_and_refuses_a_bad_one(project):
    out, _ = project.run("randconfig")
    seed = out.split("\n")[0].split("=")[1]
    text = project.config.read_text()
    project.run("randconfig", KCONFIG_SEED=seed)
    assert project.config.read_text() == text
    assert project.fails("randconfig", KCONFIG_SEED="x") == ["KCONFIG_SEED=x: not a number"]


def test_randconfig_reaches_what_is_asked_for(project):
    path = project.add("wanted", "CONFIG_SERIAL_FAST=y\nCONFIG_PAGE_64K=y\n")
    for seed in range(8):
        project.run("randconfig", KCONFIG_SEED=seed, KCONFIG_ALLCONFIG=path)
        assert project.values()["SERIAL_FAST"] == project.values()["PAGE_64K"] == "y", seed
    path = project.add("wanted", "CONFIG_SERIAL_FAST=y\nCONFIG_SMP=y\n")
    assert "!SMP" in project.fails("randconfig", KCONFIG_SEED=1, KCONFIG_ALLCONFIG=path)[0]


def test_savedefconfig(project):
    project.run("other_defconfig")
    out, _ = project.run("savedefconfig")
    path = project.objtree / "defconfig"
    assert out == "minimal configuration written to {}\n".format(path)
    assert path.read_text() == "CONFIG_PAGE_16K=y\n# CONFIG_SMP is not set\n"


def test_savedefconfig_keeps_the_head_comment(project):
    project.run("setconfig", SET="SERIAL=n")
    path = project.srctree / "configs/other_defconfig"
    project.run("savedefconfig", DEFCONFIG=path)
    assert path.read_text() == ("# SPDX-License-Identifier: MIT\n# The other one\n"
                                "CONFIG_NR_CPUS=2\n# CONFIG_SERIAL is not set\n")


def test_new_options_are_listed(project):
    project.run("defconfig")
    assert project.run("listnewconfig")[0] == ""
    text = (project.srctree / "Kconfig").read_text()
    project.add("Kconfig", text + 'config NEWS\n\tbool "News"\n\thelp\n\t  What\n\t  it is.\n'
                                  'config SIZE\n\tint "Size"\n\tdefault 5\n')
    assert project.run("listnewconfig")[0] == "CONFIG_NEWS=n\nCONFIG_SIZE=5\n"
    assert project.run("helpnewconfig")[0] == ("CONFIG_NEWS=n\n  What\n  it is.\nCONFIG_SIZE=5\n  (no help)\n")


def test_diffconfig(project, tmp_path):
    assert "No such file" in project.fails("diffconfig")[0]
    project.run("defconfig")
    project.run("other_defconfig")
    expected = "-NR_CPUS 2\n PAGE_16K n -> y\n PAGE_4K y -> n\n PAGE_SHIFT 12 -> 14\n SMP y -> n\n+SERIAL_FAST n\n"
    assert project.run("diffconfig")[0] == expected
    old, new = str(project.config) + ".old", str(project.config)
    assert project.run("diffconfig", OLD=old, NEW=new)[0] == expected
    assert " PAGE_16K y -> n\n" in project.run("diffconfig", new, old)[0]
    assert "two files" in project.fails("diffconfig", OLD=old)[0]


def test_kconfig_config_names_another_file(project, tmp_path):
    other = tmp_path / "else where" / "my config"
    project.run("other_defconfig", KCONFIG_CONFIG=other)
    assert not project.config.exists() and "CONFIG_PAGE_16K=y" in other.read_text()
    project.run("syncconfig", KCONFIG_CONFIG=other)
    assert "CONFIG_PAGE_16K=y" in (project.objtree / "include/config/auto.conf").read_text()


def test_symbolic_link_stays_one(project, tmp_path):
    project.objtree.mkdir()
    real = tmp_path / "real"
    real.write_text("CONFIG_SMP=y\n")
    project.config.symlink_to(real)
    project.run("other_defconfig")
    assert project.config.is_symlink() and "CONFIG_PAGE_16K=y" in real.read_text()


# --- What can be wrong around it -------------------------------------------------------------------------------------

@pytest.mark.parametrize("target", ["defconfig", "menuconfig", "syncconfig", "setconfig", "savedefconfig"])
def test_config_in_the_source_folder(project, target):
    project.add(".config", "CONFIG_SMP=y\n")
    assert project.fails(target, SET="SMP=y") == [
        "there is a .config in the source folder, where no build reads it: mv {} {}".format(
            project.srctree / ".config", project.config)]


@pytest.mark.parametrize("text, error", [
    ("confg FOO\n", "Kconfig:1: couldn't parse 'confg FOO'"),
    ("config FOO\n\tbool \"x\n", "Kconfig:2: "),
    ("source \"missing/Kconfig\"\n", "Kconfig:1: 'missing/Kconfig' not found"),
    ("menu \"M\"\n", "endmenu"),
    ("config A\n\tbool \"a\"\n\tdepends on B\nconfig B\n\tbool \"b\"\n\tdepends on A\n", "Dependency loop"),
])
def test_kconfig_error_is_one_line(project, text, error):
    project.add("Kconfig", text)
    errors = project.fails("defconfig")
    assert len(errors) == 1 and error in errors[0], errors


def test_kconfig_missing(project):
    (project.srctree / "Kconfig").unlink()
    assert len(project.fails("defconfig")) == 1


def test_kconfig_warning_is_one_line(project):
    text = (project.srctree / "Kconfig").read_text()
    ring = 'config RING\n\tbool "Ring"\n'
    project.add("Kconfig", text.replace(ring, ring + "\tdepends on !SMP\n"))
    _, err = project.run("defconfig")
    assert err.startswith("warning: RING (defined at Kconfig:") and err.count("\n") == 1


def test_output_folder_cannot_be_written(project, tmp_path):
    (tmp_path / "file").write_text("")
    project.objtree = tmp_path / "file" / "o"
    errors = project.fails("defconfig")
    assert len(errors) == 1 and errors[0].startswith("cannot write {}".format(project.objtree)), errors


def test_read_only_output_folder(project, tmp_path):
    project.objtree.mkdir()
    project.objtree.chmod(0o555)
    # A copy, since the one in the tree may be in a folder that is closed to others.
    shutil.copytree(SCRIPT.parent / "kconfig", tmp_path / "scripts/kconfig")
    shutil.copy(SCRIPT, tmp_path / "scripts")
    command = [sys.executable, str(tmp_path / "scripts/kconfig.py"), "defconfig"]
    if os.geteuid() == 0:
        # Root writes everywhere: run as nobody, who may pass through the folders above.
        above = 3 if "PYTEST_XDIST_WORKER" in os.environ else 2
        for folder in (tmp_path, *list(tmp_path.parents)[:above]):
            folder.chmod(0o755)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + command
    done = subprocess.run(command, env=project.environment(), cwd=project.srctree, text=True, capture_output=True)
    assert done.returncode == 1
    assert done.stderr == "error: cannot write {}: Permission denied: choose another O=, or make it writable\n".format(
        project.config)


def test_kconfiglib_missing(project, tmp_path):
    (tmp_path / "kconfiglib.py").write_text("raise ImportError('not here')\n")
    assert project.fails("defconfig", PYTHONPATH=tmp_path) == [
        "the Python module kconfiglib is missing: run scripts/setup, which installs python3-kconfiglib"]


def test_python_without_kconfiglib_hands_over(project):
    # -S leaves out the distribution's modules, like the python3 of pyenv or of a virtual environment first on PATH.
    python = ["/usr/bin/python3", "-S"]
    assert subprocess.run(python + ["-c", "import kconfiglib"], capture_output=True).returncode != 0
    done = subprocess.run(python + [str(SCRIPT), "defconfig"], env=project.environment(), cwd=project.srctree,
                          text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert project.values()["NR_CPUS"] == "2"


def test_closed_pipe_is_no_traceback(project):
    done = subprocess.run("'{}' '{}' help | true".format(sys.executable, SCRIPT), shell=True, text=True,
                          env=project.environment(), capture_output=True)
    assert done.stderr == ""


# --- check-defconfigs ------------------------------------------------------------------------------------------------

def test_check_passes(project):
    assert project.run("check-defconfigs") == ("", "")


@pytest.mark.parametrize("name, text, error", [
    ("x_defconfig", "# X\nCONFIG_NR_CPUS=4\n",
     "configs/x_defconfig: is not as savedefconfig writes it (-CONFIG_NR_CPUS=4)"),
    ("x_defconfig", "# X\n# CONFIG_SMP is not set\nCONFIG_PAGE_16K=y\n", "(the order differs)"),
    ("x_defconfig", "# SPDX-License-Identifier: MIT\nCONFIG_NR_CPUS=3\n",
     "the head comment does not say what it is for"),
    ("x_defconfig", "# X\nCONFIG_NO=y\n", "CONFIG_NO: asked for y, but there is no such symbol"),
    ("x.config", "CONFIG_NO=y\n", "configs/x.config:1: CONFIG_NO does not exist"),
])
def test_check_finds(project, name, text, error):
    project.add("configs/" + name, text)
    assert any(error in line for line in project.fails("check-defconfigs"))


def test_check_counts_lines(project):
    options = "".join('config O%02d\n\tbool "o"\n\thelp\n\t  Yes.\n' % n for n in range(16))
    project.add("Kconfig", (project.srctree / "Kconfig").read_text() + options)
    project.add("configs/x_defconfig", "# X\n" + "".join("CONFIG_O%02d=y\n" % n for n in range(16)))
    assert project.fails("check-defconfigs") == ["configs/x_defconfig: 16 lines, at most 15 are allowed"]


def test_check_wants_help_and_short_prompts(project):
    text = (project.srctree / "Kconfig").read_text()
    more = ('config LONG\n\tbool "{}"\nconfig ADDRESS\n    hex "Address"\n\tdefault 100\n'
            'choice\n\tprompt "Nameless"\nconfig ONE\n\tbool "One {}"\nendchoice\n').format("x" * 71, "x" * 66)
    project.add("Kconfig", 'comment "First"\n' + text + more)
    errors = "\n".join(project.fails("check-defconfigs"))
    assert "the default 100 of a hex option needs 0x" in errors and '"Nameless" has no name' in errors
    assert "with ONE chosen, the menu's line has" in errors
    assert "71 characters" in errors and "LONG has no help text" in errors and "begins with a comment" in errors
