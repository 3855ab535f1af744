"""Runs the programs of benches/lua with every interpreter and compares.

One round runs each program once with each interpreter, one after the other, so that whatever else
the machine does falls on all of them alike. Of the rounds the best user time counts. A program's
output has to be the same everywhere; where it is not, there is no time.

Writes OUT.json (ratios per program), OUT.md (for people), OUT.svg and OUT.png (the plot).
Not here: measuring itself (host.c), the drawing (plot.py).
"""
import argparse
import json
import math
import os
import subprocess
import sys

import plot

HERE = os.path.dirname(os.path.abspath(__file__))
REFERENCE = "lua5.1"
OURS = "ours"


def interpreters(args):
    """Name -> (command, environment). The reference and ours are one binary on two libraries."""
    hosts = args.hosts
    return {
        REFERENCE: ([f"{hosts}/host51"], {"LD_LIBRARY_PATH": args.reference}),
        OURS: ([f"{hosts}/host51"], {"LD_LIBRARY_PATH": args.ours}),
        "luajit -joff": ([f"{hosts}/hostjit", "-joff"], {}),
        "luajit": ([f"{hosts}/hostjit"], {}),
        "lua5.4": ([f"{hosts}/host54"], {}),
    }


def programs(only):
    found = []
    root = os.path.join(HERE, "lua")
    for group in sorted(os.listdir(root)):
        for name in sorted(os.listdir(os.path.join(root, group))):
            program = f"{group}/{name[:-4]}"
            if name.endswith(".lua") and (not only or any(o in program for o in only)):
                found.append(program)
    return found


def run(command, environment, program, scale):
    """(user seconds, peak KiB, output), or None when it failed."""
    path = os.path.join(HERE, "lua", program + ".lua")
    done = subprocess.run(command + [path, repr(scale)], env={**os.environ, **environment},
                          capture_output=True, text=True, timeout=300)
    last = done.stderr.strip().splitlines()[-1:] or [""]
    if done.returncode != 0 or not last[0].startswith("host: "):
        sys.stderr.write(f"{program}: {' '.join(command)}: status {done.returncode}\n{done.stderr}\n")
        return None
    seconds, kib = last[0].split()[1:]
    return float(seconds), int(kib), done.stdout


def measure(args, names, todo):
    """program -> interpreter -> {"times": [...], "peak": KiB, "output": text}."""
    results = {p: {} for p in todo}
    for number in range(args.rounds):
        for program in todo:
            for name, (command, environment) in names.items():
                one = run(command, environment, program, args.scale)
                if one is None:
                    results[program].setdefault(name, {"times": [], "peak": 0, "output": None})
                    continue
                r = results[program].setdefault(name, {"times": [], "peak": one[1], "output": one[2]})
                r["times"].append(one[0])
                r["peak"] = min(r["peak"] or one[1], one[1])
            if args.verbose:
                row = results[program]
                base = min(row[REFERENCE]["times"])
                print(f"{number + 1} {program:28s} {base:6.3f}s " + "  ".join(
                    f"{n} {min(row[n]['times'], default=math.nan) / base:.2f}"
                    for n in names if n != REFERENCE), flush=True)
    return results


def geomean(values):
    values = [v for v in values if v and v == v]
    return math.exp(sum(map(math.log, values)) / len(values)) if values else math.nan


