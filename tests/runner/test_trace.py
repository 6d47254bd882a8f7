# SPDX-License-Identifier: MIT
"""`make trace`: dumps that are whole, damaged and made up, the file for Perfetto, the picture, and
scripts/trace with scenarios that make sense and that make none."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

import pytest

from lib.build import ROOT, clean_environment, shared_objects

sys.path.insert(0, str(ROOT / "scripts"))
import timeline         # noqa: E402
import tracing          # noqa: E402

HZ = 1_000_000_000      # of the dumps that are made up: a tick is a nanosecond
SLEEP, NEW, WAKE, YIELD, PREEMPT = 0, 2, 3, 4, 5
SVG = "{http://www.w3.org/2000/svg}"


def event(time, kind, value):
    return f"{time << 8 | kind:x} {value:x}"


def switch(time, left, comes, why):
    return event(time, tracing.SWITCH, why << 56 | left << 28 | comes)


def wake(time, thread, why=WAKE):
    return event(time, tracing.WAKE, why << 56 | thread)


def dump(*events, lost=0, count=None, names=("0 main", "1 idle", "2 some thread")):
    head = [f"cairn> trace dump\ntrace begin 1 {HZ} {lost}", "trace irq 27 timer",
            *(f"trace thread {name}" for name in names), "cpu 0"]
    return "\n".join([*head, *events, f"trace end {len(events) if count is None else count}", ""])


# main sleeps, idle runs, an interrupt wakes 2, which is preempted by main and runs again
STORY = (switch(1000, 0, 1, SLEEP), event(2000, tracing.IRQ_ENTER, 27), wake(2100, 2),
         event(2200, tracing.IRQ_LEAVE, 27), switch(2300, 1, 2, 1), wake(4000, 0),
         switch(4500, 2, 0, PREEMPT), event(5000, tracing.ALLOC, 64 << 48 | 0x123456789abc),
         switch(6000, 0, 2, SLEEP), event(7000, tracing.TIMER, 0xffffffff80001000))


def story():
    return tracing.parse(dump(*STORY), {0xffffffff80001000: "ring"}.get)


def test_cpus_side_by_side():
    """Each CPU's events are behind each other in the dump; what they do to each other is not."""
    there = [switch(1000, 1, 0, 1), wake(2000, 2), switch(3000, 0, 1, SLEEP)]
    here = ["cpu 1", switch(2500, 3, 2, 1), event(3900, tracing.IRQ_ENTER, 27), event(3950, tracing.IRQ_LEAVE, 27),
            switch(4000, 2, 3, PREEMPT)]
    trace = tracing.parse(dump(*there, *here, count=7, names=("0 main", "1 idle", "2 some thread", "3 idle/1")))
    some = trace.threads[2]
    assert some.runs == [(1500, 3000, 1, PREEMPT)] and some.waits == [(1000, 1500), (3000, 3000)]
    assert trace.threads[0].runs == [(0, 2000, 0, SLEEP)]
    assert "interrupts of CPU 1" in words(timeline.draw(trace, "T", "R"))


# -- reading ----------------------------------------------------------------------

def test_who_runs_waits_and_wakes():
    trace = story()
    main, idle, some = (trace.threads[ident] for ident in (0, 1, 2))
    assert (main.name, idle.name, some.name) == ("main", "idle", "some thread")
    assert main.runs == [(0, 0, 0, SLEEP), (3500, 5000, 0, SLEEP)]
    assert idle.runs == [(0, 1300, 0, 1)]
    assert some.runs == [(1300, 3500, 0, PREEMPT), (5000, 6000, 0, None)]
    assert some.waits == [(1100, 1300), (3500, 5000)] and main.waits == [(3000, 3500)]
    assert [(w.time, w.thread, w.by) for w in trace.wakes] == [
        (1100, 2, ("irq", 0)), (3000, 0, ("thread", 2))]
    assert trace.irqs == [(1000, 1200, 0, "timer")] and trace.end == 6000


def test_names_of_those_that_have_ended():
    first, rest = (int.from_bytes(part, "little") for part in (b"a-long-n", b"ame\0\0\0\0\0"))
    trace = tracing.parse(dump(switch(10, 0, 9, SLEEP), f"{9 << 8 | tracing.NAME:x} {first:x}",
                               f"{9 << 8 | tracing.NAME_REST:x} {rest:x}", switch(20, 9, 8, SLEEP)))
    assert trace.threads[9].name == "a-long-name" and trace.threads[8].name == "thread 8"


