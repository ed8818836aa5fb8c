#!/usr/bin/env python3
"""What reading objects costs, against `objdump -d | checkstack.pl` over the same objects in the same run.

    objects_speed.py [--image FILE] LINUX-CORPUS

Both read all of the corpus's objects by clang, alternately, several times; the medians of their CPU seconds (children
included) are compared. Then one relocatable object is made of all of them, and of two, four and eight copies of that: the time
must grow with the code and not faster. With --image a large linked image (a vmlinux, a shared library) is read, too.
Asked for: at least 3 times less CPU; at most a quarter more time per megabyte of eight copies than of one; an image below 1 GiB.
"""
import os
import pathlib
import shlex
import statistics
import subprocess
import sys

import corpus

MIB = 1 << 20


def read_objects(options, paths, *extra):
    command = [options.stackcheck, "scan", "--objects-only", "--no-db", "--no-cache", "-q", "--fail-on", "never", *extra, *paths]
    cost = corpus.Cost(command, stdout=subprocess.DEVNULL)
    if cost.status:
        sys.exit(f"{shlex.join(command)}: status {cost.status}")
    return cost


def checkstack(options, paths):
    pipe = f"objdump -d {shlex.join(paths)} | perl {shlex.quote(str(options.checkstack))} x86_64"
    cost = corpus.Cost(["sh", "-c", pipe], stdout=subprocess.DEVNULL)
    if cost.status:
        sys.exit(f"{pipe}: status {cost.status}")
    return cost


def text_bytes(path):
    """Code in a file, as `size` adds it up (with read-only data)."""
    said = subprocess.run(["size", path], check=True, capture_output=True, text=True).stdout
    return int(said.splitlines()[1].split()[0])


def compare(options, objects):
    ours, theirs = [], []
    for _ in range(options.rounds):
        theirs.append(checkstack(options, objects).cpu)
        ours.append(read_objects(options, objects).cpu)
    ratio = statistics.median(theirs) / statistics.median(ours)
    print(f"{len(objects)} objects, {options.rounds} rounds: objdump | checkstack.pl {statistics.median(theirs):.3f} s CPU "
          f"({min(theirs):.3f} to {max(theirs):.3f}), stackcheck {statistics.median(ours):.3f} s "
          f"({min(ours):.3f} to {max(ours):.3f}): {ratio:.2f} times less")
    return ratio


def read_one(options, path, folder):
    """CPU seconds and the worker's peak in KiB."""
    report = f"{folder}/report.json"
    cost = read_objects(options, [path], "--stats", "-o", report)
    return cost, corpus.load(report)["stats"]["peak_worker_kib"]


def growth(options, objects, folder):
    """One object of 1, 2, 4, 8 copies of all; how much more a megabyte of the last costs."""
    once = f"{folder}/once.o"
    subprocess.run(["ld", "-r", "-z", "muldefs", "-o", once, *objects], check=True)
    copies, costs = [], []
    for number in range(8):
        copies.append(f"{folder}/copy{number}.o")
        subprocess.run(["objcopy", f"--prefix-symbols=c{number}_", once, copies[-1]], check=True)
        if len(copies) not in (1, 2, 4, 8):
            continue
        path = f"{folder}/all{len(copies)}.o"
        subprocess.run(["ld", "-r", "-o", path, *copies], check=True)
        cpu = min(read_one(options, path, folder)[0].cpu for _ in range(3))
        kib = read_one(options, path, folder)[1]
        size = text_bytes(path) / MIB
        costs.append(cpu / size)
        print(f"one object, {size:.1f} MiB of code: {cpu:.2f} s CPU, {cpu / size:.3f} s per MiB, {kib // 1024} MiB of memory")
        os.remove(path)
    return costs[-1] / costs[0]


def main():
    parser = corpus.arguments(__doc__)
    parser.add_argument("--checkstack", type=pathlib.Path, help="the kernel's checkstack.pl (default: the corpus's own)")
    parser.add_argument("--image", action="append", default=[], help="a large linked image; may be repeated")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    options.checkstack = options.checkstack or options.root / "linux-source-6.1/scripts/checkstack.pl"
    objects = [str(options.root / "out-clang" / unit.object) for unit in corpus.units(options.root)]
    good = compare(options, objects) >= 3
    with corpus.temporary() as folder:
        good = growth(options, objects, folder) <= 1.25 and good
        for image in options.image:
            cost, kib = read_one(options, image, folder)
            print(f"{image}: {os.path.getsize(image) / MIB:.0f} MiB, {text_bytes(image) / MIB:.0f} MiB of code: "
                  f"{cost.wall:.1f} s, {cost.cpu:.1f} s CPU, {kib // 1024} MiB of memory")
            good = good and kib < 1 << 20
    print("holds" if good else "DOES NOT HOLD")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
