#!/usr/bin/env python3
"""Holds what is read from machine code against readings of the same code by others.

    machine_truth.py [--wine FOLDER] LINUX-CORPUS

Linux, clang's objects: every frame equals ORC where ORC counts from SP, and the prologue (return address, pushes, SUB, the loss
by alignment, pushed arguments) where it counts from BP; the calls by kind. Windows (with --wine): i686 frames equal
the reading in results/depth-*.tsv, x86_64 frames equal the unwind codes + 8; rounded frames may be larger. Every
exception is printed.
"""
import collections
import csv
import json
import os
import re
import subprocess
import sys
import tempfile

import corpus

RETURN_ADDRESS = 8


def measure(stackcheck, objects):
    """{object: [function]} of a scan of objects."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        subprocess.run([stackcheck, "scan", "--objects-only", "--no-db", "--no-cache", "--graph", "-q", "--fail-on",
                        "never", "-o", report, *objects], check=True)
        with open(report, encoding="utf-8") as file:
            functions = json.load(file)["functions"]
    found = collections.defaultdict(list)
    for function in functions:
        found[function["unit"]].append(function)
    return found


def compare(title, rows):
    """rows: (name, ours or None, truth, kind)"""
    counts = collections.Counter()
    for name, function, truth in rows:
        if function is None:
            counts["not found"] += 1
            continue
        ours, kind = function["frame"]["bytes"], function["frame"]["kind"]
        if ours == truth:
            counts["equal"] += 1
        elif kind == "bounded" and ours > truth:
            counts["rounded: worst case above"] += 1
        else:
            counts["off"] += 1
            print(f"  {name}: {ours} ({kind}) instead of {truth}")
    print(f"{title}: {dict(counts)}")
    return counts["off"] == 0


def calls_by_kind(found):
    counts = collections.Counter()
    for functions in found.values():
        for function in functions:
            sites = {}
            for call in function["calls"]:
                sites[call["site"]] = call
            for call in sites.values():
                kind = call["kind"] + (" tail" if call.get("tail") and call["kind"] != "tail" else "")
                target = call.get("symbol") or (call["to"] or "").rpartition(":")[2]
                if kind in ("call", "external") and target.startswith("__SCT__"):
                    kind = "static call"
                elif kind == "external":
                    kind = "call"
                elif kind == "external tail":
                    kind = "tail"
                counts[kind] += 1
    return counts


def linux(stackcheck, root):
    tree = root / "out-clang"
    with open(root / "orc-depth-small-clang.tsv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    objects = sorted({row["object"] for row in rows})
    found = measure(stackcheck, [str(tree / name) for name in objects])
    by_name = {(name, f["symbol"]): f for name in objects for unit in found if unit.endswith("/" + name)
               for f in found[unit]}
    from_sp = [(f"{r['object']} {r['function']}", by_name.get((r["object"], r["function"])), int(r["orc_depth"]))
               for r in rows if not r["orc_note"] and int(r["orc_depth"])]
    from_bp = [(f"{r['object']} {r['function']}", by_name.get((r["object"], r["function"])),
                int(r["bp_frame"]) + int(r["bp_align_loss"]) + int(r["bp_argpush"]))
               for r in rows if r["orc_note"] and r["bp_frame"]]
    print("calls:", dict(sorted(calls_by_kind(found).items())))
    # Aliases (init_module) are rows of their own there and other names of one function here.
    return all([compare("ORC from SP", from_sp), compare("ORC from BP, by the prologue", from_bp)])


def plain(symbol):
    return re.sub(r"@\d+$", "", re.sub(r"^[_@]", "", symbol))


def windows(stackcheck, folder, build):
    i686 = "i686" in build
    objects = sorted(str(path) for path in (folder / "out" / build).rglob("*.o"))
    found = measure(stackcheck, objects)
    by_name = collections.defaultdict(list)
    for unit, functions in found.items():
        for function in functions:
            name = plain(function["symbol"]) if i686 else function["symbol"]
            by_name[os.path.basename(unit)[:-2], name].append(function)
    table = folder / "results" / f"{'depth' if i686 else 'unwind'}-{build}.tsv"
    rows = []
    for line in table.read_text().splitlines():
        size, _, unit, name = line.split("\t")[:4]
        if not size.isdigit() or name == ".text":
            continue
        truth = int(size) + (0 if i686 else RETURN_ADDRESS)
        known = by_name.get((unit.split("/")[-1], name)) or by_name.get((unit.split("/")[-1], name.lstrip("_"))) or []
        best = [f for f in known if f["frame"]["bytes"] == truth] or known
        rows.append((f"{unit} {name}", best[0] if best else None, truth))
    return compare(build, rows)


def main():
    parser = corpus.arguments(__doc__)
    parser.add_argument("--wine", type=type(corpus.TOP), help="the corpus of Windows drivers")
    args = parser.parse_args()
    good = linux(args.stackcheck, args.root)
    for build in ("clang-i686", "gcc-i686", "clang-x86_64", "gcc-x86_64") if args.wine else ():
        good &= windows(args.stackcheck, args.wine, build)
    print("holds" if good else "DOES NOT HOLD")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
