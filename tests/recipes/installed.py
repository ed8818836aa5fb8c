#!/usr/bin/env python3
"""Installs into a fresh folder, and uses what is there as its users do.

    installed.py SOURCE-DIRECTORY BUILD-DIRECTORY

The installed program must find its worker and its platforms in the installed tree, wherever that was moved. A small project
of CMake's in a git repository finds the package and adds a gate: the gate passes on a branch that only moves lines,
and fails on one that makes a buffer larger, naming function and variable.
"""
import pathlib
import shutil
import sys
import tempfile

import project
from project import DRIVER, must, run

SOURCE, BUILD = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
SKIPPED = 77

PROJECT = """cmake_minimum_required(VERSION 3.25)
project(small LANGUAGES C)
%s
add_library(small OBJECT driver.c)
stackcheck_add_gate(stack_gate BASE origin/main OUTPUTS gate.json gate.sarif OPTIONS --no-cache)
"""


def check_tree(folder):
    """Installs, moves the tree, and scans with it; gives the prefix."""
    run("cmake", "--install", BUILD, "--prefix", folder / "first")
    prefix = folder / "moved"
    (folder / "first").rename(prefix)
    for name in ("share/man/man1/stackcheck.1", "share/bash-completion/completions/stackcheck",
                 "share/zsh/site-functions/_stackcheck", "share/fish/vendor_completions.d/stackcheck.fish",
                 "share/stackcheck/platforms/models/linux.json", "share/doc/stackcheck/recipes.md",
                 "share/doc/stackcheck/copyright"):
        must((prefix / name).is_file(), f"{name} is not installed")
    # The data are read from the installed tree, not from the one that it was built from.
    data = prefix / "share/stackcheck/platforms/generic.json"
    text = data.read_text()
    must('"summary": "' in text, "generic.json has no summary")
    data.write_text(text.replace('"summary": "', '"summary": "from the moved tree: ', 1))
    must("from the moved tree" in run(prefix / "bin/stackcheck", "list", "platforms"),
         "the platforms of the installed tree are not read")
    (folder / "a.c").write_text(DRIVER % 300)
    out = run(prefix / "bin/stackcheck", "scan", "--no-db", "--no-cache", "a.c", "--", "-O2", cwd=folder)
    must("1 unit: 1 measured" in out and "entry" in out, f"the installed program measures nothing:\n{out}")
    return prefix


def check_cmake(folder, generator, how, argument):
    work = project.make(folder, {"CMakeLists.txt": PROJECT % how})
    run("cmake", "-S", ".", "-B", "build", "-G", generator, argument, cwd=work)
    project.both_ways(work, "cmake", "--build", "build", "--target", "stack_gate")
    must((work / "build/gate.json").is_file() and (work / "build/gate.sarif").is_file(), "no reports")


def main():
    if not shutil.which("git"):
        print("git is not installed")
        return SKIPPED
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        project.set_environment(folder)
        prefix = check_tree(folder)
        check_cmake(folder / "found", "Ninja", "find_package(stackcheck 0.1 REQUIRED)", f"-Dstackcheck_ROOT={prefix}")
        check_cmake(folder / "included", "Unix Makefiles", f"include({SOURCE}/docs/ci/stackcheck.cmake)",
                    f"-DSTACKCHECK={prefix}/bin/stackcheck")
    print("installed, moved, used; the gate of a CMake project passes and fails as it should")
    return 0


if __name__ == "__main__":
    sys.exit(main())
