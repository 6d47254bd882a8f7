# SPDX-License-Identifier: MIT
"""What a user sees of threads: ps, top, sched, nice, kill, spawn and trace, with good and bad
arguments, under each policy and with 1, 2 and 4 CPUs: some of these in `make test`, all in
`make test-all`. Under instruction counting, so that shares and counts are those of the kernel and
not of the machine that the tests run on. Threads that compete are kept on one CPU."""

import itertools
import re

import pytest

from lib.build import ROOT
from lib.session import Session

POLICIES = [name for name in ("PRIORITY", "ROUND_ROBIN", "FAIR", "MLFQ", "EDF", "COOPERATIVE")
            if f"config SCHED_{name}\n" in (ROOT / "kernel/Kconfig.sched").read_text()]
OPTIONS = "[-p PRIORITY] [-n NICE] [-s SLICE_MS] [-d RUNTIME/DEADLINE/PERIOD]"
USAGE = {"nice": f"nice ID {OPTIONS}", "kill": "kill %JOB|ID...", "top": "top [-n FRAMES] [-o cpu|time|id] [SECONDS]",
         "spawn": f"spawn [hog|sleeper|periodic {OPTIONS} [-c COUNT] [NAME]]",
         "sched": "sched", "trace": "trace [start [MS] | stop | dump | clear]"}


# In front of a command: threads that it starts stay on the first CPU, where nothing else runs than it meanwhile.
HERE = "taskset 1 "


class Shell:
    """A session of one policy, and what is asked of it."""

    def __init__(self, session):
        self.session = session

    def cmd(self, line, timeout=120):
        return self.session.cmd(line, timeout)

    def spawn(self, words, where=""):
        """Ids of the threads that were made."""
        said = self.cmd(f"{where}spawn {words}")
        found = re.fullmatch(r"\S+:((?: \d+)+)", said)
        assert found, said
        return [int(word) for word in found[1].split()]

    def table(self, command):
        """{id: (name, the rest of the line)} of the lines with a thread each."""
        found = re.findall(r"^ *(\d+) (\S+) +(.*)$", self.cmd(command), re.M)
        return {int(ident): (name, rest) for ident, name, rest in found}

    def shares(self, seconds=1):
        """{id: per cent} by one frame of top."""
        said = self.cmd(f"top {seconds} -n 1")
        return {int(ident): float(share) for ident, share in
                re.findall(r"^ *(\d+) \S+ +\w+ +(\d+\.\d) ", said, re.M)}

    def kill(self, *idents):
        """And waits until they have ended."""
        for at in range(0, len(idents), 25):        # a line has no more words
            assert self.cmd("kill " + " ".join(map(str, idents[at:at + 25]))) == ""
        for _ in range(100):
            if not set(idents) & set(self.table("ps")):
                return
            self.cmd("sleep 0.02")
        raise AssertionError(f"{idents} have not ended: {self.cmd('ps')}")


QUICK = (("PRIORITY", 1), ("FAIR", 2), ("PRIORITY", 4))


@pytest.fixture(scope="module", params=[
    pytest.param(choice, marks=() if choice in QUICK else pytest.mark.slow, id="-".join(map(str, choice)))
    for choice in itertools.product(POLICIES, (1, 2, 4))])
def choice(request):
    return request.param


@pytest.fixture(scope="module")
def policy(choice):
    return choice[0]


@pytest.fixture(scope="module")
def cpus(choice):
    return choice[1]


@pytest.fixture(scope="module")
def machine(build, policy, cpus):
    session = Session(build("qemu_virt_defconfig", set=f"SCHED_{policy}=y TRACE=y SELFTEST=y"),
                      env={"SMP": cpus}, icount=True, timeout=None, silence=0)
    session.prompt()
    yield session
    session.close()


@pytest.fixture
def shell(machine, request):
    machine.position = len(machine.text)
    machine.send("\x03")
    machine.prompt(30)
    yield Shell(machine)
    request.node.add_report_section("call", "serial", machine.text[-4000:])


@pytest.fixture
def hogs(shell):
    """Two threads that compute, equals, on one CPU; they are gone afterwards."""
    made = shell.spawn("hog -s 10 -c 2", HERE)
    yield made
    shell.kill(*made)


