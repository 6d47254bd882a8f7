# SPDX-License-Identifier: MIT
"""Several CPUs: started by PSCI and by spin table, named where one does not come, sharing what runs;
the in-kernel tests about them (all others: test_lock_check.py); and the ends of a run
that one CPU brings about for all."""

import re

import pytest

from lib import tree
from lib.build import bench
from lib.session import OFF, PANIC, STUCK

from .conftest import CPU_FOR
from .test_schedulers import chosen
from .test_selftest import ABOUT_CPUS, SUITES, check

POLICIES = ("COOPERATIVE", "ROUND_ROBIN", "PRIORITY", "MLFQ", "FAIR", "EDF")
EVERY_CHECK = "SELFTEST=y DEBUG_ASSERT=y DEBUG_LOCKS=y DEBUG_HEAP=y"


@pytest.fixture
def checked_cpus(build):
    """Every check that there is, but for the watchdog's."""
    return lambda more="": build("qemu_virt_defconfig", set=f"{EVERY_CHECK} {more}".strip())


def selftest(run, o, cpus, suites=("",), icount=True, **env):
    """Under instruction counting: CPUs take turns then, and a run is the same every time."""
    result = run(o, "; ".join(f"selftest {suite}".strip() for suite in suites), env={"SMP": cpus, **env},
                 icount=icount, timeout=300)
    assert result.status == OFF, result.closing
    assert f"{cpus} of {cpus} CPUs used" in result.text
    assert not icount or " # SKIP " not in result.text
    texts = result.text.split("\nKTAP version 1\n1..")[1:]
    assert len(texts) == len(suites)
    return set().union(*(check(f"\n1..{text}") for text in texts))


@pytest.mark.slow
@pytest.mark.parametrize("policy", POLICIES)
def test_all_suites_of_every_policy(run, checked_cpus, policy):
    selftest(run, checked_cpus(f"SCHED_{policy}=y"), 4)


@pytest.mark.parametrize("policy", ["cooperative", "round_robin", "mlfq", "fair", "edf"])
def test_policies(run, build, policy):
    suites = ABOUT_CPUS - {"sched_priority_smp"}
    assert selftest(run, chosen(build, policy), 4, suites) == suites


def test_side_by_side(run, checked_cpus):
    """Without counting, where two CPUs do run at once."""
    assert selftest(run, checked_cpus(), 2, ABOUT_CPUS, icount=False) == ABOUT_CPUS


@pytest.mark.parametrize("granule", ["16K", "64K"])
def test_larger_granules(run, checked_cpus, granule):
    assert selftest(run, checked_cpus(f"PAGE_{granule}=y"), 4, ABOUT_CPUS, CPU=CPU_FOR[granule]) == ABOUT_CPUS


def test_gic_v2(run, checked_cpus):
    assert selftest(run, checked_cpus(), 4, ABOUT_CPUS, GIC="2") == ABOUT_CPUS


def test_raspi4b(run, raspi4b, build):
    """By spin table, and GIC-400."""
    o = build("rpi4_defconfig", set="SELFTEST=y DEBUG_ASSERT=y")
    assert selftest(run, o, 4, ABOUT_CPUS) == ABOUT_CPUS


# -- which CPUs --------------------------------------------------------------------------------

def test_as_many_as_there_are(run, kernel):
    for cpus in (1, 3, 8, 16):
        result = run(kernel, "cat /proc/cpuinfo; sched", env={"SMP": cpus})
        assert f"] {cpus} of {cpus} CPU{'s' if cpus > 1 else ''} used (" in result.text
        assert re.findall(r"^processor\t: (\d+)$", result.text, re.M) == [str(n) for n in range(cpus)]
        assert len(re.findall(r"^ +\d+ idle", result.text, re.M)) == cpus


@pytest.mark.parametrize("option, used, said", [
    ("maxcpus=3", 3, "3 CPUs of the tree's 4 are used, as the command line says"),
    ("maxcpus=1", 1, ""), ("maxcpus=0", 1, ""), ("nosmp", 1, ""), ("maxcpus=99", 4, ""),
])
def test_command_line(run, kernel, option, used, said):
    result = run(kernel, "mem", env={"SMP": 4, "APPEND": option})
    assert f"] {used} of 4 CPUs used (" in result.text and said in result.text


