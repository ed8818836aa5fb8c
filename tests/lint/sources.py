#!/usr/bin/env python3
"""Checks on the text of the tree that no compiler makes.

    sources.py SOURCE-DIRECTORY [format|headers|lengths|words]...

* every .c and .h is formatted as .clang-format says (clang-format-19);
* every header begins with a comment that says who it is for ("For use by ...", "For use inside ...");
* no source file is longer than 600 lines; longer than 450 is said;
* no text names a folder of somebody's machine, or still has work to do in it.
"""
import pathlib
import re
import shutil
import subprocess
import sys

TOPS = ("analyzer", "rules", "reports", "tests", "examples")
TEXT_TOPS = TOPS + ("tools", ".ci")
LONGEST, LONG = 600, 450
# Written in pieces, so that this file does not find itself.
FORBIDDEN = [
    (re.compile(r"(?<![\w.*])/(work|root|home/[a-z]+)/(?!\.\.\.)"), "a folder of one machine"),
    (re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b"), "unfinished work"),
]


def check_format(root):
    formatter = shutil.which("clang-format-19")
    if not formatter:
        return ["clang-format-19 is not installed (tools/packages lists it)"]
    sources = [str(p) for top in TOPS for p in sorted((root / top).rglob("*.[ch]"))]
    done = subprocess.run([formatter, "--style=file", "--dry-run", "-Werror"] + sources,
                          cwd=root, capture_output=True, text=True, check=False)
    wrong = re.findall(r"^(\S+?:\d+):\d+: error: .*$", done.stderr, re.M)
    if done.returncode and not wrong:
        wrong = [done.stderr.strip()]
    files = sorted({place.rpartition(":")[0].removeprefix(f"{root}/") for place in wrong})
    return [f"{name}: not formatted; run clang-format-19 -i on it" for name in files]


def first_comment(text):
    found = re.match(r"\s*/\*(.*?)\*/", text, re.S)
    return found[1] if found else ""


def check_headers(root):
    return [f"{path.relative_to(root)}: the first comment does not say 'For use by'"
            for top in ("analyzer", "rules", "reports")
            for path in sorted((root / top).rglob("*.h"))
            if not re.search(r"For use (by|inside) \w", " ".join(first_comment(path.read_text()).replace("*", " ").split()))]


def check_lengths(root):
    wrong = []
    for top in TOPS:
        for path in sorted((root / top).rglob("*.[ch]")):
            lines = path.read_text().count("\n")
            if lines > LONGEST:
                wrong.append(f"{path.relative_to(root)}: {lines} lines; split it by purpose")
            elif lines > LONG:
                print(f"note: {path.relative_to(root)} has {lines} lines")
    return wrong


def text_files(root):
    for top in TEXT_TOPS:
        for path in sorted((root / top).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
    yield from (path for path in sorted(root.glob("*")) if path.is_file())


def check_words(root):
    wrong = []
    for path in text_files(root):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for pattern, what in FORBIDDEN:
                if found := pattern.search(line):
                    wrong.append(f"{path.relative_to(root)}:{number}: '{found[0]}' is {what}")
    return wrong


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    checks = {"format": check_format, "headers": check_headers, "lengths": check_lengths, "words": check_words}
    wanted = sys.argv[2:] or list(checks)
    wrong = [text for name in wanted for text in checks[name](root)]
    print("\n".join(wrong) or "nothing found")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
