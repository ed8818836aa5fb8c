#!/usr/bin/env python3
"""Validates diffs and exported runs: against their schemas, and that their sums are right.

    validate_diff.py SCHEMA-DIRECTORY FILE...

A file holds one JSON text, or one on every line. Which schema holds, its member "schema" says.
"""
import json
import pathlib
import sys

import jsonschema


def check_diff(text):
    for entry in text["entries"]:
        if entry["reasons"] and sum(r["delta"] for r in entry["reasons"]) != entry["delta"]:
            yield f"{entry['function']}: the reasons do not add up to {entry['delta']}"
        if (entry["after"] or 0) - (entry["before"] or 0) != entry["delta"]:
            yield f"{entry['function']}: {entry['delta']} is not after less before"
    for name in ("entries", "functions"):
        sizes = [abs(row["delta"]) for row in text[name]]
        if sizes != sorted(sizes, reverse=True):
            yield f"{name} are not sorted"
    for name in ("new", "fixed"):
        listed = sum(f["state"] == name and not f["suppressed"] for f in text["findings"])
        if listed != text["totals"][f"findings_{name}"]:
            yield f"{listed} {name} findings are listed, the total is another one"


def check_run(text):
    for entry in text["entries"]:
        if text["functions"][entry["function"]]["depth_bytes"] != entry["depth_bytes"]:
            yield f"{entry['label']}: two depths"
    if [f["number"] for f in text["functions"]] != list(range(len(text["functions"]))):
        yield "the functions' numbers have gaps"


CHECKS = {"stackcheck-diff/1": check_diff, "stackcheck-run/1": check_run}


def check(folder, text):
    name = text.get("schema")
    if name not in CHECKS:
        return [f"'{name}' is no schema that is known here"]
    schema = json.loads((folder / f"{name.replace('/', '-')}.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    wrong = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(text)]
    return wrong or list(CHECKS[name](text))


def texts(path):
    content = path.read_text(encoding="utf-8")
    try:
        yield json.loads(content)
    except json.JSONDecodeError:
        yield from (json.loads(line) for line in content.splitlines())


def main():
    folder = pathlib.Path(sys.argv[1])
    wrong = [f"{name}: {what}" for name in sys.argv[2:] for text in texts(pathlib.Path(name))
             for what in check(folder, text)]
    print("\n".join(wrong) or "valid")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