# -- bad arguments ----------------------------------------------------------------------

@pytest.mark.parametrize("line, said", [
    ("nice 2 -p 32", "nice: 32: a priority is 0 to 31"),
    ("nice 2 -p -1", "nice: -1: a priority is 0 to 31"),
    ("nice 2 -p", "nice: value missing: a priority is 0 to 31"),
    ("nice 2 -p 3x", "nice: 3x: a priority is 0 to 31"),
    ("nice 2 -n 20", "nice: 20: nice is -20 to 19"),
    ("nice 2 -n -21", "nice: -21: nice is -20 to 19"),
    ("nice 2 -s 0", "nice: 0: a slice is 1 to 10000 ms"),
    ("nice 2 -d 5/4/10", "nice: 5/4/10: 0 < RUNTIME <= DEADLINE <= PERIOD <= an hour, in ms, or us: "
     "500us/2/10"),
    ("nice 2 -d 1/20/10", "nice: 1/20/10: 0 < RUNTIME"), ("nice 2 -d 0/4/10", "nice: 0/4/10: 0 <"),
    ("nice 2 -d 1/2", "nice: 1/2: 0 <"), ("nice 2 -d 1/2/3/4", "nice: 1/2/3/4: 0 <"),
    ("nice 2 -d 1/2/3600001", "nice: 1/2/3600001: 0 <"), ("nice 2 -d //", "nice: //: 0 <"),
    ("nice 2 -d 1/2/18446744073709551615", "nice: 1/2/18446744073709551615: 0 <"),
    ("nice 2 -x 1", "nice: -x: no such option"), ("nice 2 p 1", "nice: p: no such option"),
    ("nice x -p 1", "nice: x is no thread's id"), ("nice -1 -p 1", "nice: -1 is no thread's id"),
    ("nice 4294967296 -p 1", "nice: 4294967296 is no thread's id"),
    ("nice", None), ("nice 2", None), ("kill", None), ("sched x", None), ("top 1 2 3 4 5 6", None),
    ("kill x", "kill: x is no thread's id"), ("kill 99999999999", "kill: 99999999999 is no thread's"),
    ("top 0", 'top: "0" is no SECONDS: a number of 1 to 3600'), ("top x", 'top: "x" is no SECONDS'),
    ("top -n", "top: -n: its value is missing"), ("top -n 0", 'top: "0" is no FRAMES: a number of 1 to 3600'),
    ("top -o", "top: -o: its value is missing"), ("top -o x", 'top: "x" is none of cpu|time|id'),
    ("top -q", "top: -q: no such option"), ("top 3601", 'top: "3601" is no SECONDS'),
    ("spawn cat", "spawn: cat: no such kind of thread"),
    ("spawn hog -c 0", "spawn: a count is 1 to 1000"), ("spawn hog -c", "spawn: a count is"),
    ("spawn hog -c 1001", "spawn: a count is"), ("spawn hog -p 99", "spawn: 99: a priority is 0 to 31"),
    ("spawn hog -z", "spawn: -z: no such option"), ("spawn hog one two", "spawn: two: a word too many"),
    ("spawn periodic -d 20/10/10", "spawn: 20/10/10: 0 < RUNTIME"),
    ("trace go", 'trace: "go" is none of start|stop|dump|clear'),
    ("trace start 0", 'trace: "0" is no MS: a number of 1 to 3600000'),
    ("trace start x", 'trace: "x" is no MS'), ("trace stop 5", None),
])
def test_bad_words(shell, line, said):
    """One line and the usage, and nothing was done."""
    before = set(shell.table("ps"))
    lines = shell.cmd(line).splitlines()
    assert lines[-1] == "usage: " + USAGE[line.split()[0]]
    assert len(lines) == (2 if said else 1) and (not said or lines[0].startswith(said))
    assert set(shell.table("ps")) == before


