#!/usr/bin/env python3
"""The machinery between a rule and its reader, held by two rules that always speak (always.c).

    always.py PROGRAM

PROGRAM is stackcheck with these rules in place of its own. Whatever they say must arrive, once, in every format, in the
history, and under every setting and suppression that the configuration and the source can have.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

FLAGS = ["--", "--target=x86_64-linux-gnu", "-O2"]
HEADER = "void sink(char *p);\nstatic inline int shared(int n)\n{\n\tchar b[100];\n\n\tsink(b);\n\treturn n;\n}\n"
SOURCES = {
    "shared.h": HEADER,
    "a.c": '#include "shared.h"\n\nint first(int n)\n{\n\treturn shared(n) + 1;\n}\n\n'
           "static __attribute__((used)) int same(int n)\n{\n\treturn n;\n}\n",
    "b.c": '#include "shared.h"\n\nint (*second(void))(int)\n{\n\treturn shared;\n}\n\n'
           "static __attribute__((used)) int same(int n)\n{\n\treturn n + 1;\n}\n",
    "c.c": '#include "shared.h"\n\nint (*third(void))(int)\n{\n\treturn shared;\n}\n',
}
FUNCTIONS = 7  # first, second, third, two of same, two of shared


class Tree:
    """A small project; runs the program in it."""

    def __init__(self, program, folder):
        self.program, self.folder, self.wrong = program, pathlib.Path(folder), []
        for name, text in SOURCES.items():
            (self.folder / name).write_text(text)

    def check(self, good, text):
        if not good:
            self.wrong.append(text)

    def run(self, *args, flags=True):
        env = dict(os.environ, LC_ALL="C.UTF-8", XDG_CACHE_HOME=str(self.folder / ".cache"))
        return subprocess.run([self.program, *args, *(FLAGS if flags else [])], cwd=self.folder, env=env, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)

    def report(self, *args, status=0):
        done = self.run("scan", ".", "--root", ".", "-q", "--no-cache", "--format", "json", "--db", "runs.db", *args)
        self.check(done.returncode == status, f"{args}: status {done.returncode}, not {status}: {done.stderr}")
        return json.loads(done.stdout)

    def findings(self, *args, status=0, rule="always"):
        return [f for f in self.report(*args, status=status)["findings"] if f["rule"] == rule]

    def configure(self, text):
        (self.folder / "stackcheck.yml").write_text(text)


def all_arrive(t):
    found = t.findings()
    t.check(len(found) == FUNCTIONS, f"{len(found)} findings, not one for each of {FUNCTIONS} functions")
    t.check(len({f["fingerprint"] for f in found}) == FUNCTIONS, "two findings have one fingerprint")
    t.check({f["severity"] for f in found} == {"warning"}, f"severities: {[f['severity'] for f in found]}")
    sizes = [f["bytes"] for f in found]
    t.check(sizes == sorted(sizes, reverse=True), f"not the largest first: {sizes}")
    last = t.findings(rule="always-last")
    t.check(len(last) == 1 and "saw 7 functions, 0 suppressed" in last[0]["message"], f"the last rule: {last}")


def same_bytes(t):
    reports = {t.run("scan", ".", "--root", ".", "-q", "--no-cache", "--no-db", "--format", "json", "-j", jobs).stdout
               for jobs in ("1", "3", "1")}
    t.check(len(reports) == 1, "equal scans give different reports")


def every_format(t):
    names = [line.split()[0] for line in t.run("list", "formats", flags=False).stdout.splitlines() if line and not line[0].isspace()]
    t.check(len(names) > 8, f"formats: {names}")
    for name in names:
        text = t.run("scan", ".", "--root", ".", "-q", "--no-db", "--no-cache", "--format", name).stdout
        least = 1 if name in ("openmetrics", "markdown", "junit") else FUNCTIONS
        t.check(text.count("always") >= least, f"{name} names the rule {text.count('always')} times")


def named_in_lists(t):
    t.check("always" in t.run("list", "rules", flags=False).stdout, "list rules does not have it")
    explained = t.run("explain", "always", flags=False).stdout
    t.check("findings get lost" in explained, f"explain: {explained}")


def thresholds(t):
    t.report("--fail-on", "warning", status=1)
    t.report("--fail-on", "error", status=0)


def settings(t):
    t.configure("rules:\n  always: off\n")
    t.check(not t.findings(), "off, and it speaks")
    t.configure("rules:\n  always: {severity: error, limit: 9}\n")
    found = t.findings(status=1)
    t.check({(f["severity"], f["limit"]) for f in found} == {("error", 9)}, f"settings do not arrive: {found[:1]}")
    t.configure("")


def suppressions(t):
    print_of_first = next(f["fingerprint"] for f in t.findings() if f["subject"] == "" and "first" in f["message"])
    for scope, n in {"function: first": 1, "function: s*": 5, "file: b.c": 2, "file: '*.h'": 2, f"fingerprint: {print_of_first[:12]}": 1,
                     "function: first\n    until: 2999-12-31": 1, "function: first\n    until: 2020-12-31": 0,
                     "function: nobody": 0}.items():
        t.configure(f"suppress:\n  - rule: alw*\n    because: it is tested\n    {scope}\n")
        report = t.report("--fail-on", "warning", status=1)
        hidden = [f for f in report["findings"] if f["suppressed"]]
        last = next(f for f in report["findings"] if f["rule"] == "always-last")
        t.check(len(hidden) == n, f"{scope}: {len(hidden)} are suppressed, not {n}")
        t.check(all("it is tested" in f["suppressed"]["why"] if isinstance(f["suppressed"], dict)
                    else "it is tested" in (f.get("suppressed_why") or "") for f in hidden), f"{scope}: no reason is given: {hidden[:1]}")
        t.check(f"{n} suppressed" in last["message"], f"{scope}: the last rule ran before: {last['message']}")
    t.configure("suppress:\n  - rule: always\n    file: '*'\n    because: all of it\n")
    t.report("--fail-on", "warning", status=0)
    t.configure("")


def comments(t):
    text = SOURCES["a.c"].replace("int first", "/* stackcheck: allow always because it is tested */\nint first")
    (t.folder / "a.c").write_text(text)
    hidden = [f for f in t.findings() if f["suppressed"]]
    t.check(len(hidden) == 1 and "first" in hidden[0]["message"], f"the comment suppresses {hidden}")
    (t.folder / "a.c").write_text(SOURCES["a.c"])


def history(t):
    """What a change of the source makes of the findings."""
    before = {f["fingerprint"] for f in t.findings("--build", "h")}
    (t.folder / "a.c").write_text("/* A line\n * or two. */\n" + SOURCES["a.c"].replace("shared(n) + 1", "shared(n) + 12345"))
    found = t.findings("--build", "h")
    t.check({f["fingerprint"] for f in found} == before, "moved lines change fingerprints")
    t.check({f["state"] for f in found} == {"existing"}, f"states: {[f['state'] for f in found]}")
    (t.folder / "a.c").write_text(SOURCES["a.c"] + "\nint added(int n)\n{\n\treturn n * 3;\n}\n")
    new = [f for f in t.findings("--build", "h") if f["state"] == "new"]
    t.check(len(new) == 1 and "added" in new[0]["message"], f"new are {new}")
    (t.folder / "a.c").write_text(SOURCES["a.c"])


def main():
    with tempfile.TemporaryDirectory(prefix="stackcheck-always-") as folder:
        t = Tree(os.path.abspath(sys.argv[1]), folder)
        for chapter in (all_arrive, same_bytes, every_format, named_in_lists, thresholds, settings, suppressions, comments, history):
            before = len(t.wrong)
            chapter(t)
            t.wrong[before:] = [f"{chapter.__name__}: {text}" for text in t.wrong[before:]]
    print("\n".join(t.wrong) or "every finding arrived")
    return 1 if t.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
