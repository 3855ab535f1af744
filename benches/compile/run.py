"""How fast chunks are compiled, dumped and loaded: the reference, ours, LuaJIT.

Hosts (host.c) on each library, in turns, over two sets of files: the programs of benches/lua, and data
as constructors, which is made here. The fastest of the rounds counts.
Writes OUT.md and OUT.json and prints the former.
"""
import argparse
import glob
import json
import os
import random
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WORK = {"text": "source text compiled", "dump": "dumped", "binary": "binary chunks loaded"}


def data_files(folder):
    """Tables of records as a program writes them out."""
    chosen = random.Random(1)
    for number in range(4):
        with open(os.path.join(folder, f"data{number}.lua"), "w") as f:
            f.write("return {\n")
            for i in range(1500):
                words = ", ".join(f'"{chosen.choice("abcdefgh")}{chosen.randrange(90)}"' for _ in range(3))
                f.write(f'  {{ id = {i}, name = "item {i}", at = {{ {chosen.random() * 100:.3f}, {chosen.randrange(999)} }},'
                        f" tags = {{ {words} }}, [{i % 7}] = {'true' if i % 3 else 'false'} }},\n")
            f.write("}\n")
    return sorted(glob.glob(os.path.join(folder, "*.lua")))


def run(host, library, seconds, files):
    out = subprocess.run([host, str(seconds), *files], check=True, text=True, capture_output=True,
                         env={**os.environ, "LD_LIBRARY_PATH": library}, timeout=600)
    rows = [line.split() for line in out.stdout.splitlines()]
    return {name: (int(size), float(rate)) for name, size, rate in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", required=True, help="folder of compile51 and compilejit")
    parser.add_argument("--ours", required=True, help="folder of our liblua5.1.so.0")
    parser.add_argument("--reference", required=True, help="folder of the reference's")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="of processor time, each kind of work and round")
    parser.add_argument("--out", required=True, help="path of the record, without extension")
    args = parser.parse_args()
    host51, hostjit = (os.path.join(args.hosts, name) for name in ("compile51", "compilejit"))
    libraries = {"lua5.1": (host51, args.reference), "ours": (host51, args.ours), "luajit": (hostjit, "")}
    record = {}
    with tempfile.TemporaryDirectory() as folder:
        sets = {"programs": sorted(glob.glob(f"{ROOT}/benches/lua/*/*.lua")), "data": data_files(folder)}
        for name, files in sets.items():
            best = {}
            for _ in range(args.rounds):
                for library, (host, path) in libraries.items():
                    for work, (size, rate) in run(host, path, args.seconds, files).items():
                        of = best.setdefault(work, {}).setdefault(library, {"bytes": size, "MB/s": 0.0})
                        of["MB/s"] = max(of["MB/s"], rate)
            record[name] = {"files": len(files), "work": best}
    lines = ["# Compiling and loading", "",
             "Megabytes a second of processor time, higher is better; the bytes are those of the text, or of the chunks.",
             "Written by `make -C benches compile`.", "",
             "| work | files | lua5.1 | ours | luajit | ours / lua5.1 |", "|---|---|---|---|---|---|"]
    for name, of in record.items():
        for work, rates in of["work"].items():
            ref, ours, jit = (rates[library]["MB/s"] for library in libraries)
            lines.append(f"| {name}: {WORK[work]} | {of['files']} | {ref:.1f} | {ours:.1f} | {jit:.1f} | {ours / ref:.2f} |")
    with open(args.out + ".json", "w") as f:
        json.dump(record, f, indent=1)
        f.write("\n")
    with open(args.out + ".md", "w") as f:
        f.write("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
