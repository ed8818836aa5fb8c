#!/usr/bin/env python3
"""Runs every example of the manual, and the sample of the README.

    run_examples.py SOURCE-DIRECTORY STACKCHECK

They run in a folder that looks like the ones that they speak of: a copy of examples/, and a small tree `out` with a compile
database. An example that is not meant to find anything wrong with its own arguments must end with 0 or 1 and say something.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCES = {
    "drivers/nvme/pci.c": "int nvme_queue_rq(int n)\n{\n\treturn n + 1;\n}\n",
    "fs/ext4/inode.c": "int ext4_inode(int n)\n{\n\treturn n + 2;\n}\n",
    "net/other.c": "int other(int n)\n{\n\treturn n + 3;\n}\n",
}


def examples(manual):
    """The command lines of the EXAMPLES section."""
    section = re.search(r"^\.Sh EXAMPLES\n(.*?)^\.Sh ", manual, re.M | re.S)[1]
    return [line.replace("\\-", "-").replace("\\&", "")
            for line in re.findall(r"^\.Dl \$ (.*)$", section, re.M)]


def make_tree(folder):
    entries = []
    for name, text in SOURCES.items():
        source = folder / name
        source.parent.mkdir(parents=True)
        source.write_text(text)
        entries.append({"directory": str(folder), "file": name,
                        "arguments": ["gcc", "-O2", "-c", name, "-o", f"{name}.o"]})
    (folder / "out").mkdir()
    (folder / "out" / "compile_commands.json").write_text(json.dumps(entries))


def surroundings(folder, program):
    return dict(os.environ, HOME=str(folder), XDG_CACHE_HOME=str(folder / ".cache"),
                PATH=f"{pathlib.Path(program).resolve().parent}:{os.environ['PATH']}")


def run(line, folder, program):
    """What is wrong with an example, or None."""
    done = subprocess.run(["bash", "-c", line], cwd=folder, env=surroundings(folder, program),
                          capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode not in (0, 1) or (done.stderr and "warning" not in done.stderr):
        return f"status {done.returncode}: {done.stderr.strip()}"
    quiet = " -q " in line or line.startswith("source ")
    if not quiet and not done.stdout:
        return "says nothing"
    if " scan " in line and not quiet and "0 estimated, 0 failed" not in done.stdout:
        return f"not every unit is measured: {done.stdout.splitlines()[0]}"
    for name in re.findall(r" -o (\S+\.json)", line):
        coverage = json.loads((folder / name).read_text())["coverage"]
        if not 0 < coverage["units_total"] == coverage["units_measured"]:
            return f"not every unit is measured: {coverage}"
    return None


def readme_sample(readme):
    """The command and the expected lines of the README's sample of output."""
    block = re.search(r"^    \$ build/(stackcheck .*)\n((?:    .*\n|\n)+)", readme, re.M)
    return block[1], [line[4:] for line in block[2].splitlines() if line.strip() not in ("", "...")]


def check_readme(root, folder, program):
    """Lines of the sample that the program does not print, in their order."""
    line, wanted = readme_sample((root / "README.md").read_text())
    done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False,
                          env=surroundings(folder, program), stdin=subprocess.DEVNULL)
    printed = iter(done.stdout.splitlines())
    missing = [w for w in wanted if w not in printed]
    return missing or ([] if len(wanted) > 10 else ["the sample could not be read"])


def main():
    root, program = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    lines = examples((root / "stackcheck.1").read_text())
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_tree(folder)
        shutil.copytree(root / "examples", folder / "examples")
        for line in lines:
            wrong = run(line, folder, program)
            failed += wrong is not None
            print(f"{'FAILED' if wrong else 'ok'}  $ {line}" + (f"\n        {wrong}" if wrong else ""))
        missing = check_readme(root, folder, program)
        for line in missing:
            print(f"FAILED  README.md: the sample has, and the program does not print:\n        {line}")
        failed += len(missing)
    if len(lines) < 5:
        print("FAILED  the examples could not be read")
        failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
