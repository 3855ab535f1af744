"""Compares the C API operations of operations.c: the reference's library, ours, and LuaJIT's.

Rounds are interleaved, the best counts. Writes OUT.json and OUT.md with ratios to the reference.
Not here: the operations and their timing (operations.c).
"""
import argparse
import json
import math
import os
import subprocess
import sys


def once(binary, environment, only):
    done = subprocess.run([binary] + only, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{binary} {environment}: status {done.returncode}\n{done.stderr}")
    return {name: float(ns) for name, ns in (line.split() for line in done.stdout.splitlines())}


def geomean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", required=True)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--reference", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", required=True)
    parser.add_argument("only", nargs="*", help="parts of the names of operations")
    args = parser.parse_args()
    libraries = {
        "lua5.1": (f"{args.hosts}/capi51", {"LD_LIBRARY_PATH": args.reference}),
        "ours": (f"{args.hosts}/capi51", {"LD_LIBRARY_PATH": args.ours}),
        "luajit": (f"{args.hosts}/capijit", {}),
    }
    best = {name: {} for name in libraries}
    for _ in range(args.rounds):
        for name, (binary, environment) in libraries.items():
            for operation, ns in once(binary, environment, args.only).items():
                best[name][operation] = min(ns, best[name].get(operation, math.inf))
    table = {o: {n: round(best[n][o] / best["lua5.1"][o], 3) for n in ("ours", "luajit")} for o in best["lua5.1"]}
    means = {n: round(geomean([row[n] for row in table.values()]), 3) for n in ("ours", "luajit")}
    with open(args.out + ".json", "w") as f:
        json.dump({"unit": "user time a call, lua5.1 = 1", "geomean": means, "operations": table}, f, indent=1)
        f.write("\n")
    lines = ["# C API operations", "",
             f"User time relative to lua5.1 (lower is better), best of {args.rounds} interleaved rounds of a host",
             "that is linked dynamically. `!`: above 1.1. Written by `make bench`.", "",
             "| operation | ours | luajit |", "|---|---|---|"]
    lines += [f"| {o} {'!' if r['ours'] > 1.1 else ''} | {r['ours']:.2f} | {r['luajit']:.2f} |" for o, r in table.items()]
    lines.append(f"| **geomean of {len(table)}** | **{means['ours']:.2f}** | **{means['luajit']:.2f}** |")
    text = "\n".join(lines) + "\n"
    with open(args.out + ".md", "w") as f:
        f.write(text)
    print(text)


if __name__ == "__main__":
    main()
