/* SPDX-License-Identifier: MIT */
/*
 * The clock manager of Broadcom's BCM2835 and BCM2711, as far as serial ports need it: the rates of
 * UART (19) and VPU (20), and the former switched on. Three levels stand behind each: the
 * oscillator, which is the first of the node's `clocks`; PLLs, which multiply it; a channel of a
 * PLL, which divides; and the clock itself, which picks a channel by number and divides again, by
 * a number with a fraction.
 *
 *   PLL      = oscillator * (NDIV + FRAC / 2^20) / PDIV, twice that with the BCM2835's predivider
 *   channel  = PLL / DIV, of which 0 is 256
 *   clock    = channel / (DIV / 2^12)
 *
 * Rates are computed from the registers whenever somebody asks, since firmware changes them. None
 * is set here. The other clocks are not known, nor sources that are pins or test outputs. The
 * vendor does not document all of it: registers as in its public header files and in Linux'
 * clk-bcm2835, which also knows that the BCM2711 has no predivider, and no PLLH. Binding:
 * "brcm,bcm2835-cprman".
 */
#include <arch/io.h>
#include <device/clock.h>
#include <device/driver.h>
#include <uapi/errno.h>

#define CM_PASSWORD	0x5a000000U

/* Of a clock: CTL, and DIV behind it. */
#define CM_CTL_SRC(v)	((v) & 0xf)
#define CM_CTL_ENABLE	BIT(4)
#define CM_CTL_GATE	BIT(6)
#define CM_DIV		4
#define CM_DIV_FRAC_BITS 12
#define SRC_OSCILLATOR	1
#define SRC_PLL		4	/* from here on they are channels of PLLs */

/* Of PLL n, in the order A, C, D, H; B is the CPU's. */
#define PLL_ANA1(n)	(0x1014 + 0x20 * (n))
#define PLL_CTRL(n)	(0x1100 + 0x20 * (n))
#define PLL_CTRL_NDIV(v) ((v) & 0x3ff)
#define PLL_CTRL_PDIV(v) ((v) >> 12 & 7)
#define PLL_FRAC(n)	(0x1200 + 0x20 * (n))
#define PLL_FRAC_BITS	20
#define PLL_FRAC_MASK	(BIT(PLL_FRAC_BITS) - 1)
#define PLL_PREDIV	BIT(14)
#define PLLH_PREDIV	BIT(11)
#define PLL_H		3

/* Channel k of PLL n. */
#define CHANNEL(n, k)	((u8)((n) << 4 | (k)))
#define CHANNEL_REG(c)	(0x1300 + 0x100 * ((c) & 0xf) + 0x20 * ((c) >> 4))
#define CHANNEL_DIV(v)	((v) & 0xff)
#define CHANNEL_OFF	BIT(8)

#define SOURCES		6

/* One clock. @channel: what SRC_PLL and on stand for; @sources of them. */
struct cprman_clock {
	u16 ctl;
	u8 frac_bits;		/* of CM_DIV's twelve that are there, from the top */
	u8 int_bits;
	bool always_on;		/* it has no CM_CTL_ENABLE */
	u8 sources;
	u8 channel[SOURCES];
};

#define CLOCK_UART	19	/* the first, as the binding counts */

static const struct cprman_clock clocks[] = {
	/* UART: what is for peripherals */
	{ 0x0f0, 12, 10, false, 4, { CHANNEL(0, 2), CHANNEL(1, 2), CHANNEL(2, 2), CHANNEL(3, 0) } },
	/* VPU: what is for cores */
	{ 0x008, 8, 12, true, 6, { CHANNEL(0, 1), CHANNEL(1, 3), CHANNEL(2, 1), CHANNEL(3, 0),
				   CHANNEL(1, 1), CHANNEL(1, 0) } },
};

struct cprman {
	void *base;
	bool bcm2711;
	struct clock_provider provider;
};

static u32 cprman_read(const struct cprman *cprman, unsigned int reg)
{
	return read32(cprman->base + reg);
}

