#!/usr/bin/python3
"""Breaks a good report in one place at a time: validate_json.py must see each.

Usage: test_validate_json.py SCHEMA REPORT, a report of the full hand-made run with --graph.
"""

import copy
import json
import os
import sys
import tempfile

import validate_json


def first(items, test):
    return next(item for item in items if test(item))


def call(data, test):
    return first((c for f in data["functions"] for c in f["calls"]), test)


BREAKS = {
    "extra member": lambda d: d.update(extra=1),
    "missing member": lambda d: d["run"].pop("dirty"),
    "other version": lambda d: d.update(schema="stackcheck-report/2"),
    "unknown as -1": lambda d: d["functions"][0]["frame"].update(bytes=-1),
    "number as text": lambda d: d["functions"][0]["depth"].update(bytes="784"),
    "unknown evidence": lambda d: d["functions"][0]["calls"][0].update(evidence="guess"),
    "long fingerprint": lambda d: d["findings"][0].update(fingerprint="0" * 64),
    "same id twice": lambda d: d["functions"].append(d["functions"][0]),
    "call of nobody": lambda d: call(d, lambda c: c["to"]).update(to="nobody"),
    "finding of nobody": lambda d: d["findings"][0].update(function="nobody"),
    "reason of nobody": lambda d: first(d["functions"], lambda f: f["depth"]["reasons"])
    ["depth"]["reasons"][0].update(function="nobody"),
    "slot lost": lambda d: d["functions"][0]["slots"].pop(0),
    "slot counted twice": lambda d: d["functions"][0]["slots"][2].update(counted_bytes=40),
    "slot without a kind": lambda d: d["functions"][0]["slots"][1].pop("kind"),
    "sites out of order": lambda d: d["functions"][0]["calls"].reverse(),
    "direct call of nothing": lambda d: call(d, lambda c: c["kind"] == "call").update(to=None),
    "external call inside": lambda d: call(d, lambda c: c["kind"] == "external").pop("symbol"),
    "jump with a frame": lambda d: call(d, lambda c: c["kind"] == "tail").update(depth_bytes=8),
    "path too short": lambda d: d["entries"][1]["path"].pop(0),
    "path sum": lambda d: d["entries"][1]["path"][0].update(bytes=145),
    "path without its call": lambda d: d["functions"][0]["calls"].pop(),
    "last frame": lambda d: d["functions"][2]["frame"].update(bytes=641),
    "headroom": lambda d: d["entries"][0].update(headroom=0),
    "over": lambda d: d["entries"][0].update(over=False),
    "entries unsorted": lambda d: d["entries"].reverse(),
    "exact with reasons": lambda d: d["functions"][0]["depth"].update(bound="exact"),
    "floor without reasons": lambda d: d["functions"][0]["depth"].update(reasons=[]),
    "possible below": lambda d: d["functions"][0]["depth"].update(possible_bytes=1),
    "turn": lambda d: d["cycles"][0].update(turn_bytes=1),
    "certain": lambda d: d["cycles"][1].update(certain=True),
    "finding lost": lambda d: d["findings"].pop(),
    "finding suppressed": lambda d: d["findings"][0].update(suppressed=True),
    "severity": lambda d: d["findings"][0].update(severity="note"),
    "state": lambda d: d["findings"][0].update(state="existing"),
    "bounds": lambda d: d["summary"]["bounds"].update(exact=0),
    "edges": lambda d: d["summary"]["edges"].update(direct=0),
    "max depth": lambda d: d["summary"].update(max_depth=0),
    "min headroom": lambda d: d["summary"].update(min_headroom=0),
    "units": lambda d: d["coverage"].update(units_total=6),
    "failed unit lost": lambda d: d["coverage"]["failed"].pop(),
    "estimated unit lost": lambda d: d["coverage"]["estimated"].pop(),
}


def rejected(schema, text):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(text)
        file.flush()
        with open(os.devnull, "w") as nowhere:
            saved, sys.stdout = sys.stdout, nowhere
            try:
                return validate_json.main(schema, [file.name]) != 0
            finally:
                sys.stdout = saved


def main(schema, report):
    with open(report, encoding="utf-8") as file:
        good = file.read()
    missed = [] if not rejected(schema, good) else ["the good report is rejected"]
    for name, damage in BREAKS.items():
        data = copy.deepcopy(json.loads(good))
        damage(data)
        if not rejected(schema, json.dumps(data) + "\n"):
            missed.append(f"not seen: {name}")
    for name, text in {"no newline": good[:-1], "key twice": good.replace("{", '{"schema": 1,', 1),
                       "not a number": good.replace("1.500", "NaN")}.items():
        if not rejected(schema, text):
            missed.append(f"not seen: {name}")
    print("\n".join(missed) or f"{len(BREAKS) + 3} broken reports seen")
    return 1 if missed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
