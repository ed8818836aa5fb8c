#!/usr/bin/env python3
"""What a scan costs against plain compiling, measured one after the other in the same run.

Compiles every unit of the corpus with clang-19 and the build's own flags (objects and side outputs go to a temporary
folder), then scans without a cache, fills a cache, scans again with nothing changed, and again with one source changed
in a copy. Asked for: CPU ratio at most 1.75; repeated scan under 2 s wall; after one change under that unit's compile time
plus 2 s; a worker below 1 GiB, the program itself below 200 MiB.
"""
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import corpus


def compile_command(unit, out):
    """The build's own command with clang-19, its outputs sent elsewhere."""
    argv = [re.sub(r"^-Wp,-MM?D,.*$", f"-Wp,-MMD,{out}.d", word) for word in unit.argv]
    argv[0] = "clang-19"
    argv[argv.index("-o") + 1] = out
    return argv


def compile_all(units, folder, parallel):
    """CPU and wall seconds of compiling all units, `parallel` at a time."""
    def run(numbered):
        number, unit = numbered
        return subprocess.run(compile_command(unit, f"{folder}/{number}.o"), cwd=unit.directory, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode

    before, start = os.times(), os.times().elapsed
    with ThreadPoolExecutor(parallel) as pool:
        failed = sum(status != 0 for status in pool.map(run, enumerate(units)))
    after = os.times()
    if failed:
        sys.exit(f"{failed} units do not compile")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return cpu, after.elapsed - start


def stats(folder, options, extra, cache=None):
    path = f"{folder}/report.json"
    cost = corpus.scan(options, ["--stats", "-o", path] + extra, cache)
    return cost, corpus.load(path)["stats"]


def touched_scan(options, folder, cache, units):
    """Changes one header-free source in place of a copy, through a database of its own; (seconds, compile seconds)."""
    unit = min(units, key=lambda u: os.path.getsize(u.source))
    copy = f"{folder}/copy.c"
    shutil.copy(unit.source, copy)
    database = f"{folder}/compile_commands.json"
    argv = [copy if word == unit.source else word for word in unit.argv]
    include = ["-I" + os.path.dirname(unit.source)]
    entries = corpus.load(options.root / "cc-small.json")
    entries.append({"directory": unit.directory, "file": copy, "arguments": argv[:1] + include + argv[1:]})
    with open(database, "w", encoding="utf-8") as file:
        corpus.json.dump(entries, file)
    command = [options.stackcheck, "scan", "-p", database, "--no-db", "-q", "--cache", cache, "--root", "/"]
    corpus.Cost(command, stdout=subprocess.DEVNULL)
    with open(copy, "a", encoding="utf-8") as file:
        file.write("\n/* changed */\n")
    cost = corpus.Cost(command, stdout=subprocess.DEVNULL)
    plain = corpus.Cost(compile_command(unit, f"{folder}/touched.o"), cwd=unit.directory)
    return cost.wall, plain.wall


def main():
    parser = corpus.arguments(__doc__)
    parser.add_argument("-j", type=int, default=os.cpu_count(), help="units at a time, for both")
    options = parser.parse_args()
    units = corpus.units(options.root)
    jobs = ["-j", str(options.j)]
    with corpus.temporary() as folder:
        plain_cpu, plain_wall = compile_all(units, folder, options.j)
        cold, cold_stats = stats(folder, options, jobs)
        cache = f"{folder}/cache"
        stats(folder, options, jobs, cache)
        warm, warm_stats = stats(folder, options, jobs, cache)
        touched, alone = touched_scan(options, folder, cache, units)
    ratio = cold.cpu / plain_cpu
    print(f"compiling {len(units)} units: {plain_cpu:.1f} s CPU, {plain_wall:.1f} s wall")
    print(f"cold scan: {cold.cpu:.1f} s CPU, {cold.wall:.1f} s wall; ratio {ratio:.3f}")
    print(f"repeated scan: {warm.wall:.2f} s wall, {warm.cpu:.2f} s CPU, {warm_stats['cache_hits']} cache hits, "
          f"{warm_stats['cache_misses']} misses")
    print(f"one source changed: {touched:.2f} s wall; compiling it alone {alone:.2f} s")
    print(f"peak memory: worker {cold_stats['peak_worker_kib'] // 1024} MiB, "
          f"program {cold_stats['peak_parent_kib'] // 1024} MiB")
    good = (ratio <= 1.75 and warm.wall < 2 and warm_stats["cache_misses"] == 0 and touched < alone + 2
            and cold_stats["peak_worker_kib"] < 1 << 20 and cold_stats["peak_parent_kib"] < 200 << 10)
    print("holds" if good else "DOES NOT HOLD")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
