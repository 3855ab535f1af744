"""In which order the library's functions are to lie: those that most programs need first, the shorter sooner, for they
cost those little that do not need them; and behind all that are needed those that no program needs. The kernel maps a
library's text in pieces of 64 KB: what a program needs is spread over all of it where the linker is left alone.

Runs programs under callgrind, and writes lines for a linker script (packaging/order.sh puts them in its place). They
name functions without the hashes that Rust adds, so they hold from build to build; a function that has another
name by now loses its place, no more.
"""
import argparse
import bisect
import collections
import concurrent.futures
import glob
import math
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
SCALE = "0.1"


def functions(library):
    """Address, size and name of each, by address."""
    out = subprocess.run(["nm", "-S", "--defined-only", library], check=True, text=True, capture_output=True).stdout
    rows = [line.split() for line in out.splitlines()]
    return sorted((int(r[0], 16), int(r[1], 16), r[3]) for r in rows if len(r) == 4 and r[2] in "tTwW")


def addresses(profile, library):
    """Of all instructions in the library that were executed."""
    names, current, address = {}, "", 0
    for line in open(profile):
        if m := re.match(r"(c?)ob=\((\d+)\)(?: (.*))?", line):
            if m[3]:
                names[m[2]] = m[3].strip()
            if not m[1]:
                current = names[m[2]]
        elif m := re.match(r"(0x[0-9a-f]+|[+-]\d+|\*) ", line):
            word = m[1]
            if word.startswith("0x"):
                address = int(word, 16)
            elif word != "*":
                address += int(word)
            if os.path.basename(current).startswith(library):
                yield address


def executed(args, number, program, known):
    """Which of the known functions a program calls, by their numbers."""
    starts = [f[0] for f in known]
    profile = f"{args.out}.callgrind.{number}"
    subprocess.run(["valgrind", "-q", "--tool=callgrind", "--dump-instr=yes", "--callgrind-out-file=" + profile, args.host,
                    program, SCALE], check=True, capture_output=True, env={**os.environ, "LD_LIBRARY_PATH": args.ours})
    found = set()
    for address in addresses(profile, "liblua5.1"):
        at = bisect.bisect(starts, address) - 1
        if at >= 0 and address < known[at][0] + known[at][1]:
            found.add(at)
    os.remove(profile)
    return found


def by_need(args, known):
    """The functions that programs need, in the order in which they are to lie."""
    programs = [os.path.join(HERE, "small.lua")] + sorted(glob.glob(os.path.join(os.path.dirname(HERE), "lua", "*", "*.lua")))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = pool.map(lambda job: executed(args, *job, known), enumerate(programs))
        count = collections.Counter(at for run in runs for at in run)
    # With the length to the power of 0, 0.3, 0.5, 0.7 and 1 a program has 474, 455, 450, 447 and 463 KB of text, and if half
    # of the programs are not counted, these have least with 0.5.
    return sorted(count, key=lambda at: (-count[at] / math.sqrt(known[at][1]), at))


def pattern(name):
    """The sections that a function of this name may lie in, whatever hashes it has."""
    if m := re.match(r"(_ZN.*)17h[0-9a-f]{16}E", name):
        name = m[1] + "17h*"
    elif name.startswith("_R"):
        name = re.sub(r"Cs[0-9A-Za-z]+_(?=\d)", "*", name) + "*"
    return f"*(.text.{name} .text.unlikely.{name})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", required=True)
    parser.add_argument("--ours", required=True, help="folder of our liblua5.1.so.0")
    parser.add_argument("--out", required=True, help="the list")
    args = parser.parse_args()
    known = functions(os.path.join(args.ours, "liblua5.1.so.0"))
    lines = ["/* The order of functions in the library, for the linker. Written by `make -C benches order`. */"]
    seen = set()
    for at in by_need(args, known):
        line = pattern(known[at][2])
        if line not in seen:
            seen.add(line)
            lines.append(line)
    with open(args.out, "w") as f:
        f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
