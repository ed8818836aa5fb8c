"""A git repository with a driver of one file, for the tests of recipes: main, a branch that only moves lines, and one that
makes a buffer larger."""
import json
import os
import pathlib
import subprocess
import sys

DRIVER = """void sink(char *p);

static int helper(int n)
{
	char text[%d];

	sink(text);
	return text[n];
}

int entry(int n)
{
	return helper(n) + 1;
}
"""
GREW = ("entry", "text[900]")


def must(holds, message):
    if not holds:
        sys.exit(message)


def run(*command, status=0, **more):
    """What it wrote; `status` is its exit status, or "bad" for any but 0."""
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, check=False,
                          stdin=subprocess.DEVNULL, **more)
    good = done.returncode != 0 if status == "bad" else done.returncode == status
    must(good, f"{' '.join(map(str, command))} gave {done.returncode}, not {status}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def set_environment(folder):
    """Nothing of the user's configuration, nothing left behind."""
    os.environ.update(HOME=str(folder), XDG_CACHE_HOME=f"{folder}/cache", GIT_CONFIG_GLOBAL=os.devnull,
                      GIT_CONFIG_SYSTEM=os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        os.environ.update({f"GIT_{who}_NAME": "A", f"GIT_{who}_EMAIL": "a@example.org"})


def commit(work, text):
    (work / "driver.c").write_text(text)
    run("git", "add", "-A", cwd=work)
    run("git", "commit", "-q", "-m", "change", cwd=work)


def make(folder, files):
    """The clone of a repository that has `files` (names with their texts) on all branches."""
    origin, work = folder / "origin", folder / "work"
    origin.mkdir(parents=True)
    run("git", "init", "-q", "-b", "main", cwd=origin)
    for name, text in {".gitignore": "/build/\n*.o\n.*.cmd\n", **files}.items():
        (origin / name).write_text(text)
    commit(origin, DRIVER % 100)
    run("git", "clone", "-q", origin, work)
    run("git", "checkout", "-q", "-b", "moves", cwd=work)
    commit(work, "/* A comment. */\n\n" + DRIVER % 100)
    run("git", "checkout", "-q", "-b", "grows", cwd=work)
    commit(work, DRIVER % 900)
    return work


def write_database(work):
    (work / "build").mkdir(exist_ok=True)
    (work / "build/compile_commands.json").write_text(json.dumps([{
        "directory": str(work / "build"), "file": "../driver.c",
        "command": "gcc -O2 -c -o driver.o ../driver.c"}]))


def both_ways(work, *command, **more):
    """The command passes on the branch that moves, fails on the one that grows; gives what it then wrote."""
    run("git", "checkout", "-q", "moves", cwd=work)
    run(*command, cwd=work, **more)
    run("git", "checkout", "-q", "grows", cwd=work)
    said = run(*command, cwd=work, status="bad", **more)
    must(all(word in said.replace("\\", "") for word in GREW), f"{' '.join(map(str, command))} does not name what grew:\n{said}")
    return said
