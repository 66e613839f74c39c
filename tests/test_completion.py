"""What a shell proposes, in a real bash and as click is asked for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from conftest import CATALOG, CLEAN, ENTRY, ROOT, Run, Write

from runbook_lint import packs, resources
from runbook_lint.cli import COMMANDS, PROGRAM, completing, group
from runbook_lint.reporters import FORMATS, rulefacts

FAMILIES = [*dict.fromkeys(map(rulefacts.family, packs.shipped_entries()))]
RULES = [str(entry["id"]) for entry in packs.shipped_entries()]
# How bash asks: the words, and the proposals are in COMPREPLY.
ASK = """ask() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _runbook_lint_completion "$1"
    echo "${COMPREPLY[*]}"
}
"""


def proposed(line: str) -> list[str]:
    """What is proposed for the last word of a line."""
    *words, last = line.split(" ")
    found = ShellComplete(group, {}, PROGRAM, "_X").get_completions(words, last)
    return [f"<{each.type}>" if each.type != "plain" else str(each.value) for each in found]


def bash(folder: Path, script: str) -> tuple[str, str]:
    """The output and the errors of a script in a bash that has read the completion."""
    (folder / "bin").mkdir(exist_ok=True)
    tool = folder / "bin" / PROGRAM
    tool.write_text(f"#!{sys.executable}\nfrom runbook_lint.cli import main\n\nmain()\n")
    tool.chmod(0o755)
    env = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    command = ["bash", "--norc", "-c", f'eval "$({PROGRAM} completion bash)"\n{ASK}{script}']
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False, text=True)
    return done.stdout, done.stderr


def test_a_real_bash_completes(write: Write) -> None:
    folder = write(CLEAN)
    lines = {
        "runbook-lint expl": "explain",
        "runbook-lint check --statis": "--statistics",
        "runbook-lint explain alert/runbook-i": "alert/runbook-id",
        "runbook-lint review op": "ops.disk",
        # So bash breaks `--format=sar` and the like into words.
        "runbook-lint check --format = sar": "sarif",
        "runbook-lint check --format = sarif --select = alert/runbook-i": "alert/runbook-id",
        "runbook-lint check --format =": " ".join(FORMATS),
        "runbook-lint nonsense --x": "",
    }
    out, err = bash(folder, "complete -p runbook-lint\n" + "".join(f"ask {line}\n" for line in lines))
    known, *proposals = out.splitlines()
    assert (known, err) == ("complete -o nosort -F _runbook_lint_completion runbook-lint", "")
    assert proposals == [*lines.values()]


def test_a_real_bash_is_silent_about_what_is_wrong(write: Write) -> None:
    folder = write({**CLEAN, ".runbook-lint.yaml": "version: 7\n"})
    assert bash(folder, "ask runbook-lint review ''\nask runbook-lint check --select al\n") == ("\n\n", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell(write: Write, run: Run, shell: str) -> None:
    write({})
    ran = run("completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert "runbook-lint" in ran.out
    assert f"_RUNBOOK_LINT_COMPLETE={shell}_complete" in ran.out


def test_another_shell(write: Write, run: Run) -> None:
    write({})
    assert run("completion", "csh").code == 2


LINES: dict[str, list[str]] = {
    "": [*COMMANDS],
    "ba": ["baseline"],
    "baseline ": ["create", "prune", "show"],
    "schema ca": ["catalog"],
    "schema ": resources.names("schemas", ".schema.json"),
    "schema --all ": ["<dir>"],
    "completion ": ["bash", "zsh", "fish"],
    "check --form": ["--format"],
    "check --format ": [*FORMATS],
    "check doc": ["<file>"],
    "check --output ": ["<file>"],
    "check --config ": ["<file>"],
    "check --select ": FAMILIES,
    "check --ignore owner": ["owner", *(rule for rule in RULES if rule.startswith("owner/"))],
    "check --select alert,review/ov": ["alert,review/overdue"],
    "explain ": FAMILIES,
    "explain catalog/unique": ["catalog/unique-id", "catalog/unique-target"],
    "waive link/": ["link/target", "link/anchor", "link/host"],
    "waive waiver/": [],
    "waive link/target --runbook-id ": ["ops.disk"],
    "review ": ["ops.disk"],
    "review ops.disk o": ["ops.disk"],
    "chek ": [*COMMANDS],
}  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_proposals(write: Write, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.chdir(write(CLEAN))
    assert proposed(line) == LINES[line]


def test_house_rules_are_proposed(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = "{id: house/team, each: alert, must: be-present, severity: error, message: m, why: w}"
    own = {".runbook-lint.yaml": "version: 1\npacks: [p.yaml]\n", "p.yaml": f"version: 1\nrules: [{rule}]\n"}
    monkeypatch.chdir(write(own))
    assert proposed("explain house") == ["house", "house/team"]


def test_only_plain_ids_in_use_are_proposed(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = ENTRY.replace("ops.disk", "ops.$(rm -r x)")
    old = '{"id": "ops.old", "status": "retired"}'
    monkeypatch.chdir(write({"a.catalog.json": CATALOG.replace(ENTRY, f"{hostile}, {ENTRY}, {old}")}))
    assert proposed("review ") == ["ops.disk"]


@pytest.mark.parametrize(
    "files",
    [
        {"a.catalog.json": '{"runbooks": ['},
        {"a.catalog.json": b"\xff\xfe\x00"},
        {".runbook-lint.yaml": "packs: 1\n", "a.catalog.json": CATALOG},
        {},
    ],
)  # fmt: skip
def test_where_anything_is_wrong_nothing_is_proposed(
    write: Write, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]
) -> None:
    monkeypatch.chdir(write(files))
    assert proposed("review ") == []


def test_an_error_of_our_own_proposes_nothing() -> None:
    def fail(*_: object) -> dict[str, str]:
        raise RuntimeError

    completer = completing.proposed(fail)  # type: ignore[arg-type]
    assert completer(None, None, "") == []  # type: ignore[arg-type]
