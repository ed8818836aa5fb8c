#!/usr/bin/env python3
"""Scans a bundled driver and holds the report against the mistakes that the driver was written to show.

    examples.py STACKCHECK linux|windows-x86_64|windows-i686|every-rule

every-rule scans all three, and wants a finding of each rule of rules.def.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[1]

# (rule, function that the finding is in or whose path it is about, word that its message has)
LINUX = [
    ("path-budget", "mirror_work", ""),
    ("frame-limit", "mirror_read", ""),
    ("frame-limit", "mirror_ioctl", ""),
    ("frame-limit", "journal_intent", ""),
    ("large-local", "mirror_interrupt", "events"),
    ("large-local", "mirror_read", "text"),
    ("large-local", "mirrored_submit", "dirty"),
    ("large-local", "journal_intent", "struct journal_record"),
    ("large-local", "network_transfer", "sign_packet"),
    ("recursion", "extent_sum", ""),
    ("recursion", "alias_resolve", "alias_expand"),
    ("dynamic-frame", "scratch_checksum", ""),
    ("by-value", "stats_sum", "struct mirror_stats"),
    ("frame-to-context", "status_report", "4 variables"),
    ("unresolved-call", "status_changed", "struct mirror_watch"),
    ("variadic-format-buffer", "note", ""),
    ("unknown-external", "", "crc32"),
]
WINDOWS = [
    ("path-budget", "AuditWrite", ""),
    ("frame-limit", "AuditWrite", ""),
    ("frame-limit", "AuditLogWrite", ""),
    ("frame-limit", "AuditAppend", ""),
    ("frame-limit", "AuditAddDevice", ""),
    ("large-local", "AuditReadComplete", "line"),
    ("large-local", "AuditAddDevice", "name"),
    ("large-local", "AuditDeviceControl", "sector"),
    ("large-local", "AuditLogWrite", "AUDIT_RECORD"),
    ("large-local", "AuditAppend", "1,024 bytes"),
    ("recursion", "AuditFreeLinks", ""),
    ("recursion", "AuditResolve", "AuditFollow"),
    ("guard-missing", "AuditFreeLinks", ""),
    ("stack-guard", "AuditFlush", "too low by"),
    ("low-stack-allocation", "AuditPostFlush", "IoAllocateWorkItem"),
    ("overflow-thread", "AuditPostFlush", "FsRtlPostStackOverflow"),
    ("same-queue-post", "AuditFlushWorker", "delayed"),
    ("hypercritical-queue", "AuditShutdown", ""),
    ("ex-work-item", "AuditSealLater", ""),
    ("stack-switch", "AuditOnOwnStack", ""),
    ("unmeasured", "AuditOnOwnStack", ""),
]
# Only where SP stays put between calls does the debug information tell which inlined variable has which place.
WINDOWS_X64 = WINDOWS + [("large-local", "AuditAppend", "AuditSeal"), ("seh-frame", "AuditWrite", "__except")]
# About a second source of numbers, or a change: drivers have no such mistakes, tests/cli and tests/story do.
ELSEWHERE = {"frame-mismatch", "growth"}
# Functions that the deepest path leads through, and the evidence of its step through a table.
LINUX_PATH = ["mirror_work", "mirror_handle", "mirrored_submit", "leg_write_verified", "network_transfer"]
WINDOWS_PATH = ["AuditWorker", "AuditWrite", "AuditLogWrite", "AuditAppend"]


def scan(stackcheck, folder, flags):
    """The JSON report of a scan from the top of the tree; findings make its status 1."""
    with tempfile.TemporaryDirectory(prefix="stackcheck-example-") as scratch:
        path = os.path.join(scratch, "report.json")
        done = subprocess.run([stackcheck, "scan", "--no-db", "--no-cache", "-o", path, folder, "--"] + flags,
                              cwd=TOP, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 1:
            sys.exit(f"status {done.returncode}, not 1\n{done.stdout}\n{done.stderr}")
        with open(path, encoding="utf-8") as file:
            return json.load(file)


def check_findings(report, names, wanted):
    """A mutual recursion may be told from either end, so the word may be the function and the other way round."""
    wrong = []
    for rule, function, word in wanted:
        texts = [f"{names[f['function']]} {f['subject']} {f['message']} "
                 f"{' '.join(names.get(s['function'], '') for s in f['path'])}"
                 for f in report["findings"] if f["rule"] == rule]
        if not any(function in text and word in text for text in texts):
            wrong.append(f"no {rule} about {function} {word}; these are there: {texts}")
    return wrong


def check_path(report, names, entry, functions):
    found = next((e for e in report["entries"] if names[e["id"]] == entry), None)
    if found is None:
        return [f"{entry} is no entry point"]
    steps = [names.get(step["function"], "?") for step in found["path"]]
    wrong = []
    if [name for name in steps if name in functions] != functions:
        wrong.append(f"the worst path of {entry} is {steps}, not through {functions}")
    if not any(step["evidence"] == "field" for step in found["path"]):
        wrong.append(f"no step of the worst path of {entry} goes through a field: {found['path']}")
    if found["over"] != (found["depth"]["bytes"] > found["budget"]):
        wrong.append(f"{entry} is judged wrongly: {found}")
    return wrong


def scan_example(stackcheck, which):
    system, _, cpu = which.partition("-")
    flags = (TOP / "examples" / system / "flags").read_text().split()
    if cpu:
        flags.insert(0, f"--target={cpu}-w64-mingw32")
    return scan(stackcheck, f"examples/{system}", flags)


def every_rule(stackcheck):
    """Each rule speaks somewhere."""
    rules = {name.replace("_", "-") for name in re.findall(r"^RULE\((\w+)\)", (TOP / "rules/rules.def").read_text(), re.M)}
    spoken = {finding["rule"] for which in ("linux", "windows-x86_64", "windows-i686")
              for finding in scan_example(stackcheck, which)["findings"]}
    silent = sorted(rules - spoken - ELSEWHERE)
    print(f"no finding of {', '.join(silent)}" if silent else f"{len(spoken)} rules speak")
    return 1 if silent or not rules else 0


def main():
    stackcheck, which = os.path.abspath(sys.argv[1]), sys.argv[2]
    if which == "every-rule":
        return every_rule(stackcheck)
    system, _, cpu = which.partition("-")
    report = scan_example(stackcheck, which)
    names = {f["id"]: f["name"] for f in report["functions"]}
    sources = len(list((TOP / "examples" / system).glob("*.c")))
    wrong = []
    if report["coverage"]["units_measured"] != sources:
        wrong.append(f"not all of the {sources} units were measured: {report['coverage']}")
    expected = {"linux": "linux-x86_64", "windows-x86_64": "windows-x64", "windows-i686": "windows-x86"}[which]
    if report["platform"]["name"] != expected:
        wrong.append(f"the platform is {report['platform']['name']}, not {expected}")
    wrong += check_findings(report, names, {"": LINUX, "x86_64": WINDOWS_X64, "i686": WINDOWS}[cpu])
    path = LINUX_PATH if system == "linux" else WINDOWS_PATH
    wrong += check_path(report, names, path[0], path)
    print("\n".join(wrong) or f"{len(report['findings'])} findings, every mistake among them")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
