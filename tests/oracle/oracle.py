#!/usr/bin/env python3
"""An independent truth for depths, frames and edges: one program, run under valgrind's lackey, held against its scan.

    oracle.py STACKCHECK CLANG PROGRAM.c [--set NAME] [--plant depth|edge|frame]

Compiles PROGRAM.c with the compiler that stackcheck measures with, links and runs it, follows the stack through the
trace, scans the same source with the same flags, and compares. Exit status: 0 they agree, 1 they don't (every
disagreement is a line), 2 the oracle itself could not do its work, 77 skipped (no 32-bit C library).
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

from binary import Binary
from compare import Comparison, Report, plant
from shadow import Shadow, TraceError

BROKEN, SKIPPED = 2, 77
# Kernel code has no red zone; position-independent code would only add jumps through tables of the linker.
COMMON = ["-g", "-fno-pie", "-mno-red-zone"]
SETS = {
    "O2": ["-O2"],
    "O2-frame-pointer": ["-O2", "-fno-omit-frame-pointer"],
    "Os": ["-Os"],
    "O0": ["-O0"],
    "hardened": ["-O2", "-fstack-protector-strong", "-fstack-clash-protection", "-fcf-protection=branch"],
    "thunks": ["-O2", "-mretpoline-external-thunk", "-mfunction-return=thunk-extern", "-fno-jump-tables"],
    "i386-O2": ["-m32", "-O2"],
    "i386-O2-frame-pointer": ["-m32", "-O2", "-fno-omit-frame-pointer"],
    "i386-O0": ["-m32", "-O0"],
}


def broken(text):
    print(text, file=sys.stderr)
    sys.exit(BROKEN)


def run(command, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                          check=False, **more)
    if done.returncode:
        broken(f"{' '.join(map(str, command))}\nexit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def links(clang, flags, folder):
    """Can a program be linked with these flags?"""
    source = os.path.join(folder, "empty.c")
    pathlib.Path(source).write_text("#include <stdlib.h>\nint main(void)\n{\n\treturn abs(0);\n}\n", encoding="utf-8")
    done = subprocess.run([clang, *flags, "-static", source, "-o", os.path.join(folder, "empty")],
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0


def build(clang, source, flags, folder):
    """([(source, object)], program)"""
    paths = os.path.join(folder, "program.o"), os.path.join(folder, "program")
    thunks = [os.path.join(os.path.dirname(source), "thunks.S")] if "-mretpoline-external-thunk" in flags else []
    run([clang, *flags, "-c", source, "-o", paths[0]])
    run([clang, *flags, "-static", paths[0], *thunks, "-o", paths[1]])
    return [(source, paths[0])], paths[1]


def trace(binary, word, command=None, **more):
    """Runs the program under lackey; the trace is read while it is written. command: the program and its arguments;
    more: for subprocess.Popen()."""
    reader, writer = os.pipe()
    command = ["valgrind", "--tool=lackey", "--trace-mem=yes", "--basic-counts=no", f"--log-fd={writer}",
               *(command or [binary.path])]
    try:
        # The environment lies on the stack: a small one of our own makes every run begin at the same SP.
        process = subprocess.Popen(command, pass_fds=[writer], **{"stdin": subprocess.DEVNULL, **more},
                                   env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"})
    except FileNotFoundError:
        broken("valgrind is not installed (tools/packages lists it)")
    os.close(writer)
    with process, open(reader, encoding="ascii", errors="replace") as lines:
        try:
            seen = Shadow(binary, word).read(lines)
        except TraceError as error:
            process.kill()
            broken(f"the trace cannot be followed: {error}")
    if process.returncode:
        broken(f"{binary.path} ended with {process.returncode}: it computed something wrong")
    return seen


def scan(stackcheck, what, folder):
    """The report of `scan` for sources with flags, or for a database."""
    report = os.path.join(folder, "report.json")
    command = [stackcheck, "scan", "--graph", "--no-db", "--no-cache", "--fail-on", "never", "-o", report, *what]
    run(command, cwd=folder)
    return json.loads(pathlib.Path(report).read_text(encoding="utf-8"))


def compare(arguments, folder):
    flags = SETS[arguments.set] + COMMON
    source = os.path.abspath(arguments.program)
    if "-m32" in flags and not links(arguments.clang, flags, folder):
        print("SKIPPED: programs for i386 cannot be linked here; install libc6-dev-i386 and lib32gcc-12-dev")
        return SKIPPED
    paths = build(arguments.clang, source, flags, folder)
    binary = Binary(*paths)
    seen = trace(binary, 4 if "-m32" in flags else 8)
    report = Report(scan(os.path.abspath(arguments.stackcheck), [source, "--", *flags], folder))
    comparison = Comparison(binary, seen, report)
    comparison.run()
    if arguments.plant:
        if comparison.wrong:
            broken("\n".join(["the report is wrong before an error is planted:"] + comparison.wrong))
        print(f"planted: {arguments.plant} at {plant(arguments.plant, comparison)}")
        comparison = Comparison(binary, seen, report)
        comparison.run()
    print("\n".join(comparison.figures() + comparison.wrong))
    print(f"{len(comparison.wrong)} disagreements")
    return 1 if comparison.wrong else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("stackcheck")
    parser.add_argument("clang")
    parser.add_argument("program")
    parser.add_argument("--set", choices=SETS, default="O2", help="flags to compile with (default: O2)")
    parser.add_argument("--plant", choices=["depth", "edge", "frame"], help="put an error into the report first")
    with tempfile.TemporaryDirectory(prefix="stackcheck-oracle-") as folder:
        return compare(parser.parse_args(), folder)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Exception:  # Python's own status for it is 1, which would say that the report is wrong.
        traceback.print_exc()
        sys.exit(BROKEN)
