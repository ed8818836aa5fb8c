#!/usr/bin/env python3
"""Calls that one run of a real program makes, held against the graph of its sources: what the graph lacks, and depths.

    program_recall.py STACKCHECK CLANG SOURCE.c... --flags '-DX -Ifolder' [--link='-lm'] [--run 'ARGUMENT...']
                      [--input FILE] [--report FILE]

Compiles every source with the flags of the oracle's O2 set and those given, links them statically, runs the program
under valgrind's lackey, scans the same commands from a compile database, and compares as tests/oracle/oracle.py does.
Prints the share of the seen edges that the graph has, alone for those through pointers, how seen depths stand to
reported ones, and every disagreement. Needs the program's sources and nothing else of it; two sources must not have the
same file name. Exit status as the oracle's.
"""
import argparse
import collections
import json
import os
import pathlib
import shlex
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))
import oracle  # noqa: E402
from binary import Binary  # noqa: E402
from compare import Comparison, Report  # noqa: E402


def build(clang, sources, flags, link, folder):
    """([(source, object)], program), and a compile database of it in the folder."""
    parts, database = [], []
    for i, source in enumerate(sources):
        parts.append((source, os.path.join(folder, f"{i}.o")))
        command = [clang, *flags, "-c", source, "-o", parts[-1][1]]
        oracle.run(command, cwd=folder)
        database.append({"directory": folder, "file": source, "arguments": command})
    pathlib.Path(folder, "compile_commands.json").write_text(json.dumps(database), encoding="utf-8")
    program = os.path.join(folder, "program")
    oracle.run([clang, *flags, "-static", *(path for _, path in parts), "-o", program, *link])
    return parts, program


def traced(binary, arguments, folder):
    """One run. valgrind gives up on debug information that it cannot read, and has no need of any: it gets a copy."""
    bare = os.path.join(folder, "bare")
    oracle.run(["strip", "--strip-debug", "-o", bare, binary.path])
    with open(arguments.input, "rb") as text, open(os.devnull, "wb") as null:
        return oracle.trace(binary, 8, [bare, *shlex.split(arguments.run)], stdin=text, stdout=null, cwd=folder)


def share(found, missed):
    return f"{found} of {found + missed}" + (f", {100 * found / (found + missed):.1f} %" if found + missed else "")


def figures(comparison):
    edges, seen = comparison.edges, comparison.seen
    depths = collections.Counter()
    for address in seen.entered:
        function = comparison.function(address)
        if function:
            depth = function["depth"]
            side = "below" if seen.total[address] <= depth["bytes"] else "above"
            depths[depth["bound"], side] += 1
    yield f"edges                {share(edges[False, True] + edges[True, True], edges[False, False] + edges[True, False])}"
    yield f"through pointers     {share(edges[True, True], edges[True, False])}"
    entries = sum(comparison.function(address)["id"] in comparison.report.entries for address in seen.callbacks)
    yield f"callbacks            {share(entries, len(seen.callbacks) - entries)}, are entries"
    for (bound, side), n in sorted(depths.items()):
        yield f"depth {bound:15}{n} functions with the seen depth {'not above' if side == 'below' else 'above'} the reported one"


def compare(arguments, folder):
    flags = oracle.SETS["O2"] + oracle.COMMON + shlex.split(arguments.flags)
    sources = [os.path.abspath(source) for source in arguments.sources]
    if len({os.path.basename(source) for source in sources}) < len(sources):
        oracle.broken("two sources have the same file name: their static functions could not be told apart")
    parts, program = build(arguments.clang, sources, flags, shlex.split(arguments.link), folder)
    binary = Binary(parts, program)
    seen = traced(binary, arguments, folder)
    report = oracle.scan(os.path.abspath(arguments.stackcheck), ["-p", folder], folder)
    if arguments.report:
        pathlib.Path(arguments.report).write_text(json.dumps(report), encoding="utf-8")
    comparison = Comparison(binary, seen, Report(report))
    comparison.run()
    print("\n".join([*figures(comparison), *comparison.figures()[:3], *comparison.wrong]))
    print(f"{len(comparison.weak)} edges by signature only; {len(comparison.wrong)} disagreements")
    return 1 if comparison.wrong else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("stackcheck")
    parser.add_argument("clang")
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--flags", default="", help="flags of every source")
    parser.add_argument("--link", default="", help="flags behind the objects")
    parser.add_argument("--run", default="", help="arguments of the program")
    parser.add_argument("--input", default=os.devnull, help="standard input of the program")
    parser.add_argument("--report", help="keep the report here")
    with tempfile.TemporaryDirectory(prefix="stackcheck-recall-") as folder:
        return compare(parser.parse_args(), folder)


if __name__ == "__main__":
    sys.exit(main())
