#!/usr/bin/env python3
"""Holds what is said about the program in several places against each other.

    check_docs.py SOURCE-DIRECTORY STACKCHECK

The option table (analyzer/options.def) is the original; --help, the manual and the README are copies, and so are the
completion scripts (check_completion.py). Likewise subcommands, rules, formats and platforms.
"""
import pathlib
import re
import shutil
import subprocess
import sys

from manual import items, sections, string, table

ROOT, PROGRAM = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
MANUAL = (ROOT / "stackcheck.1").read_text()
WRONG = []


def check(holds, message):
    if not holds:
        WRONG.append(message)


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)


def read_commands():
    rows = table((ROOT / "analyzer/commands.def").read_text(), "COMMAND")
    return {row[0]: row[1] for row in rows}


def command_set(expression, text, ids):
    """The subcommands' names in an expression such as ON_UNITS | ON(LIST)."""
    sets = dict(re.findall(r"^#define (ON_\w+) \(?(.*?)\)?$", text, re.M))
    while any(re.search(rf"\b{name}\b", expression) for name in sets):
        expression = re.sub(r"\bON_\w+", lambda found: sets[found[0]], expression)
    if "COMMAND_COUNT" in expression:
        return set(ids.values())
    return {ids[i] for i in re.findall(r"ON\((\w+)\)", expression)}


def read_options(ids):
    text = (ROOT / "analyzer/options.def").read_text()
    found = {}
    for row in table(text, "OPTION"):
        _, letter, name, argument, commands, _, _, _, unit, value, _ = row
        found[string(name)] = {
            "letter": string(letter), "argument": string(argument), "value": string(value),
            "words": (string(unit) or "").split("|"),
            "commands": command_set(commands, text, ids),
        }
    return found


def check_help(options, commands):
    for command in commands:
        done = run(command, "--help")
        check(done.returncode == 0 and not done.stderr, f"{command} --help fails")
        said = {name: (letter, argument) for letter, name, argument in re.findall(
            r"^  (?:-(\w), |    )--([a-z-]+)(?: (\S+))?", done.stdout, re.M)}
        wanted = {name: (o["letter"] or "", o["argument"] or "") for name, o in options.items()
                  if command in o["commands"]}
        check(said == wanted, f"{command} --help: {sorted(said.items() ^ wanted.items())}")
        check(max(map(len, done.stdout.splitlines())) <= 80, f"{command} --help is wider than 80")


def manual_options():
    """{long name: (letter, argument, body)} of the OPTIONS section."""
    found = {}
    for head, body in items(sections(MANUAL, "Sh")["OPTIONS"]):
        match = re.fullmatch(r"(?:Fl (\w) , )?Fl -([a-z-]+)(?: Ar (\S+))?", head)
        check(match, f"stackcheck.1: cannot read the item '{head}'")
        if match:
            check(match[2] not in found, f"stackcheck.1: --{match[2]} stands there twice")
            found[match[2]] = (match[1], match[3], body)
    return found


def check_manual_options(options, commands):
    said = manual_options()
    for name in options.keys() - said.keys():
        check(False, f"stackcheck.1 does not describe --{name}")
    for name in said.keys() - options.keys():
        check(False, f"stackcheck.1 describes --{name}, which does not exist")
    for name in options.keys() & said.keys():
        letter, argument, body = said[name]
        o = options[name]
        check(letter == o["letter"], f"stackcheck.1: --{name} has the letter {letter}")
        check(argument == o["argument"], f"stackcheck.1: --{name} has the argument {argument}")
        if o["value"]:
            check(f"Default: {o['value']}" in body, f"stackcheck.1: --{name}: no 'Default: "
                  f"{o['value']}'")
        if o["commands"] != set(commands):
            brackets = re.findall(r"\.Pq ([a-z, ]+)$", body)
            named = set(brackets[-1].split(", ")) if brackets else set()
            check(named == o["commands"], f"stackcheck.1: --{name} is an option of "
                  f"{', '.join(sorted(o['commands']))}, not of {', '.join(sorted(named))}")


def check_mentions(options):
    """Every option mentioned anywhere in the manual or the README exists."""
    mentioned = set(re.findall(r"\bFl -([a-z][a-z-]+)", MANUAL))
    check(mentioned <= options.keys(), f"stackcheck.1 mentions {mentioned - options.keys()}")
    readme = (ROOT / "README.md").read_text()
    for line in re.findall(r"^.*stackcheck (?:scan|show|facts|list)\b.*$", readme, re.M):
        before_flags = re.split(r" -- ", line)[0]
        used = set(re.findall(r"(?<!\S)--([a-z][a-z-]+)", before_flags))
        check(used <= options.keys(), f"README.md: {used - options.keys()} in '{line}'")


