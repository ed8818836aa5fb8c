#!/usr/bin/env python3
"""Holds the frames of a GCC build, read from its own objects, against ORC and GCC's .su files.

Scans the Kbuild tree out-gcc with --frames objects --check-su. Asked for: every unit is read from its object; where ORC
counts from SP, every frame equals its depth; at least 99.9 % of the .su rows are equal; no call of GCC's .ci files is
missed but through pointers. Every exception is printed. The output tree must not change.
"""
import collections
import csv
import re
import sys

import corpus

TREE = "out-gcc"


def su_rows(path):
    """[(symbol as .su spells it, line, bytes, qualifier)]"""
    rows = []
    for line in path.read_text().splitlines():
        place, size, qualifier = line.split("\t")
        _, number, _, name = place.rsplit(":", 3)
        rows.append((name, int(number), int(size), qualifier))
    return rows


def frames_by_object(report, objects):
    """{object: {symbol: frame}}"""
    by_unit = collections.defaultdict(dict)
    for function in report["functions"]:
        by_unit[function["unit"]][function["symbol"]] = function["frame"]
    found = {}
    for name in objects:
        source = name[:-2] + ".c"
        units = [unit for unit in by_unit if unit == source or unit.endswith("/" + source)]
        found[name] = by_unit[units[0]] if units else {}
    return found


def candidates(frames, name):
    """Frames of a function and of the clones that the compiler made of it; moved parts count with their function."""
    plain = re.sub(r"\.\d+", "", name)
    return [frame for symbol, frame in frames.items()
            if symbol == name or symbol.startswith(name + ".") or re.sub(r"\.\d+", "", symbol) == plain]


def check_su(root, frames):
    rows = off = 0
    for name, of_unit in sorted(frames.items()):
        path = root / TREE / (name[:-2] + ".su")
        for function, line, size, qualifier in su_rows(path) if path.exists() else []:
            rows += 1
            found = candidates(of_unit, function)
            if any(frame["bytes"] == size for frame in found):
                continue
            off += 1
            print(f"off from .su: {name} {function} (line {line}): {[f['bytes'] for f in found]}, .su {size} {qualifier}")
    return rows, off


def check_orc(rows, frames):
    compared = skipped = off = 0
    places = {}  # several names of one place: the report has the frame under one of them
    for row in rows:
        frame = frames.get(row["object"], {}).get(row["function"])
        if frame:
            places[row["object"], row["section"], row["offset"]] = frame
    for row in rows:
        if row["orc_note"] or row["orc_depth"] in ("", "0"):
            skipped += 1
            continue
        frame = places.get((row["object"], row["section"], row["offset"]))
        if frame is None and ".cold" in row["function"]:
            skipped += 1
            continue
        compared += 1
        if frame is None or frame["bytes"] != int(row["orc_depth"]):
            off += 1
            print(f"off from ORC: {row['object']} {row['function']}: {frame}, ORC {row['orc_depth']}, .su {row['su']}")
    return compared, skipped, off


def main():
    options = corpus.arguments(__doc__).parse_args()
    with open(options.root / "orc-depth-small-gcc.tsv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    objects = sorted({row["object"] for row in rows})
    before = corpus.tree_digest(options.root / TREE)
    with corpus.temporary() as folder:
        path = f"{folder}/report.json"
        cost = corpus.scan(options, ["--frames", "objects", "--check-su", "-o", path], database=TREE)
        report = corpus.load(path)
    unchanged = before == corpus.tree_digest(options.root / TREE)
    frames = frames_by_object(report, objects)
    compared, skipped, orc_off = check_orc(rows, frames)
    su, su_off = check_su(options.root, frames)
    cover = report["coverage"]
    checks = [finding for finding in report["findings"] if finding["rule"] == "frame-mismatch"]
    for finding in checks:
        print(f"frame-mismatch: {finding['message']}")

    print(f"units: {cover['units_measured']} of {cover['units_total']} measured, {len(cover['recompiled'])} recompiled, "
          f"{cover['units_failed']} failed; {cost.wall:.1f} s wall, {cost.cpu:.1f} s CPU")
    print(f"compilers: {report['run']['compilers']}; functions: {len(report['functions'])}")
    print(f"ORC from SP: {compared} compared, {orc_off} off; {skipped} count from another register or are moved parts")
    print(f".su rows: {su}, off: {su_off} ({100.0 * su_off / max(su, 1):.3f} %)")
    print(f"findings of frame-mismatch: {len(checks)}; checked: {cover['checked']}")
    print(f"output tree unchanged: {unchanged}")
    good = (cover["units_measured"] == cover["units_total"] and not cover["recompiled"] and compared and not orc_off
            and su and su_off <= su / 1000 and unchanged)
    print("holds" if good else "DOES NOT HOLD")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
