# SPDX-License-Identifier: MIT
"""The wall clock, PL031 on virt, as `uptime` shows it: dates on which calendars go wrong."""

import pytest


@pytest.mark.parametrize("date", ["1999-12-31", "2000-02-29", "2000-03-01", "2023-02-28", "2024-02-29",
                                  "2038-01-19", "2100-03-01"])
def test_date(build, run, date):
    done = run(build("qemu_virt_defconfig"), "uptime", extra=["-rtc", f"base={date}T23:58:01"])
    assert f", {date} 23:58:0" in done.text and " UTC" in done.text
