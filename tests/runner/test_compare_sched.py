# SPDX-License-Identifier: MIT
"""`make compare-sched`: workloads from files and the built-in one, the guest's `workload` with good and
bad ramdisks, the table, the CSV file and the figure."""

import csv
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as xml

import pytest

from lib.build import ROOT, clean_environment, make, shared_objects
from lib.session import OFF

sys.path.insert(0, str(ROOT / "scripts"))
import workload        # noqa: E402

LOTTERY = ROOT / "Documentation/examples/lottery"
COLUMNS = ("policy thread kind run_ns share_percent wakes latency_mean_ns latency_max_ns jobs misses "
           "refused").split()
SMALL = """\
# one of each
duration 50
hog      busy    priority=8 nice=5     # all the time
sleeper  nap     work=100 sleep=2000
periodic beat    work=500 period=5000 deadline=2000 priority=20
"""


def parse(text):
    return workload.parse(text.splitlines(), "dir/some file.txt")


# -- workloads -------------------------------------------------------------------

def test_a_file_becomes_threads():
    work = parse(SMALL)
    assert (work.name, work.duration, [t.name for t in work.threads]) == (
        "some-file", 50, ["busy", "nap", "beat"])
    assert work.threads[0].values == {"priority": 8, "nice": 5}
    assert work.threads[2].values["reserve"] == 550


def test_a_packed_workload():
    data = parse(SMALL).pack()
    assert struct.unpack_from("<3I", data) == (0x314C4B57, 3, 50)
    assert struct.unpack_from("<IiiIIII16s", data, 12) == (
        0, 8, 5, 0, 0, 0, 0, b"busy".ljust(16, b"\0"))
    assert struct.unpack_from("<IiiIIII", data, 12 + 2 * 44) == (2, 20, 0, 500, 5000, 2000, 550)
    assert len(data) == 12 + 3 * 44


def test_what_is_built_in():
    work = workload.built_in()
    assert {thread.kind for thread in work.threads} == set(workload.KINDS)
    assert sum(t.values["work"] / t.values["period"] for t in work.threads if t.kind == "periodic") < 0.6


@pytest.mark.parametrize("line, said", [
    ("worker a", "expected duration, hog, sleeper, periodic"),
    ("hog", "expected a name of at most 15 letters after hog"),
    ("hog nice=3", "expected a name"), ("hog a-name-that-is-too-long", "expected a name"),
    ("hog first", "there is a thread first already"),
    ("hog a speed=3", "speed=3: a hog has nice, priority"),
    ("hog a nice=20", "expected a number from -20 to 19, not 20"),
    ("hog a priority=", "expected a number from 0 to 31, not nothing"),
    ("hog a priority=x", "not x"), ("duration", "expected a number from 1 to 3600000, not nothing"),
    ("duration 0", "not 0"), ("sleeper a work=5", "a sleeper needs sleep="),
    ("periodic a work=5", "a periodic needs period="),
    ("periodic a work=5 period=4", "must not be shorter than the one before"),
    ("periodic a work=5 period=9 deadline=10", "must not be shorter"),
    ("periodic a work=5 period=9 reserve=4", "reserve must lie between work and deadline"),
    ("hog \x1b[2J", "expected a name"),
])
def test_a_bad_line_is_named(line, said):
    with pytest.raises(workload.WorkloadError) as error:
        parse(f"hog first\n{line}\n")
    text = str(error.value)
    assert text.startswith("dir/some file.txt:2: ") and said in text and "\x1b" not in text


@pytest.mark.parametrize("text", ["", "# nothing\n", "duration 5\n"])
def test_no_thread_is_an_error(text):
    with pytest.raises(workload.WorkloadError, match="no thread in it"):
        parse(text)


# -- the guest's command ---------------------------------------------------------

GOOD = parse(SMALL).pack()


@pytest.fixture(scope="module")
def worker(build):
    return build("qemu_virt_defconfig", set="CMD_WORKLOAD=y")


@pytest.fixture
def guest(run, worker, tmp_path):
    """guest(data) -> what was printed by a boot with this initial ramdisk."""
    def start(data):
        env = {"MEM": "64M"}
        if data is not None:
            (tmp_path / "initrd").write_bytes(data)
            env["INITRD"] = str(tmp_path / "initrd")
        result = run(worker, "echo; workload", env=env, icount=True, timeout=60)
        assert result.status == OFF, result.closing
        return result.text
    return start


def test_threads_get_what_they_ask_for(guest):
    text = guest(GOOD)
    rows = {line.split()[1]: line.split() for line in text.splitlines() if line.startswith("workload ")}
    nap, beat, busy = rows["nap"], rows["beat"], rows["busy"]
    assert busy[2:4] == ["kind", "hog"] and 30_000_000 < int(busy[5]) < 50_000_000
    assert nap[2:4] == ["kind", "sleeper"] and 15 <= int(nap[7]) <= 25
    # nothing is more urgent: each period begins within microseconds, and its work is what was asked
    assert beat[12:] == ["jobs", "10", "misses", "0"] and int(beat[11]) < 20_000
    assert 5_000_000 <= int(beat[5]) < 5_200_000


def broken(data, at, value):
    return data[:at] + struct.pack("<I", value) + data[at + 4:]


