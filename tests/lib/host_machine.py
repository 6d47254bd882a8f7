# SPDX-License-Identifier: MIT
"""What programs over a machine with RAM are built of (machine/machine.h)."""


def flags(page_shift):
    # object-size: a CPU's copy of an object is found from the object's address, but does not lie in it
    return ["-Itests/host/machine", "-D_GNU_SOURCE", f"-DCONFIG_PAGE_SHIFT={page_shift}", "-DCONFIG_DYNAMIC_MEMORY=1",
            "-fno-sanitize=object-size"]


LINK = ["-Wl,-T,tests/host/machine/percpu.lds", "-pthread"]


def sources(policy):
    """@policy: buddy or bump."""
    return ["mm/boot_mem.c", "mm/page.c", "mm/page_grow.c", "mm/page_init.c", "mm/page_stats.c", f"mm/page/{policy}.c",
            "tests/host/machine/machine.c", "tests/host/apart.c"]