@pytest.mark.parametrize("line, said", [
    ("nice 1 -p 3", "nice: thread 1 is the idle thread"),
    ("nice 9999 -p 3", "nice: thread 9999 does not exist"),
    ("kill 0", "kill: thread 0 is the shell itself"), ("kill 1", "kill: thread 1 is the idle thread"),
    ("kill 9999", "kill: thread 9999 does not exist"),
    ("kill 9999 0", "kill: thread 9999 does not exist\nkill: thread 0 is the shell itself"),
])
def test_who_cannot_be_changed(shell, line, said):
    assert shell.cmd(line) == said


# -- what they do ----------------------------------------------------------------------

@pytest.mark.parametrize("words", ["hog -p 31 -c {many}", "periodic -p 31 -d 10us/10us/10us -c 3"])
def test_prompt_comes_back(shell, policy, cpus, words):
    """Several, hogs even for each CPU, that are more urgent than the shell and never sleep: it runs now and then."""
    words = words.format(many=cpus + 2)
    if policy == "EDF":
        words = re.sub(" -d [^ ]+", "", words)      # so many times the whole CPU is refused there
    made = shell.spawn(words)
    assert set(made) <= set(shell.table("ps"))
    shell.kill(*made)


def test_ps(shell, cpus, hogs):
    lines = shell.cmd(HERE + "ps").splitlines()
    assert re.fullmatch(r" +id name +state +stack +now +most +% +cpu ms +wait ms switches forced +CPU +policy",
                        lines[0])
    rows = shell.table(HERE + "ps")
    assert rows[0][0] == "main" and rows[0][1].startswith("running")
    idle = {rows[ident][0]: rows[ident][1].split()[0] for ident in range(1, cpus + 1)}
    assert idle == {"idle": "ready", **{f"idle/{cpu}": "running" for cpu in range(1, cpus)}}
    assert [rows[hog][0] for hog in hogs] == ["hog1", "hog2"]
    # a hog sleeps a moment where the shell would not run otherwise
    assert all(re.match("ready|sleeping", rows[hog][1]) for hog in hogs)
    assert all(int(word) < 1 << 40 for word in re.findall(r"\d+", rows[0][1]))


def test_parameters_can_be_taken_back(shell):
    made, = shell.spawn("sleeper")
    for words, shown in ("-s 5 -d 1/20/20", " 5 ms 1000/20000/20000 us "), ("-s none -d none", " - - "):
        assert shell.cmd(f"nice {made} {words}") == ""
        line = re.search(rf"^ *{made} sleeper .*$", shell.cmd("sched"), re.M)[0]
        assert shown in re.sub(" +", " ", line + " "), line
    shell.kill(made)


def test_top_sorts_and_adds_up(shell, cpus, hogs):
    shares = shell.shares(2)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)
    assert 98 * cpus < sum(shares.values()) <= 100.1 * cpus
    assert sum(shares[hog] for hog in hogs) > 97, "top itself took more"
    assert shares[0] < 2 and shares[1] < 1
    assert all(shares[idle] > 97 for idle in range(2, cpus + 1))


def test_top_redraws_until_q(shell, machine):
    for key in ("q", "Q", "\x03"):
        begin = len(machine.data)
        machine.send("top\r")
        machine.expect(r"^up \d+ s, threads: .*; P T N sort, q leaves$")
        machine.expect(r"^up \d+ s, threads: ")
        machine.send("x" + key)
        machine.prompt()
        drawn = machine.data[begin:]
        assert drawn.count(b"\x1b[2J") == 1 and drawn.count(b"\x1b[H") >= 2
        assert b"\x1b[K\r\n" in drawn


def test_top_keys_sort_at_once(shell, machine):
    """What a key has drawn is of the same moment as what it was before."""
    begin = len(machine.data)
    machine.send("top 2\r")
    machine.expect(r"^up \d+ s, threads: ")
    for key in "nTp":
        before = times_twice(machine, begin)
        machine.send(key)
        while times_twice(machine, begin) == before:
            machine.expect(r"^up \d+ s, threads: ")
    machine.send("q")
    machine.prompt()
    assert times_twice(machine, begin) == 3


def times_twice(machine, begin):
    """How many frames since then have the time of the frame before them."""
    times = re.findall(rb"up (\d+) s, threads: ", machine.data[begin:])
    return sum(a == b for a, b in zip(times, times[1:]))


