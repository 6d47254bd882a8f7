# SPDX-License-Identifier: MIT
"""Boot memory (mm/boot_mem.c) on the host, against a model, with each granule."""

import pytest


@pytest.mark.parametrize("page_shift", [12, 14, 16])
def test_boot_memory(program, page_shift):
    flags = ["-Iarch/arm64/include", f"-DCONFIG_PAGE_SHIFT={page_shift}"]
    program(f"boot_mem-{page_shift}", "mm/boot_mem.c", "tests/host/boot_mem.c", flags=flags).test(cases=3)
