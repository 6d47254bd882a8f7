# SPDX-License-Identifier: MIT
"""Every way in which the kernel can end badly: what the report says, its last line, the run's
status. The faults are provoked by the command `fault` (ext/crash/crash.c)."""

import re

import pytest

from lib.session import OFF, PANIC

from .conftest import CPU_FOR, CRASH

TRANSLATION = "translation fault level [0-3]"
PERMISSION = "permission fault level [0-3]"
BELOW = "below the stack of thread main"
# more than there is, by less than a frame of the functions here
OVERFLOW = ("kernel stack overflow in thread main: "
            "(16[4-7][0-9][0-9] of 16384|65[5-8][0-9][0-9] of 65536) bytes used")

# way: (what the last line says, functions that the call chain holds, in this order)
WAYS = {
    "null-read": (rf"data abort: read, {TRANSLATION} at 0x8 \(ESR 0x960000\w\w\), NULL pointer",
                  "crash_null_read"),
    "null-write": (rf"data abort: write, {TRANSLATION} at 0x10 \(.*\), NULL pointer",
                   "crash_null_write"),
    "far-read": (rf"data abort: read, {TRANSLATION} at 0x123456789000 \(.*\), no kernel address",
                 "crash_far_read"),
    "text-write": (rf"data abort: write, {PERMISSION} at 0xffffffff80000000 \(.*\), kernel text",
                   "crash_text_write"),
    "rodata-write": (rf"data abort: write, {PERMISSION} at 0xffffffff80\w+ \(.*\), "
                     "kernel read-only data", "crash_rodata_write"),
    "alias-write": (rf"data abort: write, {PERMISSION} at 0xffff\w+ \(ESR \w+\)",
                    "crash_alias_write fault_run"),
    "sealed-write": (rf"data abort: write, {PERMISSION} at 0xffffffff80\w+ \(.*\), read-only after boot",
                     "crash_sealed_write"),
    "wx": (r"mapped, and writable and executable: 0xffffffff80\w+000 to 0xffffffff80\w+fff, data",
           "panic map_check crash_wx"),
    "exec-constants": (r"mapped, and executable, and no code: 0xffffffff80\w+ to 0xffffffff80\w+, "
                       "constants", "panic map_check crash_exec_constants"),
    "user": (r"mapped, and open to programs: 0xffffffff80\w+ to 0xffffffff80\w+, data",
             "panic map_check crash_user"),
    "tear": (r"unmapping 0xffff\w+ to 0xffff\w+fff would tear a block apart",
             "panic arch_kernel_unmap crash_tear"),
    "alias-exec": (rf"instruction abort: fetch, {PERMISSION} at 0xffff\w+ \(ESR \w+\)", "fault_run"),
    "data-exec": (rf"instruction abort: fetch, {PERMISSION} at 0xffffffff80\w+ \(ESR \w+\)",
                  "fault_run"),
    "null-exec": (rf"instruction abort: fetch, {TRANSLATION} at 0 \(.*\), NULL pointer", "fault_run"),
    "exec-device": (rf"instruction abort: fetch, {PERMISSION} at 0xffff\w+ \(ESR \w+\)", "fault_run"),
    "undefined": (r"undefined instruction \(ESR 0x2000000\)", "crash_undefined"),
    "brk": (r"BRK instruction \(ESR 0xf2000123\)", "crash_brk"),
    "svc": (r"SVC \(ESR 0x56000000\)", "crash_svc"),
    "fp": (r"floating point or SIMD used in the kernel \(ESR \w+\)", "crash_fp"),
    "sp": (r"misaligned stack pointer: sp 0xffffffff80\w+8, .*BRK.*", "crash_sp"),
    "sp-low": ("no stack: sp 0 is no kernel address", "crash_sp_low"),
    "sp-high": (r"no stack: sp 0xffff00000000\w+ is no kernel address", ""),
    "sp0": (r"unexpected synchronous exception from EL1 on SP_EL0 "
            r"\(ESR 0xf2000002, BRK instruction\)", "crash_sp0"),
    "illegal": (r"illegal execution state \(ESR 0x3a000000\)", "crash_illegal"),
    "pc": (r"misaligned program counter \(ESR 0x8a000000\)", "fault_run"),
    "guard": (rf"data abort: read, {TRANSLATION} at 0xffffffff80\w+ \(.*\), {BELOW}", "crash_guard"),
    "guard-end": (rf"data abort: read, {TRANSLATION} at 0xffffffff80\w+ \(.*\), {BELOW}",
                  "crash_guard_end"),
    "overflow": (rf"{OVERFLOW}, sp 0xffffffff80\w+, address 0xffffffff80\w+",
                 "crash_overflow crash_overflow fault_run"),
    "frame": (rf"{OVERFLOW}, sp 0xffffffff80\w+, address 0xffffffff80\w+", "crash_frame"),
    "no-room": (r"kernel stack overflow in thread main: (16320|65472) of \d+ bytes used, "
                r"sp 0xffffffff80\w+40, at an interrupt", "crash_no_room fault_run"),
    "sp-wild": (r"stack pointer of thread main is not on its stack: sp 0xffff\w+200, BRK instruction",
                "crash_sp_wild"),
    "stack-guard": (rf"data abort: read, {TRANSLATION} at 0xffff\w+ \(.*\), {BELOW}", "crash_guard"),
    "stack-guard-end": (rf"data abort: read, {TRANSLATION} at 0xffff\w+ \(.*\), {BELOW}",
                        "crash_guard_end"),
    "stack-overflow": (rf"{OVERFLOW}, sp 0xffff\w+, address 0xffff\w+",
                       "crash_overflow crash_overflow crash_on_stack"),
    "stack-frame": (rf"{OVERFLOW}, sp 0xffff\w+, address 0xffff\w+", "crash_frame"),
    "stack-null-read": (rf"data abort: read, {TRANSLATION} at 0x8 \(ESR 0x960000\w\w\), NULL pointer",
                        "crash_null_read"),
    "unaligned": (r"data abort: read, alignment fault at 0xffffffff80\w+ \(.*\), "
                  "kernel read-only data", "crash_unaligned"),
    "external": (r"data abort: read, external abort at 0xffff\w+ \(ESR 0x96000010\)",
                 "crash_external fault_run"),
    "masked": ("asked for with interrupts masked", "panic crash_masked fault_run"),
    "interrupt": ("asked for in an interrupt",
                  "panic_handler irq_entry el1_irq"),
    "interrupt-fault": (rf"data abort: read, {TRANSLATION} at 0x8 \(.*\), NULL pointer",
                        "crash_null_read irq_entry el1_irq"),
    "deep": ("deep down", "panic crash_deep crash_deep fault_run"),
    "deep-pair": ("deep down", "panic crash_pong crash_ping crash_pong"),
    "chain-loop": ("with a broken call chain", "panic crash_chain"),
    "chain-wild": ("with a broken call chain", "panic crash_chain"),
    "assert": ("ext/crash/crash.c:[0-9]+: assertion failed: zero == 1", "panic crash_assert fault_run"),
    "long": ("x{200,}", "panic crash_long fault_run"),
}
# those that the layout of addresses decides
EVERY_GRANULE = ("null-read", "text-write", "rodata-write", "alias-write", "alias-exec", "data-exec",
                 "guard", "guard-end", "overflow", "frame", "no-room", "stack-guard",
                 "stack-guard-end", "stack-overflow", "stack-frame", "sealed-write", "wx",
                 "exec-constants", "user", "tear")
