#!/usr/bin/env python3
"""Holds the map in analyzer/README.md against the tree, in both directions.

    map.py SOURCE-DIRECTORY

Every folder of analyzer/, rules/, reports/, tests/ and the top level must be named in the map ("name/"), and
every folder that a line of an indented or fenced block begins with must exist.
"""
import pathlib
import re
import sys

SKIPPED = {"__pycache__"}


def folders(root):
    """Folders that the map must name: two levels deep, build outputs and hidden ones left out."""
    for top in sorted(p for p in root.iterdir() if p.is_dir()):
        if top.name.startswith((".", "build")) or top.name in SKIPPED:
            continue
        yield top.relative_to(root)
        if top.name in ("analyzer", "rules", "reports", "tests"):
            yield from (p.relative_to(root) for p in sorted(top.iterdir())
                        if p.is_dir() and p.name not in SKIPPED)


def named_folders(text):
    """Folders that a map line begins with: spaces, then NAME/ and nothing else in that word."""
    return re.findall(r"^\s+([A-Za-z0-9_.-]+)/(?=\s|$)", text, re.M)


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    page = root / "analyzer" / "README.md"
    text = page.read_text()
    existing = list(folders(root))
    wrong = [f"{page.relative_to(root)}: says nothing about {folder}/" for folder in existing
             if not re.search(rf"(?<![\w-]){re.escape(folder.name)}/", text)]
    names = {p.name for p in root.rglob("*") if p.is_dir()}
    wrong += [f"{page.relative_to(root)}: {name}/ does not exist" for name in named_folders(text)
              if name not in names]
    print("\n".join(wrong) or f"{len(existing)} folders, all on the map")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
