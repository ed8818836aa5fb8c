#!/usr/bin/env python3
"""Whether reports are equal byte for byte: one worker or eight, measured anew or from the cache.

Scans the corpus four times with --graph and compares the JSON and text reports.
"""
import hashlib
import pathlib
import sys

import corpus


def digests(folder, name, options, extra, cache):
    paths = [f"{folder}/{name}.json", f"{folder}/{name}.txt"]
    cost = corpus.scan(options, ["--graph", "-o", paths[0], "-o", paths[1]] + extra, cache)
    sums = tuple(hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()[:16] for path in paths)
    print(f"{name:14s} {cost.wall:6.1f} s  json {sums[0]}  text {sums[1]}")
    return sums


def main():
    options = corpus.arguments(__doc__).parse_args()
    with corpus.temporary() as folder:
        cache = f"{folder}/cache"
        found = {digests(folder, "no cache, -j1", options, ["-j1"], None),
                 digests(folder, "no cache, -j8", options, ["-j8"], None),
                 digests(folder, "filling, -j8", options, ["-j8"], cache),
                 digests(folder, "cached, -j1", options, ["-j1"], cache)}
    print("holds" if len(found) == 1 else "DOES NOT HOLD")
    return 0 if len(found) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
