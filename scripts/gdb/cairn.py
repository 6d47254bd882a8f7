# SPDX-License-Identifier: MIT
"""gdb commands for Cairn, loaded by `make debug`; by hand: `source scripts/gdb/cairn.py`.

    cairn-attach TARGET [LOAD]   connects, adds the symbols for code before the MMU, goes to the
                                 first instruction
    cairn-symbols [LOAD]         just the symbols; without LOAD the Image is looked for below the
                                 program counter
    cairn-threads                every thread: what it is, where it sleeps, or on which CPU it runs
    cairn-bt [THREAD]            backtrace by frame pointers, of this CPU or of a thread; of one
                                 that runs on another CPU, which is selected by that
    cairn-ps                     every process, its threads, and where these are in their program
    cairn-pbt PID                backtraces of a process's threads: in the kernel, and in the program
    cairn-dmesg                  the kernel log, also of a kernel that cannot print any more

The kernel is linked high and loaded anywhere. Until the MMU is on, the program counter and every
address are physical; so the same symbols are given to gdb twice, where they were linked and where
they were loaded, and a breakpoint on a name holds on either side. The structures are read by their
debugging information (CONFIG_DEBUG_INFO), not by offsets kept here, and through the guest's own
memory map: what needs link addresses says so while the MMU is off. `help user-defined` lists them.

Sources of EXT are ext/<folder's name>/... in the debugging information, wherever they lie; gdb is
told where that was, as the output folder remembers.
"""

import os
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import processes                    # noqa: E402 its commands
from target import Command, Unavailable, cpu_of, cpus, current_thread, link_address, name_of, number, print_levels, \
    read, running, saved_frame, state_name, threads, variable

IMAGE_MAGIC = b"ARM\x64"
STEP = 2 << 20                      # an Image lies at a multiple of this
LEVELS = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")


# -- symbols ----------------------------------------------------------------------

def find_image():
    """Where the Image that runs now was loaded: by its header, below the program counter."""
    at = number("$pc") // STEP * STEP
    for address in range(at, max(at - 64 * STEP, -1), -STEP):
        if read(address + 56, 4) == IMAGE_MAGIC:
            return address
    raise Unavailable("no Image is found below the program counter: give its load address")


def add_symbols(load):
    if load == link_address():
        return
    elf = gdb.objfiles()[0].filename
    gdb.execute(f'add-symbol-file "{elf}" -o {(load - link_address()) & (1 << 64) - 1:#x}',
                to_string=True)


