# SPDX-License-Identifier: MIT
"""Programs of others, unmodified, and the tests of system calls, tests/user/abi_*.c, with two C libraries: on Cairn and
on Debian's Linux, from the same files.

What Linux does is what is expected: the tests of calls have to be well there too, and each program has to say the same
on both. One boot of each kernel runs all of them. One more runs the tests of calls traced, and looks whether each
way in which a call can fail has been seen (tests/user/errnos.txt).
"""

import concurrent.futures
import json
import re
import shutil
import subprocess

import pytest

from lib import arm64
from lib import build as building
from lib.build import ROOT
from lib.session import OFF

ABI = sorted(path.stem for path in (ROOT / "tests/user").glob("abi_*.c"))
# What a test of calls does wrong on purpose.
ABI_FLAGS = ["-Wno-stringop-overread", "-Wno-stringop-overflow", "-Wno-nonnull"]
LIBRARIES = ("glibc", "musl")
# [seconds] of the kernel's own lines
KERNEL = re.compile(r"^\[ *\d+\.\d+\] .*\n", re.M)


def files():
    """{name below /: path} of programs and libraries. mksh comes with several C libraries."""
    names = {"bin/busybox": "bin/busybox", "bin/bash": "bin/bash-static", "bin/perl": "usr/bin/perl",
             "bin/mksh": "bin/mksh", "bin/lksh": "bin/lksh", "lib/libcrypt.so.1": "**/libcrypt.so.1"}
    found = {name: arm64.file(pattern).resolve() for name, pattern in names.items()}
    for path in arm64.FOLDER.glob("usr/lib/*/bin/mksh"):
        found[f"bin/mksh-{path.parts[-3]}"] = path
    for name in ("ld-linux-aarch64.so.1", "libc.so.6", "libm.so.6"):
        found[f"lib/{name}"] = arm64.CROSS_LIBRARIES / name
    modules = arm64.file("usr/lib/aarch64-linux-gnu/perl-base")
    for path in modules.rglob("*.p[ml]"):
        found[f"{path.relative_to(arm64.FOLDER)}"] = path
    for path in (ROOT / "tests/programs").iterdir():
        found[f"programs/{path.name}"] = path
    return found


def programs():
    """{name: (command, its status)}"""
    shells = {"busybox": "/bin/busybox sh", "bash": "/bin/bash"}
    # Handlers of signals are yet to come. mksh learns by one of SIGCHLD that a child has ended, so it is run without
    # children; `wait` of BusyBox's sh does, so jobs are bash's.
    alone = [name for name in files() if name.startswith("bin/") and "ksh" in name]
    return {"applets": ("/bin/busybox sh /programs/applets.sh", 0),
            **{name: (f"{shell} /programs/shell.sh {shell}", 0) for name, shell in shells.items()},
            **{name: (f"/{name} /programs/builtins.sh", 3) for name in alone},
            "jobs": ("/bin/bash /programs/jobs.sh", 0),
            "bash-only": ("/bin/bash /programs/bash.sh", 0),
            "perl": ("/bin/perl /programs/text.pl", 6)}


def fill(root, compile_program):
    """Makes the folder that both kernels have as /."""
    shutil.rmtree(root, ignore_errors=True)
    for name, path in files().items():
        arm64.add_file(root, name, path)
    commands = [(name, command) for name, (command, _) in programs().items()]
    tests = [(name, library) for name in ABI for library in LIBRARIES]
    with concurrent.futures.ThreadPoolExecutor(building.share(4)) as pool:
        built = list(pool.map(lambda test: compile_program(test[0], *ABI_FLAGS, library=test[1]), tests))
    for (name, library), path in zip(tests, built):
        arm64.add_file(root, f"{name}-{library}", path)
        commands.append((f"{name}-{library}", f"/{name}-{library}"))
    lines = ["/bin/busybox mkdir -p /tmp/applets\n/bin/busybox --install -s /tmp/applets\n"]
    lines += [f"echo == {name}\n{command}\necho == status $?\n" for name, command in commands]
    arm64.add_file(root, "commands", "".join(lines).encode())
    traced = "".join(f"echo == {name}\nrun -s /{name}-glibc\n" for name in ABI)
    arm64.add_file(root, "traced", traced.encode())


@pytest.fixture(scope="session")
def linux(builder, compile_program):
    """(that folder, {name: (what it said on Linux, its status)}); made once for all workers of a run."""
    folder = builder.folder / "programs"
    folder.mkdir(exist_ok=True)
    root, kept = folder / "root", folder / "linux.json"
    with building.locked(folder / "lock"):
        run, said = json.loads(kept.read_text()) if kept.exists() else (None, None)
        if run != building.RUN:
            fill(root, compile_program)
            said = taken_apart(arm64.run_linux(root, folder))
            kept.write_text(json.dumps([building.RUN, said]))
    return root, {name: tuple(one) for name, one in said.items()}


def taken_apart(text):
    """{name: (what it said, its status)}"""
    text = KERNEL.sub("", text)
    return {name: (said, int(status))
            for name, said, status in re.findall(r"^== (\S+)\n(.*?)^== status (\d+)$", text, re.M | re.S)}


