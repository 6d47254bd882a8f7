# SPDX-License-Identifier: MIT
"""The kernel as gdb sees it: its variables, lists and threads, for the commands of cairn.py and processes.py."""

import contextlib

import gdb


class Unavailable(gdb.GdbError):
    """One line instead of a traceback."""


def number(expression):
    return int(gdb.parse_and_eval(expression)) & (1 << 64) - 1


def read(address, size):
    try:
        return gdb.selected_inferior().read_memory(address, size).tobytes()
    except gdb.MemoryError:
        return None


def read_number(address):
    data = read(address, 8)
    return None if data is None else int.from_bytes(data, "little")


def link_address():
    return number("(unsigned long)&image_head")


disguised = set()       # CPUs that are at EL0, but for which at_el1() says otherwise


def in_program():
    """Whether the selected CPU is at EL0."""
    return gdb.selected_thread().num in disguised or number("$cpsr") & 0xf == 0


@contextlib.contextmanager
def at_el1():
    """The kernel's memory cannot be read from EL0: meanwhile QEMU takes the selected CPU to be at EL1."""
    cpu, state = gdb.selected_thread(), number("$cpsr")
    if state & 0xf:
        yield
        return
    disguised.add(cpu.num)
    gdb.execute(f"set $cpsr = {state | 5:#x}", to_string=True)
    try:
        yield
    finally:
        now = gdb.selected_thread()
        cpu.switch()
        gdb.execute(f"set $cpsr = {state:#x}", to_string=True)
        disguised.remove(cpu.num)
        if now.num != cpu.num:
            now.switch()


class Command(gdb.Command):
    """One that looks at the kernel's memory: its run()."""

    def __init__(self, name):
        super().__init__(name, gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        with at_el1():
            self.run(argument)


def variable(name):
    """A kernel variable at its link address; gdb would prefer the physical one while the CPU runs
    there."""
    if number("$pc") < link_address() and not in_program():
        raise Unavailable("the MMU is off: there are no threads and no log yet")
    symbol = gdb.lookup_static_symbol(name) or gdb.lookup_global_symbol(name)
    if symbol is None:
        raise Unavailable(f"no debugging information on {name}: build with CONFIG_DEBUG_INFO=y")
    for candidate in candidates(name, symbol):
        value = candidate.value()
        if int(value.address) >= link_address():
            return value
    raise Unavailable(f"{name} is not where the kernel was linked")


def candidates(name, symbol):
    found = list(gdb.lookup_static_symbols(name)) if hasattr(gdb, "lookup_static_symbols") else []
    for objfile in gdb.objfiles():
        found.append(objfile.lookup_global_symbol(name))
        found.append(objfile.lookup_static_symbol(name))
    return [one for one in found if one is not None] + [symbol]


def name_of(address):
    """foo+0x10, or None."""
    text = gdb.execute(f"info symbol {address:#x}", to_string=True).strip()
    if " in section " not in text:
        return None
    name, _, offset = text.partition(" in section ")[0].partition(" + ")
    return f"{name}+{int(offset):#x}" if offset else name


def items(head, kind, link):
    """What is on a struct list, as the member @link of struct @kind."""
    kind = gdb.lookup_type(kind)
    offset = next(field.bitpos // 8 for field in kind.fields() if field.name == link)
    at, seen = int(head["next"]), set()
    while at not in seen and at != int(head.address):
        if read(at, 16) is None:
            raise Unavailable(f"a list leads to {at:#x}, where no memory is")
        seen.add(at)
        yield gdb.Value(at - offset).cast(kind.pointer()).dereference()
        at = read_number(at)


def threads():
    yield from items(variable("thread_list"), "struct thread", "all")


def current_thread():
    """The address of the thread that the selected CPU is in: SP_EL0 while in the kernel, and while in a program what
    lies on top of the kernel's stack."""
    try:
        if not in_program():
            return number("$SP_EL0")
        with at_el1():
            return read_number(number("$SP_EL1"))
    except gdb.error:
        return 0


def cpus():
    """All of them, which are threads to gdb."""
    return gdb.selected_inferior().threads()


def running():
    """By the address of the thread that a CPU is in: (the CPU, its pc). One that has not been
    started, or has not got to the link address yet, is in none. The selected frame stays that."""
    selected, frame = gdb.selected_thread(), gdb.selected_frame()
    found = {current_thread(): (selected, number("$pc"))}
    try:
        for cpu in cpus():
            if cpu.num == selected.num:
                continue
            cpu.switch()
            if in_program() or number("$pc") >= link_address():
                found[current_thread()] = (cpu, number("$pc"))
    finally:
        if gdb.selected_thread().num != selected.num:
            selected.switch()
            frame.select()
    return found


def has_field(value, name):
    return any(field.name == name for field in value.type.fields())


def saved_frame(thread):
    """(pc, fp) of a thread that does not run, once threads switch."""
    if not has_field(thread, "context"):
        return None
    context = thread["context"]
    names = [field.name for field in context.type.fields()]
    pc = next((n for n in ("pc", "lr", "x30") if n in names), None)
    fp = next((n for n in ("fp", "x29") if n in names), None)
    return (int(context[pc]), int(context[fp])) if pc and fp else None


def cpu_of(thread):
    """The number of the CPU that @thread runs on, as the kernel counts: its run queue has it."""
    queue = thread["rq"] if has_field(thread, "rq") else 0
    return int(queue["cpu"]) if int(queue) else 0


def state_name(thread, runs):
    if runs:
        return f"running on CPU {cpu_of(thread)}" if len(cpus()) > 1 else "running"
    return str(thread["state"]).removeprefix("THREAD_").lower()


def print_levels(pc, fp, link):
    for depth in range(64):
        # a return address belongs to the call before it
        name = name_of(pc if depth == 0 else pc - 4) or "?"
        print(f"#{depth:<3} {pc:#018x}  {name}")
        if depth == 0 and link and "+" not in name:
            pc = link           # no frame yet: the function is at its first instruction
            continue
        pc_next, fp_next = read_number(fp + 8), read_number(fp)
        if not fp or fp & 7 or not pc_next:
            return
        if fp_next and fp_next <= fp:
            print("     the frame pointer does not go up: the stack is damaged, or another "
                  "one begins")
            return
        pc, fp = pc_next, fp_next
