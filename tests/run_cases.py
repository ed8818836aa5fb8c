#!/usr/bin/env python3
"""Runs one-file end-to-end tests: a C file that says in comments how it is scanned and what must come out.

    run_cases.py STACKCHECK FILE...            runs the cases
    run_cases.py STACKCHECK --accept FILE...   writes what came out into the files, to be read before it is kept

At the head of the file, one a line:
    // run: scan ARGUMENTS [-- FLAGS]   $file and $dir stand for the case and its folder; --no-db --no-cache are added
    // exit: N                          exit status, 0 when not said
    // stdout-has: TEXT                 and stdout-lacks, stderr-has: may be repeated
    // expect-none                      no finding at all (says so to the reader; unexpected findings always fail)
    // expect-elsewhere: RULE           a finding of that rule in another file
At the end of a line, several with "; " between them:
    // frame: A..B [KIND]               the function defined here has such a frame; "unknown" for no number
    // depth: A..B [BOUND]              and such a depth: exact, at-least, unbounded
    // call: NAME|? EVIDENCE [tail]     a call on this line goes there, believed for that reason
    // expect: RULE                     a finding of that rule on this line
Notes on what the tool does not know (LIMITS) count only in the folders named after their rules: nearly every case calls
something that is outside.
"""
import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

HEAD_KEYS = ("run", "exit", "stdout-has", "stdout-lacks", "stderr-has", "expect-none", "expect-elsewhere")
LINE_KEYS = ("frame", "depth", "call", "expect")
HEAD = re.compile(r"^// (%s)(?:: ?(.*))?$" % "|".join(HEAD_KEYS))
ELSEWHERE = -1
LIMITS = ("unknown-external", "unresolved-call")
MARK = re.compile(r"//\s*((?:%s):.*)$" % "|".join(LINE_KEYS))


class CaseError(Exception):
    """The case file itself is wrong."""


def parse_marks(text, where):
    """"frame: 1..2; expect: x" -> [("frame", "1..2"), ("expect", "x")]"""
    marks = []
    for piece in text.split(";"):
        key, colon, value = piece.strip().partition(":")
        if not colon or key not in LINE_KEYS:
            raise CaseError(f"{where}: '{piece.strip()}' is not one of {', '.join(LINE_KEYS)}")
        marks.append((key, value.strip()))
    return marks


