# SPDX-License-Identifier: MIT
"""Builds parts of Cairn for the host, under the address and the undefined-behaviour sanitizer, and runs their tests.

    program(name, *sources, ...)    builds an executable out of the tree's files, once for each compiler there is
    program(...).run(*args)         runs it; a failed case, a sanitizer's report or a crash fails the test, by name

Objects go to the test folder ($(O)/tests/host). One is compiled again when its command or a file it came from has
changed, unless another program has it: most sources come out of the preprocessor the same for many programs, and are
compiled once for all of them. Such an object is one file with several names: one in the folder of each program, and
one in objects/, made of what the preprocessor said. The end of a run removes those that no program has any more
(Builder.sweep).
Environment: HOSTCC (gcc and clang unless given), CAIRN_SEED (repeats a random run; each prints its own),
CAIRN_EFFORT (percent of the usual rounds of random tests).
"""

import concurrent.futures
import contextlib
import functools
import hashlib
import os
import re
import shutil
import subprocess

import pytest

from lib.build import ROOT, locked, share

WARNINGS = ("-Wall -Wextra -Wmissing-prototypes -Wshadow -Wundef -Wstrict-prototypes -Wvla -Wformat=2 "
            "-Wno-format-nonliteral -Werror").split()
SANITIZERS = "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer".split()
# As the kernel is built: char is unsigned on arm64, and types may alias.
MEANING = "-std=gnu11 -funsigned-char -fno-strict-aliasing -fno-builtin".split()
SHIM = "tests/host/shim"
INCLUDES = [f"-I{SHIM}", "-Iinclude", "-Itests/host"]
PREFIX = ["-include", f"{SHIM}/autoconf.h", "-include", f"{SHIM}/prefix.h"]
# What every program is made of (lib is small; with all of it every test tests it), and those that run suites.
COMMON = ["lib/errno.c", "lib/errno_text.c", "lib/format.c", "lib/log.c", "lib/parse.c", "lib/string.c",
          "lib/string_plain.c", "tests/host/kernel.c"]
TESTS = ["lib/test.c", "tests/host/main.c"]
# Files that are built without our names for the C library's functions.
PLAIN = {"tests/host/libc.c"}

ENVIRONMENT = {
    "ASAN_OPTIONS": "abort_on_error=0:detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:exitcode=99",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
}


def compilers():
    given = os.environ.get("HOSTCC")
    return [given] if given else [name for name in ("gcc", "clang") if shutil.which(name)]


def fail(report):
    """The report is all there is to see: a traceback into this file would tell nobody anything."""
    pytest.fail(report, pytrace=False)


def prerequisites(path):
    """The files that a compiler's .d file names, or None when one has gone."""
    words = path.read_text(encoding="utf-8").replace("\\\n", " ").partition(":")[2].split()
    files = [ROOT / word for word in words]
    return files if all(file.is_file() for file in files) else None


def fingerprint(command, files):
    state = hashlib.sha256(repr(command).encode())
    for file in files:
        state.update(file.read_bytes())
    return state.hexdigest()


