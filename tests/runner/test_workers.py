# SPDX-License-Identifier: MIT
"""Tests on all cores (lib/workers.py): each runs once, in order, and a worker that crashes is an error that names the
test it was at, after which all others still run."""

import collections
import re
import subprocess
import sys

import pytest

from lib.build import ROOT, clean_environment

pytest.importorskip("xdist", reason="needs pytest-xdist")

HOOK = """\
from lib.workers import ByFunction

def pytest_xdist_make_scheduler(config, log):
    return ByFunction(config, log)
"""
TESTS = """\
import os, pytest

@pytest.fixture(autouse=True)
def ran(request):
    with open("ran", "a") as file:
        file.write(f"{os.environ['PYTEST_XDIST_WORKER']} {request.node.name}\\n")

@pytest.mark.parametrize("n", range(4))
def test_first(n): pass

@pytest.mark.parametrize("n", range(4))
def test_second(n):
    if n in CRASHES: os._exit(1)

def test_third():
    if 3 in CRASHES: os._exit(1)

def test_fourth(): pass

@pytest.mark.parametrize("n", range(2))
def test_last(n):
    if n == 1 and CRASHES: os._exit(1)
"""


def run_tests(folder, crashes):
    (folder / "conftest.py").write_text(HOOK)
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_crashing.py").write_text(f"CRASHES = {crashes}\n" + TESTS)
    env = clean_environment(PYTHONPATH=ROOT / "tests", PYTHONDONTWRITEBYTECODE=1)
    env = {name: value for name, value in env.items() if not name.startswith("PYTEST_")}
    done = subprocess.run([sys.executable, "-m", "pytest", "-n", "2", "-p", "no:cacheprovider", "-v"], cwd=folder,
                          env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False)
    assert (folder / "ran").exists(), done.stdout + done.stderr
    ran = [line.split(maxsplit=1) for line in (folder / "ran").read_text().splitlines()]
    return done, ran


def test_each_runs_once_and_functions_stay_together(tmp_path):
    done, ran = run_tests(tmp_path, [])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 passed" in done.stdout and len({test for _, test in ran}) == len(ran) == 12
    workers = collections.defaultdict(set)
    for worker, test in ran:
        workers[test.partition("[")[0]].add(worker)
    assert all(len(used) == 1 for used in workers.values()), ran


def test_a_crash_is_an_error_and_the_rest_runs(tmp_path):
    done, ran = run_tests(tmp_path, [1, 3])
    assert done.returncode == 1, done.stdout + done.stderr
    named = re.findall(r"^worker 'gw\d' crashed while running '\S+::(\S+)'$", done.stdout, re.M)
    assert sorted(named) == ["test_last[1]", "test_second[1]", "test_second[3]", "test_third"], done.stdout
    assert "4 failed, 8 passed" in done.stdout
    assert len({test for _, test in ran}) == len(ran) == 12
