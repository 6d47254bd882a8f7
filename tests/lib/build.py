# SPDX-License-Identifier: MIT
"""Builds configurations, each in an output folder of its own that later tests and later runs share.

A folder is named after everything that makes it what it is: defconfig, settings, toolchain. The
first use in a test run configures and makes it, which costs little when nothing has changed. A lock
makes other test processes wait, and other workers of the same run then take what is there: they
find the run's name in the folder (BUILT_BY). Tests that change an output folder, or that test the
build itself, take one of their own (Builder.fresh).
"""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What a make that started the tests, or the user's shell, has set for its own run.
FOREIGN = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MAKE_TERMOUT", "MAKE_TERMERR",
           "O", "V", "W", "EXT", "SET", "KCONFIG_CONFIG", "KCONFIG_ALLCONFIG", "KCONFIG_SEED",
           "DTS_INCLUDE", "LOCALVERSION", "SOURCE_DATE_EPOCH", "TRACE", "SCENARIO",
           "MACHINE", "MEM", "SMP", "CPU", "GIC", "SERIAL", "INITRD", "APPEND", "DTB", "BOOT", "UBOOT", "FIRMWARE",
           "ACCEL", "QEMU_ARGS")
TOOLCHAIN = ("CROSS_COMPILE", "LLVM", "LIBFDT")
# Of pytest-xdist's workers: how many there are, and the name of the run that all of them belong to;
# a serial run has a name too, that no other one has.
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}-{time.time_ns()}"
BUILT_BY = "built-by.json"
# In front of a PATH: compilers that take from $CAIRN_OBJECTS what another build has compiled.
COMPILERS = ROOT / "tests/lib/bin"
OBJECTS_KEPT = 2 * 24 * 60 * 60         # seconds
SEED = "qemu_virt_defconfig"
# Settings that most objects depend on, by how their names begin.
EVERYWHERE = ("PAGE_4K", "PAGE_16K", "PAGE_64K", "VA_", "DEBUG_", "SELFTEST", "TRACE", "SMP", "FS=", "CC_")
USUAL = {"PAGE_4K=y", "VA_SHORT=y", "DEBUG_HEAP=n"}


def clean_environment(**more):
    env = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    env.update({name: str(value) for name, value in more.items()})
    return env


def fragment(name):
    """The settings of configs/@name, as SET= takes them."""
    return " ".join(re.findall(r"^CONFIG_(\w+=\S+)$", (ROOT / "configs" / name).read_text(), re.M))


def test_folder():
    """Where tests keep what they build: below $(O), outside the source tree's own files."""
    given = os.environ.get("CAIRN_TEST_DIR")
    path = pathlib.Path(given) if given else ROOT / os.environ.get("O", "build") / "tests"
    path.mkdir(parents=True, exist_ok=True)
    return path.resolve()


def shared_objects():
    """What a build's environment has so that it takes objects from other builds."""
    folder = test_folder() / "objects"
    folder.mkdir(exist_ok=True)
    return {"PATH": f"{COMPILERS}:{os.environ['PATH']}", "CAIRN_OBJECTS": folder}


def make(*goals, o=None, check=True, timeout=600, **variables):
    """One make in the source tree. Returns the finished process with .stdout and .stderr."""
    command = ["make"] + ([f"O={o}"] if o else []) + [str(goal) for goal in goals]
    command += [f"{name}={value}" for name, value in variables.items()]
    env = clean_environment(PYTHON=os.environ.get("PYTHON", sys.executable), **shared_objects())
    done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=timeout, check=False)
    if check and done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-40:])
        raise AssertionError(f"`{' '.join(command)}` ended with status {done.returncode}:\n{said}")
    return done


