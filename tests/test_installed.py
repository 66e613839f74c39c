"""The wheel in an empty environment, used as its users would: on the command line, in a hook, a forge, an editor.

The other tests go through each way in depth; these see that what is shipped has all that each of them needs.
"""

import json
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import ALERTS, CLEAN, DAY, LINKED, ROOT, Ran, Write, commit, git
from editor import speaking
from test_formats import READERS
from test_integrations import QUALITY, gitlab_job
from test_packaging import build

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the shell of the tests is that of Linux and macOS")

EXAMPLES_DAY = "2026-11-01"
MISSING = {**CLEAN, "alerts.yaml": ALERTS}
Called = Callable[..., Ran]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installed")


@pytest.fixture(scope="module")
def wheel(place: Path) -> Path:
    return build(ROOT, "wheel", place / "dist")


@pytest.fixture(scope="module")
def venv(place: Path, wheel: Path) -> Path:
    """An environment with nothing in it but the wheel and what it asks for."""
    subprocess.run([sys.executable, "-m", "venv", place / "venv"], check=True)
    pip = [place / "venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, f"{wheel}[server]"], check=True)
    return place / "venv"


@pytest.fixture
def user(venv: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of somebody who has never used it: an empty home, and the tool on the path."""
    home = tmp_path_factory.mktemp("home")
    git_only = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return {"HOME": str(home), "PATH": f"{venv / 'bin'}:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", **git_only}


@pytest.fixture
def called(user: dict[str, str]) -> Called:
    def called(*command: str | Path, cwd: Path, **env: str) -> Ran:
        done = subprocess.run(command, cwd=cwd, env={**user, **env}, capture_output=True, check=False)
        out, err = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in out + err
        return Ran(done.returncode, out, err)

    return called


@pytest.fixture(scope="module")
def faulty(place: Path) -> Path:
    runpy.run_path(str(ROOT / "examples/assemble.py"))["assemble"](place / "faulty")
    return place / "faulty"


def test_the_command_line(called: Called, faulty: Path) -> None:
    assert called("runbook-lint", "--version", cwd=faulty).out.startswith("runbook-lint ")
    assert called("runbook-lint", "check", "--as-of", EXAMPLES_DAY, cwd=faulty).code == 1
    assert "Whoever is woken" in called("runbook-lint", "explain", "alert/runbook-id", cwd=faulty).out
    assert "_runbook_lint" in called("runbook-lint", "completion", "bash", cwd=faulty).out


def test_the_manual_is_where_man_looks(venv: Path) -> None:
    assert (venv / "share/man/man1/runbook-lint.1").read_text().startswith(".")


def test_every_format_of_the_faulty_example(called: Called, faulty: Path, tmp_path: Path) -> None:
    wanted = [word for form in READERS for word in ("--format", f"{form}:{tmp_path / form}")]
    assert called("runbook-lint", "check", "--as-of", EXAMPLES_DAY, *wanted, cwd=faulty).code == 1
    for form, read in READERS.items():
        assert read((tmp_path / form).read_text())


def test_a_schema_for_others(called: Called, tmp_path: Path) -> None:
    called("runbook-lint", "schema", "catalog", "--output", str(tmp_path / "catalog.json"), cwd=tmp_path)
    catalog = ROOT / "examples/gpu-cloud/doc/operations/runbooks/runbooks.catalog.json"
    check = [sys.executable, "-m", "check_jsonschema", "--schemafile", tmp_path / "catalog.json", catalog]
    assert called(*check, cwd=tmp_path).code == 0


@pytest.mark.parametrize(("files", "code"), [(CLEAN, 0), (MISSING, 1)], ids=["clean", "faulty"])
def test_the_hooks(called: Called, write: Write, files: dict[str, str], code: int) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    local = [{**hook, "language": "system", "entry": f"{hook['entry']} --as-of {DAY}"} for hook in hooks]
    settings = yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}]})
    root = commit(write({**files, ".pre-commit-config.yaml": settings}))
    ran = called(sys.executable, "-m", "pre_commit", "run", "--all-files", "runbook-lint", cwd=root)
    assert (ran.code, "alert/runbook-id" in ran.out) == (code, bool(code))


def test_the_action(called: Called, write: Write, venv: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    root, temp = commit(write(MISSING)), tmp_path_factory.mktemp("runner")
    (temp / "runbook-lint-venv").symlink_to(venv)
    inputs = dict.fromkeys(yaml.safe_load((ROOT / "action.yml").read_text())["inputs"], "")
    inputs |= {"base": "auto", "fail-on": "error", "sarif": "out.sarif", "args": f"--as-of {DAY}"}
    given = {f"INPUT_{name.upper().replace('-', '_')}": value for name, value in inputs.items()}
    files = {name: str(temp / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    forge = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "RUNNER_TEMP": str(temp), "PYTHON": sys.executable}
    ran = called("bash", ROOT / "action/run.sh", "check", cwd=root, **given, **files, **forge)
    assert (ran.code, "::error file=alerts.yaml" in ran.out) == (1, True)
    assert READERS["sarif"]((root / "out.sarif").read_text())["results"]
    assert "errors=1" in Path(files["GITHUB_OUTPUT"]).read_text().split()
    assert "alert 'DiskFull'" in Path(files["GITHUB_STEP_SUMMARY"]).read_text()


def test_the_gitlab_component(called: Called, write: Write, wheel: Path) -> None:
    root = commit(write(MISSING))
    job = gitlab_job(source=str(wheel), args=f"--as-of {DAY}")
    values = {name: each["value"] for name, each in job["variables"].items() if isinstance(each, dict)}
    number = f"test-{os.getpid()}"
    try:
        ran = called("sh", "-e", "-c", "\n".join(job["script"]), cwd=root, CI_JOB_ID=number, **values)
    finally:
        shutil.rmtree(f"/tmp/runbook-lint-{number}", ignore_errors=True)
    assert ran.code == 1
    assert [issue["check_name"] for issue in READERS["gitlab"]((root / QUALITY).read_text())] == ["alert/runbook-id"]
    assert READERS["junit"]((root / "runbook-lint-junit.xml").read_text())


def test_the_editor(user: dict[str, str], write: Write, venv: Path) -> None:
    root = write(MISSING)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    command = [venv / "bin/runbook-lint", "server", "--as-of", DAY]
    with speaking(subprocess.Popen(command, cwd=root, env=user, **pipes), root) as editor:  # type: ignore[call-overload]
        (found,) = editor.open(root / "alerts.yaml")
        assert found.startswith("3:8-3:23 error alert/runbook-id: alert 'DiskFull' has no runbook_id")
        assert editor.change(root / "alerts.yaml", LINKED) == []


def test_a_repository_without_anything_is_taken_up(called: Called, write: Write) -> None:
    root = commit(write({"alerts.yaml": ALERTS, "runbooks/disk.md": CLEAN["runbooks/disk.md"]}))
    assert called("runbook-lint", "init", "--as-of", DAY, cwd=root).code == 0
    assert called("runbook-lint", "check", "--fix", "--as-of", DAY, cwd=root).code in (0, 1)
    assert called("runbook-lint", "baseline", "create", "--as-of", DAY, cwd=root).code == 0
    assert called("runbook-lint", "check", "--as-of", DAY, "--fail-on", "warning", cwd=root).code == 0
    assert json.loads(called("runbook-lint", "inventory", "--format", "json", cwd=root).out)["alerts"]
    assert git(root, "status", "--short")