PARAMETERS = [("4K", way, cpus) for cpus in (1, 2, 4) for way in WAYS] + [
    (granule, way, 1) for granule in ("16K", "64K") for way in EVERY_GRANULE] + [
    pytest.param("4K", way, cpus, marks=pytest.mark.slow) for cpus in (8, 16) for way in WAYS]


def on_last(cpus):
    """The command before those that shall run on the last one of so many CPUs, which is not the one that booted."""
    return f"taskset -p {1 << cpus - 1:x} 0; " if cpus > 1 else ""


@pytest.fixture
def crash(ahead, checked):
    """The report of this test's crash, and its last line."""
    builds = {granule: checked(granule) for granule in CPU_FOR}

    def start(way, granule="4K", cpus=1, **_):
        return {"o": builds[granule], "autorun": f"{on_last(cpus)}fault {way}",
                "env": {"CPU": CPU_FOR[granule], "SMP": cpus}, "timeout": 60}

    result = ahead(start)
    assert result.status == PANIC, f"status {result.status}: {result.closing}"
    report = result.text[result.text.index("] panic: "):]
    said = re.search(r"\ncairn: panic: (.*)\n\Z", report)
    assert said, f"the last line is {report.splitlines()[-1]!r}"
    assert report.count("cairn: panic: ") == 1
    return report, said[1]


