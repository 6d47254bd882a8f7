# SPDX-License-Identifier: MIT
"""scripts/setup on machines that fake_debian.py plays: no root, no network, nothing installed.

Each test describes a machine, runs the script there and looks at what it said, at its status, and
at what the machine has become. That the real apt-get does what the fake one pretends is
test_debootstrap.py's business.
"""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lib.build import cpu_seconds

HERE = Path(__file__).resolve().parent
SETUP = HERE.parents[1] / "scripts" / "setup"
RUN = ["make", "gcc-aarch64-linux-gnu", "libfdt-dev:arm64", "device-tree-compiler", "python3",
       "python3-kconfiglib", "qemu-system-arm"]
SITE = "http://mirror.example/debian"
QEMU = ["qemu-system-arm", "qemu-system-common", "qemu-system-data"]
PROGRAMS = ["busybox-static", "bash-static", "zsh-static", "mksh", "perl-base", "libcrypt1", "linux-image-cloud-arm64"]
RELEASES = {
    "bookworm": ("12", "1:7.2+dfsg-7+deb12u7"),
    "trixie": ("13", "1:10.0.2+ds-2+deb13u1"),
}
BACKPORTED = "1:10.0.2+ds-2~bpo12+1"


class Machine:
    """One machine: a folder that stands for /, a PATH that leads to fakes, and its state."""

    def __init__(self, folder, codename):
        self.root = folder / "root"
        self.source = self.root / "etc/apt/sources.list.d/cairn-backports.sources"
        self.programs = self.root / "var/cache/cairn/arm64"
        self.source.parent.mkdir(parents=True)
        keyrings = self.root / "usr/share/keyrings"
        keyrings.mkdir(parents=True)
        (keyrings / "debian-archive-keyring.gpg").touch()
        (self.root / "var/lib/dpkg/updates").mkdir(parents=True)

        self.bin = folder / "bin"
        self.bin.mkdir()
        for tool in ("bash", "sh", "env", "awk", "cat", "grep", "mkdir", "rm", "sed", "tar", "uname"):
            (self.bin / tool).symlink_to(shutil.which(tool))
        for tool in ("apt-get", "apt-cache", "dpkg", "dpkg-deb", "dpkg-query", "id", "sudo", "sleep"):
            script = self.bin / tool
            # -I -S: started a dozen times in a run, they are not to look for packages. -B: the
            # source tree stays clean.
            script.write_text(
                f"#!{sys.executable} -BIS\n"
                f"import sys\nsys.path.insert(0, {str(HERE)!r})\n"
                "import fake_debian\nsys.exit(fake_debian.main())\n", encoding="utf-8")
            script.chmod(0o755)

        self.state_file = folder / "state.json"
        self.folder = folder
        version, qemu = RELEASES[codename]
        self.os_release("Debian GNU/Linux", "debian", version)
        # Its own name for a suite proves nothing: this third party calls its suite like Debian's.
        self.write({
            "uid": 0, "native": "amd64", "foreign": [], "fetched_arches": [], "installed": {},
            "fetched": [codename], "pin_backports": False, "updates": [], "install_fails": False,
            "log": [],
            "suites": [
                self.suite(codename, "Elsewhere", {}, site="http://elsewhere.example/apt"),
                self.suite(codename, "Debian", {"qemu-system-arm": qemu}),
                self.suite(f"{codename}-backports", "Debian Backports",
                           dict.fromkeys([*QEMU, "qemu-system-x86", "qemu-utils"], BACKPORTED),
                           configured=False),
            ],
        })

    @staticmethod
    def suite(codename, origin, packages, site=SITE, configured=True):
        if origin == "Debian":
            names = [package.split(":")[0] for package in wanted("test")]
            names += ["libc6-dev", *PROGRAMS, "linux-image-6.1.0-1-cloud-arm64"]
            packages = {**{name: "1.0-1" for name in names}, **packages}
        return {"codename": codename, "origin": origin, "site": site, "packages": packages,
                "configured": configured}

    def os_release(self, name, ident, version):
        (self.root / "etc/os-release").write_text(
            f'PRETTY_NAME="{name} {version}"\nNAME="{name}"\nID={ident}\nVERSION_ID="{version}"\n',
            encoding="utf-8")

    def write(self, state):
        self.state_file.write_text(json.dumps(state), encoding="utf-8")

    def change(self, **values):
        self.write({**self.state, **values})

    @property
    def state(self):
        return json.loads(self.state_file.read_text(encoding="utf-8"))

    @property
    def log(self):
        return self.state["log"]

    def environment(self, **more):
        return {"PATH": str(self.bin), "SETUP_ROOT": str(self.root),
                "FAKE_STATE": str(self.state_file), "HOME": str(self.folder), **more}

    def setup(self, *arguments, **more):
        """Runs scripts/setup without a terminal. Returns the CompletedProcess."""
        return subprocess.run([SETUP, *arguments], env=self.environment(**more), text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              check=False)

    def setup_on_terminal(self, typed, *arguments):
        """The same on a terminal, where `typed` is waiting. Returns (status, what was shown)."""
        ours, theirs = pty.openpty()
        os.write(ours, typed)
        with subprocess.Popen([SETUP, *arguments], env=self.environment(), stdin=theirs,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            os.close(theirs)
            shown = process.communicate(timeout=60)[0].decode()
        os.close(ours)
        return process.returncode, shown

    def changes(self):
        """The calls so far that change a machine."""
        changing = re.compile(r"(apt-get update|apt-get (?!.*--print-uris).* install "
                              r"|dpkg --add-arch)")
        return [call for call in self.log if changing.match(call)]

    def untouched(self):
        return not self.changes() and not self.source.exists() and not self.programs.exists()

    def installed(self):
        return {key.split()[0]: value[0] for key, value in self.state["installed"].items()}


def wanted(which):
    """The packages that scripts/setup's own lists name."""
    text = SETUP.read_text(encoding="utf-8")
    names = re.findall(r"^\t([\w:.+-]+)\t+# ", text[:text.index("run_mb=")], re.M)
    assert names[:len(RUN)] == RUN
    return names if which == "test" else RUN


@pytest.fixture
def bookworm(tmp_path):
    return Machine(tmp_path, "bookworm")


@pytest.fixture
def trixie(tmp_path):
    return Machine(tmp_path, "trixie")


def test_debian_12_gets_qemu_from_backports(bookworm):
    done = bookworm.setup()
    assert done.returncode == 0, done.stdout + done.stderr
    assert bookworm.installed().keys() == {name.split(":")[0] for name in [*RUN, *QEMU]}
    assert bookworm.installed()["qemu-system-arm"] == BACKPORTED
    assert bookworm.state["foreign"] == ["arm64"]
    assert bookworm.source.read_text(encoding="utf-8") == (
        f"Types: deb\nURIs: {SITE}\nSuites: bookworm-backports\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n")
    # QEMU alone comes from there: libraries of that suite keep packages of this one away.
    assert [word for call in bookworm.changes() for word in call.split() if "/" in word] == [
        f"{name}/bookworm-backports" for name in QEMU]
    assert " -t " not in "".join(bookworm.log)


def test_debian_13_needs_no_backports(trixie):
    done = trixie.setup()
    assert done.returncode == 0, done.stdout + done.stderr
    assert trixie.installed()["qemu-system-arm"] == RELEASES["trixie"][1]
    assert not trixie.source.exists()
    assert "backports" not in done.stdout + "".join(trixie.log)


@pytest.mark.parametrize("codename", RELEASES)
def test_all_for_the_tests(tmp_path, codename):
    machine = Machine(tmp_path, codename)
    done = machine.setup("test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert machine.installed().keys() - set(QEMU[1:]) == {
        name.split(":")[0] for name in wanted("test")}
    assert done.stdout.endswith("scripts/setup: done; next: make test\n")


def test_programs_for_arm64_are_unpacked_and_not_installed(trixie):
    said = trixie.setup("--dry-run", "test").stdout
    assert f"for arm64:    {' '.join(PROGRAMS)}, unpacked in /var/cache/cairn/arm64\n" in said
    assert trixie.untouched()
    trixie.change(uid=1000)
    done = trixie.setup("test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in trixie.programs.iterdir()} == {"usr", "packages"}
    assert {path.name for path in (trixie.programs / "usr").iterdir()} == {
        *PROGRAMS[:-1], "linux-image-6.1.0-1-cloud-arm64"}
    assert not trixie.installed().keys() & set(PROGRAMS)
    trixie.change(uid=1001, log=[])
    assert "nothing to do: all" in trixie.setup("test").stdout and not trixie.changes()
    # those of another list are replaced
    (trixie.programs / "packages").write_text("busybox-static\n", encoding="utf-8")
    (trixie.programs / "old").touch()
    done = trixie.setup("test")
    assert done.returncode == 0 and f"{len(PROGRAMS)} of " in done.stdout, done.stdout + done.stderr
    assert not (trixie.programs / "old").exists()


def test_programs_that_cannot_be_fetched(trixie):
    assert trixie.setup("test").returncode == 0
    (trixie.programs / "packages").unlink()
    trixie.change(install_fails=True)
    done = trixie.setup("test")
    assert done.returncode == 1 and "this failed as root: " in done.stderr.splitlines()[-1]
    assert "nothing to do" not in trixie.setup("test").stdout


def test_changes_are_said_before_they_are_made(bookworm):
    done = bookworm.setup()
    before = done.stdout[:done.stdout.index("\n+ ")]
    for said in (*RUN, "7 of 7 packages", "arm64 is added", str(bookworm.source), SITE,
                 "bookworm-backports", "up to 100 MB"):
        assert said in before, f"{said!r} is not in what is said first"


def test_size_is_exact_when_apt_knows_all(trixie):
    trixie.change(foreign=["arm64"], fetched_arches=["arm64"])
    assert "download:     10.5 MB," in trixie.setup("--dry-run").stdout


def test_second_run_does_nothing(bookworm):
    assert bookworm.setup().returncode == 0
    bookworm.change(uid=1000, log=[])
    before = cpu_seconds()
    done = bookworm.setup()
    assert cpu_seconds() - before < 1
    assert (done.returncode, done.stdout, done.stderr) == (
        0, "scripts/setup: nothing to do: all 7 packages are installed\n", "")
    assert {call.split()[0] for call in bookworm.log} == {"dpkg", "dpkg-query"}


def test_missing_packages_alone_are_installed(trixie):
    trixie.setup()
    trixie.change(installed={key: value for key, value in trixie.state["installed"].items()
                             if not key.startswith("make ")}, log=[])
    done = trixie.setup()
    assert done.returncode == 0
    assert "1 of 7 packages are missing" in done.stdout
    assert [call.split()[-1] for call in trixie.changes()] == ["update", "make"]


def test_backports_that_are_there_are_used(bookworm):
    suites = bookworm.state["suites"]
    suites[2]["configured"] = True
    bookworm.change(suites=suites, fetched=["bookworm", "bookworm-backports"])
    done = bookworm.setup()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "bookworm-backports is there already" in done.stdout
    assert bookworm.installed()["qemu-system-arm"] == BACKPORTED
    assert not bookworm.source.exists()


def test_backports_that_apt_never_fetched_are_not_added_twice(bookworm):
    suites = bookworm.state["suites"]
    suites[2]["configured"] = True
    bookworm.change(suites=suites)
    assert bookworm.setup().returncode == 0
    assert bookworm.installed()["qemu-system-arm"] == BACKPORTED
    assert not bookworm.source.exists()


def test_new_candidate_on_debian_12_is_taken_as_it_is(bookworm):
    suites = bookworm.state["suites"]
    suites[2]["configured"] = True
    bookworm.change(suites=suites, fetched=["bookworm", "bookworm-backports"], pin_backports=True)
    assert bookworm.setup().returncode == 0
    assert "/bookworm-backports" not in "".join(bookworm.log)
    assert not bookworm.source.exists()


def test_no_backports(bookworm):
    done = bookworm.setup("--no-backports")
    assert done.returncode == 0, done.stdout + done.stderr
    assert bookworm.installed()["qemu-system-arm"] == RELEASES["bookworm"][1]
    assert not bookworm.source.exists()
    assert "nothing to do" in bookworm.setup("--no-backports").stdout

    # Whoever asks for the Pi 4's machine later gets it.
    done = bookworm.setup()
    assert "1 of 7 packages are missing" in done.stdout
    assert bookworm.installed()["qemu-system-arm"] == BACKPORTED


def test_other_qemu_packages_come_along(bookworm):
    old = [RELEASES["bookworm"][1], "no"]
    bookworm.change(installed={"qemu-system-arm amd64": old, "qemu-system-x86 amd64": old,
                               "qemu-utils amd64": old})
    done = bookworm.setup("--no-backports")
    assert "upgraded too" not in done.stdout
    done = bookworm.setup()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "upgraded too: qemu-system-x86 qemu-utils\n" in done.stdout
    assert bookworm.installed()["qemu-utils"] == BACKPORTED


def test_mirror_without_backports(bookworm):
    bookworm.change(suites=bookworm.state["suites"][:2])
    done = bookworm.setup()
    assert done.returncode == 1
    assert re.search(r"there is no bookworm-backports suite at http://mirror\.example/debian .*"
                     r"--no-backports", done.stderr)
    assert not bookworm.source.exists(), "the apt source that does not work was left behind"


def test_no_debian_mirror(bookworm):
    suites = bookworm.state["suites"]
    suites[1]["origin"] = "Rebuild"
    suites[1]["packages"] = dict.fromkeys(suites[1]["packages"], "1:7.2")
    bookworm.change(suites=suites)
    done = bookworm.setup()
    assert done.returncode == 1
    assert done.stderr == ("scripts/setup: none of apt's sources is a Debian mirror with bookworm "
                           "main: add one, or use --no-backports\n")
    assert bookworm.untouched()


@pytest.mark.parametrize("codename", RELEASES)
def test_empty_lists_are_fetched_first(tmp_path, codename):
    machine = Machine(tmp_path, codename)
    machine.change(fetched=[])
    done = machine.setup()
    assert done.returncode == 0, done.stdout + done.stderr
    assert machine.source.exists() == (codename == "bookworm")
    assert machine.installed()["qemu-system-arm"].startswith("1:10.")


@pytest.mark.parametrize("codename", RELEASES)
def test_empty_lists_without_network(tmp_path, codename):
    machine = Machine(tmp_path, codename)
    machine.change(fetched=[], updates=["offline"] * 5)
    done = machine.setup()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(
        "is the network up, and does 'apt-get update' work?")
    assert not machine.installed()


@pytest.mark.parametrize("system", [("Fedora Linux", "fedora", "41"), ("Ubuntu", "ubuntu", "24.04"),
                                    ("Debian GNU/Linux", "debian", "11"),
                                    ("Debian GNU/Linux", "debian", "")])
def test_other_system(bookworm, system):
    bookworm.os_release(*system)
    done = bookworm.setup()
    assert done.returncode == 1 and done.stdout == "" and bookworm.log == []
    for said in (system[0], "Debian 12 and 13 only", "4.0 or newer", "aarch64-linux-gnu-gcc",
                 "qemu-system-aarch64     7.2", "kconfiglib", "dtc", "LIBFDT=dir"):
        assert said in done.stderr


def test_system_without_os_release(bookworm):
    (bookworm.root / "etc/os-release").unlink()
    done = bookworm.setup()
    assert done.returncode == 1 and f"this is {os.uname().sysname}." in done.stderr


def test_user_with_sudo(bookworm):
    bookworm.change(uid=1000)
    done = bookworm.setup()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10." in bookworm.installed()["qemu-system-arm"]
    assert len([call for call in bookworm.log if call.startswith("sudo ")]) == 4


def test_user_without_sudo_is_given_the_commands(bookworm):
    bookworm.change(uid=1000)
    (bookworm.bin / "sudo").unlink()
    done = bookworm.setup()
    assert done.returncode == 1 and bookworm.untouched()
    assert done.stderr == ("scripts/setup: root is needed, and there is no sudo: "
                           "run the lines above as root\n")

    # They are to be sufficient.
    commands = done.stdout[done.stdout.index("as root:\n") + 9:]
    bookworm.change(uid=0)
    subprocess.run(["sh", "-e", "-c", commands], env=bookworm.environment(), check=True)
    assert "nothing to do" in bookworm.setup().stdout


@pytest.mark.parametrize("typed", [b"n\n", b"\n", b"\x04", b"maybe\n"],
                         ids=["no", "enter", "ctrl-d", "maybe"])
def test_terminal_no(bookworm, typed):
    status, shown = bookworm.setup_on_terminal(typed)
    assert status == 1 and bookworm.untouched()
    assert "Go on? [y/N]" in shown and "nothing was changed" in shown


def test_terminal_yes(bookworm):
    status, shown = bookworm.setup_on_terminal(b"y\n")
    assert status == 0, shown
    assert "Go on? [y/N]" in shown and bookworm.installed()


@pytest.mark.parametrize("option", ["-y", "--yes"])
def test_no_question_with_yes(bookworm, option):
    status, shown = bookworm.setup_on_terminal(b"", option)
    assert status == 0, shown
    assert "Go on?" not in shown and bookworm.installed()


def test_no_question_without_terminal(bookworm):
    assert "Go on?" not in bookworm.setup().stdout


def test_dry_run(bookworm):
    done = bookworm.setup("--dry-run", "test")
    assert done.returncode == 0 and bookworm.untouched()
    assert "gdb-multiarch" in done.stdout and "apt-get update" in done.stdout


def test_install_fails(bookworm):
    bookworm.change(install_fails=True)
    done = bookworm.setup()
    assert done.returncode == 1
    assert "apt-get could not install the packages" in done.stderr.splitlines()[-1]


def test_another_apt_is_waited_for(bookworm):
    bookworm.change(updates=["lock", "lock", "lock"])
    done = bookworm.setup()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("another apt is running; waiting") == 1
    assert [call for call in bookworm.log if call.startswith("sleep")] == ["sleep 10"] * 3
    assert all("DPkg::Lock::Timeout=" in call for call in bookworm.changes() if "install" in call)


def test_interrupted_dpkg(bookworm):
    (bookworm.root / "var/lib/dpkg/updates/0001").touch()
    done = bookworm.setup()
    assert done.returncode == 1 and bookworm.untouched()
    assert "run 'dpkg --configure -a' as root" in done.stderr


def test_libfdt_of_this_machine_conflicts(bookworm):
    bookworm.change(installed={"libfdt-dev amd64": ["1.6.1-4", "no"]})
    done = bookworm.setup()
    assert done.returncode == 1 and bookworm.untouched()
    assert len(done.stderr.splitlines()) == 1
    for said in ("libfdt-dev:amd64", "apt-get remove", "LIBFDT=dir"):
        assert said in done.stderr

    done = bookworm.setup(LIBFDT="/usr/src/dtc/libfdt")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 of 6 packages are missing" in done.stdout
    assert bookworm.state["foreign"] == [], "arm64 is added without need"


def test_libfdt_beside_libfdt(trixie):
    trixie.change(installed={"libfdt-dev amd64": ["1.7.2-2", "same"]})
    assert trixie.setup().returncode == 0
    assert "libfdt-dev arm64" in trixie.state["installed"]


def test_arm64_machine_uses_its_own_compiler(trixie):
    trixie.change(native="arm64")
    done = trixie.setup("test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "gcc-aarch64-linux-gnu" not in done.stdout and "gcc" in trixie.installed()
    assert trixie.state["foreign"] == []
    assert "nothing to do" in trixie.setup("test").stdout


@pytest.mark.parametrize("arguments", [["everything"], ["--frobnicate"], ["test", "-x"], [""]])
def test_unknown_argument(bookworm, arguments):
    done = bookworm.setup(*arguments)
    assert done.returncode == 2 and bookworm.log == []
    assert f"unknown argument: {arguments[-1]}" in done.stderr and "usage:" in done.stderr


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help(bookworm, option):
    done = bookworm.setup(option)
    assert done.returncode == 0 and done.stderr == "" and bookworm.log == []
    for said in ("usage: scripts/setup", "--no-backports", "--dry-run", "test"):
        assert said in done.stdout


def test_no_host_is_written_down():
    text = SETUP.read_text(encoding="utf-8")
    assert not re.search(r"https?://|\b(debian|ubuntu)\.(org|net|com)\b", text)


def test_shellcheck_finds_nothing():
    done = subprocess.run(["shellcheck", SETUP], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
