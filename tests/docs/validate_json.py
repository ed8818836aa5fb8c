#!/usr/bin/python3
"""Validates stackcheck's JSON reports with an independent JSON Schema validator, then checks what a schema cannot say.

Usage: validate_json.py SCHEMA REPORT...
Exit status 1 and one line a problem when a report is not as promised.
"""

import collections
import json
import sys

import jsonschema


def strict_load(path):
    """Strict UTF-8 and strict JSON: no NaN, and no key twice in one object."""

    def no_constant(word):
        raise ValueError(f"{word} is not JSON")

    def unique(pairs):
        keys = [key for key, _ in pairs]
        if len(keys) != len(set(keys)):
            raise ValueError(f"a key occurs twice in {keys}")
        return dict(pairs)

    with open(path, "rb") as file:
        data = file.read()
    if not data.endswith(b"}\n"):
        raise ValueError("does not end with '}' and a newline")
    return json.loads(data.decode("utf-8"), parse_constant=no_constant, object_pairs_hook=unique)


def described(schema, path="#"):
    """Objects are closed, and every property says what it means."""
    if isinstance(schema, list):
        for i, item in enumerate(schema):
            yield from described(item, f"{path}/{i}")
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        yield f"{path}: additionalProperties is not false"
    for key in ("properties", "patternProperties"):
        for name, value in schema.get(key, {}).items():
            if not value.get("description"):
                yield f"{path}/{key}/{name}: no description"
    for key, value in schema.items():
        yield from described(value, f"{path}/{key}")