@pytest.mark.parametrize("data, said", [
    pytest.param(None, "no initial ramdisk", id="nothing"),
    pytest.param(b"nothing of the kind", "the initial ramdisk holds no workload", id="other"),
    pytest.param(GOOD[:8], "the initial ramdisk holds no workload", id="short"),
    pytest.param(GOOD[:100], "the workload is cut off or its header is damaged", id="cut"),
    pytest.param(broken(GOOD, 4, 0), "the workload is cut off or its header is damaged", id="none"),
    pytest.param(broken(GOOD, 4, 0xffffffff), "the workload is cut off or its header is damaged", id="too-many"),
    pytest.param(broken(GOOD, 8, 0), "the workload is cut off or its header is damaged", id="no-time"),
    pytest.param(broken(GOOD, 12, 3), "thread 1: unknown kind", id="kind"),
    pytest.param(broken(GOOD, 16, 32), "thread 1: -EINVAL", id="priority"),
    pytest.param(broken(GOOD, 20, 100), "thread 1: -EINVAL", id="nice"),
    pytest.param(broken(GOOD, 40, 0), "thread 1: no name", id="name"),
    pytest.param(broken(GOOD, 56 + 12, 0), "thread 2: a sleeper needs work and a sleep", id="work"),
    pytest.param(broken(GOOD, 100 + 20, 6000), "thread 3: a periodic thread needs work", id="deadline"),
])
def test_a_ramdisk_that_makes_no_sense(guest, data, said):
    assert f"workload: {said}" in guest(data)


# -- the script ------------------------------------------------------------------

def compare(o, *arguments, ext=""):
    return subprocess.run([sys.executable, ROOT / "scripts/compare-sched", "-O", o, *arguments], cwd=ROOT,
                          env=clean_environment(EXT=str(ext), **shared_objects()), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def o(build):
    path = build("qemu_virt_defconfig").parent / "compare-sched"
    make("qemu_virt_defconfig", o=path)
    return path


def rows_of(o):
    with open(o / "compare-sched/sched.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    return {(row["policy"], row["thread"]): row for row in rows}


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.txt"
    path.write_text(SMALL)
    return path


def test_policies_with_a_file(o, small):
    done = compare(o, "--workload", small, "priority", "cooperative")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = rows_of(o)
    assert set(rows) == {(policy, name) for policy in ("priority", "cooperative")
                         for name in ("busy", "nap", "beat")}
    assert rows["priority", "beat"]["misses"] == "0"
    # a hog that never yields leaves the others nothing
    assert float(rows["cooperative", "busy"]["share_percent"]) > 95
    assert int(rows["cooperative", "beat"]["misses"]) >= 8
    figure = xml.parse(o / "compare-sched/sched.svg").getroot()
    said = {node.text for node in figure.iter() if node.text}
    assert {"priority", "cooperative", "busy", "nap", "beat", "misses"} <= said
    assert "compare-sched: run 2 of 2: " in done.stderr and "beat" in done.stdout


def test_the_same_each_time(o, small):
    made = []
    for _ in range(2):
        assert compare(o, "--workload", small, "priority").returncode == 0
        made.append([(o / "compare-sched" / name).read_bytes() for name in ("sched.csv", "sched.svg")])
    assert made[0] == made[1]


def test_a_policy_from_outside_the_tree(o, small):
    done = compare(o, "--workload", small, "lottery", ext=LOTTERY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(policy for policy, _ in rows_of(o)) == {"lottery"}


@pytest.mark.parametrize("arguments, said", [
    (["--workload", "/none"], "compare-sched: /none: No such file or directory\n"),
    (["nonsense"], "compare-sched: there is no policy nonsense: there are "),
    (["none"], "compare-sched: there is no policy none: there are "),
    (["--workload", "bad.txt"], "bad.txt:2: hog: expected a name of at most 15 letters after hog\n"),
])
def test_what_cannot_be_done_is_one_line(o, tmp_path, arguments, said):
    (tmp_path / "bad.txt").write_text("hog a\nhog\n")
    done = compare(o, *[str(tmp_path / word) if word == "bad.txt" else word for word in arguments])
    assert done.returncode in (1, 2) and said in done.stderr
    assert done.stderr.count("\n") == 1 and not done.stdout


# what the sheet's columns are in sched.csv
TOLD = ("share_percent", "latency_mean_ns", "latency_max_ns", "misses", "jobs")


@pytest.mark.slow
def test_every_policy(o):
    """As make does it: the built-in threads under all six, and under the one from outside."""
    done = make("compare-sched", o=o, EXT=str(LOTTERY))
    rows = rows_of(o)
    names = {thread.name for thread in workload.built_in().threads}
    policies = {"cooperative", "round_robin", "priority", "mlfq", "fair", "edf", "lottery"}
    assert set(rows) == {(policy, name) for policy in policies for name in names}, done.stderr
    for policy in ("priority", "edf"):
        assert all(rows[policy, name]["misses"] in ("", "0") for name in names), policy
    assert float(rows["fair", "batch"]["share_percent"]) > 2 * float(rows["fair", "build"]["share_percent"])
    check_sheet(rows, {(policy, name) for policy in policies - {"lottery"} for name in names})


def check_sheet(rows, needed):
    """Documentation/labs/schedulers.md says what comes out, to a tenth."""
    text = (ROOT / "Documentation/labs/schedulers.md").read_text()
    told = re.findall(r"^(\w+) +(\w+) +([\d.]+)(?: +([\d,.]+) +([\d,.]+))?(?: +(\d+)/(\d+))?$", text, re.M)
    assert {(policy, thread) for thread, policy, *_ in told} >= needed
    for thread, policy, *figures in told:
        row = rows[policy, thread]
        for column, unit, figure in zip(TOLD, (1, 1000, 1000, 1, 1), figures):
            said, value = float(figure.replace(",", "") or 0) * unit, float(row[column] or 0)
            assert abs(said - value) <= max(value * 0.1, 0.5 * unit), f"{policy}, {thread}: {column}: {value}"