def share(number):
    """Of @number things that a test does at once in a serial run: how many in one worker of
    several. Two at least, as workers often wait for each other's builds."""
    return max(number // WORKERS, min(number, 2))


def jobs():
    """-j for one make."""
    return f"-j{share(os.cpu_count() or 1)}"


@contextlib.contextmanager
def locked(path):
    """Held by one process at a time, and by none that has ended."""
    with open(path, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def bench(o, *groups):
    """scripts/bench on a shared output folder: (what it said, its figures by name). Status 0
    says that no bound is exceeded, and, without @groups, that no figure is missing that has one."""
    kept = pathlib.Path(o) / f"bench-{'-'.join(groups) or 'all'}.json"
    with locked(f"{o}.bench.lock"):
        # the same figures, so once in a run
        run, text, rows = json.loads(kept.read_text()) if kept.exists() else (None, "", [])
        if run != RUN:
            done = subprocess.run([sys.executable, str(ROOT / "scripts/bench"), "-O", str(o), *groups], cwd=ROOT,
                                  env=clean_environment(**shared_objects()), stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=900, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            text, rows = done.stdout + done.stderr, json.loads((kept.parent / "bench.json").read_text())
            kept.write_text(json.dumps([RUN, text, rows]))
        return text, {row["name"]: row for row in rows}


def cpu_seconds():
    """The processor's time of all commands that this process has run so far: the same however busy
    the machine is."""
    times = os.times()
    return times.children_user + times.children_system


def toolchain(variables):
    """Of a make's variables all but what comes in from outside the tree."""
    return {name: value for name, value in variables if name != "EXT"}


def built_by(o):
    """(the run that configured @o last, the goals that it has made there)"""
    try:
        return json.loads((o / BUILT_BY).read_text())
    except (FileNotFoundError, ValueError):
        return None, []


class Builder:
    def __init__(self):
        self.folder = test_folder()
        self.done = {}          # key -> folder, or the error that every later user gets as well

    def build(self, defconfig="qemu_virt_defconfig", set="", fragments=(), goals=("all",),
              **variables):
        """The output folder of a configuration, built. @set as for SET=, @fragments as
        `name.config` goals."""
        for name in TOOLCHAIN:
            if name in os.environ:
                variables.setdefault(name, os.environ[name])
        what = [defconfig, set, list(fragments), sorted(variables.items())]
        key = json.dumps(what)
        if (key, goals) not in self.done:
            digest = hashlib.sha256(key.encode()).hexdigest()[:10]
            name = f"{defconfig.removesuffix('_defconfig')}-{digest}"
            try:
                self.done[key, goals] = self.build_in(self.folder / name, what, goals, variables)
            except (AssertionError, subprocess.TimeoutExpired) as error:
                self.done[key, goals] = error
        result = self.done[key, goals]
        if isinstance(result, Exception):
            raise AssertionError(f"{defconfig} {set}: {result}")
        return result

    def build_in(self, o, what, goals, variables):
        defconfig, settings, fragments, _ = what
        with locked(f"{o}.lock"):
            self.seed(o, what)
            run, made = built_by(o)
            if run != RUN:
                made = []
                (o / "what.json").write_text(json.dumps(what) + "\n")
                make(defconfig, *fragments, o=o, **variables)
                if settings:
                    make("setconfig", o=o, SET=settings, **variables)
            if list(goals) not in made:
                make(jobs(), *goals, o=o, **variables)
                (o / BUILT_BY).write_text(json.dumps([RUN, [*made, list(goals)]]) + "\n")
        return o

    def seed(self, o, what):
        """A new folder begins as a copy of the one that is most like it: make then builds what
        differs, as after any change of the configuration. Most of all that the tests build is saved so. Its
        name stands in what make has written, behind a path that begins at / or, below ROOT, there."""
        if o.exists() or what[:3] == [SEED, "", []]:
            o.mkdir(exist_ok=True)
            return
        base, new = self.nearest(what) or self.build(SEED), o.with_name(f"{o.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(base, new, symlinks=True,
                        ignore=shutil.ignore_patterns("bench*", "*.json", ".config*", "Image", "run"))
        for path in new.rglob("*"):
            if path.is_file() and path.suffix != ".o":
                text = path.read_bytes()
                if base.name.encode() in text and b"\0" not in text:
                    times = path.stat()
                    path.write_bytes(text.replace(base.name.encode(), o.name.encode()))
                    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        new.rename(o)

    def nearest(self, what):
        """The folder, of those that this run has built, in which the least has to be compiled again for @what;
        None: it has built none."""
        def distance(base):
            other = json.loads((base / "what.json").read_text())
            if other[0] not in (SEED, what[0]) or toolchain(other[3]) != toolchain(what[3]):
                return None
            words = (set(what[1].split()) ^ set(other[1].split())) - USUAL
            return (other[0] != what[0]) * 1000 + len(set(what[2]) ^ set(other[2])) * 100 + sum(
                10 if word.startswith(EVERYWHERE) else 1 for word in words)

        found = {}
        for base in sorted(self.folder.glob("*/what.json")):
            run, made = built_by(base.parent)
            far = distance(base.parent) if made and run == RUN else None
            if far is not None:
                found[base.parent] = far
        return min(found, key=found.get, default=None)

    def fresh(self, name):
        """An empty folder outside the source tree, for tests of the build itself."""
        path = self.folder / "fresh" / f"{name}-{os.getpid()}-{time.monotonic_ns()}"
        path.mkdir(parents=True)
        return path

    def sweep(self):
        """Removes the fresh folders of test runs that were cut off, objects of host tests that no
        program has any more, and old ones that builds share; the shared folders stay for the next
        run."""
        for path in (self.folder / "fresh").glob("*-*-*"):
            try:
                os.kill(int(path.name.split("-")[-2]), 0)
            except ProcessLookupError:
                shutil.rmtree(path, ignore_errors=True)
            except (ValueError, PermissionError):
                pass
        for path in (self.folder / "host/objects").glob("*"):
            with contextlib.suppress(FileNotFoundError):        # other workers sweep as well
                if path.stat().st_nlink == 1:
                    path.unlink()
        for path in (self.folder / "objects").glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - OBJECTS_KEPT:
                    path.unlink()
