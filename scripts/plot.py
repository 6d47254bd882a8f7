# SPDX-License-Identifier: MIT
"""Grouped bars as SVG, by the standard library alone: what scripts/compare-heap and compare-sched draw.

    bars(title, remark, panels, series, groups) -> the file's text

One panel below the other, each with an axis of its own; in each one group of bars per name in
`groups`, in it one bar per name in `series`. The value stands above its bar. A bar that would make
all others too small to tell apart is cut off, with a gap to say so. Colours fit light and dark
surroundings: the picture has a background of its own and follows the reader's preference. The same
values give the same file, byte for byte. Does no other kind of plot.
"""

import dataclasses
import html
import math

WIDTH = 920
LEFT, RIGHT = 76, 18            # of the bars
HEAD = 84                       # title, remark, legend
PANEL, ABOVE, BELOW = 150, 46, 26
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999")
CHARACTER = 6.2                 # width of one above a bar, in pixels
STYLE = """\
text{font:12px system-ui,sans-serif;fill:#1f2328}
.t{font-size:17px;font-weight:600}.p{font-weight:600}.v{font-size:10.5px}
.r,.k{fill:#59636e}.b{fill:#ffffff}.g{stroke:#d1d9e0}.a{stroke:#59636e}.c{stroke:#ffffff}
@media(prefers-color-scheme:dark){text{fill:#d1d7e0}.r,.k{fill:#9198a1}.b{fill:#151b23}
.g{stroke:#3d444d}.a{stroke:#9198a1}.c{stroke:#151b23}}"""


@dataclasses.dataclass
class Panel:
    title: str
    unit: str
    values: list                # of a list per series: a number per group, None where there is none
    groups: list = None         # where they are others than the picture's
    limit: float = None         # where the axis ends, if that is known


def bars(title, remark, panels, series, groups):
    height = HEAD + len(panels) * (ABOVE + PANEL + BELOW) + 8
    out = ["<!-- SPDX-License-Identifier: MIT -->",
           f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
           f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{html.escape(title)}">',
           f"<style>{STYLE}</style>",
           f'<rect class="b" width="{WIDTH}" height="{height}" rx="8"/>',
           text(LEFT - 56, 30, title, "t"), text(LEFT - 56, 50, remark, "r")]
    x = LEFT - 56
    for index, name in enumerate(series):
        out.append(f'<rect x="{x}" y="62" width="12" height="12" fill="{colour(index)}"/>')
        out.append(text(x + 18, 72, name))
        x += 40 + round(7 * len(name))
    for index, panel in enumerate(panels):
        out += draw(panel, HEAD + index * (ABOVE + PANEL + BELOW) + ABOVE, series,
                    panel.groups or groups)
    return "\n".join(out + ["</svg>", ""])


def draw(panel, top, series, groups):
    values = [value for row in panel.values for value in row if value is not None]
    limit = panel.limit or axis_end(values)
    out = [text(LEFT - 56, top - 22, panel.title, "p"),
           f'<text class="k" transform="translate({LEFT - 56 + 8} {top + PANEL // 2}) rotate(-90)" '
           f'text-anchor="middle">{html.escape(panel.unit)}</text>']
    for tick in range(5):
        y = top + PANEL - PANEL * tick / 4
        out.append(line(LEFT, y, WIDTH - RIGHT, y, "a" if tick == 0 else "g"))
        out.append(text(LEFT - 6, y + 4, shown(limit * tick / 4), "k", "end"))
    room = (WIDTH - LEFT - RIGHT) / len(groups)
    width = min(room * 0.84 / len(series), 46)
    for at, group in enumerate(groups):
        middle = LEFT + room * (at + 0.5)
        out.append(text(middle, top + PANEL + 17, group, "", "middle"))
        for index in range(len(series)):
            x = middle + (index - len(series) / 2) * width
            out += bar(x, top + PANEL, width, panel.values[index][at], limit, colour(index))
    return out


def bar(x, bottom, width, value, limit, fill):
    """One bar and its value; the value alone where there is nothing to draw."""
    tall = 0 if value is None else PANEL * min(value / limit, 1)
    out = []
    if tall:
        out.append(f'<rect x="{number(x + 1)}" y="{number(bottom - tall)}" '
                   f'width="{number(width - 2)}" height="{number(tall)}" fill="{fill}"/>')
    if value is not None and value > limit:
        y = bottom - PANEL + 14
        out.append(f'<path class="c" stroke-width="3" d="M{number(x - 1)} {number(y + 4)}'
                   f'L{number(x + width + 1)} {number(y - 4)}"/>')
    words = "none" if value is None else shown(value)
    middle = x + width / 2
    if len(words) * CHARACTER <= width + 2:
        out.append(text(middle, bottom - tall - 4, words, "v", "middle"))
    else:
        out.append(f'<text class="v" transform="translate({number(middle + 4)} '
                   f'{number(bottom - tall - 4)}) rotate(-90)">{words}</text>')
    return out


def axis_end(values):
    """Where the axis ends: a round number above the values. Where one is far beyond what is usual,
    above the usual ones."""
    positive = sorted(value for value in values if value > 0)
    if not positive:
        return 1
    usual = 3 * positive[len(positive) // 2]
    return round_up(positive[-1] if positive[-1] <= 2 * usual else usual)


def round_up(value):
    """The next of 1, 1.2, 1.6, 2, 3, 4, 6, 8, 10, 12, ...: a quarter of it is a short number."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.2, 1.6, 2, 3, 4, 6, 8, 10) if step * power >= value)


def shown(value):
    """With three digits at least, and no more behind the point than that takes."""
    places = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    words = f"{value:,.{places}f}"
    return words.rstrip("0").rstrip(".") if "." in words else words


def colour(index):
    return COLOURS[index % len(COLOURS)]


def number(value):
    return f"{value:.1f}".removesuffix(".0")


def line(x1, y1, x2, y2, kind):
    return (f'<path class="{kind}" d="M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}"/>')


def text(x, y, words, kind="", anchor=""):
    kind = f' class="{kind}"' if kind else ""
    anchor = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{number(x)}" y="{number(y)}"{kind}{anchor}>{html.escape(words)}</text>'
