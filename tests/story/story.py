#!/usr/bin/env python3
"""A gate's whole story on a real git repository made from a bundled driver.

    story.py STACKCHECK linux|windows

main is scanned and recorded; then come branches, each one change, each judged as a pull request would be. Every branch is judged three
times, with the base stored, measured in full, and measured only where the change reaches: the answers are the same. Every format is
written for each and read back by a parser of its own. Needs the git program.
"""
import csv
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

TOP = pathlib.Path(__file__).resolve().parents[2]


class Story:
    """The repository, the program, and what was found wrong."""

    def __init__(self, program, system, folder):
        self.program, self.system, self.folder = program, system, folder
        self.repo = folder / "repo"
        self.driver = self.repo / "driver"
        self.wrong = []
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8",
                    "TMPDIR": str(folder / "tmp"), "XDG_CACHE_HOME": str(folder / "cache"),
                    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        for who in ("AUTHOR", "COMMITTER"):
            self.env |= {f"GIT_{who}_NAME": "A", f"GIT_{who}_EMAIL": "a@example.org",
                         f"GIT_{who}_DATE": "2026-01-01T00:00:00Z"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        self.out = folder / "out"
        (folder / "tmp").mkdir()

    def check(self, good, text):
        if not good:
            self.wrong.append(text)

    def git(self, *args, cwd=None):
        done = subprocess.run(["git", *args], cwd=cwd or self.repo, env=self.env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"git {' '.join(args)}: {done.stderr}")
        return done.stdout.strip()

    def run(self, *args, cwd=None):
        return subprocess.run([self.program, *args], cwd=cwd or self.repo, env=self.env,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300)

    def edit(self, name, *changes):
        path = self.driver / name
        text = path.read_text()
        for old, new in changes:
            if old not in text:
                sys.exit(f"{name} has no {old!r}")
            text = text.replace(old, new, 1)
        path.write_text(text)

    def build(self, repo=None):
        """Writes the compile database as a build system does: into a folder of its own, which git ignores."""
        repo = repo or self.repo
        build = repo / "build"
        build.mkdir(exist_ok=True)
        generated = build / "generated"
        generated.mkdir(exist_ok=True)
        (generated / "config.h").write_text("#define DRIVER_CONFIGURED 1\n")
        flags = (TOP / "examples" / self.system / "flags").read_text().split()
        if self.system == "windows":
            flags.insert(0, "--target=x86_64-w64-mingw32")
        flags = [flag.replace("-Iexamples/linux", "-I../driver") for flag in flags]
        sources = sorted(repo.glob("driver/**/*.c"))
        (build / "compile_commands.json").write_text(json.dumps([
            {"directory": str(build), "file": str(source),
             "arguments": ["clang", *flags, "-Igenerated", "-include", "config.h", f"-I{repo}/driver", "-c", str(source)]}
            for source in sources]))

    def start(self):
        shutil.copytree(TOP / "examples" / self.system, self.driver)
        self.git("init", "-q", "-b", "main", ".")
        (self.repo / ".gitignore").write_text("/build\n")
        (self.repo / "stackcheck.yml").write_text("budget: 12288\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "the driver")
        self.build()
        done = self.run("scan", "-p", "build", "-q", "--fail-on", "never")
        self.check(done.returncode == 0, f"main cannot be scanned: {done.stderr}")

    def branch(self, name):
        self.git("checkout", "-q", "-f", "main")
        self.git("clean", "-q", "-f", "-d")
        self.git("checkout", "-q", "-b", name)

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        self.build()

    def formats(self):
        """Names and the endings of files; "-" where only standard output is written."""
        lines = self.run("list", "formats").stdout.splitlines()
        return [line.split()[:2] for line in lines if line and not line[0].isspace()]

    def gate(self, status, *args):
        """The JSON report of the gate; the same for every way to come by the base. Leaves the other formats in self.out."""
        reports = {}
        for how, extra in {"stored": [], "measured": ["--no-db"], "reached": ["--no-db", "--changed"]}.items():
            shutil.rmtree(self.out, ignore_errors=True)
            self.out.mkdir()
            if how == "reached":
                for _, ending in self.formats():
                    extra += ["-o", str(self.out / f"report{ending}")] if ending != "-" else []
            path = self.out / "only.json"
            done = self.run("gate", "--base", "main", "-p", "build", "-q", "-o", str(path), *extra, *args)
            self.check(done.returncode == status,
                       f"{how}: status {done.returncode}, not {status}: {done.stdout}{done.stderr}")
            reports[how] = path.read_text() if path.exists() else ""
            if path.exists():
                self.validate(path)
        self.check(reports["measured"] == reports["reached"], "--changed gives another answer than the full base")
        found = {how: json.loads(text) if text else {"gate": {"verdict": None, "reasons": [], "notices": []}}
                 for how, text in reports.items()}
        for how in ("measured", "reached"):
            self.check(found[how]["gate"]["reasons"] == found["stored"]["gate"]["reasons"],
                       f"the {how} base gives other reasons than the stored one: "
                       f"{found[how]['gate']} {found['stored']['gate']}")
        self.read_formats(status, *args)
        self.check(not list((self.folder / "tmp").iterdir()), "something is left in TMPDIR")
        self.check(not self.git("status", "--porcelain"), f"the tree changed: {self.git('status', '--porcelain')}")
        return found["measured"]

    def validate(self, report):
        """By the schema, and by what a schema cannot say; the reasons of the difference add up, too."""
        done = subprocess.run([sys.executable, "-B", str(TOP / "tests/docs/validate_json.py"),
                               str(TOP / "reports/schemas/stackcheck-report-1.schema.json"), str(report)],
                              capture_output=True, text=True, check=False)
        self.check(not done.returncode, f"the report is not as promised: {done.stdout[:2000]}{done.stderr}")

    def read_formats(self, status, *args):
        for name, ending in self.formats():
            if ending == "-":
                done = self.run("gate", "--base", "main", "-p", "build", "--format", name, *args)
                self.check(done.returncode == status, f"{name}: status {done.returncode}: {done.stderr}")
                text = done.stdout
            else:
                path = self.out / f"report{ending}"
                text = path.read_text() if path.exists() else ""
            try:
                read_format(name, text)
            except (ValueError, xml.etree.ElementTree.ParseError) as problem:
                self.check(False, f"{name} cannot be read back: {problem}")
        done = subprocess.run([sys.executable, "-B", str(TOP / "tests/docs/validate_json.py"),
                               str(TOP / "reports/schemas/stackcheck-report-1.schema.json"),
                               str(self.out / "report.json")], capture_output=True, text=True, check=False)
        self.check(done.returncode == 0, f"the JSON report does not keep to its schema: {done.stdout}{done.stderr}")

    def comment(self):
        return (self.out / "report.md").read_text().replace("\\", "")


def read_format(name, text):
    """Raises ValueError or ParseError when the text is not what its format says."""
    if not text.strip() and name not in ("github", "gcc"):
        raise ValueError("it is empty")
    if name in ("json", "sarif", "codequality"):
        json.loads(text)
    elif name == "junit":
        xml.etree.ElementTree.fromstring(text.encode())
    elif name == "csv":
        rows = list(csv.reader(text.splitlines(), strict=True))
        if len({len(row) for row in rows}) != 1:
            raise ValueError("rows of several lengths")
    elif name == "openmetrics":
        for line in text.splitlines():
            if not line.startswith("#") and not re.fullmatch(r'\w+(\{.*\})? [-+.\w]+( [\d.]+)?', line):
                raise ValueError(line)
        if not text.endswith("# EOF\n"):
            raise ValueError("no end")
    elif name == "github":
        for line in text.splitlines():
            if line.startswith("::") and not re.match(r"::(error|warning|notice|debug|group|endgroup|stop-commands)", line):
                raise ValueError(line)


# What each branch changes, by driver: (file, (old text, new text)...).
BUFFER = {
    "linux": ("leg.c", ("	u32 bytes = sectors * SECTOR_BYTES;\n\n	memcpy(packet, &sector",
                        "	u32 bytes = sectors * SECTOR_BYTES;\n	u8 trailer[512];\n\n"
                        "	memset(trailer, 0, sizeof(trailer));\n	lower_write(leg->disk, sector + 1, trailer, 1);\n"
                        "	memcpy(packet, &sector")),
    "windows": ("log.c", ("	HANDLE file = NULL;\n",
                          "	HANDLE file = NULL;\n	UCHAR trailer[512];\n\n	RtlZeroMemory(trailer, sizeof(trailer));\n"
                          "	ZwWriteFile(file, NULL, NULL, NULL, &status, trailer, sizeof(trailer), NULL, NULL);\n")),
}
# In which function it is, whose path it is on.
HELPER = {"linux": "network_send", "windows": "AuditAppend"}
ENTRY = {"linux": "mirror_work", "windows": "AuditWrite"}
MOVES = {"linux": [("leg.c", "disks/leg.c"), ("stats.c", "counters.c")],
         "windows": [("log.c", "log/log.c"), ("names.c", "links.c")]}
TOUCHED = {"linux": "main.c", "windows": "dispatch.c"}
STRUCTURE = {
    "linux": ("mirrorblk.h", ("	u64 latency_us[64];\n", "	u64 latency_us[64];\n	u64 retries[64];\n")),
    "windows": ("auditflt.h", ("	UCHAR Sample[AUDIT_BLOCK_BYTES];\n",
                               "	UCHAR Sample[AUDIT_BLOCK_BYTES];\n	UCHAR After[AUDIT_BLOCK_BYTES];\n")),
}
REMOVED = {
    "linux": ("dispatch.c", ("	u8 dirty[BITMAP_BYTES]; /* Mistake: a copy of the whole bitmap to undo one bit of it */\n", ""),
              ("	memcpy(dirty, dev->dirty, sizeof(dirty));\n", ""), ("		memcpy(dev->dirty, dirty, sizeof(dirty));\n", "")),
    "windows": ("log.c", ("	UCHAR block[2 * AUDIT_BLOCK_BYTES]; /* Mistake: a copy only to align it */\n",
                          "	UCHAR block[16];\n")),
}
BROKEN = {"linux": "tree.c", "windows": "names.c"}


def adds_a_buffer(s):
    s.branch("buffer")
    s.edit(*BUFFER[s.system])
    s.commit("one buffer more")
    report = s.gate(1)
    text = "\n".join(report["gate"]["reasons"])
    file = BUFFER[s.system][0]
    line = (s.driver / file).read_text().splitlines().index(
        next(l for l in (s.driver / file).read_text().splitlines() if "trailer[512]" in l)) + 1
    s.check(report["gate"]["verdict"] == "failed", f"the verdict is {report['gate']}")
    for word in (ENTRY[s.system], HELPER[s.system], "trailer[512]", f"driver/{file}:{line}"):
        s.check(word in text, f"buffer: the reasons do not name {word}: {text}")
    s.check("gate failed" in (s.out / "report.txt").read_text(), "buffer: the text does not say that it failed")
    found = s.comment()
    for word in (ENTRY[s.system], HELPER[s.system], f"driver/{file}:{line}"):
        s.check(word in found, f"buffer: the comment does not name {word}")


def only_moves(s):
    s.branch("moves")
    for old, new in MOVES[s.system]:
        (s.driver / new).parent.mkdir(exist_ok=True)
        s.git("mv", f"driver/{old}", f"driver/{new}")
    path = s.driver / TOUCHED[s.system]
    path.write_text("/* Some\n * more\n * lines. */\n\n" + path.read_text())
    s.commit("moved")
    report = s.gate(0)
    s.check(report["gate"]["verdict"] == "passed", f"moves: {report['gate']}")
    states = [f["state"] for f in report["findings"]]
    s.check(states and set(states) == {"existing"}, f"moves: findings are {states}")
    s.check(" 0 new, 0 fixed," in s.comment(), f"moves: {s.comment()}")


def only_a_structure(s):
    s.branch("structure")
    s.edit(*STRUCTURE[s.system])
    s.commit("a larger structure")
    report = s.gate(1)
    s.check(report["gate"]["verdict"] == "failed" and "grows by" in "\n".join(report["gate"]["reasons"]),
            f"structure: {report['gate']}")
    grown = [f for f in report["findings"] if f["rule"] == "growth" and f["severity"] == "warning"]
    s.check(grown and all(f["state"] == "new" and "more than in the base run" in f["message"] for f in grown),
            f"structure: growth says {grown}")


def accepted_growth(s):
    """A suppression of the rule growth in the base: the gate passes, and says why."""
    s.git("checkout", "-q", "-f", "main")
    config = (s.repo / "stackcheck.yml").read_text()
    (s.repo / "stackcheck.yml").write_text(
        config + "suppress:\n  - {rule: growth, function: \"*\", because: \"a larger structure is coming\"}\n")
    s.commit("accept what grows")
    s.branch("accepted")
    s.edit(*STRUCTURE[s.system])
    s.commit("the larger structure, as announced")
    report = s.gate(0)
    s.check(report["gate"]["verdict"] == "passed", f"accepted: {report['gate']}")
    grown = [f for f in report["findings"] if f["rule"] == "growth"]
    s.check(grown and all("is coming" in (f.get("suppressed_why") or "") for f in grown), f"accepted: growth says {grown}")


def relaxes(s):
    s.branch("relaxes")
    s.edit(*BUFFER[s.system])
    helper = HELPER[s.system]
    (s.repo / "stackcheck.yml").write_text(
        "budget: 16384\nnew_suppressions: accept\nrules:\n  large-local: off\n"
        f"suppress:\n  - rule: large-local\n    function: {helper}\n    because: it is only this once\n")
    file, (old, _) = BUFFER[s.system][0], BUFFER[s.system][1]
    s.edit(file, (f"\tHANDLE file" if s.system == "windows" else "\tu32 bytes",
                  "\t/* stackcheck: allow frame-limit because the buffer is short-lived */\n"
                  + ("\tHANDLE file" if s.system == "windows" else "\tu32 bytes")))
    s.commit("relaxed, with a buffer")
    report = s.gate(1)
    notices = "\n".join(report["gate"]["notices"])
    s.check(report["gate"]["verdict"] == "failed", f"relaxes: {report['gate']}")
    for word in ("budget is 16384", "large-local", "it is only this once", "the buffer is short-lived", "does not count"):
        s.check(word in notices, f"relaxes: the notices do not have {word!r}: {notices}")
    s.check("new finding large-local" in "\n".join(report["gate"]["reasons"]), f"relaxes: {report['gate']['reasons']}")
    s.branch("only-relaxes")
    (s.repo / "stackcheck.yml").write_text("budget: 16384\n")
    s.commit("only relaxed")
    report = s.gate(0)
    s.check("budget is 16384" in "\n".join(report["gate"]["notices"]), f"only-relaxes: {report['gate']}")


def removes(s):
    s.branch("removes")
    s.edit(*REMOVED[s.system])
    s.commit("one buffer less")
    report = s.gate(0)
    s.check(report["gate"]["verdict"] == "passed", f"removes: {report['gate']}")
    s.check(re.search(rf"{ENTRY[s.system]}.*\| -[12],\d\d\d ", s.comment()) or
            re.search(rf"{ENTRY[s.system]}.*\| -\d\d\d ", s.comment()),
            f"removes: the improvement is not shown: {s.comment()}")


def breaks(s):
    s.branch("breaks")
    path = s.driver / BROKEN[s.system]
    path.write_text('#include "missing.h"\n' + path.read_text())
    s.commit("broken")
    report = s.gate(2)
    s.check(report["gate"]["verdict"] == "undecided", f"breaks: {report['gate']}")
    s.check(BROKEN[s.system] in "\n".join(report["gate"]["reasons"]), f"breaks: {report['gate']}")
    s.branch("removes-a-header")
    header = next(s.driver.glob("*.h"))
    header.unlink()
    s.commit("no header")
    report = s.gate(2)
    s.check(report["gate"]["verdict"] == "undecided", f"removes-a-header: {report['gate']}")


def shallow(s):
    """A clone of one commit, as continuous integration makes it, of the merge of a branch."""
    s.git("checkout", "-q", "-f", "main")
    (s.driver / "NOTES").write_text("beside\n")
    s.commit("main went on")
    s.git("merge", "-q", "--no-ff", "-m", "the merge of a pull request", "buffer")
    clone = s.folder / "clone"
    s.git("clone", "-q", "--depth=1", f"file://{s.repo}", str(clone), cwd=s.folder)
    s.build(clone)
    done = s.run("gate", "-p", "build", cwd=clone)
    command = re.search(r"run: (git fetch .*)", done.stderr)
    s.check(done.returncode == 2 and command, f"shallow: status {done.returncode}: {done.stderr}")
    if command:
        s.git(*command[1].split()[1:], cwd=clone)
        done = s.run("gate", "-p", "build", "--format", "json", cwd=clone)
        s.check(done.returncode == 1 and "trailer[512]" in done.stdout, f"fetched: status {done.returncode}: {done.stderr}")
    s.git("reset", "-q", "--hard", "HEAD~1")
    done = s.run("gate", "-p", "build", "--base", "none/such", cwd=clone)
    s.check(done.returncode == 2 and "--unshallow" in done.stderr, f"no such ref: {done.returncode}: {done.stderr}")


def bases(s):
    """Bases that are no commit, and ones that are no base."""
    s.git("checkout", "-q", "-f", "buffer")
    s.build()
    report = s.folder / "main.json"
    s.git("checkout", "-q", "-f", "main")
    s.build()
    s.run("scan", "-p", "build", "-q", "--no-db", "--slots", "--fail-on", "never", "-o", str(report))
    s.git("checkout", "-q", "-f", "buffer")
    s.build()
    database = s.repo / ".stackcheck" / "history.db"
    ways = {"a run": ["--base", "1"], "a database": ["--base", str(database), "--base-ref", "main", "--no-db"],
            "a report": ["--base", str(report)]}
    for name, args in ways.items():
        done = s.run("gate", "-p", "build", "-q", "--format", "json", *args)
        s.check(done.returncode == 1 and "trailer[512]" in done.stdout, f"{name}: {done.returncode}: {done.stderr}")
    part = s.folder / "part.json"
    s.git("checkout", "-q", "-f", "main")
    s.build()
    s.run("scan", "-p", "build", "-q", "--no-db", "--fail-on", "never", "-o", str(part), str(next(s.driver.glob("*.c"))))
    run = json.loads(part.read_text())["run"]
    s.check(not run["whole"] and len(run["paths"]) == 1 and run["paths"][0].startswith("driver/"), f"a part: {run}")
    s.git("checkout", "-q", "-f", "buffer")
    s.build()
    done = s.run("gate", "-p", "build", "-q", "--base", str(part))
    s.check(done.returncode == 2 and "covers a part of the tree only" in done.stderr, f"a part as base: {done.stderr}")
    broken = s.folder / "broken.json"
    broken.write_text(report.read_text()[:2000])
    bad = s.folder / "bad.db"
    bad.write_bytes(database.read_bytes()[:4096] + b"\1" * 8192)
    ways = {"a broken report": ["--base", str(broken)], "a missing report": ["--base", "none.json"],
            "a broken database": ["--base", "main", "--db", str(bad)], "an unknown run": ["--base", "99"]}
    for name, args in ways.items():
        done = s.run("gate", "-p", "build", "-q", *args)
        s.check(done.returncode == 2 and "undecided" in done.stderr, f"{name}: {done.returncode}: {done.stderr}")
    planted(s, database)
    s.run("scan", "-p", "build", "-q", "--db", str(s.folder / "other.db"), "--build", "debug", "--fail-on", "never")


def planted(s, database):
    """A change that brings a base of its own, in which the buffer is known already."""
    kept = database.read_bytes()
    s.run("scan", "-p", "build", "-q", "--fail-on", "never", "--slots", "-o", str(s.repo / "base.json"))
    s.git("add", "-f", ".stackcheck/history.db", "base.json")
    done = s.run("gate", "-p", "build", "-q", "--base", "main", "--format", "json")
    s.check(done.returncode == 1 and "tracked by git" in done.stdout, f"planted runs: {done.returncode}: {done.stderr}")
    done = s.run("gate", "-p", "build", "-q", "--base", "base.json", "--base-ref", "main")
    s.check(done.returncode == 2 and "tracked by git" in done.stderr, f"planted report: {done.returncode}: {done.stderr}")
    s.git("rm", "-q", "--cached", "-f", ".stackcheck/history.db", "base.json")
    (s.repo / "base.json").unlink()
    database.write_bytes(kept)


def bootstraps(s):
    db = str(s.folder / "first.db")
    done = s.run("gate", "--base", "main", "-p", "build", "-q", "--bootstrap", "--db", db)
    s.check(done.returncode == 0, f"bootstrap: {done.returncode}: {done.stderr}")
    done = s.run("runs", "--db", db)
    s.check(done.returncode == 0 and len(done.stdout.splitlines()) >= 1 and "buffer" in done.stdout,
            f"bootstrap recorded nothing: {done.stdout}{done.stderr}")


def combines(s):
    """Two builds, of which one fails, and a report that is not there, in every format."""
    files = []
    for build, branch in (("release", "removes"), ("debug", "buffer")):
        s.git("checkout", "-q", "-f", branch)
        s.build()
        files.append(str(s.folder / f"{build}.json"))
        s.run("gate", "--base", "main", "-p", "build", "-q", "--no-db", "--build", build, "-o", files[-1])
    done = s.run("gate", "--combine", files[1], "--format", "markdown")
    s.check(done.returncode == 1 and "`debug`" in done.stdout, f"combine: {done.returncode}: {done.stdout}{done.stderr}")
    done = s.run("gate", "--combine", files[0])
    s.check(done.returncode == 0, f"combine: {done.returncode}: {done.stdout}{done.stderr}")
    done = s.run("gate", "--combine", *files, "--format", "json")
    found = json.loads(done.stdout)
    s.check(done.returncode == 1 and found["verdict"] == "failed" and
            [b["verdict"] for b in found["builds"]] == ["passed", "failed"], f"combine: {found}")
    s.check(any("different commits" in r["text"] for r in found["reasons"]), f"combine: {found['reasons']}")
    for name, _ in s.formats():
        done = s.run("gate", "--combine", *files, "none.json", "--format", name)
        s.check(done.returncode == 1, f"combine as {name}: {done.returncode}: {done.stderr}")
        read_format(name, done.stdout)
        s.check(name == "codequality" or "release" in done.stdout and "debug" in done.stdout, f"{name} names no builds")
        s.check("none.json" in done.stdout, f"{name} does not say what is missing")
    done = s.run("gate", "--combine", files[0], "none.json")
    s.check(done.returncode == 2 and "none.json" in done.stdout, f"combine: {done.returncode}: {done.stdout}")


def configurations(s):
    """A stored base stands in only for runs of its own configuration; a change of policy alone keeps it."""
    s.git("checkout", "-q", "-f", "main")
    s.build()
    database = str(s.folder / "configurations.db")

    def digest(*args, policy="budget: 12288\n", comment="recursion 4"):
        s.edit("stats.c", ("recursion 4", comment))
        (s.repo / "stackcheck.yml").write_text(policy)
        s.run("scan", "-p", "build", "-q", "--fail-on", "never", "--db", database, *args)
        runs = json.loads(s.run("runs", "--db", database, "--format", "json").stdout)["runs"]
        s.git("checkout", "-q", "-f", "main")
        return runs[0]["config_digest"]

    first = digest()
    s.check(first and re.fullmatch("[0-9a-f]{32}", first), f"a configuration's digest: {first}")
    same = {"again": digest(), "lines moved": digest(policy="# Why so much\n\nbudget: 12288\n"),
            "fail_on": digest(policy="budget: 12288\nfail_on: note\n"),
            "by option": digest("--budget", "12288", policy="fail_on: note\n"), "a comment": digest(comment="recursion 5"),
            "a suppression": digest(policy="budget: 12288\nsuppress:\n  - {rule: recursion, function: f, because: b}\n")}
    for what, other in same.items():
        s.check(other == first, f"{what}: {other}, not {first}")
    others = {"budget": digest("--budget", "6000"), "frame limit": digest("--frame-limit", "100"),
              "entry": digest("--entry", HELPER[s.system]),
              "rule": digest(policy="budget: 12288\nrules: {recursion: off}\n"),
              "annotation": digest(policy="budget: 12288\nannotations:\n  - {function: memcpy, cost: 40, why: w}\n")}
    for what, other in others.items():
        s.check(other and other != first, f"{what}: the digest is the same")
    s.check(len(set(others.values())) == len(others), f"equal digests: {others}")

    stored = str(s.folder / "one.db")
    s.run("scan", "-p", "build", "-q", "--fail-on", "never", "--db", stored)
    s.git("checkout", "-q", "-f", "removes")
    s.build()
    s.run("scan", "-p", "build", "-q", "--no-db", "--fail-on", "never")  # both in the cache
    def gate(*args):
        done = s.run("gate", "--base", "main", "-p", "build", "-v", "--db", stored, *args)
        return done.returncode, done.stdout + done.stderr
    status, text = gate()
    s.check(status == 0 and "base: run 1," in text, f"the stored run: {status}: {text}")
    status, text = gate("--frame-limit", "64")
    s.check(status == 0 and "base: run" not in text, f"another limit: {status}: {text}")
    s.git("checkout", "-q", "-b", "policy", "main")
    (s.repo / "stackcheck.yml").write_text("budget: 16000\nrules: {recursion: off}\n")
    s.commit("policy alone")
    status, text = gate()
    s.check(status == 0 and "base: run 1," in text, f"policy alone: {status}: {text}")


def names_runs(s):
    """Runs by the names that git has for their commits."""
    s.git("checkout", "-q", "-f", "buffer")
    s.build()
    database = str(s.folder / "names.db")
    shutil.copy(s.repo / ".stackcheck" / "history.db", database)
    s.run("scan", "-p", "build", "-q", "--fail-on", "never", "--db", database)
    s.git("tag", "-a", "-m", "a tag", "v1", "main")
    for before, after in (("main", "HEAD"), ("HEAD~1", "buffer"), ("v1", s.git("rev-parse", "HEAD"))):
        done = s.run("diff", "--db", database, "--format", "json", before, after)
        s.check(done.returncode == 0, f"diff {before} {after}: {done.returncode}: {done.stderr}")
        found = json.loads(done.stdout or "{}")
        s.check(found and [found[side]["commit"] for side in ("before", "after")] ==
                [s.git("rev-parse", "main"), s.git("rev-parse", "HEAD")], f"diff {before} {after}: other runs")
    done = s.run("diff", "--db", database, "main", "removes")
    s.check(done.returncode == 3 and f"removes is commit {s.git('rev-parse', 'removes')[:12]}, and there is no run of it" in
            done.stderr and "stackcheck scan" in done.stderr, f"a commit without a run: {done.returncode}: {done.stderr}")
    done = s.run("diff", "--db", database, "main", "no-such-branch")
    s.check(done.returncode == 3 and "no-such-branch" in done.stderr, f"no such name: {done.returncode}: {done.stderr}")
    done = s.run("export", "--db", database, "HEAD")
    s.check(json.loads(done.stdout or "{}").get("run", {}).get("commit") == s.git("rev-parse", "HEAD"), "export HEAD")
    s.git("tag", "-d", "v1")


def main():
    if not shutil.which("git"):
        print("git is not installed")
        return 77
    chapters = [adds_a_buffer, only_moves, only_a_structure, relaxes, removes, breaks]
    if sys.argv[2] == "linux":
        chapters += [bases, bootstraps, combines, configurations, names_runs, shallow]
    chapters += [accepted_growth]  # it changes main
    only = sys.argv[3:]
    with tempfile.TemporaryDirectory(prefix="story-") as name:
        story = Story(os.path.abspath(sys.argv[1]), sys.argv[2], pathlib.Path(name).resolve())
        story.start()
        for chapter in chapters:
            if not only or chapter.__name__ in only:
                chapter(story)
    print("\n".join(story.wrong) or f"{len(only or chapters)} chapters, as they should be")
    return 1 if story.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