def call_chain(report):
    """The functions; one that called itself stands there as often as its line says."""
    lines = re.findall(r"\]   (\w+)(?:\+0x\w+/0x\w+)?(?:, (\d+) times)?$", report, re.M)
    return [function for function, times in lines for _ in range(int(times or 1))]


def holds(chain, functions):
    """Whether @functions stand in @chain in this order, others between them or not."""
    rest = iter(chain)
    return all(function in rest for function in functions)


@pytest.mark.parametrize("granule,way,cpus", PARAMETERS)
def test_crash(crash, granule, way, cpus):
    words, functions = WAYS[way]
    report, last = crash
    assert re.fullmatch(words, last), f"the last line says {last!r}"
    assert re.match(rf"\] panic: {words}\n", report), "the report begins with the reason"
    chain = call_chain(report)
    assert holds(chain, functions.split()), f"the call chain is {chain}"
    assert "does not stop" not in report
    cpu, thread, begin = cpus - 1, "main", "boot_linked"
    if way.startswith("interrupt"):
        # while the shell sleeps it is an idle thread that an interrupt comes to, the one of any CPU
        cpu, thread = r"\d+", r"idle(/\d+)?"
        begin = "secondary_linked" if "] CPU " in report and "] CPU 0," not in report else "idle"
    assert re.search(rf"\] {f'CPU {cpu}, ' if cpus > 1 else ''}thread {thread}\n", report)
    if way.startswith("stack-"):
        assert chain[-1] in ("crash_on_stack", functions), f"it is cut: {chain}"
    elif way == "deep-pair":
        assert len(chain) < 40 and re.search(r"\]   \.\.\.\n", report), "the call chain has an end"
    elif way not in ("chain-loop", "chain-wild"):
        assert chain[-1] == begin, f"it is cut: {chain}"


@pytest.mark.parametrize("way", ["null-read", "overflow", "sp"])
def test_registers(crash, way):
    """All 31, the stack pointer, the state; sp as it was, also when the report has another stack."""
    report, last = crash
    for n in range(30):
        assert re.search(rf"\bx{n} +[0-9a-f]{{16}}\b", report), f"x{n} is missing"
    sp = int(re.search(r"\] sp  ([0-9a-f]{16})  pstate [0-9a-f]{8}\n", report)[1], 16)
    assert re.search(r"\] pc  crash_\w+\+0x", report) and re.search(r"\] lr  (crash|fault)_\w+\+0x", report)
    if "sp 0x" in last:
        assert f"sp {sp:#x}" in last


@pytest.mark.parametrize("way,first", [("nested", "the first one"),
                                       ("nested-fault", rf"data abort: write, {TRANSLATION} at 0x10 .*")])
def test_fault_in_the_report(crash, way, first):
    """The report stops there, with a last line that names both facts."""
    report, last = crash
    assert re.match(rf"\] panic: {first}\n", report)
    assert re.fullmatch(rf"data abort: read, {TRANSLATION} at 0x\w+ \(.*\), NULL pointer "
                        r"\(while another panic was reported\)", last), last


def test_console_that_faults(run, checked):
    """Its driver cannot speak any more, so early boot's code says the last line, once."""
    result = run(checked("4K"), "fault uart", timeout=30)
    assert result.status == PANIC, f"status {result.status}: {result.closing}"
    assert re.search(rf"\ncairn: panic: data abort: \w+, {TRANSLATION} at 0x1\w+ \(.*"
                     r"\(while another panic was reported\)\n\Z", result.text)


def test_without_names(run, bare):
    """An image without the symbol table says addresses, which the ELF file has the names of."""
    result = run(bare, "panic no names", timeout=20)
    assert result.status == PANIC and result.closing == "run-qemu: panic: no names"
    assert re.search(r"\] panic: no names\n", result.text)


