#!/usr/bin/env python3
"""Reads reports with parsers that know nothing of stackcheck, strictly.

    check_formats.py FOLDER...

A report is a file NAME.FORMAT. Each must be what its consumer demands: well-formed, within limits, every name in it
harmless. The Markdown is rendered by cmark-gfm, GitHub's own parser, and may hold no element, link, mention or
reference but those that a report makes itself.
"""
import csv
import html.parser
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree

# Characters that no report holds raw, but for line ends: controls, direction marks, what is invisible or not a character.
INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Cs", "Cn", "Co"}
HEX32 = re.compile(r"[0-9a-f]{32}")


class Wrong(Exception):
    """What is wrong with a report."""


def need(holds, message):
    if not holds:
        raise Wrong(message)


def clean(text, allowed):
    for place, c in enumerate(text):
        need(c in allowed or c.isascii() and " " <= c <= "~" or not c.isascii()
             and unicodedata.category(c) not in INVISIBLE, f"U+{ord(c):04X} at {place}")


def unique_members(pairs):
    members = dict(pairs)
    need(len(members) == len(pairs), "a member stands there twice")
    return members


def refuse(word):
    raise Wrong(f"{word} is not JSON")


def read_json(text):
    return json.loads(text, object_pairs_hook=unique_members, parse_constant=refuse)


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)


def check_json(text):
    need(read_json(text)["schema"].startswith("stackcheck-report/"), "schema")


def check_uri(location):
    artifact = location["artifactLocation"]
    need(re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2}|file:///)+", artifact["uri"]), artifact["uri"])
    need(artifact["uri"].startswith("file:///") == ("uriBaseId" not in artifact), "uriBaseId")
    need(location["region"]["startLine"] >= 1 and location["region"].get("startColumn", 1) >= 1, "region")


def check_sarif_rules(rules):
    need(len({r["id"] for r in rules}) == len(rules), "rule ids")
    for rule in rules:
        need(len(rule["name"]) <= 255 and re.fullmatch(r"[A-Z][A-Za-z]*", rule["name"]), "rule name")
        for member in ("shortDescription", "fullDescription"):
            need(0 < len(rule[member]["text"]) <= 1024, member)
        need(rule["help"]["text"] and rule["help"]["markdown"], "help")
        need(rule["defaultConfiguration"]["level"] in ("note", "warning", "error"), "level")


def check_flow(flows):
    need(len(flows) == 1 and len(flows[0]["threadFlows"]) == 1, "one flow with one thread")
    steps = flows[0]["threadFlows"][0]["locations"]
    need(0 < len(steps) <= 1000, f"{len(steps)} steps")
    for step in steps:
        check_uri(step["location"]["physicalLocation"])
        text = step["location"]["message"]["text"]
        need(re.search(r"bytes?\b|left out", text) and "](" not in text, f"a step '{text}'")


def check_result(result, rules):
    need(rules[result["ruleIndex"]]["id"] == result["ruleId"], "ruleIndex")
    need(result["level"] in ("note", "warning", "error"), "level")
    need(result["message"]["text"].strip(), "message")
    need("](" not in result["message"]["text"], "a link")
    need("{" not in result["message"]["text"].replace("{{", ""), "a placeholder")
    need(len(result["locations"]) == 1, "locations")
    for location in result["locations"] + result.get("relatedLocations", []):
        check_uri(location["physicalLocation"])
    if "codeFlows" in result:
        check_flow(result["codeFlows"])


def check_sarif(text):
    log = read_json(text)
    need(log["version"] == "2.1.0" and log["$schema"].startswith("https://"), "version")
    need(log["runs"], "a run")
    categories = [run["automationDetails"]["id"] for run in log["runs"]]
    need(len(set(categories)) == len(categories), "two runs of one category")
    for run in log["runs"]:
        check_sarif_run(run)
    for string in strings(log):
        clean(string, "\n")


def check_sarif_run(run):
    rules, results = run["tool"]["driver"]["rules"], run["results"]
    check_sarif_rules(rules)
    need(len(results) <= 5000, f"{len(results)} results")
    for result in results:
        check_result(result, rules)
    for member in ("baselineState", "suppressions"):
        need(len({member in r for r in results}) <= 1, f"{member}: all or none")
    fingerprints = [r["partialFingerprints"]["stackcheck/v1"] for r in results]
    need(len(set(fingerprints)) == len(fingerprints) and all(map(HEX32.fullmatch, fingerprints)),
         "fingerprints")
    need(re.fullmatch(r"stackcheck/.*/", run["automationDetails"]["id"], re.S), "category")
    notices = run["invocations"][0]["toolExecutionNotifications"]
    kinds = [n["id"] for n in run["tool"]["driver"]["notifications"]]
    for notice in notices:
        need(kinds[notice["descriptor"]["index"]] == notice["descriptor"]["id"], "notification")
    need(any(n["descriptor"]["id"] == "origin" for n in notices), "whose numbers these are")
    for string in strings(results):
        clean(string, "")


