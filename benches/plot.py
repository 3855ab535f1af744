"""Draws a record: bars by group above, every program of ours below. Writes SVG, and PNG if
rsvg-convert or inkscape is there.

Logarithmic: half and twice the reference's time are as far from it. Not here: figures (run.py).
"""
import math
import shutil
import subprocess

COLOURS = {"ours": "#b7410e", "luajit -joff": "#3b6ea5", "luajit": "#9fc0df", "lua5.4": "#9a9a9a"}
FONT = 'font-family="DejaVu Sans, Helvetica, Arial, sans-serif"'
TICKS = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 2, 4]
WIDTH, LEFT, RIGHT = 1000, 190, 70


class Axis:
    def __init__(self, low, high):
        self.low, self.high = math.log(low), math.log(high)

    def x(self, value):
        value = min(max(math.log(value), self.low), self.high)
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - self.low) / (self.high - self.low)


def text(x, y, s, size=12, anchor="start", fill="#222", weight="normal"):
    s = s.replace("&", "&amp;").replace("<", "&lt;")
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}" '
            f'font-weight="{weight}" {FONT}>{s}</text>')


def grid(axis, top, bottom):
    out = []
    for tick in TICKS:
        if not axis.low <= math.log(tick) <= axis.high:
            continue
        colour = "#444" if tick == 1 else "#e2e2e2"
        x = axis.x(tick)
        out.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="{colour}"/>')
        out.append(text(x, top - 5, f"{tick:g}", 10, "middle", "#666"))
    return out


def bar(axis, y, height, value, colour):
    x = axis.x(value)
    return f'<rect x="{LEFT}" y="{y:.1f}" width="{x - LEFT:.1f}" height="{height}" fill="{colour}"/>'


def groups(axis, lines, names, y):
    out, height = [], 11
    for group, count, time, _ in lines:
        weight = "bold" if group == "all" else "normal"
        middle = y + height * len(names) / 2
        out.append(text(LEFT - 10, middle + 4, f"{group} ({count})", 13, "end", weight=weight))
        for name in names:
            if time[name] == time[name]:
                out.append(bar(axis, y, height - 2, time[name], COLOURS[name]))
                out.append(text(axis.x(time[name]) + 4, y + 8.5, f"{time[name]:.2f}", 9, fill="#444",
                                weight="bold" if name == "ours" else "normal"))
            y += height
        y += 9
    return out, y


def each(axis, table, y):
    """One bar of ours a program, a tick where luajit -joff is."""
    out, height, last = [], 13, None
    for program, row in table.items():
        group = program.split("/")[0]
        if last not in (None, group):
            y += 6
        last = group
        out.append(text(LEFT - 10, y + 9.5, program, 10, "end"))
        ours, jit = row["time"].get("ours"), row["time"].get("luajit -joff")
        if ours:
            out.append(bar(axis, y, height - 3, ours, COLOURS["ours"]))
            out.append(text(WIDTH - RIGHT + 8, y + 9, f"{ours:.2f}", 10))
        if jit:
            x = axis.x(jit)
            out.append(f'<line x1="{x:.1f}" y1="{y - 1:.1f}" x2="{x:.1f}" y2="{y + height - 2:.1f}" '
                       f'stroke="{COLOURS["luajit -joff"]}" stroke-width="3"/>')
        y += height
    return out, y


def draw(lines, table, names):
    out = [text(20, 30, "User time relative to PUC-Rio Lua 5.1.5 (= 1, lower is better, logarithmic)", 16,
                weight="bold")]
    x = LEFT
    for name in names:
        out.append(f'<rect x="{x}" y="44" width="12" height="12" fill="{COLOURS[name]}"/>')
        out.append(text(x + 17, 54, name, 12))
        x += 40 + 8 * len(name)
    axis = Axis(0.02, 1.5)
    bars, bottom = groups(axis, lines, names, 84)
    out += grid(axis, 78, bottom) + bars
    top = bottom + 50
    out.append(text(20, top - 24, "Every program: ours as a bar, luajit -joff as a line", 14, weight="bold"))
    wide = Axis(0.02, 4)
    bars, bottom = each(wide, table, top + 6)
    out += grid(wide, top, bottom) + bars
    height = int(bottom + 20)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}">\n<rect width="{WIDTH}" height="{height}" fill="white"/>\n'
            + "\n".join(out) + "\n</svg>\n")


def write(path, lines, table, names):
    with open(path + ".svg", "w") as f:
        f.write(draw(lines, table, names))
    if shutil.which("rsvg-convert"):
        subprocess.run(["rsvg-convert", path + ".svg", "-o", path + ".png"], check=False)
    elif shutil.which("inkscape"):
        subprocess.run(["inkscape", path + ".svg", "-o", path + ".png"], check=False)
