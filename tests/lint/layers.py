#!/usr/bin/env python3
"""Holds every #include of the program against the table in layers.txt.

    layers.py SOURCE-DIRECTORY
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)


def read_table(path):
    """({layer: layers it may include}, [(beginning of a library header, layers that may include it)])"""
    layers, libraries = {}, []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        left, arrow, right = line.partition("->")
        if not arrow:
            raise SystemExit(f"{path}:{number}: no '->' in '{line}'")
        if left.startswith("<"):
            libraries.append((left.strip().strip("<>"), set(right.split())))
        else:
            layers[left.strip()] = set(right.split()) | {left.strip()}
    unknown = set().union(*layers.values(), *(who for _, who in libraries)) - set(layers)
    if unknown:
        raise SystemExit(f"{path}: layers without a line of their own: {' '.join(sorted(unknown))}")
    return layers, libraries


def layer_of(path):
    """The layer of a file given relative to the top: rules/x.c, analyzer/base/x.c, analyzer/main.c."""
    parts = path.parts
    return parts[1] if parts[0] == "analyzer" and len(parts) > 2 else parts[0]


def layer_of_include(name, source, root):
    """The layer that a quoted include names; None: no such file."""
    for folder in (root / "analyzer", root, root / source.parent):
        if (folder / name).is_file():
            return layer_of((folder / name).resolve().relative_to(root))
    return None


def check_file(source, root, layers, libraries):
    layer = layer_of(source)
    if layer not in layers:
        return [f"{source}: the folder '{layer}' has no line in layers.txt"]
    wrong = []
    text = (root / source).read_text()
    for quote, name in INCLUDE.findall(text):
        if quote == "<":
            allowed = [who for start, who in libraries if name.startswith(start)]
            if allowed and layer not in allowed[0]:
                wrong.append(f"{source}: <{name}> is for {' '.join(sorted(allowed[0]))} only")
            continue
        target = layer_of_include(name, source, root)
        if target is None:
            wrong.append(f'{source}: "{name}" is not in the tree')
        elif target not in layers[layer]:
            wrong.append(f'{source}: {layer} must not include {target} ("{name}")')
    return wrong


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    layers, libraries = read_table(pathlib.Path(__file__).with_name("layers.txt"))
    sources = [p.relative_to(root) for top in ("analyzer", "rules", "reports")
               for p in sorted((root / top).rglob("*.[ch]"))]
    wrong = [text for source in sources for text in check_file(source, root, layers, libraries)]
    print("\n".join(wrong) or f"{len(sources)} files keep to the table")
    return 1 if wrong or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
