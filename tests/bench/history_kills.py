#!/usr/bin/env python3
"""Scans killed at random moments, and scans that record at once: is the history whole, is none lost?

    history_kills.py STACKCHECK [--kills 200] [--writers 8] [--runs 25] [--seed 1]

Every killed scan is followed by a look at the file through SQLite's own eyes: intact, no run that is not complete, no run
without its functions and findings, nothing that belongs to no run. A scan that ended well must be there. One kill in five
hits `stackcheck prune` instead. Then the writers record at the same time. Exits with 1 when anything is wrong.
"""
import argparse
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

SOURCE = """
void sink(char *p);
static int helper(int n) { char b[%d]; sink(b); return b[n]; }
int entry(int n) { char c[64]; sink(c); return helper(n) + c[n]; }
"""
ORPHANS = """
SELECT (SELECT count(*) FROM unit WHERE id NOT IN (SELECT unit FROM run_unit))
     + (SELECT count(*) FROM function WHERE unit NOT IN (SELECT id FROM unit))
     + (SELECT count(*) FROM part WHERE unit NOT IN (SELECT id FROM unit))
     + (SELECT count(*) FROM finding WHERE id NOT IN (SELECT finding FROM run_finding))
"""


class Project:
    def __init__(self, stackcheck, folder):
        self.folder, self.cache = folder / "project", folder / "cache"
        self.folder.mkdir()
        self.database = self.folder / ".stackcheck" / "history.db"
        self.stackcheck = stackcheck

    def write(self, size):
        (self.folder / "a.c").write_text(SOURCE % size)

    def start(self, *arguments):
        return subprocess.Popen([self.stackcheck, *arguments], cwd=self.folder, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE)

    def scan(self, build="kills"):
        return self.start("scan", "-q", "--root", ".", "--cache", str(self.cache), "--fail-on", "never", "--frame-limit",
                          "100", "--build", build, "a.c", "--", "--target=x86_64-linux-gnu", "-O1")

    def look(self):
        """The runs' numbers, and what is wrong."""
        if not self.database.exists():
            return set(), []
        wrong = []
        with sqlite3.connect(self.database) as db:
            if (text := db.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                wrong.append(text)
            if not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                return set(), wrong
            runs = {row[0] for row in db.execute("SELECT id FROM run")}
            if partial := db.execute("SELECT count(*) FROM run WHERE complete = 0").fetchone()[0]:
                wrong.append(f"{partial} runs are not complete")
            for run in runs:
                n = db.execute("SELECT (SELECT count(*) FROM functions WHERE run = ?), (SELECT count(*) FROM findings "
                               "WHERE run = ?)", (run, run)).fetchone()
                if not n[0] or not n[1]:
                    wrong.append(f"run {run} has {n[0]} functions and {n[1]} findings")
            if orphans := db.execute(ORPHANS).fetchone()[0]:
                wrong.append(f"{orphans} rows belong to no run")
        db.close()
        return runs, wrong


def kill_some(project, kills, seed):
    choose = random.Random(seed)
    project.write(200)
    begin = time.monotonic()
    process = project.scan()
    process.communicate()
    whole = time.monotonic() - begin
    begin = time.monotonic()
    project.scan().communicate()
    cached = time.monotonic() - begin
    before, wrong = project.look()
    killed = ended = torn = i = 0
    while killed < kills:
        i += 1
        fresh = choose.random() < 0.1
        if fresh:
            project.write(200 + 8 * i)
        prune = choose.random() < 0.2
        process = project.start("prune", "--keep", str(choose.randrange(1, 20))) if prune else project.scan()
        time.sleep(choose.random() * (whole if fresh else cached) * 1.1)
        process.kill()
        error = process.communicate()[1].decode(errors="replace")
        torn += pathlib.Path(f"{project.database}-journal").exists()
        runs, found = project.look()
        if process.returncode == 0:
            ended += 1
            if not prune and len(runs - before) != 1:
                found.append(f"a scan that ended well added {len(runs - before)} runs: {error}")
        elif process.returncode < 0:
            killed += 1
        else:
            found.append(f"status {process.returncode}: {error}")
        if not prune and before - runs:
            found.append(f"runs {sorted(before - runs)} are lost")
        wrong += [f"kill {i}: {text}" for text in found]
        before = runs
    print(f"{killed} killed, {torn} of them with the file half written; {ended} ended before; {len(before)} runs; {len(wrong)} wrong")
    return wrong


def write_at_once(project, writers, runs):
    before, _ = project.look()
    failed = []
    for _ in range(runs):
        started = [project.scan(f"writer-{w}") for w in range(writers)]
        for process in started:
            error = process.communicate()[1].decode(errors="replace")
            if process.returncode or error:
                failed.append(f"status {process.returncode}: {error}")
    after, wrong = project.look()
    lost = len(before) + writers * runs - len(after)
    print(f"{writers} writers x {runs} runs: {len(after - before)} stored, {lost} lost; {len(failed)} failed")
    return wrong + failed + ([f"{lost} runs are lost"] if lost else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stackcheck", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--runs", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Project(options.stackcheck.resolve(), pathlib.Path(folder))
        wrong = kill_some(project, options.kills, options.seed)
        wrong += write_at_once(project, options.writers, options.runs)
    print("\n".join(wrong) or "nothing is wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
