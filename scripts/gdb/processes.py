# SPDX-License-Identifier: MIT
"""gdb commands for processes (see cairn.py): who there is, and what they do in the kernel and in their programs, whose
memory is read by their own tables."""

import gdb

from target import Command, Unavailable, items, link_address, name_of, number, print_levels, read_number, running, \
    saved_frame, state_name, variable

FRAME_TOP = 16                      # bytes above a program's registers on a kernel stack
GRANULE_SHIFT = {0: 12, 1: 16, 2: 14}


def processes():
    if not gdb.lookup_global_symbol("process_list"):
        raise Unavailable("this kernel has no processes: build with CONFIG_PROCESS=y")
    return sorted(items(variable("process_list"), "struct process", "all"), key=lambda p: int(p["pid"]))


def tasks(process):
    """Those of its threads that have begun and not ended: (task, thread)."""
    return [(task, task["thread"].dereference()) for task in items(process["tasks"], "struct task", "link")
            if int(task["thread"])]


class UserMemory:
    """What a process has, by its tables, since another one may be mapped now."""

    def __init__(self, process):
        space = process["space"]
        self.tables = space["arch"]["tables"] if int(space) else None
        self.shift = GRANULE_SHIFT[number("$TCR_EL1") >> 14 & 3]
        self.base = int(variable("arch_linear_base"))

    def read_number(self, address):
        at = self.place(address)
        return read_number(at) if at and not address & 7 else None

    def place(self, address):
        """Where @address lies in the kernel's map of all RAM; or None."""
        if self.tables is None or address >> int(self.tables["va_bits"]):
            return None
        bits, table = self.shift - 3, int(self.tables["root"])
        for level in range(int(self.tables["start_level"]), 4):
            low = self.shift + (3 - level) * bits
            entry = read_number(self.linear(table) + (address >> low & (1 << bits) - 1) * 8)
            if not entry or not entry & 1:
                return None
            table = entry & (1 << 48) - (1 << self.shift)
            if level == 3 or not entry & 2:
                return self.linear((table >> low << low) + (address & (1 << low) - 1))
        return None

    def linear(self, physical):
        return physical - self.base + ((-1 << int(self.tables["va_bits"])) & (1 << 64) - 1)


def user_registers(thread, on):
    """(pc, fp, lr) of its program: in it now, or as it came into the kernel."""
    cpu, pc = on.get(int(thread.address), (None, link_address()))
    if pc < link_address():
        selected = gdb.selected_thread()
        cpu.switch()
        try:
            return tuple(number(register) for register in ("$pc", "$x29", "$x30"))
        finally:
            selected.switch()
    kind = gdb.lookup_type("struct arch_frame")
    at = int(thread["stack"]) + int(thread["stack_size"]) - FRAME_TOP - kind.sizeof
    frame = gdb.Value(at).cast(kind.pointer())
    return int(frame["pc"]), int(frame["regs"][29]), int(frame["regs"][30])


def user_levels(process, registers):
    """The return addresses of the program. A function without a frame of its own has its caller in x30, where other
    ones have what they called last."""
    pc, fp, link = registers
    memory, found = UserMemory(process), [pc]
    for _ in range(64):
        caller, above = memory.read_number(fp + 8), memory.read_number(fp)
        if not caller:
            break
        found.append(caller)
        if not above or above <= fp:
            break
        fp = above
    if link not in found[1:2] and function_of(link) != function_of(pc):
        found.insert(1, link)
    return found


def function_of(address):
    return (name_of(address) or f"{address:#x}").partition("+")[0]


class Processes(Command):
    """cairn-ps: every process; and a line for each of its threads, by its number among processes and among threads:
    what it does, where it is in the kernel, and where in the program."""

    def __init__(self):
        super().__init__("cairn-ps")

    def run(self, argument):
        on = running()
        print(f"{'pid':>5} {'ppid':>5} {'pgid':>5} {'sid':>5} name")
        for process in processes():
            parent = process["parent"]
            state = str(process["state"]).removeprefix("PROCESS_").lower()
            print(f"{int(process['pid']):5} {int(parent['pid']) if int(parent) else 0:5} {int(process['pgid']):5} "
                  f"{int(process['sid']):5} {process['name'].string()}{'' if state == 'runs' else f' ({state})'}")
            for task, thread in tasks(process):
                pc = on[int(thread.address)][1] if int(thread.address) in on else saved_frame(thread)[0]
                where = "program" if pc < link_address() else name_of(pc) or f"{pc:#x}"
                user = user_registers(thread, on)[0]
                user = f"{user:#x} {name_of(user) or ''}".rstrip() if user else "not begun"
                print(f"{'':5} task {int(task['tid'])}, thread {int(thread['id'])}: "
                      f"{state_name(thread, int(thread.address) in on)} in {where}; program at {user}")


class ProcessBacktrace(Command):
    """cairn-pbt PID: for each thread of a process the calls in the kernel, and those in the program, which have names
    after `add-symbol-file PROGRAM`."""

    def __init__(self):
        super().__init__("cairn-pbt")

    def run(self, argument):
        if not argument.isdigit():
            raise Unavailable("usage: cairn-pbt PID")
        process = next((p for p in processes() if int(p["pid"]) == int(argument)), None)
        if process is None:
            raise Unavailable(f"there is no process {argument}: see cairn-ps")
        on = running()
        for task, thread in tasks(process):
            address = int(thread.address)
            print(f"task {int(task['tid'])}, thread {int(thread['id'])}: {state_name(thread, address in on)}")
            if address not in on:
                print_levels(*saved_frame(thread), None)
            elif on[address][1] >= link_address():
                selected = gdb.selected_thread()
                on[address][0].switch()
                print_levels(number("$pc"), number("$x29"), number("$x30"))
                selected.switch()
            registers = user_registers(thread, on)
            if not registers[0]:
                continue
            print("in the program:")
            for depth, pc in enumerate(user_levels(process, registers)):
                print(f"#{depth:<3} {pc:#018x}  {name_of(pc if depth == 0 else pc - 4) or '?'}")
