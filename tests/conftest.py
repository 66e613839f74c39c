"""What the tests of the command line share: writing a little repository, and running the tool on it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import pytest
from jsonschema import Draft202012Validator

from runbook_lint import resources
from runbook_lint.cli import main

# The same examples in every run, so that no change is red by chance; `--hypothesis-profile=default` draws new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True)
hypothesis.settings.load_profile("repeatable")

ROOT = Path(__file__).parent.parent
DAY = "2026-03-01"

# Files that are right, for tests of what is wrong with one beside them.
ALERTS = "groups:\n  - name: disk\n    rules:\n      - alert: DiskFull\n        expr: disk_free < 1\n"
LINKED = ALERTS + "        annotations: {runbook_id: ops.disk}\n"
RUNBOOK = "# Disk full\n\n## Steps\n\n1. Grow the volume.\n"
ENTRY = (
    '{"id": "ops.disk", "title": "Disk full", "severity_hint": "sev2", "owner_team": "ops",'
    ' "last_reviewed_at": "2026-02-20", "url": "runbooks/disk.md", "signals": []}'
)
CATALOG = f'{{"version": 1, "runbooks": [{ENTRY}]}}\n'
CLEAN = {"alerts.yaml": LINKED, "runbooks/disk.md": RUNBOOK, "runbooks/runbooks.catalog.json": CATALOG}


class Ran(NamedTuple):
    """How a run ended and what it said."""

    code: int
    out: str
    err: str


Write = Callable[[Mapping[str, str | bytes]], Path]
Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git and colours as on a fresh machine."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "RUNBOOK_LINT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files into the test's folder and gives the folder."""

    def into(files: Mapping[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return into


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs the tool inside this process, in the test's folder unless told otherwise. It never crashes."""

    def ran(*words: str, cwd: Path = tmp_path) -> Ran:
        monkeypatch.chdir(cwd)
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main(dated(words))
        out, err = (stream.decode() for stream in capfdbinary.readouterr())
        assert "internal error" not in err
        return Ran(int(leaving.value.code or 0), out, err)

    return ran


def dated(words: tuple[str, ...]) -> list[str]:
    """The words of a command, with a day for those that need one and name none."""
    judging = words[:1] in (("check",), ("inventory",)) and not any(word.startswith("--as-of") for word in words)
    return [words[0], "--as-of", DAY, *words[1:]] if judging else list(words)


def started(*words: str, cwd: Path, env: Mapping[str, str] = {}, **streams: object) -> subprocess.Popen[bytes]:
    """The tool as a process of its own."""
    command = [sys.executable, "-m", "runbook_lint", *dated(words)]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **streams}
    return subprocess.Popen(command, cwd=cwd, env={**os.environ, "PYTHONPATH": str(ROOT), **env}, **streams)  # type: ignore[call-overload,no-any-return]


def process(*words: str, cwd: Path, env: Mapping[str, str] = {}) -> Ran:
    """A process that ran to its end, within a time that no hang could keep."""
    with started(*words, cwd=cwd, env=env) as running:
        out, err = (stream.decode() for stream in running.communicate(timeout=30))
    assert "Traceback" not in err
    assert "internal error" not in err
    return Ran(running.returncode, out, err)


def git(root: Path, *words: str, env: Mapping[str, str] = {}) -> str:
    """Git in a repository of the test; ``git init`` makes one."""
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", "-C", str(root), *who, *words], capture_output=True, check=True, env={**os.environ, **env}
    )
    return done.stdout.decode()


def commit(root: Path, message: str = "state") -> Path:
    """Commits all that is there, in a repository that is made if there is none; gives the folder."""
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", message)
    return root


def change_to(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Makes a repository hold these files and no others."""
    for old in root.iterdir():
        if old.name != ".git":
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def report(run: Run, *words: str) -> tuple[int, dict[str, Any]]:
    """The JSON report, held against its contract; and the inventory beside it, held against its own."""
    ran = run("check", "--format", "json", *words)
    document = json.loads(ran.out)
    Draft202012Validator(resources.schema("report")).validate(document)
    seen = json.loads(run("inventory", "--format", "json").out)
    Draft202012Validator(resources.schema("inventory")).validate(seen)
    return ran.code, document


def found(run: Run, *words: str) -> list[str]:
    """The findings as ``path:line:column: severity rule: message``."""
    return [
        f"{each['path']}:{each['line']}:{each['column']}: {each['severity']} {each['rule']}: {each['message']}"
        for each in report(run, *words)[1]["findings"]
    ]