def test_log_lines_in_between_and_an_older_dump():
    lines = [STORY[0], "[    1.234567] a line of the log", *STORY[1:]]
    text = dump("1 2") + dump(*lines, count=len(STORY))
    assert tracing.parse(text).threads[2].runs == story().threads[2].runs


@pytest.mark.parametrize("text, said", [
    ("", "there is no `trace begin`"),
    (dump(*STORY).partition("trace end")[0], "cut off: there is no `trace end`"),
    (dump(*STORY, count=99), "10 events of 99: the rest is damaged"),
    (dump(), "there is no event in it"),
    (dump(*STORY).replace("begin 1", "begin 2"), "version 2"),
    (dump(*STORY).replace(f"{HZ} 0", "0 0"), "at 0 Hz"),
    (dump(event(1, 99, 0)), "an event of kind 99: not understood"),
    (dump(switch(1, 0, 1, 77)), "a switch for the reason 77"),
])
def test_a_bad_dump_is_named(text, said):
    with pytest.raises(tracing.TraceError, match=re.escape(said)):
        tracing.parse(text)


# -- for Perfetto ----------------------------------------------------------------------

def check_json(text):
    """The structure that Chrome's Trace Event Format asks for. Returns the events."""
    whole = json.loads(text)
    events = whole["traceEvents"]
    assert whole["displayTimeUnit"] == "ms" and events
    tracks, ends = set(), {}
    for one in events:
        assert one["ph"] in "MXisf" and isinstance(one["pid"], int) and isinstance(one["tid"], int)
        if one["ph"] == "M":
            assert one["name"] in ("process_name", "thread_name") and one["args"]["name"]
            tracks.add((one["pid"], one["tid"]))
            continue
        assert one["name"] and one["cat"] and one["ts"] >= 0
        assert (one["pid"], one["tid"]) in tracks, one
        if one["ph"] == "X":
            # slices of a track follow each other, or the viewer nests them
            track = one["pid"], one["tid"]
            assert one["dur"] >= 0 and one["ts"] >= ends.get(track, 0) - 1e-6, one
            ends[track] = one["ts"] + one["dur"]
        elif one["ph"] == "i":
            assert one["s"] == "t"
    begun = {one["id"]: one["ts"] for one in events if one["ph"] == "s"}
    ended = {one["id"]: one["ts"] for one in events if one["ph"] == "f"}
    assert begun.keys() == ended.keys() and all(begun[i] <= ended[i] for i in begun)
    assert all(one["bp"] == "e" for one in events if one["ph"] == "f")
    return events


def test_the_json_of_a_story():
    events = check_json(tracing.as_json(story()))
    by_cpu = [(one["name"], one["ts"], one["dur"]) for one in events
              if one["ph"] == "X" and one["pid"] == tracing.CPUS]
    assert sorted(by_cpu, key=lambda one: one[1:]) == [
        ("main", 0, 0), ("idle", 0, 1.3), ("some thread", 1.3, 2.2), ("main", 3.5, 1.5),
        ("some thread", 5, 1)]
    timer = next(one for one in events if one["name"] == "timer ring")
    assert timer["ph"] == "i" and timer["ts"] == 6
    alloc = next(one for one in events if one["name"] == "alloc")
    assert alloc["args"] == {"bytes": 64, "address": "0xffff123456789abc"}


# -- the picture ----------------------------------------------------------------------

def words(text):
    return ["".join(one.itertext()) for one in xml.fromstring(text).iter(SVG + "text")]


def test_the_picture_of_a_story():
    text = timeline.draw(story(), "A & B", "<remark>")
    said = words(text)
    assert {"A & B", "<remark>", "interrupts", "0 main", "1 idle", "2 some thread", "ms",
            "53.3 %"} <= set(said)
    paths = [one.attrib for one in xml.fromstring(text).iter(SVG + "path") if "fill" in one.attrib]
    # main: waits, runs; idle; the third: waits, runs; interrupts
    assert len(paths) == 6 and sum(one.get("class") == "w" for one in paths) == 2
    assert text == timeline.draw(story(), "A & B", "<remark>")


@pytest.mark.parametrize("end, said", [(100_000_000, "10"), (3_000_000, "0.5"), (50_000, "0.005"),
                                       (40_000_000_000, "5000"), (0, "0.000000")])
def test_round_times_on_the_axis(end, said):
    trace = tracing.Trace({}, [], [], [], 0, end)
    assert said in words(timeline.draw(trace, "T", "R"))


# -- all of it ----------------------------------------------------------------------

def traced(o, *arguments, **env):
    return subprocess.run([sys.executable, str(ROOT / "scripts/trace"), "-O", str(o),
                           *map(str, arguments)], cwd=ROOT, env=clean_environment(**shared_objects(), **env),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900,
                          check=False)


