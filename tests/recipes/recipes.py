#!/usr/bin/env python3
"""Does what docs/recipes.md says, with the files in docs/ci, in real git repositories.

    recipes.py SOURCE-DIRECTORY STACKCHECK RECIPE

Each recipe passes on a branch that only moves lines and fails on one that makes a buffer larger. RECIPE: github, gitlab,
kbuild, meson, msbuild, pre-commit. What needs a program that is not installed is skipped.
"""
import os
import pathlib
import re
import shutil
import sys
import tempfile

import project
from project import must, run

SOURCE, PROGRAM = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
CI = SOURCE / "docs/ci"
SKIPPED = 77

# What Kbuild does for a module, as far as the gate sees it: an object, and its command beside it.
MAKEFILE = """all: driver.o
driver.o: driver.c
	gcc -D__KERNEL__ -O2 -c -o $@ $<
	echo 'savedcmd_driver.o := gcc -D__KERNEL__ -O2 -c -o driver.o driver.c' >.driver.o.cmd
include kbuild.mk
"""


def github(folder):
    """The merge commit of a pull request, as actions/checkout makes it: fetched with one commit below it."""
    work = project.make(folder, {})
    outputs = {"RUNNER_TEMP": str(folder), "GITHUB_STEP_SUMMARY": str(folder / "summary"),
               "GITHUB_OUTPUT": str(folder / "output"), "STACKCHECK_DATABASE": "build",
               "STACKCHECK_OPTIONS": "--threshold 512 --no-db"}
    for branch, status in (("moves", 0), ("grows", 1)):
        run("git", "checkout", "-q", "-B", "pull", "main", cwd=work)
        run("git", "merge", "-q", "--no-ff", "-m", "merge", branch, cwd=work)
        run("git", "push", "-q", "-f", "origin", "pull", cwd=work)
        shallow = folder / branch
        run("git", "clone", "-q", "--depth", "2", "-b", "pull", f"file://{folder}/origin", shallow)
        project.write_database(shallow)
        (folder / "output").write_text("")
        said = run(CI / "github.sh", status=status, cwd=shallow, env=dict(os.environ, **outputs))
        output = dict(line.split("=", 1) for line in (folder / "output").read_text().splitlines())
        must(output["status"] == str(status), f"the step's outputs are {output}")
        must(all(pathlib.Path(output[name]).is_file() for name in ("sarif", "markdown", "json")), "no reports")
    must("growth::the worst path from entry" in said and "entry" in (folder / "summary").read_text(), f"nothing is said:\n{said}")
    check_action()
    check_workflow()


def check_action():
    """Inputs and outputs of action.yml and of its script are the same."""
    action, script = (SOURCE / "action.yml").read_text(), (CI / "github.sh").read_text()
    inputs = set(re.findall(r"^  (\w+):\n    description.*\n    default", action, re.M))
    passed = dict(re.findall(r"^        STACKCHECK_(\w+): \$\{\{ inputs\.(\w+) \}\}$", action, re.M))
    must(inputs and set(passed.values()) == inputs and all(k.lower() == v for k, v in passed.items()),
         f"action.yml has the inputs {inputs}, and passes {passed}")
    must(set(re.findall(r"\{STACKCHECK_(\w+):-", script)) == set(passed), "github.sh reads other inputs")
    outputs = set(re.findall(r"outputs\.(\w+) \}\}", action))
    must(outputs == set(re.findall(r'echo "(\w+)=', script)), "github.sh writes other outputs")
    for name in re.findall(r"GITHUB_ACTION_PATH/(\S+?)\"", action):
        must(os.access(SOURCE / name, os.X_OK), f"{name} is not to be run")


def check_workflow():
    """The workflow is YAML, uses the action as it is, and says what is to be filled in."""
    text = (CI / "github-workflow.yml").read_text()
    action = (SOURCE / "action.yml").read_text()
    uses = re.findall(r"uses: (\S+/stackcheck@\S+)(.*)", text)
    must(len(uses) == 1 and "fill in OWNER" in uses[0][1], f"the workflow does not say what to fill in: {uses}")
    must("`OWNER`" in (SOURCE / "docs/recipes.md").read_text(), "the recipe does not say what OWNER is")
    given = re.findall(r"^          (\w+): ", text.split("/stackcheck@", 1)[1].split("\n      - ", 1)[0], re.M)
    must(given and all(f"\n  {name}:\n" in action.split("outputs:", 1)[0] for name in given),
         f"the workflow gives inputs that action.yml does not have: {given}")
    read = set(re.findall(r"steps\.stack\.outputs\.(\w+)", text))
    must(read and all(f"\n  {name}:\n" in action.split("outputs:", 1)[1] for name in read),
         f"the workflow reads outputs that action.yml does not have: {read}")
    try:
        import yaml
    except ImportError:
        return
    for name in ("docs/ci/github-workflow.yml", "docs/ci/gitlab-ci.yml", "action.yml"):
        must(isinstance(yaml.safe_load((SOURCE / name).read_text()), dict), f"{name} is no map in YAML")