class Program:
    def __init__(self, folder, compiler, name, sources, flags=(), link=(), suites=True):
        self.name, self.compiler = name, compiler
        self.folder = folder / compiler.replace("/", "_") / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.objects = folder / "objects"
        self.objects.mkdir(exist_ok=True)
        self.binary = self.folder / name
        self.flags, self.link = list(flags), list(link)
        self.build([*sources, *COMMON, *(TESTS if suites else [])])

    def tool(self, command):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            fail(f"{' '.join(command)}\n{shortened(done.stdout + done.stderr, 30)}")
        return done.stdout

    def object(self, source):
        target = self.folder / (source.replace("/", "_") + ".o")
        depends, stamp = target.with_suffix(".d"), target.with_suffix(".stamp")
        command = [self.compiler, *MEANING, *WARNINGS, *SANITIZERS, "-g", "-O1", *INCLUDES,
                   *([] if source in PLAIN else PREFIX), *self.flags, source]
        files = prerequisites(depends) if depends.exists() else None
        if files and stamp.exists() and stamp.read_text() == fingerprint(command, files):
            return str(target), False
        for old in (stamp, target, self.binary):
            old.unlink(missing_ok=True)
        text = self.tool(command + ["-E", "-MMD", "-MF", str(depends)])
        self.compile(command, text, target)
        stamp.write_text(fingerprint(command, prerequisites(depends)))
        return str(target), True

    def compile(self, command, text, target):
        """@text: what the preprocessor made of the source."""
        flags = [word for word in command if not word.startswith(("-D", "-I"))]
        shared = self.objects / hashlib.sha256(repr((flags, text)).encode()).hexdigest()
        try:
            os.link(shared, target)
        except OSError:
            self.tool(command + ["-c", "-o", str(target)])
            with contextlib.suppress(OSError):      # another worker was faster
                os.link(target, shared)

    def build(self, sources):
        with locked(self.folder / ".lock"):
            with concurrent.futures.ThreadPoolExecutor(share(os.cpu_count() or 1)) as pool:
                objects = list(pool.map(self.object, sources))
            if any(new for _, new in objects) or not self.binary.exists():
                self.tool([self.compiler, *SANITIZERS, *self.flags, *(name for name, _ in objects),
                           "-o", str(self.binary), *self.link])

    def run(self, *args, timeout=120, env=None):
        """Returns the output of a run that passed."""
        settings = {**ENVIRONMENT, **os.environ, **(env or {})}
        try:
            done = subprocess.run([str(self.binary), *map(str, args)], cwd=self.folder, env=settings, timeout=timeout,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        except subprocess.TimeoutExpired as error:
            said = (error.stdout or b"").decode("utf-8", "replace")
            fail(f"{self.name} ({self.compiler}) did not end within {timeout} s:\n{shortened(said)}")
        text = done.stdout.decode("utf-8", "replace")
        if done.returncode:
            fail(f"{self.name} ({self.compiler}): {what_broke(text, done.returncode)}\n{shortened(text)}")
        return text

    def test(self, *args, cases=1, **options):
        """As run(), for a program that prints KTAP: it must have come to its end and have run at least @cases cases."""
        text = self.run(*args, **options)
        totals = re.search(r"^# Totals: pass:(\d+) fail:0 ", text, re.M)
        if not totals or int(totals[1]) < cases:
            fail(f"{self.name} ({self.compiler}): fewer than {cases} cases were run\n{shortened(text)}")
        return text


def what_broke(text, status):
    """One line: the sanitizer's finding, the panic, or the names of the cases that failed."""
    for pattern in (r"ERROR: \w*Sanitizer: .*", r".*: runtime error: .*", r"^panic: .*", r"ERROR: libFuzzer: .*"):
        found = re.search(pattern, text, re.M)
        if found:
            return found[0]
    failed = re.findall(r"^    not ok \d+ - (.*)$", text, re.M)
    return "failed: " + ", ".join(failed) if failed else f"ended with status {status}"


def shortened(text, lines=60):
    """The beginning, which has the seed, and the end."""
    all_lines = text.splitlines()
    if len(all_lines) > lines:
        all_lines = all_lines[:lines // 2] + ["..."] + all_lines[-lines // 2:]
    return "\n".join(all_lines)


def make_program(builder, compiler, name, *sources, **options):
    return Program(builder.folder / "host", compiler, name, sources, **options)


@pytest.fixture(scope="session", params=[
    pytest.param(name, marks=pytest.mark.slow if number else ()) for number, name in enumerate(compilers())])
def program(request, builder):
    """Makes programs with one compiler; a test that uses it runs once for each, with `make test` for the first."""
    return functools.partial(make_program, builder, request.param)


@pytest.fixture(scope="session")
def clang_program(builder):
    """The same for what clang alone can build; None where there is no clang."""
    return functools.partial(make_program, builder, "clang") if shutil.which("clang") else None