class Case:
    def __init__(self, path):
        self.path = os.path.abspath(path)
        self.folder = os.path.basename(os.path.dirname(self.path))
        with open(path, encoding="utf-8") as file:
            self.lines = file.read().splitlines()
        self.head = {key: [] for key in HEAD_KEYS}
        self.marks = {}
        for number, line in enumerate(self.lines, 1):
            where = f"{path}:{number}"
            if head := HEAD.match(line):
                self.head[head[1]].append(head[2] or "")
            elif mark := MARK.search(line):
                self.marks[number] = parse_marks(mark[1], where)
            elif re.match(r"// [a-z-]+: ", line):
                raise CaseError(f"{where}: unknown word in '{line}'")
        if len(self.head["run"]) != 1:
            raise CaseError(f"{path}: needs exactly one '// run:' line")

    def command(self, stackcheck, report):
        places = {"$file": self.path, "$dir": os.path.dirname(self.path)}
        words = shlex.split(self.head["run"][0])
        for old, new in places.items():
            words = [word.replace(old, new) for word in words]
        if words[0] != "scan":
            return [stackcheck] + words
        extra = ["--no-db", "--no-cache", "--graph", "--slots", "--format", "text", "-o", report]
        return [stackcheck, "scan"] + extra + words[1:]

    def run(self, stackcheck):
        """(exit status, stdout, stderr, report or None)"""
        with tempfile.TemporaryDirectory(prefix="stackcheck-case-") as folder:
            report = os.path.join(folder, "report.json")
            env = dict(os.environ, LC_ALL="C", NO_COLOR="1", COLUMNS="100", XDG_CACHE_HOME=folder)
            done = subprocess.run(self.command(stackcheck, report), cwd=folder, env=env, timeout=240,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
            found = None
            if os.path.exists(report):
                with open(report, encoding="utf-8") as file:
                    found = json.load(file)
        return done.returncode, done.stdout, done.stderr, found


def in_range(value, text):
    """Is `value` what "A..B", "A" or "unknown" allows?"""
    if text == "unknown" or value is None:
        return text == "unknown" and value is None
    low, dots, high = text.partition("..")
    return int(low) <= value <= int(high if dots else low)


class Outcome:
    """What one run says about each line of the case."""

    def __init__(self, case, report):
        self.functions, self.calls, self.findings = {}, {}, {}
        if report is None:
            return
        self.names = {f["id"]: f["name"] for f in report["functions"]}
        base = os.path.basename(case.path)
        for function in report["functions"]:
            if os.path.basename(function["file"] or "") == base and function["line"]:
                self.functions.setdefault(function["line"], []).append(function)
            for call in function.get("calls", []):
                if os.path.basename(call["file"] or "") == base:
                    self.calls.setdefault(call["line"], []).append(call)
        for finding in report["findings"]:
            here = os.path.basename(finding["file"] or "") == base
            self.findings.setdefault(finding["line"] or 0 if here else ELSEWHERE, []).append(finding)

    def bytes_text(self, line, key):
        function = self.functions[line][0]
        number, word = function[key]["bytes"], function[key]["kind" if key == "frame" else "bound"]
        return f"{'unknown' if number is None else number} {word}"

    def check_bytes(self, line, key, value):
        found = self.functions.get(line, [])
        if len(found) != 1:
            return f"{len(found)} functions are defined here, not one"
        wanted, _, word = value.partition(" ")
        number, actual = found[0][key]["bytes"], found[0][key]["kind" if key == "frame" else "bound"]
        if not in_range(number, wanted) or (word and word != actual):
            return f"{key} of {found[0]['name']} is {self.bytes_text(line, key)}, not {value}"
        return None

    def call_text(self, call):
        to = self.names[call["to"]] if call["to"] else call.get("symbol") or "?"
        return f"{to} {call['evidence']}" + (" tail" if call.get("tail") else "")

    def check_call(self, line, value):
        found = sorted({self.call_text(call) for call in self.calls.get(line, [])})
        if value not in found:
            return f"no call '{value}' here, but: {', '.join(found) or 'none'}"
        return None


def check_findings(case, outcome):
    """Findings and expectations must be the same, line by line."""
    wrong = []
    marks = dict(case.marks)
    marks[ELSEWHERE] = [("expect", rule) for rule in case.head["expect-elsewhere"]]
    for line in sorted(set(outcome.findings) | set(marks)):
        found = sorted(finding["rule"] for finding in outcome.findings.get(line, [])
                       if finding["rule"] not in LIMITS or finding["rule"] == case.folder)
        wanted = sorted(value for key, value in marks.get(line, []) if key == "expect")
        place = "in another file" if line == ELSEWHERE else f"line {line}"
        for rule in sorted(set(found) | set(wanted)):
            if found.count(rule) > wanted.count(rule):
                text = next(f["message"] for f in outcome.findings[line] if f["rule"] == rule)
                wrong.append(f"{place}: unexpected {rule}: {text}")
            elif found.count(rule) < wanted.count(rule):
                wrong.append(f"{place}: no {rule}")
    return wrong


def check_slots(report):
    """The parts of every measured frame add up to it."""
    wrong = []
    for f in report["functions"] if report else []:
        total = sum(slot["counted_bytes"] for slot in f["slots"])
        if f["frame"]["kind"] in ("fixed", "bounded", "dynamic") and total != f["frame"]["bytes"]:
            wrong.append(f"the slots of {f['name']} add up to {total}, not {f['frame']['bytes']}")
    return wrong


def check_head(case, status, stdout, stderr):
    wrong = []
    wanted = int((case.head["exit"] or ["0"])[0])
    if status != wanted:
        wrong.append(f"exit status {status}, not {wanted}")
    for key, text, inside in (("stdout-has", stdout, True), ("stdout-lacks", stdout, False),
                              ("stderr-has", stderr, True)):
        wrong += [f"{key}: {value}" for value in case.head[key] if (value in text) != inside]
    return wrong


def check(case, stackcheck):
    """The list of what is wrong; empty for a pass."""
    status, stdout, stderr, report = case.run(stackcheck)
    outcome = Outcome(case, report)
    wrong = check_head(case, status, stdout, stderr)
    if report is None and case.marks:
        wrong.append("no report was written")
    for line, marks in sorted(case.marks.items() if report else []):
        for key, value in marks:
            text = None
            if key in ("frame", "depth"):
                text = outcome.check_bytes(line, key, value)
            elif key == "call":
                text = outcome.check_call(line, value)
            if text:
                wrong.append(f"line {line}: {text}")
    wrong += check_findings(case, outcome) + check_slots(report)
    if wrong:
        wrong += ["stdout:\n" + stdout, "stderr:\n" + stderr]
    return wrong


def accepted_mark(outcome, line, key, value):
    if key in ("frame", "depth") and len(outcome.functions.get(line, [])) == 1:
        return value if not outcome.check_bytes(line, key, value or "-1") else outcome.bytes_text(line, key)
    return value


def accept(case, stackcheck):
    """Rewrites ranges that don't hold, exit status, and every expectation of a finding."""
    status, _, _, report = case.run(stackcheck)
    outcome = Outcome(case, report)
    lines = []
    for number, line in enumerate(case.lines, 1):
        if line.startswith("// exit:"):
            line = f"// exit: {status}"
        marks = [(key, accepted_mark(outcome, number, key, value))
                 for key, value in case.marks.get(number, []) if key != "expect"]
        marks += [("expect", f["rule"]) for f in outcome.findings.get(number, [])]
        if number in case.marks:
            line = MARK.sub("", line).rstrip()
        if marks:
            line += " // " + "; ".join(f"{key}: {value}" for key, value in marks)
        lines.append(line)
    with open(case.path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("stackcheck")
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("files", nargs="+", metavar="FILE")
    arguments = parser.parse_args()
    stackcheck = os.path.abspath(arguments.stackcheck)
    failed = 0
    for path in arguments.files:
        try:
            case = Case(path)
            if arguments.accept:
                accept(case, stackcheck)
                continue
            wrong = check(case, stackcheck)
        except CaseError as error:
            wrong = [str(error)]
        for text in wrong:
            print(f"{path}: {text}")
        failed += bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
