#!/usr/bin/env python3
"""A gate on a change of 600 bytes in ext4: is its answer right, the same however the base comes about, and how long does it take?

Copies the sources that the corpus needs into a git repository, records a run of it, gives ext4_xattr_get() a buffer of 600
bytes, and asks the gate: with the run that is stored, with --changed (the base measured where the change reaches), and
with the base measured in full. The two measured answers are equal byte for byte, all three give the same reasons, and
--changed takes less than 5 s more than compiling the unit for head and base. Needs the git program and 1 GiB of room.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import statistics
import subprocess
import sys

import corpus

UNIT = "fs/ext4/xattr.c"
BEFORE = "	int error;\n\n	if (unlikely(ext4_forced_shutdown(EXT4_SB(inode->i_sb))))\n		return -EIO;\n\n	if (strlen(name) > 255)"
AFTER = ("	char kept[600];\n	int error;\n\n	memset(kept, name_index, sizeof(kept));\n	barrier_data(kept);\n"
         "	if (unlikely(ext4_forced_shutdown(EXT4_SB(inode->i_sb))))\n		return -EIO;\n\n	if (strlen(name) > 255)")
FOLDERS = ["arch/x86", "include", "drivers/nvme", "drivers/block", "drivers/usb", "drivers/net/ethernet/intel",
           "drivers/virtio", "drivers/scsi", "drivers/ata", "drivers/infiniband/ulp/rtrs", "block", "fs/ext4", "lib"]
EXTRA = 5.0  # seconds


def git(repo, *args):
    env = dict(os.environ, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{who}_NAME": "A", f"GIT_{who}_EMAIL": "a@example.org"}
    subprocess.run(["git", "-C", str(repo), *args], check=True, env=env, stdout=subprocess.DEVNULL)


def make_repository(options, folder):
    repo, source = folder / "linux", options.root / "linux-source-6.1"
    used = {str(pathlib.Path(unit.source).relative_to(source).parent) for unit in corpus.units(options.root)}
    for name in sorted(set(FOLDERS) | used):
        if (source / name).is_dir():
            shutil.copytree(source / name, repo / name, symlinks=True, dirs_exist_ok=True)
    text = (options.root / "cc-small.json").read_text(encoding="utf-8").replace(str(source), str(repo))
    (folder / "compile_commands.json").write_text(text, encoding="utf-8")
    git(folder, "init", "-q", "-b", "main", str(repo))
    git(repo, "add", "-A", "-f")
    git(repo, "commit", "-q", "-m", "sources")
    return repo


def run(options, repo, folder, *args):
    cost = corpus.Cost([options.stackcheck, *args, "-q", "-p", str(folder / "compile_commands.json"),
                        "--cache", str(folder / "cache")], cwd=repo, capture_output=True, text=True)
    if cost.status > 1:
        sys.exit(f"{args[0]}: status {cost.status}: {cost.process.stderr}")
    return cost


def compile_seconds(folder):
    with open(folder / "compile_commands.json", encoding="utf-8") as file:
        entry = next(e for e in json.load(file) if e["file"].endswith(UNIT))
    argv = [a for a in shlex.split(entry["command"]) if not a.startswith("-Wp,")]
    argv[argv.index("-o") + 1] = os.devnull
    costs = [corpus.Cost(argv, cwd=entry["directory"], stderr=subprocess.DEVNULL) for _ in range(3)]
    return statistics.median(cost.wall for cost in costs)


def main():
    options = corpus.arguments(__doc__).parse_args()
    options.stackcheck = os.path.abspath(options.stackcheck)
    options.root = options.root.resolve()
    wrong = []
    with corpus.temporary() as name:
        folder = pathlib.Path(name).resolve()
        repo = make_repository(options, folder)
        cost = run(options, repo, folder, "scan", "--fail-on", "never", "--format", "json")
        print(f"first scan           {cost.wall:6.1f} s")
        if json.loads(cost.process.stdout)["coverage"]["units_estimated"]:
            sys.exit("the copy lacks headers: not every unit was measured")
        path = repo / UNIT
        text = path.read_text(encoding="utf-8")
        if BEFORE not in text:
            sys.exit(f"{UNIT} is not what this script changes")
        git(repo, "checkout", "-q", "-b", "change")
        path.write_text(text.replace(BEFORE, AFTER, 1), encoding="utf-8")
        git(repo, "commit", "-q", "-a", "-m", "a buffer")
        found, seconds = {}, {}
        # The one that is timed goes first: after it the changed unit is in the cache.
        for how, extra in (("reached", ["--no-db", "--changed"]), ("measured", ["--no-db"]), ("stored", [])):
            cost = run(options, repo, folder, "gate", "--base", "main", "--format", "json", *extra)
            found[how], seconds[how] = cost.process.stdout, cost.wall
            gate = json.loads(cost.process.stdout)["gate"]
            print(f"gate, base {how:9s} {cost.wall:6.1f} s  status {cost.status}, {gate['verdict']}")
            reasons = "\n".join(gate["reasons"])
            if cost.status != 1 or "ext4_xattr_get" not in reasons or not re.search(r"kept\[600\]", reasons):
                wrong.append(f"{how}: status {cost.status}: {reasons}")
            if how == "reached":
                print("\n".join(f"    {reason}" for reason in gate["reasons"][:3]))
            elif gate["reasons"] != json.loads(found["reached"])["gate"]["reasons"]:
                wrong.append(f"{how}: other reasons than with --changed")
        if found["measured"] != found["reached"]:
            wrong.append("--changed gives another report than the full base")
        alone = compile_seconds(folder)
        print(f"the unit alone       {alone:6.1f} s; --changed takes {seconds['reached'] - 2 * alone:.1f} s more than compiling it twice")
        if seconds["reached"] - 2 * alone > EXTRA:
            wrong.append(f"--changed takes too long")
    print("\n".join(wrong) or "holds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
