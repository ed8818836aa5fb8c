#!/usr/bin/env python3
"""A disk that is full or broken while a run is recorded: is there a message, is the old history intact?

    history_faults.py STACKCHECK [--points 300]

Needs strace. One system call on the database or its journal fails in each round: the k-th of its kind, with ENOSPC, EIO or
EDQUOT, once or from there on. Afterwards the file must be whole and hold every earlier run as it was; the scan must have
recorded its run, or have said why not; it must not have crashed. The same with `prune`. Exits with 1 when anything is wrong.
"""
import argparse
import itertools
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

SOURCE = """
void sink(char *p);
static int helper(int n) { char b[%d]; sink(b); return b[n]; }
int entry(int n) { char c[64]; sink(c); return helper(n) + c[n]; }
"""
CALLS = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "pread64", "openat", "write", "lseek", "fcntl", "fstat",
         "newfstatat", "read", "close")
OLD = "SELECT * FROM functions WHERE run <= ? ORDER BY run, number"


def content(path, last):
    """What others see of the runs up to `last`; None when the file is not whole."""
    try:
        with sqlite3.connect(path) as db:
            if db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return None
            partial = db.execute("SELECT count(*) FROM run WHERE complete = 0").fetchone()[0]
            rows = db.execute(OLD, (last,)).fetchall()
            runs = [row[0] for row in db.execute("SELECT id FROM runs ORDER BY id")]
        db.close()
        return None if partial else (rows, runs)
    except sqlite3.DatabaseError:
        return None


class Round:
    def __init__(self, stackcheck, folder):
        self.stackcheck = stackcheck
        self.project, self.cache, self.kept = folder / "project", folder / "cache", folder / "kept.db"
        self.project.mkdir()
        self.database = self.project / ".stackcheck" / "history.db"
        self.journal = pathlib.Path(f"{self.database}-journal")
        for size in (200, 300, 400):
            (self.project / "a.c").write_text(SOURCE % size)
            subprocess.run(self.command("scan"), cwd=self.project, check=True, capture_output=True)
        shutil.copy(self.database, self.kept)
        self.last = 3
        self.before = content(self.kept, self.last)

    def command(self, name):
        if name == "prune":
            return [str(self.stackcheck), "prune", "--root", ".", "--keep", "1"]
        return [str(self.stackcheck), "scan", "-q", "--root", ".", "--cache", str(self.cache), "--fail-on", "never",
                "--frame-limit", "100", "a.c", "--", "--target=x86_64-linux-gnu", "-O1"]

    def run(self, name, call, errno, when):
        """Whether the fault was met, and what is wrong after it."""
        shutil.copy(self.kept, self.database)
        self.journal.unlink(missing_ok=True)
        trace = self.project.parent / "trace"
        done = subprocess.run(["strace", "-qq", "-o", str(trace), "-P", str(self.database), "-P", str(self.journal),
                               "-e", f"trace={call}", "-e", f"inject={call}:error={errno}:when={when}"]
                              + self.command(name), cwd=self.project, capture_output=True, text=True, check=False,
                              errors="replace")
        met = "(INJECTED)" in trace.read_text(errors="replace")
        wrong = []
        if done.returncode < 0 or done.returncode > 4:
            wrong.append(f"status {done.returncode}")
        # What a killed or failed writer leaves is mended by the next one that opens the file, as here.
        found = content(self.database, self.last)
        if not found:
            wrong.append("the file is not whole")
        elif name == "scan" and found[0] != self.before[0]:
            wrong.append("earlier runs are not as they were")
        elif name == "prune" and found[1] not in ([1, 2, 3], [3]):
            wrong.append(f"runs {found[1]} are left")
        else:
            recorded = found[1] == [1, 2, 3, 4] if name == "scan" else found[1] == [3]
            if not recorded and not re.search(r"stackcheck: (warning|error): .*history\.db", done.stderr):
                wrong.append(f"nothing was recorded, and nothing said: {done.stderr!r}")
        return met, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stackcheck", type=pathlib.Path)
    parser.add_argument("--points", type=int, default=300)
    options = parser.parse_args()
    wrong, points, by_call = [], 0, {}
    with tempfile.TemporaryDirectory() as folder:
        r = Round(options.stackcheck.resolve(), pathlib.Path(folder))
        kinds = set(itertools.product(("scan", "prune"), CALLS, ("ENOSPC", "EIO", "EDQUOT"), ("", "+")))
        k = 0
        while kinds and points < options.points:
            k += 1
            for kind in sorted(kinds):
                if points == options.points:
                    break
                name, call, errno, more = kind
                met, found = r.run(name, call, errno, f"{k}{more}")
                if not met:
                    kinds.discard(kind)
                    continue
                points += 1
                by_call[call] = by_call.get(call, 0) + 1
                wrong += [f"{name}, {call} number {k}{more} with {errno}: {text}" for text in found]
    print(f"{points} faults met ({', '.join(f'{c} {n}' for c, n in sorted(by_call.items()))}); {len(wrong)} wrong")
    print("\n".join(wrong) or "nothing is wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
