# SPDX-License-Identifier: MIT
"""
A terminal's screen as a picture, for the scripts that make those of the documents: one rectangle per run of one
background, one text per run of one style. The same screen gives the same file, byte for byte.
"""
import html
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CELL = (8, 17)          # width and height of a character, in pixels
MARGIN = 10
FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
BACKGROUND, FOREGROUND = "#1d1f21", "#d0d0d0"
ANSI = ("#1d1f21 #cc6666 #98b85a #e0b050 #2c6aa0 #b294bb #70b8b0 #d0d0d0 "
        "#707478 #e08080 #b5d068 #f0c674 #81a2be #c8a8d0 #8abeb7 #ffffff").split()


class Tmux:
    """A terminal of @columns times @rows in which @command runs, a line for the shell; tmux keeps it."""

    def __init__(self, command, columns, rows, env):
        self.rows = rows
        self.tmux = ["tmux", "-u", "-L", "cairn-picture-{}".format(os.getpid()), "-f", "/dev/null"]
        try:
            subprocess.run(self.tmux + ["new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", ROOT, command],
                           env={**env, "TERM": "xterm-256color"}, check=True)
        except FileNotFoundError:
            sys.exit("error: tmux is missing: run scripts/setup test")

    def screen(self):
        return subprocess.run(self.tmux + ["capture-pane", "-p", "-e"], capture_output=True, check=True,
                              encoding="utf-8").stdout

    def type(self, *keys):
        """Keys by tmux's names."""
        subprocess.run(self.tmux + ["send-keys", *keys], check=True)

    def close(self):
        subprocess.run(self.tmux + ["kill-server"], stderr=subprocess.DEVNULL)


def colour(number):
    """One of the 256 colours of a terminal."""
    if number < 16:
        return ANSI[number]
    if number < 232:
        levels = (0, 95, 135, 175, 215, 255)
        number -= 16
        return "#{:02x}{:02x}{:02x}".format(levels[number // 36], levels[number // 6 % 6], levels[number % 6])
    return "#" + "{:02x}".format(8 + 10 * (number - 232)) * 3


class Style:
    """What escape sequences have set so far."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.fg = self.bg = None
        self.bold = self.reverse = False

    def apply(self, codes):
        codes = [int(code or 0) for code in codes.split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code in (1, 22):
                self.bold = code == 1
            elif code in (7, 27):
                self.reverse = code == 7
            elif code in (38, 48) and len(codes) > 1 and codes[0] == 5:
                self._set(code == 38, colour(codes[1]))
                del codes[:2]
            elif code in (39, 49):
                self._set(code == 39, None)
            elif 30 <= code <= 37 or 90 <= code <= 97:
                self._set(True, ANSI[code - 30 if code < 90 else code - 82])
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self._set(False, ANSI[code - 40 if code < 100 else code - 92])

    def _set(self, foreground, value):
        if foreground:
            self.fg = value
        else:
            self.bg = value

    def colours(self):
        fg, bg = self.fg or FOREGROUND, self.bg or BACKGROUND
        return (bg, fg, self.bold) if self.reverse else (fg, bg, self.bold)


def runs(line, style, columns):
    """(column, text, (foreground, background, bold)) for each stretch of one style; the last one reaches the edge."""
    column, found = 0, []
    for sequence, text in re.findall(r"\x1b\[([0-9;]*)m|([^\x1b\x0e\x0f]+)", line):
        if text:
            found.append((column, text, style.colours()))
            column += len(text)
        else:
            style.apply(sequence)
    if column < columns:
        found.append((column, " " * (columns - column), style.colours()))
    return found


def merged(rects):
    """Without those of the picture's own background, and with neighbours in one row made one."""
    found = []
    for x, y, size, bg in rects:
        if found and found[-1][1] == y and found[-1][3] == bg and found[-1][0] + found[-1][2] == x:
            found[-1] = (found[-1][0], y, found[-1][2] + size, bg)
        else:
            found.append((x, y, size, bg))
    return [rect for rect in found if rect[3] != BACKGROUND]


def draw(lines, columns, label):
    """The SVG of @lines, which have escape sequences for colours; @label says what it shows."""
    width, height = columns * CELL[0] + 2 * MARGIN, len(lines) * CELL[1] + 2 * MARGIN
    out = ["<!-- SPDX-License-Identifier: MIT -->",
           '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" '
           'aria-label="{2}">'.format(width, height, html.escape(label, quote=False)),
           '<style>text{{font:13.25px {};white-space:pre}}.b{{font-weight:bold}}</style>'.format(FONT),
           '<rect width="{}" height="{}" rx="8" fill="{}"/>'.format(width, height, BACKGROUND)]
    texts, rects, style = [], [], Style()
    for row, line in enumerate(lines):
        y = MARGIN + row * CELL[1]
        for column, text, (fg, bg, bold) in runs(line, style, columns):
            x = MARGIN + column * CELL[0]
            rects.append((x, y, len(text) * CELL[0], bg))
            # One element per word group: browsers may not keep the width of longer stretches to the grid.
            for word in re.finditer(r"\S+( \S+)*", text):
                texts.append('<text x="{}" y="{}" textLength="{}" fill="{}"{}>{}</text>'.format(
                    x + word.start() * CELL[0], y + 13, len(word.group()) * CELL[0], fg, ' class="b"' if bold else "",
                    html.escape(word.group(), quote=False)))
    for x, y, size, bg in merged(rects):
        out.append('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>'.format(x, y, size, CELL[1], bg))
    return "\n".join(out + texts + ["</svg>", ""])


def write(path, picture):
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(picture)
    except OSError as error:
        sys.exit("error: cannot write {}: {}".format(path, error.strerror))
    print("{}: {} bytes".format(path, len(picture.encode())))