def test_top_by_time_and_by_id(shell, hogs):
    """Who came last has used less by now, and as much since."""
    late = shell.spawn("hog late")
    shell.cmd("top 1 -n 1")
    try:
        times, ids = (re.findall(r"^ *(\d+) \S+ +\w+ +\d+\.\d +(\d+) ", shell.cmd(f"top -n 1 -o {order}"), re.M)
                      for order in ("time", "id"))
    finally:
        shell.kill(*late)
    used = [int(ms) for _, ms in times]
    assert used == sorted(used, reverse=True) and len(used) >= 5
    assert [int(ident) for ident, _ in ids] == sorted(int(ident) for ident, _ in ids)


def test_top_without_a_terminal(shell, machine):
    begin = len(machine.data)
    said = shell.cmd("top 2 -n 3")
    times = [int(t) for t in re.findall(r"^up (\d+) s, threads: \d+, ready ", said, re.M)]
    assert len(times) == 3 and times[2] - times[0] == 4
    assert b"\x1b" not in machine.data[begin:]


def test_top_of_very_many(shell, cpus):
    made = shell.spawn("sleeper -c 30 one")
    said = shell.cmd("top -n 1")
    assert len(re.findall(r"^ *\d+ \S+ +\w+ +\d+\.\d", said, re.M)) == 20
    assert re.search(rf"^ +and {11 + cpus} more$", said, re.M)
    shell.kill(*made)


def test_sched(shell, policy, hogs):
    shell.cmd(f"nice {hogs[0]} -p 9 -n 7 -s 20")
    said = shell.cmd(HERE + "sched")
    assert re.match(r"policy: \w.*\nthreads: \d+, \d+ of them ready and waiting; idle \d+\.\d % of \d+ ms\n"
                    r"switches of these threads: \d+ by themselves, \d+ forced\n", said)
    rows = shell.table(HERE + "sched")
    assert re.match(r"(?:ready +\d+|sleeping +-) +9 +7 +20 ms ", rows[hogs[0]][1]), rows[hogs[0]]
    assert re.match(r"(?:ready +\d+|sleeping +-) +16 +0 +10 ms ", rows[hogs[1]][1]), rows[hogs[1]]
    assert re.match(r"running +- +24 ", rows[0][1])
    if policy == "PRIORITY":
        assert rows[hogs[0]][1].split()[1] == "1" and rows[hogs[1]][1].split()[1] == "0"


def test_prompt_beside_hogs(shell):
    """Whatever the policy: what is typed is answered, also beside a hog more urgent than the shell."""
    made = shell.spawn("hog -p 31") + shell.spawn("hog -c 3 -n -20")
    assert shell.cmd("echo still here") == "still here"
    assert made[0] in shell.table("ps")
    shell.kill(*made)


def test_shares_of_hogs(shell, policy, hogs):
    """What the policy promises, as far as top shows it."""
    if policy == "PRIORITY":
        shell.cmd(f"nice {hogs[1]} -p 20")
        assert shell.shares()[hogs[1]] > 97
    elif policy == "ROUND_ROBIN":
        shares = shell.shares(4)
        assert abs(shares[hogs[0]] - shares[hogs[1]]) < 3
    elif policy == "FAIR":
        shell.cmd(f"nice {hogs[1]} -n 5")
        shares = shell.shares(4)
        assert 2.8 < shares[hogs[0]] / shares[hogs[1]] < 3.3     # a weight of 1024 against 335


def test_kill(shell):
    made = shell.spawn("hog") + shell.spawn("sleeper -c 2") + shell.spawn("periodic")
    assert set(made) <= set(shell.table("spawn"))
    shell.kill(*made)
    assert not set(made) & set(shell.table("spawn"))
    assert shell.cmd(f"kill {made[0]}") == f"kill: thread {made[0]} does not exist"


def job(shell, ident):
    """(kind, [times, missed, worst]) by spawn's list."""
    kind, rest = shell.table("spawn")[ident]
    return kind, [int(word) for word in rest.split()]


