#!/usr/bin/env python3
"""Holds the completion scripts for bash, zsh and fish against the option table.

    check_completion.py SOURCE-DIRECTORY STACKCHECK

bash's is asked here, word by word. zsh's and fish's are read: each offers every option, to just the subcommands that
take it. Where the shells are installed, their own parsers read the scripts and the completion is asked, too.
"""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

from check_docs import PROGRAM, WRONG, check, read_commands, read_options, run


def complete_bash(script, *words):
    quoted = " ".join(f"'{w}'" for w in words)
    script += f'COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _stackcheck\n'
    script += 'printf "%s\\n" "${COMPREPLY[@]}"\n'
    return set(ask(["bash"], script).stdout.split())


def ask(command, script=""):
    path = f"{pathlib.Path(PROGRAM).resolve().parent}:{os.environ['PATH']}"
    return subprocess.run(command, input=script, text=True, capture_output=True, check=False,
                          env=dict(os.environ, PATH=path))


def check_syntax(shell, script):
    done = ask([shell, "-n"], script) if shell != "fish" else ask(["fish", "-n", "/dev/stdin"], script)
    check(done.returncode == 0 and not done.stderr, f"completion {shell}: {done.stderr}")


def check_bash(script, options, commands):
    check_syntax("bash", script)
    for command in commands:
        words = complete_bash(script, "stackcheck", command, "--")
        wanted = {f"--{n}" for n, o in options.items() if command in o["commands"]}
        check(words == wanted, f"bash: {command}: {sorted(words ^ wanted)}")
    check(complete_bash(script, "stackcheck", "") == set(commands) | {"--help", "--version"},
          "bash: the subcommand")
    for name, o in options.items():
        if len(o["words"]) > 1:
            check(complete_bash(script, "stackcheck", "scan", f"--{name}", "") == set(o["words"]),
                  f"bash: --{name}")
    check(complete_bash(script, "stackcheck", "scan", "--format", "sa") == {"sarif"}, "bash: --format")
    check(complete_bash(script, "stackcheck", "completion", "z") == {"zsh"}, "bash: an operand")


def check_zsh(script, options, commands):
    blocks = dict(re.findall(r"^\t(\w+)\)\n(.*?);;$", script, re.M | re.S))
    check(set(blocks) == set(commands), f"zsh: {sorted(set(blocks) ^ set(commands))}")
    for command, block in blocks.items():
        said = set(re.findall(r"[\s{,'*]--([a-z-]+)(?==?[}'])", block))
        wanted = {n for n, o in options.items() if command in o["commands"]}
        check(said == wanted, f"zsh: {command}: {sorted(said ^ wanted)}")
    if shutil.which("zsh"):
        check_syntax("zsh", script)
        with tempfile.TemporaryDirectory() as folder:
            check_in_zsh(script, pathlib.Path(folder))


def check_in_zsh(script, folder):
    """A terminal with zsh in it: what a user sees behind the tabulator key."""
    (folder / "script").write_text(script)
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(folder)
        os.environ.update(PATH=f"{pathlib.Path(PROGRAM).resolve().parent}:{os.environ['PATH']}",
                          TERM="dumb", LC_ALL="C.UTF-8", HOME=str(folder))
        os.execlp("zsh", "zsh", "-f", "-i")
    try:
        os.write(terminal, b"PS1=; autoload -U compinit; compinit -u -D; . ./script; echo re''ady\n")
        read_until(terminal, b"\nready")
        for typed, wanted in ((b"stackcheck expl", b"in "), (b"stackcheck gate --bootst", b"ap"),
                              (b"stackcheck scan --fail-on wa", b"rning"),
                              (b"stackcheck scan --format sar", b"if"),
                              (b"stackcheck explain large-l", b"ocal"),
                              (b"stackcheck completion f", b"ish")):
            os.write(terminal, typed + b"\t")
            seen = read_until(terminal, wanted[-2:])
            check(wanted[-2:] in seen, f"zsh: {typed.decode()}<TAB> gives {seen!r}")
            os.write(terminal, b"\x15")
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)


def read_until(terminal, wanted, seconds=20):
    seen, end = b"", time.monotonic() + seconds
    while wanted not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            seen += os.read(terminal, 4096)
    return seen


def check_fish(script, options, commands):
    for name, o in options.items():
        rows = re.findall(rf"-n '__stackcheck_is ([a-z ]+)' -l {name}(?= |$)", script, re.M)
        check(len(rows) == 1 and set(rows[0].split()) == o["commands"], f"fish: --{name}: {rows}")
    check(set(re.findall(r"-n __stackcheck_first -a (\w+)", script)) == set(commands), "fish: subcommands")
    if not shutil.which("fish"):
        return
    check_syntax("fish", script)
    for typed, wanted in (("stackcheck sc", {"scan"}), ("stackcheck gate --bas", {"--base", "--base-ref"}),
                          ("stackcheck scan --fail-on w", {"warning"}), ("stackcheck explain large-l", {"large-local"}),
                          ("stackcheck scan --format sa", {"sarif"}), ("stackcheck completion z", {"zsh"})):
        done = ask(["fish"], f"{script}\ncomplete -C '{typed}'\n")
        said = {line.split("\t")[0] for line in done.stdout.splitlines()}
        check(said == wanted and not done.stderr, f"fish: {typed}: {sorted(said)} {done.stderr}")


def main():
    ids = read_commands()
    commands = list(ids.values())
    options = read_options(ids)
    for shell, checked in (("bash", check_bash), ("zsh", check_zsh), ("fish", check_fish)):
        done = run("completion", shell)
        check(done.returncode == 0 and done.stdout.endswith("\n"), f"completion {shell} fails")
        checked(done.stdout, options, commands)
    print("\n".join(WRONG) or f"3 shells, {len(options)} options, {len(commands)} subcommands: all agree")
    return 1 if WRONG else 0


if __name__ == "__main__":
    sys.exit(main())
