# SPDX-License-Identifier: MIT
"""Where boot's time goes: the table in Documentation/boot.md, from the kernel in an output folder.

    APPEND=quiet scripts/run-qemu -O DIR --icount --debug --gdb-script scripts/gdb/boot_time.py

Stops at each function that begins a step, and lets the CPU itself read its counter there: the
program counter goes to an instruction of the kernel that reads CNTVCT, and back. Under instruction
counting a nanosecond of the counter is one instruction; it steps by 16. Each stop costs one
instruction, which is subtracted. A function that this configuration does not have is left out, and
its time falls to the step before.
"""

import gdb

# (function at which the step begins, what the step is); a name that comes again is its next call
STEPS = (
    ("image_head", "first stack and vectors"),
    ("early_begin", "tree's header checked, UART of stdout-path found"),
    ("drop_to_el1", "down to EL1"),
    ("early_main", "granule checked, tables made"),
    ("early_check", "tables walked as the CPU will walk them"),
    ("invalidate_range", "stale cache lines dropped, MMU on"),
    ("boot_linked", "zeroed data zeroed"),
    ("kernel_main", "first log line, boot thread"),
    ("dt_check", "every byte of the tree checked"),
    ("memory_scan", "memory and reservations read"),
    ("cmdline_init", "command line read"),
    ("map_init", "all RAM in the linear map"),
    ("dt_index_size", "index of the tree made"),
    ("page_init", "free memory to the page allocator"),
    ("heap_init", "heap"),
    ("drivers_init", "drivers matched, interrupt controller"),
    ("drivers_init", "timer"),
    ("drivers_init", "console"),
    ("log_console_ready", "log shown"),
    ("drivers_init", "all other drivers"),
    ("banner_print", "last lines of boot"),
    ("map_protect", "sealed, and all mappings looked at"),
    ("shell_main", "shell, to its first prompt"),
    ("tty_read_line", None),
)
LINKED = 0xffffffff80000000     # where the image is linked (asm/memory.h)
FIRST_LINKED = "boot_linked"     # the first step that runs there
READ_COUNTER = 0xd53be040       # mrs x0, cntvct_el0; its lowest five bits are the register


def number(expression):
    return int(gdb.parse_and_eval(expression)) & (1 << 64) - 1


def offset_of(name, load):
    """From the image's first byte; gdb knows each function where it was linked and where it was
    loaded. None when this kernel does not have it."""
    try:
        address = number(f"(unsigned long)&{name}")
    except gdb.error:
        return None
    return address - (LINKED if address >= LINKED else load)


def find_counter(image):
    """(offset, register) of an instruction that reads the counter."""
    text = gdb.selected_inferior().read_memory(image, 1 << 18).tobytes()
    for at in range(0, len(text), 4):
        word = int.from_bytes(text[at:at + 4], "little")
        if word & ~0x1f == READ_COUNTER and word & 0x1f < 30:
            return at, f"$x{word & 0x1f}"
    raise gdb.GdbError("no instruction of this kernel reads CNTVCT")


def run_to(address):
    stop = gdb.Breakpoint(f"*{address:#x}", type=gdb.BP_HARDWARE_BREAKPOINT, internal=True)
    stop.silent = True
    gdb.execute("continue", to_string=True)
    stop.delete()


def read_counter(at, register):
    saved = number("$pc"), number(register)
    gdb.execute(f"set $pc = {at:#x}")
    run_to(at + 4)
    ticks = number(register)
    gdb.execute(f"set $pc = {saved[0]:#x}")
    gdb.execute(f"set {register} = {saved[1]:#x}")
    return ticks


def measure():
    """[(instructions since reset, what begins then)]"""
    load = image = number("$pc")        # cairn-attach has gone to the first instruction
    counter, register = find_counter(load)
    period, rows = None, []
    before = None
    for name, what in STEPS:
        offset = offset_of(name, load)
        if offset is None:
            continue
        if name == FIRST_LINKED:
            image = LINKED
        if rows:
            if name == before:
                run_to(image + offset + 4)      # away from here
            run_to(image + offset)
        before = name
        period = period or 10 ** 9 // number("$CNTFRQ_EL0")
        rows.append((read_counter(image + counter, register) * period - len(rows), what))
    return rows


def main():
    rows = measure()
    total = rows[-1][0]
    print(f"{'instructions':>12} {'share':>6}  step")
    for (begin, what), (end, _) in zip(rows, rows[1:]):
        print(f"{end - begin:12,} {(end - begin) / total:6.1%}  {what}")
    print(f"{total:12,} {'':6}  reset to prompt")


main()