class Symbols(gdb.Command):
    """cairn-symbols [LOAD]: symbols where the Image was loaded, for code that runs before the MMU
    is on."""

    def __init__(self):
        super().__init__("cairn-symbols", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        load = number(argument) if argument else find_image()
        add_symbols(load)
        print(f"cairn: loaded at {load:#x}, linked at {link_address():#x}: symbols for both")


class Attach(gdb.Command):
    """cairn-attach TARGET [LOAD]: connect to a QEMU that is stopped at reset, and go to the Image's
    first instruction."""

    def __init__(self):
        super().__init__("cairn-attach", gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        target, _, load = argument.partition(" ")
        gdb.execute("set architecture aarch64", to_string=True)
        gdb.execute("set confirm off")
        gdb.execute("set pagination off")
        # code that is not mapped yet is read out of the ELF file
        gdb.execute("set trust-readonly-sections on")
        gdb.execute(f"target remote {target}", to_string=True)
        if load:
            load = number(load)
            add_symbols(load)
            gdb.execute(f"thbreak *{load:#x}", to_string=True)
            gdb.execute("continue", to_string=True)
            print(f"cairn: stopped at the first instruction of the Image, {load:#x}")
        print("cairn: breakpoints on names hold before and after the MMU is on")
        print("cairn: try `break kernel_main`, `continue`, `cairn-threads`, `cairn-dmesg`, "
              "`cairn-bt`")


# -- threads ----------------------------------------------------------------------

class Threads(Command):
    """cairn-threads: every thread with its state, its stack and where it is; * is the one that the
    selected CPU runs."""

    def __init__(self):
        super().__init__("cairn-threads")

    def run(self, argument):
        width = 17 if len(cpus()) > 1 else 10
        print(f"  {'id':>4} {'name':16} {'state':{width}} {'stack':36} at")
        on, current = running(), current_thread()
        for thread in threads():
            address = int(thread.address)
            frame = (on[address][1], 0) if address in on else saved_frame(thread)
            low, size = int(thread["stack"]), int(thread["stack_size"])
            where = (name_of(frame[0]) or f"{frame[0]:#x}") if frame else "-"
            mark, name = "*" if address == current else " ", thread["name"].string()
            print(f"{mark} {int(thread['id']):4} {name:16} "
                  f"{state_name(thread, address in on):{width}} {low:#x}-{low + size:#x} {where}")


class Backtrace(Command):
    """cairn-bt [THREAD]: backtrace by frame pointers, of this CPU or of the thread with that id. If
    that one runs on another CPU, gdb's thread for that CPU is the selected one from then on."""

    def __init__(self):
        super().__init__("cairn-bt")

    def run(self, argument):
        if not argument:
            print_levels(number("$pc"), number("$x29"), number("$x30"))
            return
        thread = next((t for t in threads() if int(t["id"]) == number(argument)), None)
        if thread is None:
            raise Unavailable(f"there is no thread {argument}: see cairn-threads")
        cpu, _ = running().get(int(thread.address), (None, 0))
        if cpu:
            if cpu.num != gdb.selected_thread().num:
                cpu.switch()
                print(f"cairn: thread {argument} runs on CPU {cpu_of(thread)}: gdb's thread "
                      f"{cpu.num} is selected")
            print_levels(number("$pc"), number("$x29"), number("$x30"))
            return
        frame = saved_frame(thread)
        if frame is None:
            raise Unavailable(f"thread {argument} has no saved frame")
        print_levels(*frame, None)


# -- the log ----------------------------------------------------------------------

class Dmesg(Command):
    """cairn-dmesg: the kernel log out of memory, records that are half written left out."""

    def __init__(self):
        super().__init__("cairn-dmesg")

    def run(self, argument):
        ring, text = variable("log_desc"), variable("log_text")
        records, size = ring.type.range()[1] + 1, text.type.sizeof
        end, written = int(variable("log_next")), int(variable("text_next"))
        memory = read(int(text.address), size)
        for number in range(max(end - records, 0), end):
            record = ring[number % records]
            position, length = int(record["position"]), int(record["len"])
            if int(record["published"]) != number + 1 or written - position > size:
                continue
            line = bytes(memory[(position + i) % size] for i in range(length))
            seconds, rest = divmod(int(record["time"]), 10 ** 9)
            level = int(record["level"])
            name = LEVELS[level] if level < len(LEVELS) else str(level)
            print(f"[{seconds:5}.{rest // 1000:06}] {name}: {line.decode('utf-8', 'replace')}")


# -- sources ----------------------------------------------------------------------

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))


def find_sources():
    """Tells gdb where the folders of EXT were, and the rest for a gdb that was started elsewhere."""
    gdb.execute(f'directory "{ROOT}"', to_string=True)
    for objfile in gdb.objfiles()[:1]:
        try:
            with open(os.path.join(os.path.dirname(objfile.filename), "include/config/.ext"),
                      encoding="utf-8") as file:
                folders = file.read().strip().removeprefix("EXT=").split(":")
        except OSError:
            return
        for folder in filter(None, folders):
            place = os.path.join(ROOT, folder.rstrip("/"))
            gdb.execute(f'set substitute-path "ext/{os.path.basename(place)}" "{place}"',
                        to_string=True)


find_sources()
Symbols()
Attach()
Threads()
Backtrace()
processes.Processes()
processes.ProcessBacktrace()
Dmesg()
