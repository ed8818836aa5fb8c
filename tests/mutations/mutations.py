#!/usr/bin/env python3
"""Seeded faults: for every rule, sources that it must speak of, and near misses of which it must say nothing.

    mutations.py STACKCHECK [--all] [--target NAME]... [--rule ID]... [-n N] [--clang PATH] [--keep DIR] [-v]

The sources are made from templates (maker.py, frames.py, paths.py, windows.py, guards.py, growth.py) by fixed seeds: the same ones every time. All
cases of a target are scanned at once, each as a module of its own. Only the findings of a case's own rule count: a large buffer may
well be over a frame limit too. Prints a table; exit status 1 when fewer than 95 % of a rule's faults are found, when a near miss is
reported, or when a rule of rules.def has no templates.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from frames import FRAMES
from growth import GROWTH
from guards import GUARDS, WINDOWS_GUARDS
from maker import Maker
from paths import PATHS
from windows import WINDOWS

TOP = pathlib.Path(__file__).resolve().parents[2]
FEW, MANY, ENOUGH = 4, 20, 0.95
LINUX_FLAGS = ["-O2", "-ffreestanding", "-fno-pic"]
WINDOWS_FLAGS = ["-O2", "-fms-extensions", "-ffreestanding"]
FLAGS = {
    "linux-x86_64": ["--target=x86_64-linux-gnu", "-mno-red-zone", "-mcmodel=kernel", *LINUX_FLAGS],
    "linux-arm64": ["--target=aarch64-linux-gnu", *LINUX_FLAGS],
    "windows-x64": ["--target=x86_64-pc-windows-msvc", *WINDOWS_FLAGS],
    "windows-x86": ["--target=i686-pc-windows-msvc", *WINDOWS_FLAGS],
}
MAIN_TARGETS = ["linux-x86_64", "windows-x64"]
# Shown by other scans than the common one.
MISMATCH = "frame-mismatch"
GROWN = "growth"
# Their notes say what is fine.
NOTES = {GROWN, "path-budget"}

Case = collections.namedtuple("Case", "rule kind number")


def rules_of(target):
    return {**FRAMES, **PATHS, **GUARDS, **({**WINDOWS, **WINDOWS_GUARDS} if target.startswith("windows") else {})}


def all_rules():
    """Ids in rules.def."""
    return [name.replace("_", "-") for name in re.findall(r"^RULE\((\w+)\)", (TOP / "rules/rules.def").read_text(), re.M)]


def write_cases(folder, target, rules, n):
    """Writes the sources; {path below the folder: case}."""
    cases = {}
    for rule in rules:
        for kind, templates in zip(("fault", "near"), rules_of(target)[rule]):
            for number in range(n):
                maker = Maker(rule, kind, number, target)
                path = f"{rule}/{kind}-{number:02}.c"
                (folder / path).parent.mkdir(exist_ok=True)
                (folder / path).write_text(maker.finish(templates[number % len(templates)](maker)))
                cases[path] = Case(rule, kind, number)
    return cases


def write_configuration(folder, cases):
    """Each case is a module; what near misses of unknown-external call has a cost."""
    lines = ["modules:"] + [f"  m{i}: \"{path}\"" for i, path in enumerate(sorted(cases))]
    lines += ["externals:", "  priced_sink: 48", "  priced_probe: 32"]
    (folder / "stackcheck.yml").write_text("\n".join(lines) + "\n")


def scan(stackcheck, folder, target, flags, extra=(), command="scan"):
    """The JSON report; estimated units make the status 2, findings 1."""
    report = folder / "report.json"
    done = subprocess.run(
        [stackcheck, command, "--no-db", "--no-cache", "-q", "--root", str(folder), "--platform", target, "-o", str(report),
         *extra, ".", "--", *flags],
        cwd=folder, env=dict(os.environ, LC_ALL="C"), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if not report.exists():
        sys.exit(f"no report for {target}, status {done.returncode}: {done.stderr}")
    return json.loads(report.read_text())


def spoken(report, cases):
    """The cases of which their own rule speaks."""
    files = {f["id"]: f["file"] for f in report["functions"]}
    found = set()
    for finding in report["findings"]:
        case = cases.get(finding["file"] or files.get(finding["function"]))
        if case and case.rule == finding["rule"] and not (case.rule in NOTES and finding["severity"] == "note"):
            found.add(case)
    return found


def estimated(report):
    """Units that did not compile."""
    return [f["file"] for f in report["findings"] if f["rule"] == "unmeasured" and "did not compile" in f["message"]]


def run_target(stackcheck, folder, target, rules, n):
    """(cases, those that were spoken of)"""
    folder.mkdir(parents=True)
    cases = write_cases(folder, target, rules, n)
    write_configuration(folder, cases)
    report = scan(stackcheck, folder, target, FLAGS[target])
    if report["coverage"]["units_total"] != len(cases) or report["coverage"]["units_failed"]:
        sys.exit(f"{target}: not all of {len(cases)} cases were read: {report['coverage']}")
    wrong = [u for u in estimated(report) if not u.startswith("unmeasured/")]
    if wrong:
        sys.exit(f"{target}: these cases do not compile: {wrong}")
    return cases, spoken(report, cases)


def run_mismatch(stackcheck, clang, folder, n):
    """frame-mismatch: the compiler's .su files, as it wrote them, and with one number changed."""
    target = "linux-x86_64"
    folder.mkdir(parents=True)
    cases = {}
    for kind in ("fault", "near"):
        for number in range(n):
            maker = Maker(MISMATCH, kind, number, target)
            path = f"{kind}-{number:02}.c"
            templates = rules_of(target)[("large-local", "frame-to-context", "by-value")[number % 3]][number % 2]
            (folder / path).write_text(maker.finish(templates[number % len(templates)](maker)))
            cases[path] = Case(MISMATCH, kind, number)
    subprocess.run([clang, *FLAGS[target], "-w", "-fstack-usage", "-c", *(p.name for p in sorted(folder.glob("*.c")))],
                   cwd=folder, check=True)
    for path, case in cases.items():
        if case.kind == "fault":
            su = (folder / path).with_suffix(".su")
            more = Maker(MISMATCH, "by", case.number, target).size(64, 4096, 8)
            su.write_text(re.sub(r"\t(\d+)\t", lambda old: f"\t{int(old[1]) + more}\t", su.read_text(), count=1))
    return cases, spoken(scan(stackcheck, folder, target, FLAGS[target], ["--check-su"]), cases)


