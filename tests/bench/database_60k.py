#!/usr/bin/env python3
"""How long a compile database of 60,000 entries takes to load, and how much memory.

The database is made up from the corpus's own commands under other names; `scan` then gets a path that no entry lies under, so
that it loads everything and analyses nothing. Asked for: under 1 s (of one CPU, so that other work on the machine does not
count), under 500 MiB.
"""
import json
import os
import subprocess
import sys

import corpus


def peak_kib(command):
    """Runs the command; (status, wall seconds, CPU seconds, its own peak resident set in KiB, what it said)."""
    start = corpus.time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        said = child.stdout.read().decode(errors="replace")
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return child.returncode, corpus.time.monotonic() - start, cpu, usage.ru_maxrss, said


def main():
    parser = corpus.arguments(__doc__)
    parser.add_argument("--entries", type=int, default=60000)
    options = parser.parse_args()
    entries = corpus.load(options.root / "cc-small.json")
    with corpus.temporary() as folder:
        big = []
        for number in range(options.entries):
            entry = dict(entries[number % len(entries)])
            name = entry["file"].replace(".c", f"_{number}.c")
            entry["command"] = entry["command"].replace(entry["file"], name)
            big.append(dict(entry, file=name))
        path = f"{folder}/compile_commands.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(big, file, indent=1)
        size = os.path.getsize(path)
        os.mkdir(f"{folder}/nothing")
        status, wall, cpu, kib, said = peak_kib([options.stackcheck, "scan", "--no-db", "--no-cache", "-p", path,
                                                 f"{folder}/nothing"])
    print(said.strip())
    print(f"{options.entries} entries, {size >> 20} MiB: {cpu:.2f} s CPU, {wall:.2f} s wall, peak {kib >> 10} MiB (status {status})")
    good = cpu < 1 and kib < 500 << 10 and status in (2, 3)
    print("holds" if good else "DOES NOT HOLD")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