def gitlab(folder):
    work = project.make(folder, {})
    project.write_database(work)
    script = re.findall(r"^    - (stackcheck gate .*)$", (CI / "gitlab-ci.yml").read_text(), re.M)
    base = run("git", "rev-parse", "origin/main", cwd=work).strip()
    project.both_ways(work, "sh", "-ec", "\n".join(script),
                      env=dict(os.environ, CI_MERGE_REQUEST_DIFF_BASE_SHA=base))
    must((work / "gl-code-quality-report.json").is_file() and (work / "stackcheck.xml").is_file(), "no reports")


def kbuild(folder):
    work = project.make(folder, {"Makefile": MAKEFILE, "kbuild.mk": (CI / "kbuild.mk").read_text()})
    project.both_ways(work, "make", "stack-gate")


def meson(folder):
    text = "project('small', 'c')\nstatic_library('small', 'driver.c')\n"
    work = project.make(folder, {"meson.build": text + (CI / "meson.build").read_text()})
    run("meson", "setup", "build", cwd=work)
    project.both_ways(work, "meson", "compile", "-C", "build", "stack-gate")


def msbuild(folder):
    """A log as MSBuild leaves it: UTF-16, in capitals, of a tree that stood elsewhere."""
    work = project.make(folder, {"small.vcxproj": "", ".gitignore": "/X64/\n"})
    log = work / "X64/Release/small.tlog/CL.command.1.tlog"
    log.parent.mkdir(parents=True)
    log.write_bytes("\ufeff^C:\\SRC\\SMALL\\DRIVER.C\r\n/c /O2 /GS- /D _AMD64_ C:\\SRC\\SMALL\\DRIVER.C\r\n"
                    .encode("utf-16-le"))
    project.both_ways(work, "stackcheck", "gate", "-p", "X64/Release", "--map", "C:\\src\\small=.",
                      "--base", "origin/main")


def pre_commit(folder):
    """The hook sees what is about to be committed, against HEAD."""
    hooks = folder / "hooks"
    hooks.mkdir()
    shutil.copy(SOURCE / ".pre-commit-hooks.yaml", hooks)
    run("git", "init", "-q", "-b", "main", cwd=hooks)
    project.commit(hooks, "")
    revision = run("git", "rev-parse", "HEAD", cwd=hooks).strip()
    config = f"repos:\n- repo: {hooks}\n  rev: {revision}\n  hooks:\n  - id: stackcheck\n    args: [-p, build]\n"
    work = project.make(folder / "project", {".pre-commit-config.yaml": config})
    project.write_database(work)
    run("git", "checkout", "-q", "main", cwd=work)
    run("pre-commit", "install", cwd=work)
    project.commit(work, "/* A comment. */\n" + project.DRIVER % 100)
    (work / "driver.c").write_text(project.DRIVER % 900)
    run("git", "add", "driver.c", cwd=work)
    said = run("git", "commit", "-m", "larger", status="bad", cwd=work)
    must(all(word in said for word in project.GREW), f"the hook does not name what grew:\n{said}")


def main():
    recipes = {"github": (github, "git"), "gitlab": (gitlab, "git"), "kbuild": (kbuild, "make"),
               "meson": (meson, "meson"), "msbuild": (msbuild, "git"),
               "pre-commit": (pre_commit, "pre-commit")}
    recipe, program = recipes[sys.argv[3]]
    for needed in ("git", program):
        if not shutil.which(needed):
            print(f"{needed} is not installed")
            return SKIPPED
    os.environ["PATH"] = f"{PROGRAM.parent}:{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        project.set_environment(folder)
        recipe(folder)
    print(f"{sys.argv[3]}: passes and fails as it should")
    return 0


if __name__ == "__main__":
    sys.exit(main())
