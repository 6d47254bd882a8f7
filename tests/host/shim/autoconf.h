/* SPDX-License-Identifier: MIT */
/*
 * The configuration that host builds see: every check on, and as much as the parts under test
 * ask for.
 */
#define CONFIG_DEBUG_ASSERT 1
#define CONFIG_SELFTEST 1
#define CONFIG_RTC 1
#define CONFIG_RTC_SET 1
#define CONFIG_CLOCK 1
#define CONFIG_PINCTRL 1
#define CONFIG_GPIO 1
#define CONFIG_WDT 1
#define CONFIG_MAP_CONTIGUOUS 1

/* A test may ask for another granule, and for another width of addresses. */
#ifndef CONFIG_PAGE_SHIFT
#define CONFIG_PAGE_SHIFT 12
#endif
#ifndef CONFIG_VA_BITS
#define CONFIG_VA_BITS 48
#endif