@pytest.fixture(scope="module")
def o(builder):
    """An output folder with a configuration; what it builds below stays for the next run."""
    path = builder.folder / "trace"
    path.mkdir(exist_ok=True)
    subprocess.run(["make", "-s", f"O={path}", "defconfig"], cwd=ROOT, env=clean_environment(),
                   stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return path


def test_the_usual_scenario(o, make):
    """As `make trace`: the same each time."""
    made = []
    for _ in range(2):
        done = make("trace", o=o)
        made.append([(o / "trace" / name).read_bytes() for name in ("trace.json", "timeline.svg")])
    assert made[0] == made[1]
    events = check_json(made[0][0].decode())
    tracks = {one["args"]["name"]: one["tid"] for one in events if one["ph"] == "M"}
    assert {"main", "control", "video", "sleeper1", "sleeper2", "hog", "nice-hog"} <= set(tracks)
    runs = [one for one in events if one["ph"] == "X" and one["pid"] == tracing.THREADS
            and one["name"] == "runs" and one["tid"] == tracks["control"]]
    assert len(runs) >= 10          # a period is 10 ms, the trace a tenth of a second
    assert {"irq", "wake", "ready", "switch"} <= {one.get("cat") for one in events}
    whole = max(one["ts"] + one.get("dur", 0) for one in events if "ts" in one)
    assert 95_000 < whole < 110_000
    assert sum(one["dur"] for one in events
               if one["ph"] == "X" and one["pid"] == tracing.CPUS) == pytest.approx(whole, rel=1e-3)
    assert {"2 control", "6 hog", "interrupts"} <= set(words(made[0][1].decode()))
    assert re.search(r"^ +6 hog +[\d.]+ +[\d.]+ ", done.stdout, re.M)


def test_ones_own_scenario(o, tmp_path):
    """More events than the ring has room for; a thread that has ended when the dump is made."""
    path = tmp_path / "own.txt"
    path.write_text("trace start # from here on\n\nspawn sleeper short\nkill 2\n"
                    "spawn sleeper -c 300 many\ntop -n 1\n")
    done = traced(o, "--scenario", path)
    assert done.returncode == 0, done.stderr
    lost = int(re.search(r"^trace: (\d+) older events are lost", done.stderr, re.M)[1])
    whole = json.loads((o / "trace/trace.json").read_text())
    assert lost > 1000 and whole["otherData"]["lost events"] == lost
    check_json((o / "trace/trace.json").read_text())
    assert "many300" in done.stdout and " older events were overwritten" in (
        o / "trace/timeline.svg").read_text()


def test_a_command_that_the_guest_refuses(o, tmp_path):
    path = tmp_path / "own.txt"
    path.write_text("spawn hog -p 99\nnothing\ntrace start 5\n")
    done = traced(o, "--scenario", path)
    assert done.returncode == 1
    assert "trace: the guest said: spawn: 99: a priority is 0 to 31\n" in done.stderr
    assert "trace: the guest said: nothing: unknown command" in done.stderr
    check_json((o / "trace/trace.json").read_text())


@pytest.mark.parametrize("text, status, said", [
    ("", 2, "there is no `trace start [MS]` in it"),
    ("# trace start\nspawn hog\n", 2, "there is no `trace start [MS]` in it"),
    ("trace start 5\n" + "x" * 512 + "\n", 2, "own.txt:2: longer than the 511 bytes"),
    ("trace start 5\x1b[2J\n", 2, "own.txt:1: not text"),
    (None, 1, "No such file or directory"),
])
def test_a_scenario_that_makes_no_sense(o, tmp_path, text, status, said):
    path = tmp_path / "own.txt"
    if text is not None:
        path.write_text(text)
    done = traced(o, "--scenario", path)
    assert done.returncode == status and said in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


@pytest.mark.parametrize("last, status, said", [
    ("panic now", 10, "the run did not end well: panic"),
    ("poweroff", 1, "there is no `trace begin`"),
])
def test_a_run_that_ends_before_the_dump(o, tmp_path, last, status, said):
    path = tmp_path / "own.txt"
    path.write_text(f"trace start 5\n{last}\n")
    done = traced(o, "--scenario", path)
    assert done.returncode == status and said in done.stderr


def test_without_threads(o, tmp_path):
    subprocess.run(["make", "-s", f"O={tmp_path}", "tiny_defconfig"], cwd=ROOT,
                   env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, check=True)
    done = traced(tmp_path)
    assert done.returncode == 1 and "this configuration has no threads to trace" in done.stderr
