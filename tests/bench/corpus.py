"""What the measuring scripts share: the corpus folder, running the program, the processes' costs."""
import argparse
import hashlib
import json
import os
import pathlib
import re
import resource
import shlex
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]


def arguments(doc, root=True):
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stackcheck", default=str(TOP / "build" / "stackcheck"), help="the program")
    if root:
        parser.add_argument("root", type=pathlib.Path, help="the corpus: cc-small.json, out-clang/, ...")
    return parser


class Unit:
    """An entry of the corpus's compile database."""

    def __init__(self, entry):
        self.directory = entry["directory"]
        self.source = os.path.normpath(os.path.join(self.directory, entry["file"]))
        self.argv = shlex.split(entry["command"])
        self.object = self.argv[self.argv.index("-o") + 1]

    def is_unit(self, name):
        """Is this the unit that a report calls `name` (a path relative to some root)?"""
        name = name.partition("#")[0]
        return self.source == name or self.source.endswith("/" + name)


def units(root):
    with open(root / "cc-small.json", encoding="utf-8") as file:
        return [Unit(entry) for entry in json.load(file)]


def tree_digest(folder):
    """SHA-256 over the names, kinds and bytes of a tree."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(f"{path.relative_to(folder)}\0{path.lstat().st_mode}\0".encode())
        if path.is_symlink():
            digest.update(os.readlink(path).encode())
        elif path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


class Cost:
    """Wall and CPU seconds (children included) of one command, and its own peak memory."""

    def __init__(self, command, **options):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        self.process = subprocess.run(command, stdin=subprocess.DEVNULL, check=False, **options)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall = time.monotonic() - start
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.status = self.process.returncode


def scan(options, arguments_, cache=None, database="cc-small.json"):
    """Scans the corpus; stops with the program's own words when it fails."""
    command = [options.stackcheck, "scan", "-p", str(options.root / database), "--no-db", "-q"]
    command += ["--cache", cache] if cache else ["--no-cache"]
    cost = Cost(command + arguments_, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if cost.status > 2:
        sys.exit(f"{shlex.join(command + arguments_)}\nstatus {cost.status}: {cost.process.stderr}")
    return cost


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def temporary():
    return tempfile.TemporaryDirectory(prefix="stackcheck-bench-")


def plain_name(symbol):
    """The name without the suffix that the compiler gives to one of several copies."""
    return re.sub(r"\.\d+$", "", symbol)