# -- the shell's command `crash`: one mistake of each kind ------------------------------------

AT = r"0x\w+"
SAID = "heap: {} by {}+0x"
# command: (what the last line says, functions in the call chain, who the log names)
MISTAKES = {
    "null": (rf"data abort: write, {TRANSLATION} at 0 \(.*\), NULL pointer", "crash_null", ()),
    "wx": (rf"data abort: write, {PERMISSION} at 0xffffffff80\w+ \(.*\), kernel text", "crash_write_text", ()),
    "wx exec": (rf"instruction abort: fetch, {PERMISSION} at 0xffffffff80\w+ \(.*\)", "crash_run", ()),
    "stack": (rf"{OVERFLOW}, .*", "crash_stack crash_stack crash_run", ()),
    "overflow": (rf"heap overrun: object of 40 bytes at {AT}: byte 40 became 0x78", "crash_overflow crash_run",
                 (("allocated", "crash_overflow"),)),
    "uaf": (rf"heap use after free: object of 40 bytes at {AT}: byte 8 became 0x78", "crash_use_after_free crash_run",
            (("allocated", "crash_use_after_free"), ("freed", "crash_use_after_free"))),
    "doublefree": (rf"heap double free: object of 40 bytes at {AT}", "crash_double_free crash_run",
                   (("allocated", "crash_double_free"), ("freed", "crash_double_free"),
                    ("freed again", "crash_double_free"))),
}
POLICIES = ("SLAB", "BUDDY", "BUMP")
NOTICED = rf"\ncairn: panic: heap bad free: {AT}: .*\n\Z"
UNSEEN = {"overflow": "a heap overrun", "uaf": "a use after free"}


@pytest.fixture(scope="session")
def checked_heap(build):
    def get(policy):
        return build("qemu_virt_defconfig", set=f"HEAP_{policy}=y DEBUG_HEAP=y SELFTEST=y DEBUG_ASSERT=y",
                     EXT=str(CRASH))
    return get


@pytest.mark.parametrize("policy,command", [("SLAB", command) for command in MISTAKES] +
                         [(policy, command) for policy in POLICIES[1:]
                          for command in ("overflow", "uaf", "doublefree")])
def test_mistake(run, checked_heap, policy, command):
    """Each is named, with both culprits, when the heap is checked."""
    words, functions, culprits = MISTAKES[command]
    result = run(checked_heap(policy), f"crash {command}", timeout=60)
    assert result.status == PANIC, f"status {result.status}: {result.closing}"
    assert re.search(rf"\ncairn: panic: {words}\n\Z", result.text), result.text[-300:]
    assert holds(call_chain(result.text), functions.split()), f"the call chain is {call_chain(result.text)}"
    for what, who in culprits:
        assert f"] {SAID.format(what, who)}" in result.text, f"nobody is said to have {what}"


@pytest.mark.parametrize("command", MISTAKES)
def test_mistake_without_checks(run, kernel, command):
    """The defconfig's kernel: what only the checks can see is not done; double free is the policy's."""
    result = run(kernel, f"crash {command}", timeout=60)
    if command in UNSEEN:
        assert result.status == OFF
        assert f"\ncrash: {UNSEEN[command]} goes unnoticed without CONFIG_DEBUG_HEAP: not done\n" in result.text
    elif command == "doublefree":
        assert (re.search(NOTICED, result.text) or
                re.search(r"\ncrash: the \w+ heap did not notice; it may be damaged now\n", result.text))
    else:
        assert re.search(rf"\ncairn: panic: {MISTAKES[command][0]}\n\Z", result.text), result.text[-300:]


@pytest.mark.parametrize("policy", ("BUDDY", "BUMP"))
def test_double_free_is_noticed_by_the_policy(run, build, policy):
    result = run(build("qemu_virt_defconfig", set=f"HEAP_{policy}=y"), "crash doublefree")
    assert result.status == PANIC, result.closing
    assert re.search(NOTICED, result.text)
    assert re.search(r"^\[.*\]   crash_double_free\+0x", result.text, re.M), "who freed is in the call chain"
