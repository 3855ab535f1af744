"""What objects take, how far the heap grows, how long the collector pauses: the reference and ours.

One program (host.c) on two libraries. Sizes and ratios are the same at every run; of the pauses,
which are processor time, the shortest of a few runs counts. Writes OUT.md and prints it.
"""
import argparse
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
BYTES = ["number", "empty", "pair", "triple", "string", "closure", "userdata", "coroutine", "suspended"]
CHURN = ["records", "strings", "arrays", "closures", "mixed", "phases"]
PAUSES = ["objects", "flat", "strings", "stringkeys", "numbers", "weakvalues", "weakkeys",
          "weakheld", "coroutines", "userdata", "finalized"]


def run(args, library, script, what, rounds=1):
    """The numbers that a script prints, each the least of the rounds."""
    rows = []
    for _ in range(rounds):
        out = subprocess.run([args.host, os.path.join(HERE, script), what], check=True, text=True,
                             capture_output=True, env={**os.environ, "LD_LIBRARY_PATH": library}, timeout=300)
        rows.append([float(word) for word in out.stdout.split()])
    return [min(column) for column in zip(*rows)]


def section(args, lines, title, text, names, script, head, digits, rounds=1):
    lines += ["", f"## {title}", "", text, "", "| | " + " | ".join(head) + " |", "|---|" + "---|" * len(head)]
    for name in names:
        cells = []
        for library in (args.reference, args.ours):
            cells += [f"{v:.{digits}f}" for v in run(args, library, script, name, rounds)]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", required=True)
    parser.add_argument("--ours", required=True, help="folder of our liblua5.1.so.0")
    parser.add_argument("--reference", required=True, help="folder of the reference's")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--out", required=True, help="path of the record, without extension")
    args = parser.parse_args()
    lines = ["# Memory and pauses", "", "Written by `make -C benches memory`."]
    section(args, lines, "Bytes an object", "Growth of the resident memory, the array that holds them not counted.",
            BYTES, "bytes.lua", ["lua5.1", "ours"], 1)
    section(args, lines, "Heap", "The most that was held, and what is held after a last collection, relative to the live data.",
            CHURN, "churn.lua", ["lua5.1: most", "after", "ours: most", "after"], 2)
    section(args, lines, "Longest pause, in ms", "One turn of a loop that allocates; one `lua_gc(LUA_GCSTEP, 0)`.",
            PAUSES, "pause.lua", ["lua5.1: turn", "step", "ours: turn", "step"], 2, args.rounds)
    with open(args.out + ".md", "w") as f:
        f.write("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