def check_codequality(text):
    issues = read_json(text)
    need(isinstance(issues, list), "an array")
    for issue in issues:
        need(set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}, "members")
        need(issue["severity"] in ("info", "minor", "major", "critical", "blocker"), "severity")
        need(issue["description"].strip() and issue["check_name"], "texts")
        path, begin = issue["location"]["path"], issue["location"]["lines"]["begin"]
        need(path and not path.startswith("./") and isinstance(begin, int) and begin >= 1, "location")
    fingerprints = [i["fingerprint"] for i in issues]
    need(len(set(fingerprints)) == len(fingerprints) and all(map(HEX32.fullmatch, fingerprints)),
         "fingerprints")
    for string in strings(issues):
        clean(string, "")


JUNIT = {  # element: attributes that it must have, and may have
    "testsuites": ({"name", "tests", "failures", "errors"}, set()),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped"}, set()),
    "properties": (set(), set()),
    "property": ({"name", "value"}, set()),
    "testcase": ({"classname", "name"}, {"file", "line"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"message"}, set()),
    "system-out": (set(), set()),
}


def check_junit(text):
    root = xml.etree.ElementTree.fromstring(text)
    need(root.tag == "testsuites" and len(root), "a suite")
    need(len({suite.get("name") for suite in root}) == len(root), "names of suites")
    for element in root.iter():
        must, may = JUNIT[element.tag]
        need(must <= set(element.keys()) <= must | may, f"attributes of {element.tag}")
        clean("".join(element.attrib.values()) + (element.text or ""), "\n")
    for suite in root:
        check_suite(suite)
    for word in ("tests", "failures", "errors"):
        need(int(root.get(word)) == sum(int(suite.get(word)) for suite in root), f"{word} of all suites")


def check_suite(suite):
    cases = suite.findall("testcase")
    need(len({(c.get("classname"), c.get("name")) for c in cases}) == len(cases), "names of cases")
    counts = {"tests": len(cases), "failures": 0, "errors": 0, "skipped": 0}
    words = {"failure": "failures", "error": "errors", "skipped": "skipped"}
    for case in cases:
        found = [words[e.tag] for e in case if e.tag in words]
        need(len(found) <= 1, "two outcomes of one case")
        for word in found:
            counts[word] += 1
    for word, n in counts.items():
        need(int(suite.get(word)) == n, f"{word}: {suite.get(word)}, counted {n}")


def check_csv(text):
    need(text.endswith("\r\n") and "\n" not in text.replace("\r\n", ""), "line ends")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    need(all(len(row) == len(rows[0]) for row in rows), "columns")
    need({row[0] for row in rows[1:]} <= {"run", "unit", "finding", "entry", "function"}, "kinds")
    numbers = {rows[0].index(n) for n in ("line", "column", "bytes", "limit", "headroom", "frame_bytes")}
    for row in rows:
        for column, field in enumerate(row):
            clean(field, "")
            if row is not rows[0] and column in numbers:
                need(re.fullmatch(r"(?:-?\d+)?", field), f"number '{field}'")
            else:
                need(not re.match(r"[=+\-@\t\r＝＋－＠]", field), f"formula '{field}'")


def check_gcc(text):
    lines = text.splitlines()
    end = r"stackcheck: (?:.+: )?[\d,]+ findings?, .*"
    need(re.fullmatch(end, lines.pop()), "the last line")
    for line in lines:
        if re.fullmatch(end, line):
            continue
        need(re.fullmatch(r".+?:[1-9]\d*:[1-9]\d*: (?:error|warning|note): .+", line), f"'{line}'")


def check_ci_log(text):
    """Nothing that a CI service takes for a command of its own."""
    for line in text.splitlines():
        need(not re.match(r"\s*::\w", line), f"'{line}' is a command")
        need(not re.search(r"##\w*\[", line), f"'{line}' holds a command")


def check_github(text):
    seen = {"error": 0, "warning": 0, "notice": 0}
    for line in text.splitlines():
        found = re.fullmatch(r"::(error|warning|notice) ((?:[a-z]+=[^:,]*)(?:,[a-z]+=[^:,]*)*)::(.+)", line)
        need(found, f"'{line}'")
        seen[found[1]] += 1
        names = [p.partition("=")[0] for p in found[2].split(",")]
        need(set(names) <= {"file", "line", "col", "title"} and len(set(names)) == len(names), "properties")
        need(not re.search(r"%(?!25|0A|3A|2C)", found[2] + found[3]), "a bare per cent sign")
        need("##[" not in line, "a command inside")
    need(all(n <= 10 for n in seen.values()), f"{seen}: GitHub shows ten of each")
    need(re.match(r"::notice title=stackcheck::(?:.+: )?[\d,]+ findings?, ", line), "the closing line")


LABELS = r'\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,(?=[a-z]))?)*\}'


