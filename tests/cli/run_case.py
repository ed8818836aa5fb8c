#!/usr/bin/env python3
"""Runs one case of the command line.

    run_case.py STACKCHECK CASE-DIRECTORY...            compares
    run_case.py --accept STACKCHECK CASE-DIRECTORY...   writes what comes out as what is expected

A case is a folder with `cmd`, a piece of sh, and what it is expected to give: `stdout`, `stderr` (not there: not compared, but for
--accept always written when not empty) and `exit` (not there: 0). It runs in a fresh folder that holds a copy of `tree/` when the case
has one, with stackcheck first in PATH, a home and a cache of its own, and $CASE naming the case's folder. The fresh
folder's name reads as $T in the outputs.
"""
import difflib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

STREAMS = ("stdout", "stderr")


def run(program, case, folder):
    """What the case gives: {"stdout": ..., "stderr": ..., "exit": ...}."""
    work = folder / "work"
    if (case / "tree").is_dir():
        shutil.copytree(case / "tree", work)
    else:
        work.mkdir()
    environment = {
        "PATH": f"{pathlib.Path(program).resolve().parent}:{os.environ['PATH']}",
        "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "LC_ALL": "C.UTF-8",
        "CASE": str(case), "PYTHONDONTWRITEBYTECODE": "1",
    }
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    done = subprocess.run(["sh", str(case / "cmd")], cwd=work, env=environment, timeout=300,
                          capture_output=True, check=False, stdin=subprocess.DEVNULL)
    real = str(work.resolve()).encode()
    result = {"exit": f"{done.returncode}\n"}
    for name in STREAMS:
        text = getattr(done, name).replace(real, b"$T").replace(str(work).encode(), b"$T")
        result[name] = text.decode(errors="backslashreplace")
    return result


def expected(case):
    found = {"exit": "0\n"}
    for name in (*STREAMS, "exit"):
        if (case / name).exists():
            found[name] = (case / name).read_text()
    return found


def accept(case, result):
    for name, text in result.items():
        path = case / name
        if text == ("0\n" if name == "exit" else ""):
            path.unlink(missing_ok=True)
        else:
            path.write_text(text)
    if not result["stdout"] and not result["stderr"]:
        (case / "stdout").write_text("")


def differences(case, result):
    for name, text in expected(case).items():
        if text != result[name]:
            yield f"{case.name}: {name} is not as expected"
            yield from difflib.unified_diff(text.splitlines(), result[name].splitlines(),
                                            "expected", "came out", lineterm="")
    if not any((case / name).exists() for name in STREAMS):
        yield f"{case.name}: expects nothing of stdout and stderr, so it cannot fail"


def main():
    arguments = sys.argv[1:]
    accepting = arguments[0] == "--accept"
    program, *cases = arguments[accepting:]
    if not os.access(program, os.X_OK):
        sys.exit(f"{program} is not a program")
    failed = False
    for case in map(pathlib.Path, cases):
        with tempfile.TemporaryDirectory() as name:
            result = run(program, case.resolve(), pathlib.Path(name))
        if accepting:
            accept(case, result)
            continue
        wrong = list(differences(case, result))
        failed = failed or bool(wrong)
        print("\n".join(wrong) or f"{case.name}: as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