@pytest.mark.parametrize("option, used", [("maxcpus=3", 3), ("maxcpus=2", 2)])
def test_left_out_for_another_reason(run, kernel, tmp_path, option, used):
    """With a CPU that cannot be started the others are fewer; the command line is named only where it left one off."""
    path = tmp_path / "odd.dtb"
    text = tree.decompile(tree.dump(kernel, path, {"SMP": 4, "APPEND": option}, autorun="mem"))
    tree.compile_dts(text.replace('enable-method = "psci"', 'enable-method = "x"', 2), path)
    result = run(kernel, env={"SMP": 4}, args=("--tree", str(path)), timeout=30)
    assert "cpu@1: enable-method x is not known" in result.text and f"] {used} of 4 CPUs used (" in result.text
    assert ("as the command line says" in result.text) == (used == 2)


@pytest.mark.slow
def test_more_than_configured(run, build):
    result = run(build("qemu_virt_defconfig", set="NR_CPUS=2"), "sched", env={"SMP": 4})
    assert "2 CPUs of the tree's 4 are used, as CONFIG_NR_CPUS says" in result.text
    assert "] 2 of 4 CPUs used (" in result.text


def test_kernel_for_one(run, build):
    result = run(build("qemu_virt_defconfig", set="SMP=n"), "taskset 1 sched; ps; top -n 1", env={"SMP": 4})
    assert "] 1 of 4 CPUs used (" in result.text and "taskset: unknown command" in result.text
    assert re.search(" switches forced +policy$", result.text, re.M)
    assert re.search(" cpu % +cpu ms +policy$", result.text, re.M)


DEVICES = "  devices, vmalloc "
CPU_2 = r'(cpu@2 \{.*?)'
TREES = {       # what becomes of QEMU's tree for four CPUs; how many are used; what is said
    "no-method": (CPU_2 + r'enable-method = "psci";', r"\1", 3,
                  "cpu@2: no enable-method: nobody knows how to start it"),
    "odd-method": (CPU_2 + r'"psci"', r'\1"telepathy"', 3, "cpu@2: enable-method telepathy is not known"),
    "no-reg": (CPU_2 + r"reg = <0x02>;", r"\1", 3, "cpu@2: its reg does not say which CPU it is: left out"),
    "wide-reg": (CPU_2 + r"reg = <0x02>;", r"\1reg = <0 2 0>;", 3,
                 "cpu@2: its reg does not say which CPU it is: left out"),
    "twice-one": (CPU_2 + r"reg = <0x02>;", r"\1reg = <1>;", 3,
                  "another CPU has the MPIDR 0x1 already: left out"),
    "the-boot-cpu-again": (CPU_2 + r"reg = <0x02>;", r"\1reg = <0>;", 3,
                           "another CPU has the MPIDR 0 already: left out"),
    "boot-cpu-unnamed": (r'cpu@0 \{.*?\};', "", 4, ""),
    "not-there": (CPU_2 + r"reg = <0x02>;", r"\1reg = <0x77>;", 3,
                  "no redistributor for the CPU with affinity 0x77 in the tree's regions\n"
                  "cpu@2: left out: it could have no interrupts"),
    "disabled": (CPU_2 + r"enable-method", r'\1status = "disabled"; enable-method', 3, ""),
    "spin-table-without": (CPU_2 + r'"psci"', r'\1"spin-table"', 3,
                           "cpu@2: enable-method spin-table without a cpu-release-addr"),
    "spin-table-outside": (CPU_2 + r'"psci"', r'\1"spin-table"; cpu-release-addr = <0 0x9000000>', 3,
                           "cpu@2: cpu-release-addr 0x9000000 is not in the kernel's memory"),
    "spin-table-odd": (CPU_2 + r'"psci"', r'\1"spin-table"; cpu-release-addr = <0 0x48000004>', 3,
                       "cpu@2: cpu-release-addr 0x48000004 is no multiple of 8"),
    "spin-table-far": (CPU_2 + r'"psci"', r'\1"spin-table"; cpu-release-addr = <0xffffffff 0xfffffff8>', 3,
                       "cpu@2: cpu-release-addr 0xfffffffffffffff8 is not in the kernel's memory"),
    # the kernel's code, which nothing may write to
    "spin-table-code": (CPU_2 + r'"psci"', r'\1"spin-table"; cpu-release-addr = <0 0x40210000>', 3,
                        "cpu@2: cpu-release-addr 0x40210000 is in the kernel's image"),
    # the kernel's data, though the tree reserves it
    "spin-table-data": (r"/ \{(.*?cpu@2 \{.*?)" + r'"psci"', r"/memreserve/ 0x40250000 0x1000; / {\1"
                        '"spin-table"; cpu-release-addr = <0 0x40250000>', 3,
                        "cpu@2: cpu-release-addr 0x40250000 is in the kernel's image"),
    # anybody's
    "spin-table-unreserved": (CPU_2 + r'"psci"', r'\1"spin-table"; cpu-release-addr = <0 0x48000000>', 3,
                              "cpu@2: cpu-release-addr 0x48000000 is in memory that the tree does not reserve"),
    "spin-table-two-cells-and-a-half": (CPU_2 + r'"psci"', r'\1"spin-table"; cpu-release-addr = <0 0 0>', 3,
                                        "cpu@2: enable-method spin-table without a cpu-release-addr"),
    "spin-table-asleep": (r"/ \{(.*?cpu@2 \{.*?)" + r'"psci"', r"/memreserve/ 0x48000000 0x10; / {\1"
                          '"spin-table"; cpu-release-addr = <0 0x48000008>', 3,
                          "cpu@2: the CPU does not come up: left out"),
    # an undefined instruction there
    "psci-by-smc": (r'method = "hvc"', 'method = "smc"', 1,
                    "psci: cannot be called: no firmware answers by its `method`\n"
                    "cpu@1: left out: firmware cannot be called"),
    "no-psci": (r"psci \{", "other { compatible = \"x,y\"; }; odd {", 1,
                "cpu@1: enable-method psci, and the tree has no psci node to call by"),
}