def all_well(name, text):
    """Every case of that program is."""
    cases = re.findall(r"\bCASE\((\w+)\)", (ROOT / f"tests/user/{name}.c").read_text())
    return cases and set(re.findall(r"^ok (\w+)$", text, re.M)) == set(cases)


def check_abi(said):
    """Every case of every program is well, with both libraries."""
    bad = {}
    for name in ABI:
        for library in LIBRARIES:
            text, status = said[f"{name}-{library}"]
            if status or not all_well(name, text):
                bad[name, library] = (text, status)
    assert not bad, "".join(f"{name} with {library}: {text}status {status}\n"
                            for (name, library), (text, status) in bad.items())


def test_linux(linux):
    """What the tests expect is what Linux does."""
    _, on_linux = linux
    check_abi(on_linux)
    expected = {name: status for name, (_, status) in programs().items()}
    assert {name: on_linux[name][1] for name in expected} == expected


@pytest.mark.parametrize("granule, smp, more", [
    ("4K", 1, ""), ("4K", 2, "SMP=y"), ("4K", 4, "SMP=y HEAP_BUDDY=y"), ("16K", 1, ""), ("64K", 1, "")])
def test_cairn(run, process_kernel, linux, cpu_for, granule, smp, more):
    root, on_linux = linux
    # QEMU's CPUs in turn where there are more than the host's: else a lock waits for one that does not run
    env = {"INITRD": root, "CPU": cpu_for[granule], "APPEND": "quiet", "SMP": str(smp),
           "QEMU_ARGS": "-accel tcg,thread=single" if smp > 2 else ""}
    result = run(process_kernel(granule, more), "mkdir -p /tmp; source /commands", env=env, timeout=900)
    assert result.status == OFF
    said = taken_apart(result.text)
    check_abi(said)
    for name in programs():
        assert said[name] == on_linux[name], name


# What a C library's function calls, where that has another name.
BY_LIBRARY = {"clone": "fork", "dup3": "dup2", "eventfd2": "eventfd", "execve": "execv", "exit_group": "_exit",
              "fadvise64": "posix_fadvise",
              "newfstatat": "fstatat", "openat": "open", "pread64": "pread", "prlimit64": "prlimit",
              "pselect6": "pselect", "pwrite64": "pwrite", "rt_sigaction": "sigaction", "rt_sigprocmask": "sigprocmask",
              "rt_sigpending": "sigpending", "rt_sigqueueinfo": "sigqueue", "rt_sigsuspend": "sigsuspend",
              "rt_sigtimedwait": "sigtimedwait"}


def test_every_call_has_a_test():
    """Each system call is made by name, or by the function of the C library that is a name for it."""
    source = "".join((ROOT / f"tests/user/{name}.c").read_text() for name in ABI)
    named = set(re.findall(r"\bSYS_(\w+)", source)) | set(re.findall(r"\b(\w+)\(", source))
    assert calls() and not [call for call in calls() if not {call, BY_LIBRARY.get(call)} & named]


def calls():
    return re.findall(r"^SYSCALL\(\d+, (\w+)", (ROOT / "kernel/process/syscalls.def").read_text(), re.M)


def errnos():
    """{call: what it can fail with}"""
    lines = re.findall(r"^(\w+): (.+(?:\n .+)*)$", (ROOT / "tests/user/errnos.txt").read_text(), re.M)
    return {call: [] if words == "-" else words.split() for call, words in lines}


def test_list_of_errnos():
    """It has each call, in the same order, and the errnos of each in theirs."""
    assert list(errnos()) == calls()
    assert not [call for call, words in errnos().items() if words != sorted(set(words))]


# A call in a trace, and the error that it returned.
FAILED = re.compile(r"\b(\w+)\(.*\) = -1 (E\w+) \(")


def test_each_errno_has_a_test(run, process_kernel, linux):
    """What is listed has been returned, and what has been returned is listed."""
    root, _ = linux
    env = {"INITRD": root, "APPEND": "quiet"}
    result = run(process_kernel(), "mkdir -p /tmp; source /traced", env=env, timeout=600)
    assert result.status == OFF
    # also that nothing of the traces is lost
    _, *parts = re.split(r"^== (\w+)\n", result.text, flags=re.M)
    said = dict(zip(parts[::2], parts[1::2]))
    assert list(said) == ABI and not [name for name in ABI if not all_well(name, said[name])]
    listed = {(call, errno) for call, words in errnos().items() for errno in words}
    seen = {(call, errno) for call, errno in FAILED.findall(result.text) if call in errnos()}
    assert not sorted(listed - seen), "no test in tests/user/abi_*.c makes this happen"
    assert not sorted(seen - listed), "this happens in a test, and tests/user/errnos.txt does not have it"


def test_programs_are_as_debian_ships_them():
    """Static ones, one for each C library, and one that a loader starts."""
    kinds = {name: subprocess.run(["aarch64-linux-gnu-readelf", "-lW", path],
                                  capture_output=True, text=True, check=True)
             .stdout for name, path in files().items() if name.startswith("bin/")}
    dynamic = {name for name, headers in kinds.items() if "INTERP" in headers}
    assert dynamic == {"bin/perl", "bin/mksh"} and len(kinds) > 5
