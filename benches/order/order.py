"""In which order the library's functions are to lie: those that every small program needs first, then those
that usual programs need, and all others behind them. The kernel maps a library's text in pieces of 64 KB:
what a small program needs is spread over all of it where the linker is left alone.

Runs programs under callgrind, and writes lines for a linker script (packaging/order.sh puts them in its place). They
name functions without the hashes that Rust adds, so they hold from build to build; a function that has another
name by now loses its place, no more.
"""
import argparse
import bisect
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST = ["order/small.lua"]
COMMON = ["calls/pcall", "coroutines/wrap", "gc/weak", "libraries/lzw", "libraries/markdown", "loading/data",
          "numeric/spectral", "objects/inheritance", "strings/format", "strings/json", "tables/iterate", "tables/sortby"]


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


def executed(args, programs, known):
    found = set()
    starts = [f[0] for f in known]
    profile = args.out + ".callgrind"
    for program in programs:
        subprocess.run(["valgrind", "-q", "--tool=callgrind", "--dump-instr=yes", "--callgrind-out-file=" + profile, args.host,
                        program, "0.01"], check=True, capture_output=True, env={**os.environ, "LD_LIBRARY_PATH": args.ours})
        for address in addresses(profile, "liblua5.1"):
            at = bisect.bisect(starts, address) - 1
            if at >= 0 and address < known[at][0] + known[at][1]:
                found.add(at)
    os.remove(profile)
    return [known[at][2] for at in sorted(found)]


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
    root = os.path.dirname(HERE)
    parts = [("What every small program needs.", [os.path.join(root, p) for p in FIRST]),
             ("What usual programs need.", [os.path.join(root, "lua", p + ".lua") for p in COMMON])]
    lines = ["/* The order of functions in the library, for the linker. Written by `make -C benches order`. */"]
    seen = set()
    for title, programs in parts:
        lines.append(f"/* {title} */")
        patterns = [p for p in dict.fromkeys(pattern(name) for name in executed(args, programs, known)) if p not in seen]
        seen.update(patterns)
        lines += patterns
    with open(args.out, "w") as f:
        f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
