"""Compares single operations: the reference's library, ours, and LuaJIT's. `--of capi`: those of the C API,
from a C host (capi.c); `--of lua`: what scripts do (lua.lua).

Rounds are interleaved, the best counts. Writes OUT.json and OUT.md with ratios to the reference.
Not here: the operations and their timing.
"""
import argparse
import json
import math
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TITLES = {"capi": "C API operations", "lua": "What scripts do, one operation at a time"}


def once(command, environment):
    """Name -> nanoseconds."""
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        sys.exit(f"{command} {environment}: status {done.returncode}\n{done.stderr}")
    return {name: float(ns) for name, ns in (line.split("\t") for line in done.stdout.splitlines())}


def commands(args):
    """Library -> (command, environment)."""
    if args.of == "capi":
        here, there = [f"{args.hosts}/capi51"] + args.only, [f"{args.hosts}/capijit"] + args.only
    else:
        script = os.path.join(HERE, "lua.lua")
        here, there = [f"{args.hosts}/host51", script, "1"], [f"{args.hosts}/hostjit", "-joff", script, "1"]
    return {
        "lua5.1": (here, {"LD_LIBRARY_PATH": args.reference}),
        "ours": (here, {"LD_LIBRARY_PATH": args.ours}),
        "luajit" if args.of == "capi" else "luajit -joff": (there, {}),
    }


def geomean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--of", choices=TITLES, default="capi")
    parser.add_argument("--hosts", required=True)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--reference", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", required=True)
    parser.add_argument("only", nargs="*", help="parts of the names of operations (of the C API)")
    args = parser.parse_args()
    libraries = commands(args)
    best = {name: {} for name in libraries}
    for _ in range(args.rounds):
        for name, (command, environment) in libraries.items():
            for operation, ns in once(command, environment).items():
                # On a machine with much else to do the clock of user time may stand still for as long as a batch takes.
                if ns > 0:
                    best[name][operation] = min(ns, best[name].get(operation, math.inf))
    compared = [name for name in libraries if name != "lua5.1"]
    table = {o: {n: round(best[n][o] / best["lua5.1"][o], 3) for n in compared} for o in best["lua5.1"]}
    means = {n: round(geomean([row[n] for row in table.values()]), 3) for n in compared}
    with open(args.out + ".json", "w") as f:
        json.dump({"unit": "user time a call, lua5.1 = 1", "geomean": means, "operations": table}, f, indent=1)
        f.write("\n")
    other = compared[1]
    lines = [f"# {TITLES[args.of]}", "",
             f"User time relative to lua5.1 (lower is better), best of {args.rounds} interleaved rounds under a host",
             "that is linked dynamically. `!`: above 1.1. Written by `make -C benches`.", "",
             f"| operation | ours | {other} |", "|---|---|---|"]
    lines += [f"| {o} {'!' if r['ours'] > 1.1 else ''} | {r['ours']:.2f} | {r[other]:.2f} |" for o, r in table.items()]
    lines.append(f"| **geomean of {len(table)}** | **{means['ours']:.2f}** | **{means[other]:.2f}** |")
    text = "\n".join(lines) + "\n"
    with open(args.out + ".md", "w") as f:
        f.write(text)
    print(text)


if __name__ == "__main__":
    main()
