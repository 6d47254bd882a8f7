# SPDX-License-Identifier: MIT
"""Fixtures and reporting for all of Cairn's tests.

    build(defconfig, set="A=y B=3", fragments=(...))   an output folder, built, shared between tests
    boot(o, env={...}, timeout=..., ...)               a Session (lib/session.py), ended after it
    run(o, "cmd; cmd", env={...}, ...)                 boots, runs the commands, powers off:
                                                       .status, .text, .closing
    user(o, env={...}, ...)                            the same at a terminal (lib/terminal.py)
    fresh(name)                                        an empty folder outside the source tree
    raspi4b, npcm845                                   skip where QEMU has no such machine
    make(*goals, o=..., check=...)                     one make in the source tree
    tell(text)                                         adds a measured number to the test's line

Each test's line tells how long it took. A failing test shows the serial log of every run that it
started. Tests marked `slow` need --all; with --resume those that this state of the tree has passed
are left out. With pytest-xdist's -n the tests are shared out among workers (lib/workers.py), and
the lines are the same.
"""

import os
import pathlib
import shutil
import sys

import pytest

sys.dont_write_bytecode = True          # the source tree stays clean

from lib import build as building       # noqa: E402
from lib.resume import Record           # noqa: E402
from lib.session import Result, Session, qemu_version, runner_command     # noqa: E402
from lib.terminal import User           # noqa: E402

SESSIONS = pytest.StashKey()
USERS = pytest.StashKey()
RECORD = pytest.StashKey()
TAKEN = pytest.StashKey()
TOLD = "told"


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="the slow tests as well")
    parser.addoption("--resume", action="store_true",
                     help="with --all: skip the slow tests that this state of the tree has passed")


def is_worker(config):
    return hasattr(config, "workerinput")


@pytest.hookimpl(trylast=True)          # after pytest's own reporter
def pytest_configure(config):
    config.stash[TAKEN] = {}
    if config.getoption("--all") and not is_worker(config):
        config.stash[RECORD] = Record(building.test_folder())
        config.pluginmanager.register(Recorder(config.stash[RECORD]))
    if config.getoption("numprocesses", None) and not is_worker(config):
        print_lines_when_done(config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from lib.workers import ByFunction      # not everybody has xdist
    return ByFunction(config, log) if config.getoption("dist") == "load" else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """All workers have to collect the same tests, those included that replace a crashed one."""
    record = node.config.stash.get(RECORD, None)
    node.workerinput["passed"] = sorted(record.passed) if record else []


def pytest_collection_modifyitems(config, items):
    """Slow tests are deselected, not skipped: a skip is for what this machine cannot do."""
    everything, resume = config.getoption("--all"), config.getoption("--resume")
    passed = ()
    if everything and resume:
        passed = set(config.workerinput["passed"]) if is_worker(config) else config.stash[RECORD].passed
    left_out = [item for item in items if item.get_closest_marker("slow")
                and (not everything or item.nodeid in passed)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_sessionfinish(session):
    building.Builder().sweep()
    # pytest compiles this file before the line above can forbid it
    shutil.rmtree(pathlib.Path(__file__).parent / "__pycache__", ignore_errors=True)


# -- reporting ----------------------------------------------------------------------

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for session in item.stash.get(SESSIONS, []):
            report.sections.append(("run", session.log))
        for user in item.stash.get(USERS, []):
            report.sections.append(("terminal", (user.seen + user.text).decode("utf-8", "replace")))


class Recorder:
    """Writes down which slow tests have passed, in the process that hears of all of them."""

    def __init__(self, record):
        self.record = record

    def pytest_runtest_logreport(self, report):
        if "slow" in report.keywords and report.when == "call" and report.passed:
            self.record.add(report.nodeid)


def pytest_report_teststatus(report, config):
    """PASSED 1.2 s: with its setup, which is where a test's builds are."""
    taken = config.stash[TAKEN]
    if report.when == "setup":
        taken[report.nodeid] = report.duration
        return None
    seconds = f"{taken.get(report.nodeid, 0) + report.duration:.1f} s"
    told = "".join(f", {text}" for name, text in report.user_properties if name == TOLD)
    if report.when == "call" and report.passed and not hasattr(report, "wasxfail"):
        return "passed", ".", f"PASSED {seconds}{told}"
    if report.when == "call" and report.failed:
        return "failed", "F", f"FAILED {seconds}{told}"
    return None


def print_lines_when_done(config):
    """What workers do goes into the same lines as in a serial run. They begin when a test has
    ended, not when it is started: at that time others are running as well."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    write = reporter.write_ensure_prefix

    def write_what_ended(prefix, extra="", **markup):
        if extra:
            write(prefix, extra, **markup)

    reporter.write_ensure_prefix = write_what_ended


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report):
    """Which worker it was tells nobody anything, and xdist's lines have the name last."""
    vars(report).pop("node", None)


# -- fixtures ----------------------------------------------------------------------

@pytest.fixture(scope="session")
def builder():
    return building.Builder()


@pytest.fixture(scope="session")
def build(builder):
    return builder.build


@pytest.fixture
def fresh(builder):
    made = []

    def folder(name="o"):
        made.append(builder.fresh(name))
        return made[-1]

    yield folder
    for path in made:
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def tell(record_property):
    """Machines differ, so times are told and not judged."""
    return lambda text: record_property(TOLD, text)


@pytest.fixture(scope="session")
def make():
    return building.make


@pytest.fixture
def boot(request):
    sessions = request.node.stash.setdefault(SESSIONS, [])

    def start(o, **options):
        sessions.append(Session(o, **options))
        return sessions[-1]

    yield start
    for session in sessions:
        session.close()


@pytest.fixture
def run(boot):
    def start(o, commands=None, **options):
        return Result(boot(o, autorun=commands, **options))
    return start


@pytest.fixture
def user(request):
    """user(o, ...) -> a terminal in which run-qemu runs, as a user starts it."""
    users = request.node.stash.setdefault(USERS, [])

    def start(o, env=None, **options):
        users.append(User(runner_command(o, batch=False, timeout=None, **options), env))
        return users[-1]

    yield start
    for one in users:
        one.close()


@pytest.fixture(scope="session")
def raspi4b():
    """For tests that run rpi4_defconfig."""
    if qemu_version() < (9, 0):
        pytest.skip("skipped: needs QEMU 9")


@pytest.fixture(scope="session")
def npcm845():
    """For tests that run QEMU's npcm845-evb."""
    if qemu_version() < (10, 0):
        pytest.skip("skipped: needs QEMU 10")


@pytest.fixture(scope="session")
def root():
    return building.ROOT


@pytest.fixture(scope="session")
def cross():
    """Prefix of the cross toolchain's commands."""
    return os.environ.get("CROSS_COMPILE") or "aarch64-linux-gnu-"