class Report:
    def __init__(self, data):
        self.data = data
        self.functions = {f["id"]: f for f in data["functions"]}
        self.problems = []

    def expect(self, what, got, want):
        if got != want:
            self.problems.append(f"{what}: {got!r}, expected {want!r}")

    def known(self, what, ident):
        if ident is not None and ident not in self.functions:
            self.problems.append(f"{what}: no function {ident!r}")

    def check_references(self):
        self.expect("unique function ids", len(self.functions), len(self.data["functions"]))
        for f in self.data["functions"]:
            self.check_depth(f["id"], f["depth"])
            for c in f.get("calls", []):
                self.known(f"call of {f['id']}", c["to"])
        for e in self.data["entries"]:
            self.known("entry", e["id"])
        for finding in self.data["findings"]:
            self.known("finding", finding["function"])
        for cycle in self.data["cycles"]:
            for ident in cycle["functions"]:
                self.known("cycle", ident)

    def check_depth(self, ident, depth):
        for reason in depth["reasons"]:
            self.known(f"reason of {ident}", reason["function"])
        self.expect(f"{ident}: exact without reasons", depth["bound"] == "exact", not depth["reasons"])
        if depth["bound"] == "unbounded":
            self.expect(f"{ident}: unbounded by recursion", "recursion" in
                        [r["kind"] for r in depth["reasons"]], True)
        if depth["bytes"] is not None and (depth["possible_bytes"] or 0) < depth["bytes"]:
            self.problems.append(f"{ident}: possible_bytes below bytes")

    def check_calls(self):
        for f in self.data["functions"]:
            sites = [c["site"] for c in f.get("calls", [])]
            self.expect(f"{f['id']}: calls by site", sites, sorted(sites))
            self.expect(f"{f['id']}: sites from 0", sorted(set(sites)), list(range(len(set(sites)))))
            for c in f.get("calls", []):
                what = f"{f['id']} site {c['site']}"
                if c["kind"] in ("call", "tail"):
                    self.expect(f"{what}: has a target", c["to"] is not None, True)
                if c["kind"] == "external":
                    self.expect(f"{what}: is outside", (c["to"], "symbol" in c), (None, True))
                if c["kind"] != "indirect":
                    self.expect(f"{what}: slot of a direct call", "slot" in c, False)
                if c["kind"] == "tail" or c.get("tail"):
                    self.expect(f"{what}: jump", (c["depth_bytes"] or 0, c.get("tail")), (0, True))
                if "through" in c:
                    self.known(f"{what}: function that calls", c["through"])
                if c["evidence"] == "none":
                    self.expect(f"{what}: target without evidence", (c["to"], "symbol" in c),
                                (None, False))

    def check_slots(self):
        for f in self.data["functions"]:
            slots, frame = f.get("slots", []), f["frame"]
            whole = any(s["kind"] not in ("variable", "spill", "protector", "dynamic") for s in slots)
            if whole and frame["kind"] in ("fixed", "bounded", "dynamic"):
                self.expect(f"{f['id']}: slots", sum(s["counted_bytes"] for s in slots), frame["bytes"])
            for s in slots:
                if s["bytes"] is not None and s["counted_bytes"] > s["bytes"]:
                    self.problems.append(f"{f['id']}: a slot counts more than its bytes")

    def return_address(self, ident):
        return self.functions[ident]["frame"]["return_address_bytes"]

    def check_paths(self):
        for e in self.data["entries"]:
            self.expect(f"{e['id']}: path begins there", e["path"][0]["function"], e["id"])
            self.expect(f"{e['id']}: depth is its function's", e["depth"],
                        self.functions[e["id"]]["depth"])
            self.expect(f"{e['id']}: path ends", e["path"][-1]["kind"] in ("frame", "cost"), True)
            self.check_sum(e)
            self.check_headroom(e)
            self.check_steps(e["id"], e["path"])
        for f in self.data["findings"]:
            self.check_steps(f["rule"], f["path"])
        for c in self.data["cycles"]:
            self.check_cycle(c)

    def floor(self, step):
        """What a step counts: its bytes, or where they are unknown the least that they can be."""
        if step["bytes"] is not None:
            return step["bytes"]
        return 0 if "tail" in step else self.return_address(step["function"])

    def check_sum(self, e):
        """The entry's return address, the edges, the last frame without its return address."""
        if e["depth"]["bytes"] is None:
            return
        last = e["path"][-1]
        # An external function has no row: it is entered as its caller calls, which is the step before.
        ident = last["function"] or e["path"][-2]["function"]
        total = self.return_address(e["id"]) + sum(map(self.floor, e["path"])) - self.return_address(ident)
        total += e.get("turns_bytes", 0)
        self.expect(f"{e['id']}: sum of its path", total, e["depth"]["bytes"])

    def check_headroom(self, e):
        depth = e["depth"]["bytes"]
        self.expect(f"{e['id']}: headroom", e["headroom"], None if depth is None else e["budget"] - depth)
        self.expect(f"{e['id']}: over", e["over"], depth is not None and depth > e["budget"])

    def check_steps(self, what, path):
        for i, step in enumerate(path):
            self.known(what, step["function"])
            ends = step["kind"] in ("frame", "cost")
            self.expect(f"{what}: evidence", step["evidence"] is None, ends)
            self.expect(f"{what}: end of a path", ends and i + 1 < len(path), False)
            if step["kind"] == "frame":
                frame = self.functions[step["function"]]["frame"]
                self.expect(f"{what}: last frame", step["bytes"], frame.get("limit_bytes", frame["bytes"]))
            if step["kind"] == "cost":
                self.expect(f"{what}: symbol of an assumed cost", "symbol" in step, True)
            if i + 1 < len(path):
                self.check_edge(what, step, path[i + 1])

    def check_edge(self, what, step, following):
        """A step is a call that the caller's row has too, with the same bytes and evidence."""
        caller = self.functions.get(step["function"], {})
        if "calls" not in caller:
            return
        found = any(c["to"] == following["function"]
                    and (c["kind"], c["depth_bytes"], c["evidence"], c["file"], c["line"], c.get("tail"))
                    == (step["kind"], step["bytes"], step["evidence"], step["file"], step["line"],
                        step.get("tail"))
                    for c in caller["calls"])
        self.expect(f"{what}: {step['function']} has the call of {following['function']}", found, True)

    def check_cycle(self, c):
        functions = [step["function"] for step in c["path"]]
        self.expect("cycle stays in its group", set(functions) <= set(c["functions"]), True)
        self.expect("cycle passes each function once", len(functions), len(set(functions)))
        steps = [step["bytes"] for step in c["path"]]
        self.expect("bytes of a turn", c["turn_bytes"], None if None in steps else sum(steps))
        sure = all(step["evidence"] == "direct" or "sure" in step for step in c["path"])
        self.expect("certain cycle", c["certain"], sure)
        self.check_steps("cycle", c["path"] + c["path"][:1])

    def count(self, items):
        return dict(collections.Counter(items))

    def check_summary(self):
        s, data = self.data["summary"], self.data
        active = [f for f in data["findings"] if not f["suppressed"]]
        self.expect("findings.total", s["findings"]["total"], len(active))
        self.expect("suppressed", s["suppressed"], len(data["findings"]) - len(active))
        for key in ("rule", "severity", "state"):
            counted = {k: v for k, v in s["findings"]["by_" + key].items() if v}
            self.expect(f"findings.by_{key}", counted, self.count(f[key] for f in active))
        bounds = {k: v for k, v in s["bounds"].items() if v}
        self.expect("bounds", bounds, self.count(f["depth"]["bound"] for f in data["functions"]))
        if data["functions"] and all("calls" in f for f in data["functions"]):
            edges = {k: v for k, v in s["edges"].items() if v}
            self.expect("edges", edges,
                        self.count(self.counted_evidence(c) for f in data["functions"] for c in f["calls"]))
        self.check_extremes(s)

    def counted_evidence(self, call):
        return call["evidence"] if call["to"] is not None or "symbol" in call else "none"

    def check_extremes(self, s):
        deepest = [f["depth"]["bytes"] for f in self.data["functions"] if f["depth"]["bytes"] is not None]
        headroom = [e["headroom"] for e in self.data["entries"] if e["headroom"] is not None]
        self.expect("max_depth", s["max_depth"], max(deepest, default=None))
        self.expect("min_headroom", s["min_headroom"], min(headroom, default=None))
        self.expect("entries_over", s["entries_over"], sum(e["over"] for e in self.data["entries"]))
        depths = [e["depth"]["bytes"] for e in self.data["entries"]]
        known = [-1 if d is None else d for d in depths]
        self.expect("entries, deepest first", known, sorted(known, reverse=True))

    def check_coverage(self):
        c = self.data["coverage"]
        self.expect("units", c["units_measured"] + c["units_estimated"] + c["units_failed"], c["units_total"])
        self.expect("failed units", len(c["failed"]), c["units_failed"])
        self.expect("estimated units", len(c["estimated"]), c["units_estimated"])
        estimated = {u["unit"] for u in c["estimated"]}
        for f in self.data["functions"]:
            kind = f["frame"]["kind"]
            if f["unit"] in estimated:
                self.expect(f"{f['id']}: measured frame", kind in ("fixed", "bounded"), False)
            else:
                self.expect(f"{f['id']}: estimated frame", kind == "estimated", False)

    def check_diff(self):
        """What changed is about this run, and its rows are those of the report."""
        if "diff" not in self.data:
            return
        import validate_diff
        diff, run = self.data["diff"], self.data["run"]
        self.problems += validate_diff.check_diff(diff)
        for member in ("commit", "branch", "build", "target"):
            self.expect(f"diff.after.{member}", diff["after"][member], run[member])
        self.expect("diff.after.whole", diff["after"]["whole"], run["whole"])
        self.expect("gate.base_commit", self.data["gate"]["base_commit"], diff["before"]["commit"])
        self.expect("rows left out", diff["entries_left_out"] + diff["functions_left_out"], 0)

    def check(self):
        self.check_references()
        self.expect("whole", self.data["run"].get("whole", True), not self.data["run"].get("paths"))
        self.check_diff()
        if not self.problems:
            self.check_slots()
            self.check_calls()
            self.check_paths()
            self.check_summary()
            self.check_coverage()
        return self.problems


def main(schema_path, paths):
    schema = strict_load(schema_path)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    problems = [f"{schema_path}: {p}" for p in described(schema)]
    for path in paths:
        try:
            data = strict_load(path)
        except ValueError as error:
            problems.append(f"{path}: {error}")
            continue
        found = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(data)]
        problems += [f"{path}: {p}" for p in found or Report(data).check()]
    for problem in problems[:50]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
