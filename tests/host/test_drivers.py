# SPDX-License-Identifier: MIT
"""Drivers on the host, against models of their devices (tests/host/device/)."""

FLAGS = ["-Itests/host/device", "-Wno-pointer-arith"]
DEVICE = "tests/host/device/"
CONSOLE = ["drivers/clock/clock.c", "kernel/sched_none.c", DEVICE + "bus.c"]


def test_interrupt_controllers(program):
    program("gic", "drivers/irqchip/gic_common.c", "drivers/irqchip/gic_v2.c", "drivers/irqchip/gic_v3.c",
            DEVICE + "bus.c", DEVICE + "gic.c", flags=FLAGS).test(cases=13)


def test_serial_ports_and_console(program):
    program("pl011", "drivers/serial/pl011.c", *CONSOLE, DEVICE + "pl011.c", flags=FLAGS).test(cases=10)
    program("mini_uart", "drivers/serial/bcm2835_aux.c", *CONSOLE, DEVICE + "mini_uart.c", flags=FLAGS).test(cases=5)
    program("ns16550", "drivers/serial/ns16550.c", *CONSOLE, DEVICE + "ns16550.c", flags=FLAGS).test(cases=12)


def test_power_clock_and_timer(program):
    program("misc", "arch/arm64/psci.c", "drivers/power/psci.c", "drivers/power/bcm2835_pm.c",
            "drivers/watchdog/watchdog.c", "drivers/rtc/rtc.c", "drivers/rtc/pl031.c", "drivers/timer/arm_generic.c",
            DEVICE + "bus.c", DEVICE + "misc.c", flags=FLAGS).test(cases=6)


def test_clocks_and_pins(program):
    program("clocks", "drivers/clock/bcm2835_cprman.c", "drivers/clock/bcm2835_aux_clock.c", DEVICE + "bus.c",
            DEVICE + "clocks.c", flags=FLAGS).test(cases=6)
    program("pins", "drivers/gpio/bcm2835_gpio.c", DEVICE + "bus.c", DEVICE + "pins.c", flags=FLAGS).test(cases=7)
    program("leds", "drivers/leds/gpio_leds.c", DEVICE + "bus.c", DEVICE + "leds.c", flags=FLAGS).test(cases=2)


def test_block_devices(program):
    program("block", "tests/host/block.c").test(cases=6)


def test_virtio(program):
    flags = [*FLAGS, "-DCONFIG_THREADS=1", "-DCONFIG_DEVICE_SLOTS=1", "-DCONFIG_ENTROPY=1"]
    queue = ["drivers/virtio/queue.c", DEVICE + "bus.c", DEVICE + "virtio_memory.c"]
    transport = [*queue, "drivers/virtio/mmio.c", DEVICE + "virtio_model.c"]
    program("virtio_queue", *queue, DEVICE + "virtio_queue.c", flags=flags).test(cases=1)
    program("virtio", *transport, DEVICE + "virtio.c", flags=flags).test(cases=19)
    program("virtio_rng", *transport, "drivers/virtio/rng.c", DEVICE + "virtio_rng.c", flags=flags).test(cases=3)