@pytest.fixture(scope="module")
def mapped_for_three(kernel):
    """How many ranges of devices are mapped where three CPUs run."""
    from lib.session import Result, Session
    return Result(Session(kernel, env={"SMP": 3}, autorun="map")).text.count(DEVICES)


@pytest.mark.parametrize("name", TREES)
def test_odd_trees(run, kernel, tmp_path, mapped_for_three, name):
    """Whatever is wrong with one CPU is said, and the others run."""
    old, new, used, said = TREES[name]
    path = tmp_path / "odd.dtb"
    text = tree.decompile(tree.dump(kernel, path, {"SMP": 4}, autorun="map"))
    if name == "no-psci":
        text = re.sub(r'compatible = "arm,psci[^;]*;', "", text)
    text, times = re.subn(old, new, text, count=1, flags=re.S)
    assert times == 1
    tree.compile_dts(text, path)
    result = run(kernel, env={"SMP": 4}, args=("--tree", str(path)), timeout=30)
    assert said in re.sub(r"^\[ *[\d.]+\] ", "", result.text, flags=re.M)
    assert f"] {used} of {3 if name == 'disabled' else 4} CPUs used (" in result.text
    assert used != 3 or result.text.count(DEVICES) == mapped_for_three     # what it had been given is given back


def test_two_cpus_share_a_release_address(run, rpi4, raspi4b, tmp_path):
    """Both wake up for the first one: the second one is not meant, and waits for ever."""
    text = tree.decompile(rpi4 / "dts/bcm2711-rpi-4-b.dtb")
    text, times = re.subn(r"cpu-release-addr = <0x0+ 0xe8>", "cpu-release-addr = <0 0xe0>", text)
    assert times == 1
    path = tree.compile_dts(text, tmp_path / "shared.dtb")
    result = run(rpi4, "sched", env={"DTB": str(path)}, timeout=60)
    assert "cpu@2: the CPU does not come up: left out" in result.text
    assert "] 3 of 4 CPUs used (" in result.text


# -- what runs where ---------------------------------------------------------------------------

@pytest.fixture(scope="module")
def shell(kernel):
    from lib.session import Session
    session = Session(kernel, env={"SMP": 4}, timeout=None)
    session.prompt()
    yield session
    session.close()


def test_taskset(shell):
    for cpu in range(4):
        assert re.search(rf"^ +0 main +running .*, CPU {cpu}$", shell.cmd(f"taskset {1 << cpu:x} sched"), re.M)
    assert shell.cmd("taskset -p 5 0") == "thread 0 may run on the CPUs 0x5"
    assert shell.cmd("taskset -p 0") == "thread 0 may run on the CPUs 0x5"
    assert shell.cmd("taskset -p 0xf 0") == "thread 0 may run on the CPUs 0xf"
    assert shell.cmd("taskset -p 2 1").startswith("taskset: none of these CPUs runs, or an idle thread")
    assert shell.cmd("taskset 10 true").startswith("taskset: none of these CPUs runs")
    assert shell.cmd("taskset -p 1 99") == "taskset: there is no such thread"
    assert shell.cmd("taskset x true") == "taskset: x is no mask"
    assert shell.cmd("taskset 1 false; echo $?") == "1"
    assert shell.cmd("taskset 1; echo $?") == "taskset: no command\n2"