def test_sleepers_sleep(shell):
    made = shell.spawn("sleeper -c 2")
    shares = shell.shares()
    assert all(0.1 < shares[one] < 3 for one in made)
    times = [job(shell, one)[1][0] for one in made]
    # time runs ahead while nobody types, and with it they do
    assert all(count > 50 for count in times)
    shell.kill(*made)


def test_periods_and_misses(shell, policy):
    """A fifth of the CPU alone misses nothing; beside a hog that the policy prefers it does."""
    one, = shell.spawn("periodic -p 20 -d 2/10/10 beat", HERE)
    shares = shell.shares(2)
    assert 16 < shares[one] < 20.5
    kind, (times, missed, _) = job(shell, one)
    assert kind == "periodic" and times >= 200 and missed == 0
    if policy == "PRIORITY":
        hog, = shell.spawn("hog -p 22", HERE)
        shell.cmd("top -n 1")
        shell.kill(hog)
        # what it has missed it counts itself, when it runs again
        shell.cmd("top -n 1")
        assert job(shell, one)[1][1] > 0
    shell.kill(one)


def test_refused(shell, policy):
    """Admission is EDF's; the others take what is possible at all."""
    said = shell.cmd("spawn periodic -d 9/10/10 -c 3 much")
    made = [int(word) for word in re.findall(r" (\d+)", said.splitlines()[0])]
    if policy == "EDF":
        assert len(made) == 1 and "spawn: 1 of 3 made" in said
        assert "spawn: refused: too little time is left for that (-EBUSY)" in said
    else:
        assert len(made) == 3
    shell.kill(*made)


def test_trace(shell, cpus, hogs):
    room = 8192 * cpus
    assert re.fullmatch(rf"trace: off, \d+ events, \d+ of them lost, room for {room}", shell.cmd("trace"))
    assert shell.cmd("trace clear") == "" and shell.cmd("trace start 50") == ""
    assert re.fullmatch(rf"trace: off, [1-9]\d* events, 0 of them lost, room for {room}",
                        shell.cmd("trace"))
    said = shell.cmd("trace dump")
    found = re.search(r"^trace begin 1 62500000 0\n(?:.*\n)*?((?:cpu \d\n(?:[0-9a-f]+ [0-9a-f]+\n)*)+)"
                      r"trace end (\d+)$", said, re.M)
    assert found and [int(n) for n in re.findall(r"^cpu (\d)$", found[1], re.M)] == list(range(cpus))
    events = [len(part.splitlines()) - 1 for part in found[1].split("cpu ")[1:]]
    assert sum(events) == int(found[2]) and events[0] > 5
    assert f"trace thread {hogs[0]} hog1\n" in said and "\ntrace irq 27 timer\n" in said
    assert shell.cmd("trace start; trace; trace stop; trace").count("trace: o") == 2


def test_selftests_run_as_ordinary(shell):
    """The shell's own urgency would change what they show, and comes back."""
    assert "not ok" not in shell.cmd("selftest thread", timeout=300)
    assert re.match(r"running +- +24 ", shell.table("sched")[0][1])


def test_nothing_is_left_behind(shell, cpus):
    """No thread, no object, no stack; but a CPU keeps four stacks of four pages, perhaps those of another one's."""
    def left():
        said = shell.cmd("mem")
        stacks = re.search(r"^used +(\d+) pages .* stack$", said, re.M)
        return int(re.search(r" (\d+) KiB in objects", said)[1]), int(stacks[1])

    shell.kill(*shell.spawn("sleeper -c 50"))
    objects, stacks = left()
    for _ in range(5):
        shell.kill(*shell.spawn("sleeper -c 50"))
    objects_then, stacks_then = left()
    assert objects_then == objects and abs(stacks_then - stacks) <= 16 * (cpus - 1)
    assert set(shell.table("ps")) == set(range(cpus + 1))


def test_documentation_is_this(shell):
    """The commands that Documentation/tracing.md names are there."""
    text = (ROOT / "Documentation/tracing.md").read_text()
    named = set(re.findall(r"^cairn> (\w+)", text, re.M))
    assert named and all("unknown" not in shell.cmd(f"help {name}") for name in named)
