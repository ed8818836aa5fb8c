#!/usr/bin/env python3
"""Which runs are a base for a gate, and what a base's policy may allow: further chapters on the bundled Linux driver.

    bases.py STACKCHECK

Each scans, changes one thing and asks the gate. Needs the git program.
"""
import json
import os
import pathlib
import shutil
import sys
import tempfile

from story import Story

FILE = "leg.c"
PLACE = "\tu32 bytes = sectors * SECTOR_BYTES;\n\n\tmemcpy(packet, &sector"
SEAL = """\tu32 bytes = sectors * SECTOR_BYTES;
\tu8 seal[200]; /* stackcheck: allow large-local because it is written once */

\tmemset(seal, 0, sizeof(seal));
\tlower_write(leg->disk, sector + 1, seal, 1);
\tmemcpy(packet, &sector"""


def last_run(s):
    return s.run("runs").stdout.split()[0]  # the newest stands first


def refuses(s, run, why):
    done = s.run("gate", "-p", "build", "-q", "--base", run)
    s.check(done.returncode == 2 and why in done.stderr, f"{why}: {done.returncode}: {done.stderr}")


def dirty_run(s):
    """A run with changes that nobody committed."""
    s.branch("dirty")
    path = s.driver / FILE
    path.write_text(path.read_text() + "\n/* not committed */\n")
    s.run("scan", "-p", "build", "-q", "--fail-on", "never")
    refuses(s, last_run(s), "changes that are not committed")
    s.git("checkout", "-q", "-f", "main")


def partial_run(s):
    """A run of a part of the tree."""
    s.branch("partial")
    s.run("scan", "-p", "build", "-q", "--fail-on", "never", f"driver/{FILE}")
    refuses(s, last_run(s), "covers a part of the tree only")


def other_flags(s):
    """A stored run of other flags is no base: the base is measured with today's."""
    s.branch("flags")
    s.edit(FILE, ("#include", "/* A line. */\n#include"))
    s.commit("a line")
    database = s.repo / "build" / "compile_commands.json"
    kept = database.read_text()
    database.write_text(kept.replace('"-O2"', '"-O1"'))
    s.check(database.read_text() != kept, "the commands have no -O2")
    done = s.run("gate", "-p", "build", "--base", "main", "-v", "--format", "json")
    s.check("7 units, 7 of them measured" in done.stderr, f"flags: {done.stderr}")
    s.check(json.loads(done.stdout)["gate"]["verdict"] == "passed", f"flags: {done.stdout[-500:]}")
    database.write_text(kept)


def accepted(s):
    """A policy that lets a change bring suppressions of its own, when the base has it."""
    s.git("checkout", "-q", "-f", "main")
    for name, policy, status in (("strict", "", 1), ("lenient", "new_suppressions: accept\n", 0)):
        s.git("checkout", "-q", "-f", "-b", name, "main")
        (s.repo / "stackcheck.yml").write_text("budget: 12288\nlarge_local: 128\n" + policy)
        s.commit("a policy")
        s.git("checkout", "-q", "-b", f"suppressed-{name}")
        s.edit(FILE, (PLACE, SEAL))
        s.commit("a buffer and a reason")
        done = s.run("gate", "-p", "build", "--base", name, "-q", "--no-db", "--format", "json")
        notices = "\n".join(json.loads(done.stdout)["gate"]["notices"])
        s.check(done.returncode == status, f"{name}: {done.returncode}: {json.loads(done.stdout)['gate']}")
        s.check(("the base accepts it" if policy else "does not count") in notices, f"{name}: {notices}")


def main():
    if not shutil.which("git"):
        print("git is not installed")
        return 77
    chapters = [dirty_run, partial_run, other_flags, accepted]
    with tempfile.TemporaryDirectory(prefix="story-") as name:
        story = Story(os.path.abspath(sys.argv[1]), "linux", pathlib.Path(name).resolve())
        story.start()
        for chapter in chapters:
            chapter(story)
    print("\n".join(story.wrong) or f"{len(chapters)} chapters, as they should be")
    return 1 if story.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