def test_the_cpu_in_ps_and_top(shell):
    """A column before the policy's words: where the thread runs, or did so last."""
    hog = shell.cmd("taskset 8 spawn hog -p 1").split()[-1]
    for cpu in range(4):
        for command in ("ps", "top -n 1"):
            head, *lines = [line for line in shell.cmd(f"taskset {1 << cpu:x} {command}").splitlines()
                            if re.match(r" +(id|\d+) ", line)]
            assert re.search(r" CPU  policy$", head)
            cpus = {line.split()[0]: int(line[:head.index("CPU") + 3].split()[-1]) for line in lines}
            assert cpus["0"] == cpu and cpus[hog] == 3, lines
            assert {cpus[line.split()[0]] for line in lines if line.split()[1].startswith("idle")} == {0, 1, 2, 3}
    assert shell.cmd(f"kill {hog}") == ""


def taken(shell, irq):
    """How often @irq has come on each CPU."""
    head, *lines, _ = shell.cmd("cat /proc/interrupts").splitlines()
    assert head.split() == ["CPU0", "CPU1", "CPU2", "CPU3"]
    return [int(n) for line in lines if line.split(":")[0].strip() == irq for n in line.split()[1:5]]


def test_interrupts_go_to_a_cpu(shell):
    uart = re.search(r"^ +(\d+) .*pl011", shell.cmd("irq"), re.M)[1]
    for cpu in (3, 1, 0):
        assert shell.cmd(f"irq {uart} {cpu}") == ""
        assert re.search(rf"pl011.*, CPU {cpu}$", shell.cmd("irq"), re.M)
        before, after = taken(shell, uart), taken(shell, uart)          # typed, so it comes there
        assert [n for n in range(4) if after[n] > before[n]] == [cpu]
    for words in ("0 1", f"{uart} 4", "9999 0"):
        assert shell.cmd(f"irq {words}") == "irq: not a line that goes to one CPU, or not a CPU that runs"


def test_hogs_spread(shell):
    """Three that never sleep, less urgent than the shell: each has a CPU of its own."""
    made = [shell.cmd(f"spawn hog -p {n}") for n in (1, 2, 3)]
    assert all(made)
    cpus = re.findall(r"hog +running .*, CPU (\d)$", shell.cmd("sched"), re.M)
    assert len(cpus) == len(set(cpus)) == 3
    for row in re.findall(r"^ *(\d+) hog", shell.cmd("ps"), re.M):
        assert shell.cmd(f"kill {row}") == ""
    assert "hog" not in shell.cmd("sleep 0.2; ps")


def chains(text):
    """Of `backtrace`: (name, state, the functions of its chain) of each thread."""
    return [(name, state, re.findall(r"^  (\w+)\+0x", levels, re.M)) for name, state, levels in
            re.findall(r"^thread \d+ (\S+), (\w+):\n((?:  \S+\n)*)", text, re.M)]


def test_backtrace_of_what_runs_elsewhere(run, checked_cpus):
    """Each CPU tells where it is, whether it computes or waits: nobody that runs is without a chain."""
    result = run(checked_cpus(), "taskset 2 spawn hog -p 1; taskset 4 spawn hog -p 2; taskset 8 sleep 0.1; "
                                 "taskset 8 backtrace", env={"SMP": 4}, icount=True)
    assert result.status == OFF, result.closing
    running = {}
    for name, state, chain in chains(result.text):
        if state == "running":
            running.setdefault(name.partition("/")[0], []).append(chain)
    assert len(running["hog"]) == 2 and all(chain for some in running.values() for chain in some), result.text
    for chain in running["hog"]:
        assert {"burn", "hog", "look"} & set(chain) and chain[-1] == "start", result.text
    assert len(running["idle"]) == 1 and "idle" in running["idle"][0], result.text    # the boot CPU's
    assert "thread_backtrace" in running["main"][0] and running["main"][0][-1] == "boot_linked", result.text


def test_backtrace_of_what_comes_and_goes(run, checked_cpus):
    """Threads that go from CPU to CPU are found or not, and nobody waits for ever."""
    result = run(checked_cpus(), "spawn sleeper -c 8; spawn hog -c 2; repeat 40 backtrace", env={"SMP": 4},
                 timeout=60)
    assert result.status == OFF, result.closing
    found = [chain for name, _, chain in chains(result.text) if name.startswith("sleeper")]
    assert len(found) >= 40 * 8 * 0.9 and sum(map(bool, found)) >= 0.9 * len(found), result.text


