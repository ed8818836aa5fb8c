#!/usr/bin/env python3
"""Breaks good reports in one place at a time: check_formats.py must see each.

    test_check_formats.py FOLDER, which holds full.FORMAT, diff.FORMAT, long.FORMAT
"""
import pathlib
import re
import sys
import tempfile

import check_formats


def swap(old, new, count=1):
    """Replaces a text that must be there."""
    def change(text):
        if old not in text:
            raise AssertionError(f"'{old}' is not there to be broken")
        return text.replace(old, new, count)
    return change


def sub(pattern, new):
    def change(text):
        changed = re.sub(pattern, new, text, count=1, flags=re.S)
        if changed == text:
            raise AssertionError(f"'{pattern}' is not there to be broken")
        return changed
    return change


BREAKS = {
    "full.json": [swap("{", "{,"), swap('"schema"', '"scheme"'), swap("fix_open", "fix\x1bopen")],
    "full.text": [swap("fix_open", "\n::error::x"), swap("fix_open", "##[error]x"),
                  swap("fix_open", "\u202efix")],
    "full.sarif": [swap("2.1.0\"", "2.0.0\""), swap('"level": "error"', '"level": "fatal"'),
                   sub(r'"ruleIndex": \d', '"ruleIndex": 0'), swap('"runs"', '"run"'),
                   sub(r'"uri": "[^"]*"', '"uri": ""'), sub(r'"uri": "[^"]*"', '"uri": "a b"'),
                   swap('"startLine": 7', '"startLine": 0'), sub(r', "uriBaseId": "%SRCROOT%"', ""),
                   sub(r'"nestingLevel": 0\}', '"nestingLevel": 0}, {"location": {}}'),
                   sub(r'"stackcheck/v1": "[^"]*"', '"stackcheck/v1": "7"'),
                   swap(' takes 4,104 bytes', ' takes some [room](1)'),
                   sub(r'"suppressions": \[\],\s*', ""), swap('"text": "', '"text": "\\u202e'),
                   swap('"id": "origin"', '"id": "other"')],
    "diff.sarif": [sub(r'"baselineState": "new",\s*', "")],
    "full.markdown": [swap("## stackcheck", "## <b>stackcheck"), swap("\n- ", "\n- @user "),
                      swap("\n- ", "\n- see #1 "), swap("\n- ", "\n- http://example.org "),
                      swap("\n- ", "\n- [a](b) "), swap("\n- ", "\n- **a** "), swap("</details>", ""), swap("stackcheck ", "<!-- x -->"),
                      swap("\n- ", "\n- <script>x</script> "), swap("\n- ", "\n- ![a](b) ")],
    "full.github": [swap("::error ", "::fatal "), swap("::error ", "x ::error "), swap("%0A", "\n"),
                    swap("%3A", ":"), swap("%0A", "%"), swap("::notice title=stackcheck::", "::warning title=stackcheck::"),
                    lambda t: t + "::error file=a::x\n" * 11],
    "full.codequality": [swap('"critical"', '"high"'), sub(r'"fingerprint": "[^"]*"', '"fingerprint": "1"'),
                         sub(r'"path": "', '"path": "./'), sub(r'"begin": \d+', '"begin": 0'),
                         swap("[", "{"), swap('"check_name"', '"name"')],
    "full.junit": [sub(r'tests="\d+" failures="\d+" errors="\d+" skipped',
                       'tests="1" failures="1" errors="1" skipped'), swap("&lt;", "<"), swap("<failure", "<fail"),
                   swap("classname", "class"), swap("</testsuite>", ""),
                   lambda t: t.replace('name="fix_read"', 'name="leaf_tail"')],
    "full.csv": [swap("\r\n", "\n"), swap("fix_read", "=fix_read"), swap('""', '"'), swap(",", ""),
                 swap("finding,", "found,"), swap(",4096,", ",4096x,")],
    "full.gcc": [swap(":1:1: error:", ": error:"), swap("error:", "fatal:"), swap("stackcheck: ", ""),
                 swap("drivers", "\n::error::drivers")],
    "full.openmetrics": [swap("# EOF\n", ""), swap("# TYPE", "# KIND"), swap(' gauge', ' counter'),
                         swap('\\"', '"'), swap("_bytes bytes", "_bytes octets"), swap("} 4176", "} four"),
                         lambda t: t.replace("# EOF", 'stackcheck_units{status="failed"} 1\n# EOF'),
                         sub(r"(\nstackcheck_entries\{[^\n]*)", r"\1\1")],
}


def main():
    folder, wrong, n = pathlib.Path(sys.argv[1]), [], 0
    with tempfile.TemporaryDirectory() as scratch:
        for name, changes in BREAKS.items():
            good = (folder / name).read_bytes().decode()
            for number, change in enumerate(changes):
                path = pathlib.Path(scratch) / name
                path.write_bytes(change(good).encode())
                n += 1
                if not check_formats.check(path):
                    wrong.append(f"{name}: break {number} is not seen")
            path.write_bytes(good.encode() + b"\xff")
            if not check_formats.check(path):
                wrong.append(f"{name}: a byte that is not UTF-8 is not seen")
    print("\n".join(wrong) or f"{n} breaks, all seen")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