def ratios(results, names):
    """program -> {"time": {interpreter: ratio}, "peak": {...}, "spread": {...}}."""
    out, wrong = {}, []
    for program, row in results.items():
        base = row[REFERENCE]
        line = {"time": {}, "peak": {}, "spread": {}}
        for name in names:
            r = row[name]
            if not r["times"] or r["output"] != base["output"]:
                wrong.append(f"{program}: {name}: another output than {REFERENCE}")
                continue
            best = min(r["times"])
            if best > 0:  # the system counts short times as none
                line["spread"][name] = round(sorted(r["times"])[len(r["times"]) // 2] / best - 1, 3)
            if name != REFERENCE:
                line["time"][name] = round(best / min(base["times"]), 3)
                line["peak"][name] = round(r["peak"] / base["peak"], 3)
        out[program] = line
    return out, wrong


def summary(table, names):
    """[(group or "all", count, {interpreter: geomean of time}, {...: of peak})]."""
    groups = sorted({p.split("/")[0] for p in table})
    lines = []
    for group in groups + ["all"]:
        rows = [r for p, r in table.items() if group in ("all", p.split("/")[0])]
        others = [n for n in names if n != REFERENCE]
        lines.append((group, len(rows),
                      {n: geomean([r["time"].get(n) for r in rows]) for n in others},
                      {n: geomean([r["peak"].get(n) for r in rows]) for n in others}))
    return lines


def together(results, names):
    """interpreter -> the sum of all programs' peaks, relative to the reference's."""
    total = {n: sum(row[n]["peak"] for row in results.values()) for n in names}
    return {n: total[n] / total[REFERENCE] for n in names if n != REFERENCE}


def markdown(table, lines, sums, names, args, wrong):
    others = [n for n in names if n != REFERENCE]
    out = ["# Benchmark record", "",
           f"User time relative to {REFERENCE} (lower is better): best of {args.rounds} interleaved rounds,",
           "every implementation as a shared library under the same small C host. Written by `make bench`.",
           "", "![plot](%s.svg)" % os.path.basename(args.out), "", "## Geometric means by group", "",
           "| group | programs | " + " | ".join(others) + " |", "|---|---|" + "---|" * len(others)]
    for group, count, time, _ in lines:
        mark = "**" if group == "all" else ""
        out.append(f"| {mark}{group}{mark} | {count} | " +
                   " | ".join(f"{mark}{time[n]:.2f}{mark}" for n in others) + " |")
    out += ["", "Peak memory (resident) relative to " + REFERENCE + ", geometric means, and the sum of all programs' peaks:", "",
            "| group | " + " | ".join(others) + " |", "|---|" + "---|" * len(others)]
    for group, _, _, peak in lines:
        out.append(f"| {group} | " + " | ".join(f"{peak[n]:.2f}" for n in others) + " |")
    out.append("| sum | " + " | ".join(f"{sums[n]:.2f}" for n in others) + " |")
    spreads = sorted(s for r in table.values() for s in r["spread"].values())
    if spreads and args.rounds > 1:
        out += ["", f"Spread, the median of a program's rounds over their best: {spreads[len(spreads) // 2]:.1%}"
                f" in the middle, {spreads[int(len(spreads) * 0.9)]:.1%} at the ninth tenth."]
    out += ["", "## Programs", "",
            "`*` slower than the reference, `!` more than 1.15 times the time of luajit -joff.", "",
            "| program | " + " | ".join(others) + " | " + OURS + " / luajit -joff | peak memory |",
            "|---|" + "---|" * (len(others) + 2)]
    for program, row in table.items():
        time = row["time"]
        jit = time.get(OURS, math.nan) / time.get("luajit -joff", math.nan)
        marks = ("*" if time.get(OURS, 0) > 1 else "") + ("!" if jit > 1.15 else "")
        out.append(f"| {program} {marks} | " + " | ".join(f"{time.get(n, math.nan):.2f}" for n in others) +
                   f" | {jit:.2f} | {row['peak'].get(OURS, math.nan):.2f} |")
    if wrong:
        out += ["", "## Wrong", ""] + [f"- {w}" for w in wrong]
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", required=True, help="folder of host51, hostjit, host54")
    parser.add_argument("--ours", required=True, help="folder of our liblua5.1.so.0")
    parser.add_argument("--reference", required=True, help="folder of the reference's")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--out", required=True, help="path of the record, without extension")
    parser.add_argument("--interpreters", help="comma-separated, of those known")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("only", nargs="*", help="parts of the names of programs")
    args = parser.parse_args()
    names = interpreters(args)
    if args.interpreters:
        chosen = {REFERENCE, OURS, *args.interpreters.split(",")}
        names = {n: c for n, c in names.items() if n in chosen}
    results = measure(args, names, programs(args.only))
    table, wrong = ratios(results, names)
    lines, sums = summary(table, names), together(results, names)
    os.makedirs(os.path.dirname(args.out) or ".", exist_ok=True)
    with open(args.out + ".json", "w") as f:
        json.dump({"unit": f"user time, {REFERENCE} = 1", "rounds": args.rounds, "scale": args.scale,
                   "geomeans": {g: {"programs": c, "time": {n: round(v, 3) for n, v in t.items()},
                                    "peak": {n: round(v, 3) for n, v in p.items()}} for g, c, t, p in lines},
                   "sum of peaks": {n: round(v, 3) for n, v in sums.items()},
                   "programs": table}, f, indent=1)
        f.write("\n")
    text = markdown(table, lines, sums, names, args, wrong)
    with open(args.out + ".md", "w") as f:
        f.write(text)
    plot.write(args.out, lines, table, [n for n in names if n != REFERENCE])
    print(text.split("## Programs")[0])
    for w in wrong:
        print("WRONG:", w)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
