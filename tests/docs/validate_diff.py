#!/usr/bin/env python3
"""Validates all that is not a report: against its schema, and that its sums are right.

    validate_diff.py SCHEMA-DIRECTORY FILE...

A file holds one JSON text, or one on every line. Which schema holds, its member "schema" says.
"""
import json
import pathlib
import sys

import jsonschema

import validate_json


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
    for name in ("entries", "functions"):
        if text[f"{name}_left_out"] < 0:
            yield f"{name}_left_out is negative"
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


def check_runs(text):
    times = [run["time"] or 0 for run in text["runs"]]
    if times != sorted(times, reverse=True):
        yield "the newest run is not the first one"
    for run in text["runs"]:
        if run["units_measured"] + run["units_estimated"] + run["units_failed"] != run["units_total"]:
            yield f"run {run['run']}: its units do not add up"


def check_history(text):
    numbers = [point["run"] for point in text["points"]]
    if numbers != sorted(numbers):
        yield "the oldest run is not the first one"


def check_combined(text):
    order = ("failed", "undecided", "passed")
    verdicts = [build["verdict"] for build in text["builds"]]
    if order.index(text["verdict"]) > min(map(order.index, verdicts), default=2):
        yield f"{text['verdict']} is not the worst of {verdicts}"
    if (text["verdict"] == "passed") == bool(text["reasons"]):
        yield f"{text['verdict']} with {len(text['reasons'])} reasons"
    known = {build["name"] for build in text["builds"]}
    for sentence in text["reasons"] + text["notices"]:
        if not set(sentence["builds"]) <= known:
            yield f"said by a build that is not there: {sentence['builds']}"


CHECKS = {"stackcheck-diff/1": check_diff, "stackcheck-run/1": check_run, "stackcheck-runs/1": check_runs,
          "stackcheck-history/1": check_history, "stackcheck-combined-gate/1": check_combined}


def check(folder, text):
    name = text.get("schema")
    if name not in CHECKS:
        return [f"'{name}' is no schema that is known here"]
    schema = json.loads((folder / f"{name.replace('/', '-')}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    open_ended = list(validate_json.described(schema))
    if open_ended:
        return open_ended
    validator = jsonschema.Draft202012Validator(schema)
    wrong = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(text)]
    return wrong or list(CHECKS[name](text))


def texts(path):
    content = path.read_text(encoding="utf-8")
    try:
        yield json.loads(content)
    except json.JSONDecodeError:
        yield from (json.loads(line) for line in content.splitlines())


def check_shared(folder):
    """The schema of the report has what the others describe in the same words, so that each stands alone."""
    report, diff, run, runs = (json.loads((folder / f"stackcheck-{name}-1.schema.json").read_text())
                               for name in ("report", "diff", "run", "runs"))
    for name, definition in diff["$defs"].items():
        if report["$defs"].get(name) != definition:
            yield f"{name} is not the same in the report and in the diff"
    own = {k: v for k, v in diff["properties"].items() if k != "schema"}
    if report["$defs"]["difference"]["properties"] != own:
        yield "the report's diff has other members than a diff"
    identity = diff["$defs"]["compared_run"]
    if identity != run["properties"]["run"] or identity != runs["properties"]["runs"]["items"]:
        yield "the identity of a run is not the same in diff, run and runs"


def main():
    folder = pathlib.Path(sys.argv[1])
    wrong = list(check_shared(folder))
    wrong += [f"{name}: {what}" for name in sys.argv[2:] for text in texts(pathlib.Path(name))
             for what in check(folder, text)]
    print("\n".join(wrong) or "valid")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
