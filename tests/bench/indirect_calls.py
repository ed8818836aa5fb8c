#!/usr/bin/env python3
"""What is known of the indirect calls in a report, and how wide their sets of targets are.

    indirect_calls.py REPORT.json FACTS     a JSON report of `scan --graph`, and what `facts` prints for the same units

Prints the sites by evidence, how many have a known slot and a target, the width of the sets against what the types
alone would give on the same sites, the widest sites, slots without a target, entries by context, and every recursion.

A record of the project's own (its slot ends in "@FILE") is in scope: a site of one must have a target. Records of
shared headers can be filled by code that was not scanned.
"""
import collections
import json
import statistics
import sys
import urllib.parse


def site_table(report):
    """(function, site) -> its rows; callbacks that stand for a call by name are no sites of their own."""
    sites = collections.defaultdict(list)
    for function in report["functions"]:
        for call in function["calls"]:
            if "through" not in call and (call["kind"] == "indirect" or call.get("slot") or call.get("signature")):
                sites[function["id"], call["site"]].append(call)
    return sites


def has_target(call):
    return call["to"] is not None or "symbol" in call


def width(rows):
    return sum(has_target(row) for row in rows)


def functions_by_type(path):
    """Type -> how many functions of it have their address taken, which is all that the type alone can tell."""
    types, taken = [], set()
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            fields = dict(word.partition("=")[::2] for word in words[2:])
            if line.startswith("bind "):
                taken.add(words[1])
            elif line.startswith("func ") and "sig" in fields:
                types.append((words[1], urllib.parse.unquote(fields["sig"])))
    return collections.Counter(signature for symbol, signature in types if symbol in taken)


def print_sites(sites, by_type, names):
    kinds = collections.Counter(rows[0]["evidence"] for rows in sites.values())
    known = {key: rows for key, rows in sites.items() if rows[0]["evidence"] not in ("signature", "none")}
    found = {key: rows for key, rows in known.items() if width(rows)}
    print(f"indirect sites       {len(sites)}: " + ", ".join(f"{n} {kind}" for kind, n in kinds.most_common()))
    print(f"slot known           {len(known)}, {100 * len(known) / len(sites):.1f} %")
    print(f"with a target        {len(found)}, {100 * len(found) / len(sites):.1f} %")
    print(f"complete             {sum(bool(rows[0].get('complete')) for rows in sites.values())}")
    widths = [width(rows) for rows in found.values()]
    types = [sum(by_type[s] for s in set((rows[0].get("signature") or "").split("|"))) for rows in found.values()]
    print(f"targets per site     {statistics.mean(widths):.2f} on average, median {statistics.median(widths)}")
    print(f"by type alone        {statistics.mean(types):.2f} on average, median {statistics.median(types)}")
    print("\nwidest")
    for key, rows in sorted(found.items(), key=lambda item: -width(item[1]))[:20]:
        print(f"  {width(rows):4}  {names[key[0]]}  {rows[0]['file']}:{rows[0]['line']}  {rows[0].get('slot')}")
    print("\nno target, by slot")
    missing = collections.Counter(str(rows[0].get("slot")) for rows in sites.values() if not width(rows))
    for slot, n in missing.most_common():
        print(f"  {n:4}  {'in scope  ' if '@' in slot else '          '}{slot}")


def print_entries(report):
    print("\nentries by context")
    contexts = collections.Counter((entry["context"], entry.get("stack_kind"), entry.get("level"))
                                   for entry in report["entries"])
    for (context, stack, level), n in contexts.most_common():
        print(f"  {n:5}  {context}, stack {stack}, level {level}")


def print_cycles(report, names):
    print("\nrecursion")
    for cycle in report["cycles"]:
        print("  " + ("certain  " if cycle["certain"] else "possible ") + str(cycle.get("turn_bytes")) + "  "
              + " -> ".join(names.get(step.get("id") or step.get("from"), "?") for step in cycle["path"]))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    names = {function["id"]: function["name"] for function in report["functions"]}
    print_sites(site_table(report), functions_by_type(sys.argv[2]), names)
    print_entries(report)
    print_cycles(report, names)


if __name__ == "__main__":
    main()
