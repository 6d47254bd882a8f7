# SPDX-License-Identifier: MIT
"""A trace (scripts/tracing.py) as an SVG picture: a lane for each thread, and one for the interrupts of
each CPU, over a common axis of time. A full bar is a thread that runs, a pale one a thread that is
ready while another one runs, a mark below a lane the moment when it was woken. Beside each lane: how
much of the time it ran. The same trace gives the same file, byte for byte. Bars that would be thinner
than can be seen are drawn as thin as can be.
"""

import html
import math

import plot

WIDTH = 1100
LEFT, RIGHT = 150, 84           # of the lanes
HEAD, LANE, BAR, FOOT = 96, 32, 18, 40
THINNEST = 0.7                  # pixels
LANES_MAX = 40
IRQ, IDLE = "#d55e00", "#999999"
COLOURS = [one for one in plot.COLOURS if one not in (IRQ, IDLE)] + ["#7b5ea7", "#8c6d31"]
STYLE = plot.STYLE.replace("@media", ".w{fill-opacity:.28}.m{fill:#1f2328}\n@media", 1).replace(
    ".b{fill:#151b23}", ".b{fill:#151b23}.m{fill:#d1d7e0}")


def draw(trace, title, remark):
    lanes = shown_threads(trace)
    cpus = sorted({irq[2] for irq in trace.irqs})
    several = len({run[2] for thread in lanes for run in thread.runs}.union(cpus)) > 1
    height = HEAD + LANE * (len(lanes) + len(cpus)) + FOOT
    scale = (WIDTH - LEFT - RIGHT) / max(trace.end, 1)
    out = ["<!-- SPDX-License-Identifier: MIT -->",
           f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
           f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{html.escape(title)}">',
           f"<style>{STYLE}</style>",
           f'<rect class="b" width="{WIDTH}" height="{height}" rx="8"/>',
           plot.text(20, 30, title, "t"), plot.text(20, 50, remark, "r"), *legend(),
           plot.text(WIDTH - RIGHT + 10, HEAD - 8, "ran", "k")]
    out += axis(trace.end, scale, height)
    top = HEAD
    for cpu in cpus:
        spans = [(irq[0], irq[1]) for irq in trace.irqs if irq[2] == cpu]
        words = "interrupts" + (f" of CPU {cpu}" if several else "")
        out += lane(top, words, spans, trace.end, IRQ, scale)
        top += LANE
    for index, thread in enumerate(lanes):
        colour = IDLE if thread.name.split("/")[0] == "idle" else COLOURS[index % len(COLOURS)]
        out += bars(thread.waits, top, colour, scale, "w")
        out += lane(top, f"{thread.ident} {thread.name}", [run[:2] for run in thread.runs],
                    trace.end, colour, scale)
        out += marks(thread.woken, top, scale)
        top += LANE
    return "\n".join(out + ["</svg>", ""])


def shown_threads(trace):
    """Those that did something, the ones that ran most if they are too many."""
    some = [thread for thread in trace.threads.values() if thread.runs or thread.waits]
    if len(some) > LANES_MAX:
        some = sorted(some, key=lambda thread: -ran(thread.runs))[:LANES_MAX]
    return sorted(some, key=lambda thread: thread.ident)


def ran(spans):
    return sum(span[1] - span[0] for span in spans)


def lane(top, name, spans, end, colour, scale):
    share = 100 * ran(spans) / max(end, 1)
    return [plot.line(LEFT, top + BAR + 4, WIDTH - RIGHT, top + BAR + 4, "g"),
            plot.text(LEFT - 8, top + 14, name, "", "end"),
            plot.text(WIDTH - RIGHT + 10, top + 14, f"{share:.1f} %", "k"),
            *bars(spans, top, colour, scale)]


def bars(spans, top, colour, scale, kind=""):
    """All of a lane as one path. What touches, as far as can be seen, becomes one bar."""
    joined = []
    for begin, end in sorted(span[:2] for span in spans):
        x = LEFT + begin * scale
        right = max(LEFT + end * scale, x + THINNEST)
        if joined and x - joined[-1][1] < 0.15:
            joined[-1][1] = max(joined[-1][1], right)
        else:
            joined.append([x, right])
    if not joined:
        return []
    path = "".join(f"M{x:.1f} {top}h{right - x:.1f}v{BAR}h-{right - x:.1f}z" for x, right in joined)
    kind = f' class="{kind}"' if kind else ""
    return [f'<path{kind} fill="{colour}" d="{path}"/>']


def marks(times, top, scale):
    places = sorted({round(LEFT + time * scale, 1) for time in times})
    if not places:
        return []
    path = "".join(f"M{plot.number(x)} {top + BAR}l2.5 5h-5z" for x in places)
    return [f'<path class="m" d="{path}"/>']


def legend():
    x, out = 20, []
    for kind, words in (("", "runs"), ("w", "ready, another one runs")):
        attribute = f' class="{kind}"' if kind else ""
        out.append(f'<rect{attribute} x="{x}" y="62" width="22" height="12" '
                   f'fill="{plot.COLOURS[0]}"/>')
        out.append(plot.text(x + 28, 72, words))
        x += 58 + 7 * len(words)
    out.append(f'<path class="m" d="M{x + 3} 65l2.5 5h-5z"/>')
    out.append(plot.text(x + 14, 72, "woken"))
    return out


def axis(end, scale, height):
    """Lines and numbers at round times, in ms."""
    least = max(end / 12, 1)
    power = 10 ** math.floor(math.log10(least))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= least)
    places = max(0, 6 - math.floor(math.log10(step)))
    out, bottom = [], height - FOOT
    for tick in range(int(end / step) + 1):
        x = LEFT + tick * step * scale
        out.append(plot.line(x, HEAD - 6, x, bottom, "g"))
        out.append(plot.text(x, bottom + 16, f"{tick * step / 1e6:.{places}f}", "k", "middle"))
    out.append(plot.text(WIDTH - RIGHT + 16, bottom + 16, "ms", "k"))
    return out