def test_backtrace_beside_a_stuck_cpu(run, checked_cpus):
    """Who runs there has no chain, in words; the others have, and the shell goes on."""
    o = checked_cpus("WATCHDOG=y WATCHDOG_SECONDS=60")      # which is in no hurry
    result = run(o, "taskset 4 crash masked & sleep 0.5; repeat 2 backtrace; version", env={"SMP": 4, "GIC": "2"},
                 timeout=60)
    assert result.status == OFF, result.closing
    assert len(re.findall(r"^thread \d+ job, running:\n  its CPU takes no interrupts$", result.text, re.M)) == 2
    assert result.text.count("takes no interrupts") == 2
    assert [chain for name, _, chain in chains(result.text) if name == "main" and "boot_linked" in chain]


# -- ends --------------------------------------------------------------------------------------

@pytest.fixture
def watched(build):
    return build("qemu_virt_defconfig", set="WATCHDOG=y WATCHDOG_SECONDS=1 CMD_CRASH=y")


@pytest.mark.parametrize("gic", ["3", "2"])
def test_panic_on_another_cpu(run, watched, gic):
    """One reports, the others stop: nothing comes in between, nor after the last line."""
    result = run(watched, "taskset 4 crash null", env={"SMP": 4, "GIC": gic})
    assert result.status == PANIC
    assert re.search(r"\] CPU 2, thread main$", result.text, re.M)
    assert "does not stop" not in result.text
    assert result.text.splitlines()[-1].startswith("cairn: panic: data abort: write, ")


def test_panics_at_once(run, watched):
    """One of them reports, whole, and the others are no second panic."""
    result = run(watched, " & ".join(f"taskset {1 << cpu:x} crash null" for cpu in range(4)), env={"SMP": 4})
    assert result.status == PANIC
    assert len(re.findall(r"panic: data abort: write, ", result.text)) == 2, "the report's first line and the last"
    assert result.text.splitlines()[-1].startswith("cairn: panic: data abort: write, ")
    assert "does not stop" not in result.text and "another panic" not in result.text


def test_stuck_cpu_is_reached(run, watched):
    """By FIQ: it says itself where it is."""
    result = run(watched, "taskset 4 crash masked", env={"SMP": 4})
    assert result.status == STUCK
    assert re.search(r"hang: watchdog: CPU 2 has taken no interrupt for \d s$", result.text, re.M)
    assert re.search(r"\] CPU 2, thread main$", result.text, re.M)
    assert re.search(r"^\[.*\]   crash_masked\+0x", result.text, re.M)
    assert "does not stop" not in result.text


def test_stuck_cpu_is_named(run, watched):
    """Where nothing gets through to it, one of the others says so, and which one does not stop."""
    result = run(watched, "taskset 4 crash masked", env={"SMP": 4, "GIC": "2"})
    assert result.status == STUCK
    assert re.search(r"hang: watchdog: CPU 2 has taken no interrupt for \d s$", result.text, re.M)
    assert re.search(r"\] CPU 1, thread ", result.text, re.M)
    assert "CPU 2 does not stop" in result.text
    # not ready, and not waiting for CPU 1: the states of threads that have a CPU
    assert re.search(r"\] thread 0 main, running on CPU 2, its own priority:$", result.text, re.M)
    assert re.search(r"\] thread 1 idle, running on CPU 0, ", result.text)
    assert not re.search(r"\] thread 0 main, ready", result.text)


def test_soak(tmp_path, make):
    """A few seconds of it: all kinds get on, and nothing is wrong."""
    done = make("soak", o=tmp_path, MINUTES="0.2", SMP="2")
    last = [line for line in done.stdout.splitlines() if line.startswith("soak: 1")][-1]
    steps = dict(re.findall(r"(\w+) (\d+),", last))
    assert set(steps) == {"heap", "files", "locks", "timers", "moves"} and "0" not in steps.values(), last
    assert last.endswith(" wrong 0") and "soak: all well" in done.stdout


def test_single_cpu_build(build):
    """What the bounds of one CPU alone are held for."""
    _, rows = bench(build("qemu_virt_defconfig", set="SMP=n"))
    for name in ("sched.yield", "irq.wake", "thread.create"):
        assert rows[name]["bound"] and rows[name]["value"] <= rows[name]["bound"]