def run_growth(stackcheck, folder, target, n):
    """growth: each source before and after a change, the second one through a gate against the report of the first."""
    folder.mkdir(parents=True)
    cases, heads = {}, {}
    for kind, templates in zip(("fault", "near"), GROWTH):
        for number in range(n):
            maker = Maker(GROWN, kind, number, target)
            path = f"{kind}-{number:02}.c"
            before, after = templates[number % len(templates)](maker)
            (folder / path).write_text(maker.finish(before))
            heads[path] = maker.finish(after)
            cases[path] = Case(GROWN, kind, number)
    write_configuration(folder, cases)
    scan(stackcheck, folder, target, FLAGS[target])
    base = (folder / "report.json").rename(folder / "base.json")
    for path, text in heads.items():
        (folder / path).write_text(text)
    report = scan(stackcheck, folder, target, FLAGS[target], ["--base", str(base)], "gate")
    if report["gate"]["verdict"] != "failed":
        sys.exit(f"growth, {target}: the gate is {report['gate']}")
    return cases, spoken(report, cases)


def table(target, cases, found, verbose):
    """Prints it; is every rule good enough?"""
    good = True
    for rule in sorted({case.rule for case in cases.values()}):
        mine = {path: case for path, case in cases.items() if case.rule == rule}
        missed = [path for path, case in mine.items() if case.kind == "fault" and case not in found]
        false = [path for path, case in mine.items() if case.kind == "near" and case in found]
        n = len(mine) // 2
        fine = n - len(missed) >= ENOUGH * n and not false
        good &= fine
        print(f"{target:13} {rule:24} found {n - len(missed):3} of {n}, false alarms {len(false):3} of {n}{'' if fine else '  <--'}")
        if verbose or not fine:
            for text, paths in (("missed", missed), ("false alarm", false)):
                print("".join(f"    {text}: {path}\n" for path in paths), end="")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("stackcheck", type=os.path.abspath)
    parser.add_argument("--all", action="store_true", help=f"{MANY} faults and near misses of each rule, on every target")
    parser.add_argument("--target", action="append", choices=list(FLAGS))
    parser.add_argument("--rule", action="append", help="only this rule")
    parser.add_argument("-n", type=int, help="so many of each")
    parser.add_argument("--clang", default="clang-19", help="for frame-mismatch: the compiler that stackcheck measures with")
    parser.add_argument("--keep", type=pathlib.Path, help="leave the sources and reports here")
    parser.add_argument("-v", action="store_true", dest="verbose")
    arguments = parser.parse_args()
    n = arguments.n or (MANY if arguments.all else FEW)
    targets = arguments.target or (list(FLAGS) if arguments.all else MAIN_TARGETS)
    good = True
    with tempfile.TemporaryDirectory(prefix="stackcheck-mutations-") as scratch:
        folder = (arguments.keep or pathlib.Path(scratch)).resolve()
        for target in targets:
            rules = [rule for rule in rules_of(target) if not arguments.rule or rule in arguments.rule]
            if rules:
                good &= table(target, *run_target(arguments.stackcheck, folder / target, target, rules, n), arguments.verbose)
        if not arguments.rule or MISMATCH in arguments.rule:
            good &= table("check-su", *run_mismatch(arguments.stackcheck, arguments.clang, folder / "check-su", n), arguments.verbose)
        if not arguments.rule or GROWN in arguments.rule:
            for target in targets:
                good &= table(target, *run_growth(arguments.stackcheck, folder / f"growth-{target}", target, n), arguments.verbose)
    missing = set(all_rules()) - {MISMATCH, GROWN, *rules_of("windows-x64")}
    if missing:
        print(f"no templates for {', '.join(sorted(missing))}")
    return 0 if good and not missing else 1


if __name__ == "__main__":
    sys.exit(main())