static u64 pll_rate(const struct cprman *cprman, unsigned int n, u32 oscillator)
{
	u32 ctrl = cprman_read(cprman, PLL_CTRL(n)), prediv = n == PLL_H ? PLLH_PREDIV : PLL_PREDIV;
	u64 factor = (u64)PLL_CTRL_NDIV(ctrl) << PLL_FRAC_BITS |
		     (cprman_read(cprman, PLL_FRAC(n)) & PLL_FRAC_MASK);

	if (!PLL_CTRL_PDIV(ctrl) || (cprman->bcm2711 && n == PLL_H))
		return 0;
	if (!cprman->bcm2711 && cprman_read(cprman, PLL_ANA1(n)) & prediv)
		factor *= 2;
	return (oscillator * factor / PLL_CTRL_PDIV(ctrl)) >> PLL_FRAC_BITS;
}

static u64 channel_rate(const struct cprman *cprman, u8 channel, u32 oscillator)
{
	u32 ctrl = cprman_read(cprman, CHANNEL_REG(channel));

	if (ctrl & CHANNEL_OFF)
		return 0;
	return pll_rate(cprman, channel >> 4, oscillator) /
	       (CHANNEL_DIV(ctrl) ? CHANNEL_DIV(ctrl) : 256);
}

static const struct cprman_clock *clock_of(u32 id)
{
	/* below the first it wraps */
	return id - CLOCK_UART < ARRAY_SIZE(clocks) ? &clocks[id - CLOCK_UART] : NULL;
}

static u32 rate(struct device *dev, u32 id)
{
	const struct cprman *cprman = dev->priv;
	const struct cprman_clock *clock = clock_of(id);
	u32 source, div, oscillator;
	u64 hz = 0;

	if (!clock || clock_enable(dev->node, 0, &oscillator))
		return 0;
	source = CM_CTL_SRC(cprman_read(cprman, clock->ctl));
	if (source == SRC_OSCILLATOR)
		hz = oscillator;
	else if (source >= SRC_PLL && source - SRC_PLL < clock->sources)
		hz = channel_rate(cprman, clock->channel[source - SRC_PLL], oscillator);
	div = cprman_read(cprman, clock->ctl + CM_DIV) >> (CM_DIV_FRAC_BITS - clock->frac_bits);
	div &= BIT(clock->int_bits + clock->frac_bits) - 1;
	hz = div ? (hz << clock->frac_bits) / div : 0;
	return hz <= UINT32_MAX ? (u32)hz : 0;
}

static int enable(struct device *dev, u32 id)
{
	const struct cprman *cprman = dev->priv;
	const struct cprman_clock *clock = clock_of(id);
	u32 ctl;

	if (!clock) {
		dev_err(dev, "clock %u is not one that this driver knows", id);
		return -ENOENT;
	}
	ctl = cprman_read(cprman, clock->ctl);
	if (!clock->always_on && !(ctl & CM_CTL_ENABLE))
		write32(cprman->base + clock->ctl, CM_PASSWORD | ctl | CM_CTL_ENABLE | CM_CTL_GATE);
	return 0;
}

static const struct clock_ops cprman_ops = { .rate = rate, .enable = enable };

static int cprman_probe(struct device *dev)
{
	struct cprman *cprman = dev->priv;

	cprman->base = device_map(dev, 0, NULL);
	if (!cprman->base)
		return -ENXIO;
	cprman_read(cprman, clocks[0].ctl);	/* is it there? not for others to find out */
	cprman->bcm2711 = dt_compatible(dev->node, "brcm,bcm2711-cprman");
	cprman->provider.dev = dev;
	cprman->provider.ops = &cprman_ops;
	clock_register(&cprman->provider);
	return 0;
}

static const char *const cprman_ids[] = { "brcm,bcm2711-cprman", "brcm,bcm2835-cprman", NULL };

static const struct driver bcm2835_cprman_driver = {
	.name = "bcm2835_cprman",
	.phase = PHASE_SUPPLIER,
	.compatible = cprman_ids,
	.probe = cprman_probe,
	.priv_size = sizeof(struct cprman),
};
DRIVER(bcm2835_cprman_driver);
