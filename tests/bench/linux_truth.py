#!/usr/bin/env python3
"""Holds the frames of a scan against the compiler's .su files and the kernel's own unwind tables (ORC).

Asked for: every function of the .su files is in the report; every frame is at least the .su number plus the return
address; where ORC counts from SP, at most 10 % of the functions are off from it and none is below .su + 8; the
build's output is the same, byte for byte, before and after. Every exception is printed.
"""
import collections
import csv
import sys

import corpus

RETURN_ADDRESS = 8


def su_rows(root, unit):
    """{symbol: [bytes]} of the unit's .su file."""
    rows = collections.defaultdict(list)
    path = root / "out-clang" / (unit.object[:-2] + ".su")
    for line in path.read_text().splitlines() if path.exists() else []:
        place, size, _ = line.split("\t")
        rows[place.rpartition(":")[2]].append(int(size))
    return rows


def frames_by_unit(report, units):
    """{object: {symbol: frame}}; copies with a suffix stand under both names."""
    by_source = collections.defaultdict(dict)
    for function in report["functions"]:
        by_source[function["unit"]].setdefault(function["symbol"], function["frame"])
    result = {}
    for unit in units:
        name = next((name for name in by_source if unit.is_unit(name)), None)
        frames = dict(by_source.get(name, {}))
        for symbol, frame in list(frames.items()):
            frames.setdefault(corpus.plain_name(symbol), frame)
        result[unit.object] = frames
    return result


def check_su(root, units, frames):
    """Prints what is missing or below .su + 8; (rows, missing, below)"""
    rows = missing = below = 0
    for unit in units:
        for symbol, sizes in sorted(su_rows(root, unit).items()):
            rows += len(sizes)
            frame = frames[unit.object].get(symbol)
            if frame is None:
                missing += 1
                print(f"missing: {unit.object} {symbol}")
            elif frame["bytes"] is None or frame["bytes"] < min(sizes) + RETURN_ADDRESS:
                below += 1
                print(f"below .su + {RETURN_ADDRESS}: {unit.object} {symbol}: {frame}, .su {sizes}")
    return rows, missing, below


def check_orc(root, frames):
    """(compared, off): functions with a .su row and an ORC depth that counts from SP."""
    compared, off = 0, collections.Counter()
    with open(root / "orc-depth-small-clang.tsv", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["orc_note"] or not row["su"] or row["orc_depth"] in ("", "0"):
                continue
            frame = frames.get(row["object"], {}).get(row["function"])
            if frame is None:
                continue
            compared += 1
            difference = None if frame["bytes"] is None else frame["bytes"] - int(row["orc_depth"])
            if difference:
                off[difference] += 1
                print(f"off from ORC: {row['object']} {row['function']}: {frame}, ORC {row['orc_depth']}, .su {row['su']}")
            elif difference is None:
                off["unknown"] += 1
                print(f"unknown: {row['object']} {row['function']}: {frame}, ORC {row['orc_depth']}")
    return compared, off


def main():
    options = corpus.arguments(__doc__).parse_args()
    units = corpus.units(options.root)
    before = corpus.tree_digest(options.root / "out-clang")
    with corpus.temporary() as folder:
        path = f"{folder}/report.json"
        cost = corpus.scan(options, ["--graph", "-o", path])
        report = corpus.load(path)
    unchanged = before == corpus.tree_digest(options.root / "out-clang")
    frames = frames_by_unit(report, units)
    rows, missing, below = check_su(options.root, units, frames)
    compared, off = check_orc(options.root, frames)
    cover = report["coverage"]
    kinds = collections.Counter(f["frame"]["kind"] for f in report["functions"])
    share = 100.0 * sum(off.values()) / max(compared, 1)

    print(f"units: {cover['units_measured']} of {cover['units_total']} measured, "
          f"{cover['units_estimated']} estimated, {cover['units_failed']} failed; {cost.wall:.1f} s wall")
    print(f"functions in the report: {len(report['functions'])}, frames: {dict(kinds)}")
    print(f".su rows: {rows}, missing: {missing}, below .su + {RETURN_ADDRESS}: {below}")
    print(f"ORC from SP: {compared} compared, {sum(off.values())} off ({share:.2f} %): {dict(off.most_common(12))}")
    print(f"output tree unchanged: {unchanged}")
    good = (cover["units_measured"] == cover["units_total"] == len(units) and rows and not missing and not below
            and compared and share <= 10 and unchanged)
    print("holds" if good else "DOES NOT HOLD")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