def check_refusals(options, commands):
    """An option of another subcommand is refused, and so is every abbreviation."""
    for command in commands:
        for name, o in options.items():
            if command not in o["commands"]:
                check(run(command, f"--{name}").returncode == 3, f"{command} takes --{name}")
            elif name[:-1] not in options:
                check(run(command, f"--{name[:-1]}").returncode == 3,
                      f"{command} takes --{name[:-1]} for --{name}")


def check_list(title, kind, wanted, extra=""):
    """A section's items name exactly the members of a table."""
    said = {head.removeprefix(f"{kind} ") for head, _ in items(sections(MANUAL, "Sh")[title])}
    check(said == wanted, f"stackcheck.1, {title}: {sorted(said ^ wanted)} {extra}")


def check_plugins():
    rules = {row[0].replace("_", "-")
             for row in table((ROOT / "rules/rules.def").read_text(), "RULE")}
    check(rules and rules == {line.split()[0] for line in run("list", "rules").stdout.splitlines()},
          "rules.def and 'list rules' differ")
    check_list("RULES", "Ic", rules)
    for rule in rules:
        check(run("explain", rule).stdout.startswith(f"{rule} ("), f"explain {rule}")
    formats = {row[0] for row in table((ROOT / "reports/writers.def").read_text(), "WRITER")}
    listed = [line.split() for line in run("list", "formats").stdout.splitlines()]
    check(formats and formats == {words[0] for words in listed}, "'list formats' differs")
    check_list("FORMATS", "Cm", formats)
    bodies = dict(items(sections(MANUAL, "Sh")["FORMATS"]))
    for words in listed:
        check(words[1] == "-" or f".Pa {words[1]} " in bodies.get(f"Cm {words[0]}", ""),
              f"stackcheck.1: the extension {words[1]} is not said")
    check_platforms()


def check_platforms():
    platforms = {p.stem for p in (ROOT / "rules/platforms").glob("*.json")
                 if not p.name.endswith(".schema.json")}
    listed = {line.split()[0] for line in run("list", "platforms").stdout.splitlines()}
    check(platforms and platforms == listed, f"'list platforms': {sorted(platforms ^ listed)}")
    said = set(re.findall(r"^\.Cm ([\w-]+)", "\n".join(sections(MANUAL, "Sh")["PLATFORMS"]), re.M))
    check(said == platforms, f"stackcheck.1, PLATFORMS: {sorted(said ^ platforms)}")


def check_commands(commands):
    listed = re.findall(r"^  (\w+) +\S", run("--help").stdout.split("commands:")[1]
                        .split("options:")[0], re.M)
    check(listed == list(commands), f"--help lists {listed}")
    said = {head for head, _ in items(sections(MANUAL, "Ss")["Subcommands"])}
    check(said == {f"Cm {c}" for c in commands}, f"stackcheck.1, Subcommands: {said}")
    synopsis = "\n".join(sections(MANUAL, "Sh")["SYNOPSIS"])
    check(re.findall(r"^\.Nm stackcheck Cm (\w+)", synopsis, re.M) == list(commands),
          "stackcheck.1, SYNOPSIS")


def check_exit_statuses():
    said = [head for head, _ in items(sections(MANUAL, "Sh")["EXIT STATUS"])]
    check(said == ["0", "1", "2", "3", "4"], f"stackcheck.1, EXIT STATUS: {said}")
    help_text = run("--help").stdout
    check(re.findall(r"^  (\d)  ", help_text, re.M) == said, "--help: exit statuses")
    check("4, then 3, 1, 2, 0" in help_text and "4, then 3, 1, 2, 0" in MANUAL, "the precedence")


def check_lint():
    if not shutil.which("mandoc"):
        return check(False, "mandoc is not installed (tools/packages lists it)")
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(ROOT / "stackcheck.1")],
                          capture_output=True, text=True, check=False)
    return check(done.returncode == 0, f"mandoc: {done.stdout}")


def main():
    ids = read_commands()
    commands = list(ids.values())
    options = read_options(ids)
    check(len(options) > 20, "the option table could not be read")
    check_commands(commands)
    check_help(options, commands)
    check_manual_options(options, commands)
    check_mentions(options)
    check_refusals(options, commands)
    check_plugins()
    check_exit_statuses()
    check_lint()
    print("\n".join(WRONG) or f"{len(options)} options, {len(commands)} subcommands: all agree")
    return 1 if WRONG else 0


if __name__ == "__main__":
    sys.exit(main())
