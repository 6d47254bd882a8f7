# SPDX-License-Identifier: MIT
"""Programs of user/ and the tests of system calls with a C library, as `make run USER_LIBC=` packs them."""

import re

import pytest

from lib import arm64
from lib import build as building
from lib.build import ROOT
from lib.session import OFF


@pytest.mark.parametrize("library", ["glibc", "musl"])
def test_programs(run, process_kernel, library):
    if library == "musl":
        arm64.musl_flags()
    o = process_kernel()
    with building.locked(f"{o}.lock"):
        building.make("all", o=o, USER_LIBC=library)
    commands = "hello 'a b'; threads 4 1000; threads 0; echo $?; /abi/abi_pipe; echo $?"
    result = run(o, commands, env={"USER_LIBC": library, "CPU": "cortex-a72", "APPEND": "quiet"}, timeout=600)
    assert result.status == OFF
    assert re.search(r"^argument 1 +a b$", result.text, re.M) and re.search("^AT_PAGESZ +0x1000$", result.text, re.M)
    assert "4 threads, 1000 rounds each: 4000\n" in result.text and "with a mutex:   4000\n" in result.text
    assert "threads: 1 to 64 threads, at least 1 round\n2\n" in result.text
    assert result.text.endswith("\n0\ncairn: off\n") and "ok named\n" in result.text and "not ok" not in result.text


def test_all_tests_are_there(process_kernel):
    o = process_kernel()
    with building.locked(f"{o}.lock"):
        building.make("all", o=o, USER_LIBC="glibc")
    assert {path.name for path in (o / "user/glibc/abi").iterdir()} == \
        {path.stem for path in (ROOT / "tests/user").glob("abi_*.c")}
    assert not list((o / "user/glibc").rglob(".*"))


def test_no_such_library(process_kernel):
    o = process_kernel()
    with building.locked(f"{o}.lock"):
        done = building.make("all", o=o, check=False, USER_LIBC="bionic")
    assert done.returncode and "USER_LIBC=bionic is neither glibc nor musl" in done.stderr