def check_openmetrics(text):
    need(text.endswith("\n# EOF\n") and text.count("\n# EOF\n") == 1, "# EOF")
    families, series, current = {}, set(), None
    for line in text.splitlines()[:-1]:
        meta = re.fullmatch(r"# (HELP|TYPE|UNIT) ([a-z_]+) (.+)", line)
        if meta:
            family = families.setdefault(meta[2], {"samples": 0})
            need(family["samples"] == 0 and meta[1] not in family, f"{meta[1]} of {meta[2]}")
            family[meta[1]] = meta[3]
            current = meta[2]
            continue
        sample = re.fullmatch(rf"([a-z_]+)({LABELS}) (-?\d+)", line)
        need(sample, f"'{line}'")
        need(sample[1] == current, "samples of a family stand together")
        need(sample[1] + sample[2] not in series, f"the same series twice: {line}")
        series.add(sample[1] + sample[2])
        families[current]["samples"] += 1
    for name, family in families.items():
        need(family.get("TYPE") == "gauge" and family.get("HELP"), f"TYPE and HELP of {name}")
        need("UNIT" not in family or name.endswith(f"_{family['UNIT']}"), f"UNIT of {name}")
    need(len(series) <= 12000, f"{len(series)} series")


class Page(html.parser.HTMLParser):
    """Rendered Markdown: only elements that a report makes, and no text that a code host would turn into something."""
    ELEMENTS = {"h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "code", "span", "ul", "li"}
    MAGIC = re.compile(r"(?:^|[^\w/])@\w|#\d|\bGH-\d|https?://|\bwww\.\w|\$.*\$|:\w+:$", re.I)

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = []

    def handle_starttag(self, tag, attrs):
        need(tag in self.ELEMENTS, f"an element <{tag}>")
        need(all(name in ("align",) for name, _ in attrs), f"attributes of <{tag}>: {attrs}")
        self.open.append(tag)

    def handle_endtag(self, tag):
        need(self.open and self.open.pop() == tag, f"</{tag}> ends something else")

    def handle_data(self, data):
        if "code" not in self.open:
            need(not self.MAGIC.search(data), f"text that may become a reference: '{data}'")

    def handle_comment(self, data):
        need(re.fullmatch(r" (?:stackcheck [0-9a-f]{16} )?", data), f"a comment '{data}'")

    def handle_decl(self, decl):
        raise Wrong(f"a declaration {decl}")

    def unknown_decl(self, data):
        raise Wrong(f"a declaration {data}")

    def handle_pi(self, data):
        raise Wrong(f"a processing instruction {data}")


def check_markdown(text):
    need(len(text) < 65536, f"{len(text)} characters do not fit into a comment")
    need(text.startswith("<!-- stackcheck "), "the key of the comment")
    program = shutil.which("cmark-gfm")
    need(program, "cmark-gfm is not installed (tools/packages lists it)")
    done = subprocess.run([program, "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough",
                           "-e", "tasklist", "-e", "footnotes"], input=text, capture_output=True,
                          text=True, encoding="utf-8", check=False)
    if done.returncode:
        done = subprocess.run([program, "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough",
                               "-e", "tasklist"], input=text, capture_output=True, text=True,
                              encoding="utf-8", check=True)
    page = Page()
    page.feed(done.stdout)
    page.close()
    need(not page.open, f"{page.open} stay open")
    for table in re.findall(r"<table>.*?</table>", done.stdout, re.S):
        widths = {len(re.findall(r"<t[hd][ >]", row)) for row in re.findall(r"<tr>.*?</tr>", table, re.S)}
        need(len(widths) == 1, "a table with rows of several widths")


CHECKS = {
    "json": (check_json, "\n"),
    "text": (check_ci_log, "\n"),
    "sarif": (check_sarif, "\n"),
    "markdown": (check_markdown, "\n"),
    "github": (check_github, "\n"),
    "codequality": (check_codequality, "\n"),
    "junit": (check_junit, "\n"),
    "gcc": (check_gcc, "\n"),
    "csv": (check_csv, "\r\n"),
    "openmetrics": (check_openmetrics, "\n"),
}


def check(path):
    """None, or what is wrong with the report."""
    function, allowed = CHECKS[path.suffix[1:]]
    try:
        text = path.read_bytes().decode("utf-8", "strict")
        clean(text, allowed)
        if path.suffix == ".gcc":
            check_ci_log(text)
        function(text)
    except (Wrong, ValueError, KeyError, IndexError, TypeError, csv.Error,
            xml.etree.ElementTree.ParseError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def main():
    files = sorted(p for folder in sys.argv[1:] for p in pathlib.Path(folder).iterdir())
    wrong = [f"{p.name}: {message}" for p in files if (message := check(p))]
    formats = {p.suffix[1:] for p in files}
    if formats != set(CHECKS):
        wrong.append(f"no report in {sorted(set(CHECKS) - formats)}")
    print("\n".join(wrong) or f"{len(files)} reports in {len(formats)} formats")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
