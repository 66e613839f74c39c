"""What the forges run: the steps of the action, and the script of the GitLab component, as the forge would run them."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest
import yaml
from conftest import ALERTS, CLEAN, DAY, ROOT, Ran, Write, change_to, commit, git

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the shell of the tests is that of Linux and macOS")

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
RUNS = [step for step in ACTION["runs"]["steps"] if "run" in step]
EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")

NEW = ALERTS.replace("DiskFull", "New")
OLD = ALERTS.replace("DiskFull", "Old")
LATER = ALERTS.replace("DiskFull", "Later")
# What somebody may call a branch; each of them is a valid name.
HOSTILE = ["$(touch${IFS}pwned)`touch${IFS}pwned`", "\";touch${IFS}pwned;'", "--upload-pack=touch${IFS}pwned", "%0Aa"]


class Job(NamedTuple):
    """What is left of a step: how it ended, the action's outputs, and the summary."""

    ran: Ran
    outputs: dict[str, str]
    summary: str


Step = Callable[..., Job]


def told(file: Path) -> dict[str, str]:
    """The outputs in a file as the runner reads them."""
    lines = file.read_text().splitlines() if file.exists() else []
    return dict(line.split("=", 1) for line in lines)


def filled(text: Any, known: Mapping[str, str]) -> str:
    """A text with its expressions replaced, as the runner does it."""
    return EXPRESSION.sub(lambda found: known[found[1]], str(text))


def ran(command: list[str], folder: Path, env: Mapping[str, str]) -> Ran:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **env}, capture_output=True, stdin=subprocess.DEVNULL, check=False
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in out + err
    assert "internal error" not in out + err
    return Ran(done.returncode, out, err)


@pytest.fixture
def temp(tmp_path: Path) -> Path:
    """The runner's folder, with the tool of this checkout where the step before has put it."""
    program = tmp_path / "temp/runbook-lint-venv/bin/python"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nshift # -I\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -P "$@"\n')
    program.chmod(0o755)
    return tmp_path / "temp"


@pytest.fixture
def step(temp: Path) -> Step:
    """Runs a step of the action with some inputs, in a folder that was checked out, under the variables of an event."""

    def made(folder: Path, event: Mapping[str, str] = {}, name: str = "check", /, **given: str) -> Job:
        inputs = {name: str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
        inputs |= {name.replace("_", "-"): value for name, value in {"args": f"--as-of {DAY}", **given}.items()}
        known = {f"inputs.{name}": value for name, value in inputs.items()}
        known |= {"steps.python.outputs.python-path": sys.executable, "steps.key.outputs.folder": str(temp / "pip")}
        chosen = next(step for step in RUNS if step["run"].endswith(f" {name}"))
        files = {key: temp / key.lower() for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.unlink(missing_ok=True)
        forge = {"GITHUB_ACTIONS": "true", "GITHUB_ACTION_PATH": str(ROOT), "RUNNER_TEMP": str(temp)}
        env = {key: filled(value, known) for key, value in chosen["env"].items()}
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", chosen["run"]]
        end = ran(shell, folder, {**{key: str(file) for key, file in files.items()}, **forge, **event, **env})
        summary = files["GITHUB_STEP_SUMMARY"]
        return Job(end, told(files["GITHUB_OUTPUT"]), summary.read_text() if summary.exists() else "")

    return made


@pytest.fixture
def origin(write: Write) -> Path:
    """A repository on a server: a branch with a new alert, merged into main for the pull request, and main went on."""
    folder = commit(write({f"work/{name}": text for name, text in {**CLEAN, "old.yaml": OLD}.items()}) / "work")
    git(folder, "checkout", "-q", "-b", "feature")
    commit(write({"work/new.yaml": NEW}) / "work")
    git(folder, "checkout", "-q", "main")
    commit(write({"work/later.yaml": LATER}) / "work")
    git(folder, "checkout", "-q", "--detach")
    git(folder, "merge", "-q", "--no-edit", "feature")
    git(folder, "update-ref", "refs/pull/1/merge", "HEAD")
    git(folder.parent, "clone", "-q", "--mirror", str(folder), "origin.git")
    return folder.parent / "origin.git"


def checked_out(origin: Path, ref: str, *depth: str) -> Path:
    """What actions/checkout leaves: a commit without a branch, and without a history unless that is asked for."""
    folder = origin.parent / "checkout"
    git(origin.parent, "init", "-q", "checkout")
    git(folder, "remote", "add", "origin", f"file://{origin}")
    git(folder, "fetch", "-q", "--no-tags", *(depth or ("--depth=1",)), "origin", f"+{ref}:refs/remotes/pull/1/merge")
    git(folder, "checkout", "-q", "--detach", "refs/remotes/pull/1/merge")
    return folder


PULL = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main", "GITHUB_HEAD_REF": "feature"}


def findings(folder: Path) -> list[str]:
    """What is new in the file for code scanning, as ``path: rule``, but for who must approve it."""
    results = json.loads((folder / "runbook-lint.sarif").read_text())["runs"][0]["results"]
    return [
        f"{each['locations'][0]['physicalLocation']['artifactLocation']['uri']}: {each['ruleId']}"
        for each in results
        if each["ruleId"] != "change/owner-approval" and each.get("baselineState") != "unchanged"
    ]


# --- the action -------------------------------------------------------------------------------------------------------


def test_the_action_is_what_the_forge_expects() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml"]
    assert ran(check, ROOT, {}).code == 0


def test_no_step_has_an_expression_in_its_commands() -> None:
    assert [step["run"] for step in RUNS if "${{" in step["run"]] == []
    used = {name for step in RUNS for text in step["env"].values() for name in EXPRESSION.findall(text)}
    assert {f"inputs.{name}" for name in ACTION["inputs"]} <= used | {"inputs.python-version"}


def test_the_script_is_clean() -> None:
    program = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert program is not None
    done = ran([program, "action/run.sh"], ROOT, {})
    assert (done.code, done.out) == (0, "")


def test_a_pull_request_in_a_shallow_clone(origin: Path, step: Step) -> None:
    folder = checked_out(origin, "refs/pull/1/merge")
    job = step(folder, PULL)
    assert job.ran.code == 1
    assert findings(folder) == ["new.yaml: change/alert-mapped"]
    assert "::error " in job.ran.out
    assert "alert 'New' is new and names no runbook" in job.summary
    assert job.outputs == {
        "exit-code": "1",
        "findings": "1",
        "errors": "1",
        "warnings": "0",
        "sarif": str(folder / "runbook-lint.sarif"),
    }


def test_a_pull_request_whose_base_went_on(origin: Path, step: Step) -> None:
    """The branch itself is checked out, as some do, or the base moved after the merge was made."""
    folder = checked_out(origin, "refs/heads/feature")
    assert step(folder, PULL).ran.code == 1
    assert findings(folder) == ["new.yaml: change/alert-mapped"]
    work = origin.parent / "work"
    git(work, "checkout", "-q", "main")
    change_to(work, CLEAN)
    git(commit(work), "push", "-q", str(origin), "main")
    shutil.rmtree(folder)
    folder = checked_out(origin, "refs/pull/1/merge")
    assert step(folder, PULL).ran.code == 1
    assert findings(folder) == ["new.yaml: change/alert-mapped"]


def test_a_whole_clone_needs_no_server(origin: Path, step: Step) -> None:
    folder = checked_out(origin, "refs/pull/1/merge", "--no-tags")
    git(folder, "fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*")
    origin.rename(origin.parent / "gone.git")
    assert step(folder, PULL).outputs["errors"] == "1"
    assert step(folder, base="origin/main").outputs["errors"] == "1"
    assert step(folder, base="HEAD~1").outputs["errors"] == "1"


def test_a_history_that_cannot_be_fetched_is_said(origin: Path, step: Step) -> None:
    folder = checked_out(origin, "refs/pull/1/merge")
    origin.rename(origin.parent / "gone.git")
    job = step(folder, PULL)
    assert (job.ran.code, job.outputs) == (2, {"exit-code": "2"})
    assert "::error title=runbook-lint::the history up to 'origin/main' could not be fetched" in job.ran.out


def test_a_merge_queue_is_compared_with_what_it_waits_for(origin: Path, step: Step) -> None:
    folder = checked_out(origin, "refs/pull/1/merge")
    payload = folder.parent / "event.json"
    payload.write_text(json.dumps({"merge_group": {"base_sha": git(origin, "rev-parse", "main").strip()}}))
    assert step(folder, {"GITHUB_EVENT_NAME": "merge_group", "GITHUB_EVENT_PATH": str(payload)}).ran.code == 1
    assert findings(folder) == ["new.yaml: change/alert-mapped"]


@pytest.mark.parametrize("event", ["push", "schedule", "workflow_dispatch"])
def test_elsewhere_the_whole_repository_is_judged(origin: Path, step: Step, event: str) -> None:
    folder = checked_out(origin, "refs/heads/main")
    assert step(folder, {"GITHUB_EVENT_NAME": event}).ran.code == 1
    assert findings(folder) == ["later.yaml: alert/runbook-id", "old.yaml: alert/runbook-id"]


@pytest.mark.parametrize(("base", "expected"), [
    ("", ["later.yaml: alert/runbook-id", "new.yaml: alert/runbook-id", "old.yaml: alert/runbook-id"]),
    ("main", ["new.yaml: change/alert-mapped"]),
    ("origin/main", ["new.yaml: change/alert-mapped"]),
    ("v1", ["later.yaml: change/alert-mapped", "new.yaml: change/alert-mapped"]),
    ("HEAD~1", ["new.yaml: change/alert-mapped"]),
    ("0" * 40, [f"{name}.yaml: change/alert-mapped" for name in ("later", "new", "old")]),
])  # fmt: skip
def test_a_base_that_the_workflow_names(origin: Path, step: Step, base: str, expected: list[str]) -> None:
    git(origin, "tag", "v1", "main~1")
    folder = checked_out(origin, "refs/pull/1/merge")
    assert step(folder, base=base).ran.code == 1
    assert sorted(findings(folder)) == expected


def test_a_push_is_judged_by_what_it_did_where_the_workflow_says_so(origin: Path, step: Step) -> None:
    folder = checked_out(origin, "refs/heads/main")
    before = git(origin, "rev-parse", "main~1").strip()
    assert step(folder, {"GITHUB_EVENT_NAME": "push"}, base=before).ran.code == 1
    assert findings(folder) == ["later.yaml: change/alert-mapped"]


def test_inputs_say_what_is_shown_and_written(origin: Path, step: Step) -> None:
    folder = checked_out(origin, "refs/heads/main")
    inputs = {"paths": "old.yaml\n\nrunbooks", "formats": "junit:a b.xml\ncheckstyle:style.xml\n", "sarif": ""}
    job = step(folder, **inputs, args=f"--as-of {DAY} --select 'alert, link'")
    assert (job.ran.code, job.outputs["errors"], "sarif" in job.outputs) == (1, "1", False)
    assert (folder / "a b.xml").exists()
    assert (folder / "style.xml").exists()
    assert step(folder, fail_on="error", args=f"--as-of {DAY} --ignore alert").ran.code == 0


def test_a_repository_in_a_folder_of_its_own(origin: Path, step: Step) -> None:
    folder = checked_out(origin, "refs/pull/1/merge")
    assert step(folder.parent, PULL, working_directory="checkout").outputs["sarif"] == str(
        folder / "runbook-lint.sarif"
    )
    job = step(folder.parent, PULL, working_directory="nowhere")
    assert "::error title=runbook-lint::there is no folder 'nowhere'" in job.ran.out


@pytest.mark.parametrize(("inputs", "said"), [
    ({"base": "nowhere"}, "there is no branch, tag or commit 'nowhere' to compare with"),
    ({"args": "--select 'alert"}, "the input args has a quote that is not closed"),
])  # fmt: skip
def test_a_wrong_input_is_said(origin: Path, step: Step, inputs: dict[str, str], said: str) -> None:
    job = step(checked_out(origin, "refs/pull/1/merge"), **inputs)
    assert (job.ran.code, job.outputs) == (2, {"exit-code": "2"})
    assert f"::error title=runbook-lint::{said}" in job.ran.out


def test_a_wrong_request_has_no_report(origin: Path, step: Step) -> None:
    folder = checked_out(origin, "refs/heads/main")
    step(folder)
    job = step(folder, fail_on="nothing")
    assert (job.ran.code, job.outputs) == (2, {"exit-code": "2"})


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_of_a_branch_is_only_a_name(origin: Path, step: Step, name: str) -> None:
    git(origin, "update-ref", f"refs/heads/{name}", "main")
    folder = checked_out(origin, "refs/pull/1/merge")
    job = step(folder, {**PULL, "GITHUB_BASE_REF": name, "GITHUB_HEAD_REF": name})
    assert (job.ran.code, job.outputs["errors"]) == (1, "1")
    assert step(folder, base=name).outputs["errors"] == "1"
    assert list(origin.parent.rglob("pwned")) == []


@pytest.mark.parametrize("name", ["paths", "base", "fail_on", "sarif", "formats", "args", "working_directory"])
def test_an_input_is_never_run(origin: Path, step: Step, name: str) -> None:
    folder = checked_out(origin, "refs/heads/main", "--no-tags")
    for value in ("$(touch pwned) `touch pwned`", '"; touch pwned; "', "'; touch pwned; '"):
        step(folder, **{name: value})
    assert list(origin.parent.rglob("pwned")) == []


def test_nothing_of_the_repository_is_imported(origin: Path, step: Step) -> None:
    folder = checked_out(origin, "refs/pull/1/merge")
    trap = f"open({str(origin.parent / 'pwned')!r}, 'w')"
    for name in ("json", "shlex", "venv", "pip", "os", "runbook_lint", "sitecustomize"):
        (folder / f"{name}.py").write_text(trap)
    step(folder, PULL)
    step(folder, {}, "key")
    assert not (origin.parent / "pwned").exists()


def test_the_action_installs_itself_and_what_it_needs_is_cached_by_name(
    origin: Path, step: Step, temp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("COV")]:
        monkeypatch.delenv(name)
    shutil.rmtree(temp / "runbook-lint-venv")
    folder = checked_out(origin, "refs/pull/1/merge")
    key = step(folder, {}, "key").outputs
    assert re.fullmatch(r"runbook-lint-\w+-\w+-3\.\d+\.\d+\S*-[0-9a-f]{16}", key["key"])
    assert key["folder"] == str(temp / "runbook-lint-pip")
    assert step(folder, {}, "install").ran.code == 0
    assert step(folder, PULL).outputs["errors"] == "1"


# --- the GitLab component ---------------------------------------------------------------------------------------------

HEAD, JOBS = (ROOT / "templates/runbook-lint.yml").read_text().split("\n---\n")
SPEC = yaml.safe_load(HEAD)["spec"]["inputs"]
INPUT = re.compile(r"\$\[\[ inputs\.([\w-]+) \]\]")
QUALITY = "runbook-lint-codequality.json"
JUNIT = "runbook-lint-junit.xml"
MERGE = {"CI_PIPELINE_SOURCE": "merge_request_event"}


def interpolated(node: Any, given: Mapping[str, str]) -> Any:
    """A part of the template with the inputs in their places, as GitLab puts them into the YAML once it is read."""
    if isinstance(node, dict):
        return {interpolated(key, given): interpolated(value, given) for key, value in node.items()}
    if isinstance(node, list):
        return [interpolated(each, given) for each in node]
    return INPUT.sub(lambda found: given[found[1]], node) if isinstance(node, str) else node


def gitlab_job(**given: str) -> dict[str, Any]:
    inputs = {name: str(each["default"]) for name, each in SPEC.items() if "default" in each}
    inputs |= {"source": "runbook-lint", **{name.replace("_", "-"): value for name, value in given.items()}}
    (job,) = interpolated(yaml.safe_load(JOBS), inputs).values()
    return dict(job)


@pytest.fixture
def pipeline(temp: Path) -> Callable[..., Ran]:
    """Runs the job's script but for the two lines that install, in a folder that was checked out."""

    def made(folder: Path, env: Mapping[str, str] = {}, **given: str) -> Ran:
        job = gitlab_job(**{"args": f"--as-of {DAY}", **given})
        assert [line for line in job["script"] if "inputs" in line] == []
        values = {key: each["value"] for key, each in job["variables"].items() if isinstance(each, dict)}
        script = "\n".join(job["script"][2:]).replace("/tmp/runbook-lint-$CI_JOB_ID", str(temp / "runbook-lint-venv"))
        return ran(["sh", "-e", "-c", script], folder, {**env, **values})

    return made


def quality(folder: Path) -> list[str]:
    """The issues in the Code Quality report, as ``path: rule``, but for who must approve them. GitLab shows those that
    the target branch has not."""
    found = [(each["location"]["path"], each["check_name"]) for each in json.loads((folder / QUALITY).read_text())]
    return [f"{path}: {rule}" for path, rule in found if rule != "change/owner-approval"]


def failed(folder: Path) -> list[str]:
    """The tests that failed, as ``path: rule``."""
    cases = ElementTree.parse(folder / JUNIT).iter("testcase")
    return [f"{case.get('classname')}: {failure.get('type')}" for case in cases for failure in case.iter("failure")]


def test_the_template_is_what_the_forge_expects(tmp_path: Path) -> None:
    (tmp_path / "job.yml").write_text(yaml.safe_dump({"runbook-lint": gitlab_job()}))
    check = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.gitlab-ci",
        str(tmp_path / "job.yml"),
    ]
    assert ran(check, ROOT, {}).code == 0


def test_inputs_reach_the_script_by_variables_that_are_not_expanded() -> None:
    job = gitlab_job(base="$HOME", args="$(x)")
    assert [line for line in job["script"] if "$HOME" in line or "$(x)" in line] == []
    assert job["variables"]["RUNBOOK_LINT_BASE"] == {"value": "$HOME", "expand": False}
    assert set(INPUT.findall(JOBS)) == set(SPEC)


@pytest.mark.parametrize("env", [
    {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "v1"},
    {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "v1", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": ""},
])  # fmt: skip
def test_a_merge_request(origin: Path, pipeline: Callable[..., Ran], env: dict[str, str]) -> None:
    git(origin, "tag", "v1", "main~1")
    folder = checked_out(origin, "refs/heads/feature", "--tags")
    assert pipeline(folder, {**MERGE, **env}).code == 1
    assert failed(folder) == ["new.yaml: change/alert-mapped"]
    assert "alert 'New' is new and names no runbook" in (folder / "runbook-lint-junit.xml").read_text()


def test_a_merged_results_pipeline_does_not_blame_the_branch_for_what_others_merged(
    origin: Path, pipeline: Callable[..., Ran]
) -> None:
    folder = checked_out(origin, "refs/pull/1/merge", "--no-tags")
    parted, target = git(origin, "rev-parse", "main~1", "main").split()
    env = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": parted, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": target}
    assert pipeline(folder, {**MERGE, **env}).code == 1
    assert failed(folder) == ["new.yaml: change/alert-mapped"]


def test_the_default_branch_is_judged_whole(origin: Path, pipeline: Callable[..., Ran]) -> None:
    folder = checked_out(origin, "refs/heads/main", "--no-tags")
    assert pipeline(folder).code == 1
    assert quality(folder) == ["later.yaml: alert/runbook-id", "old.yaml: alert/runbook-id"]
    assert pipeline(folder, args=f"--as-of {DAY} --ignore alert").code == 0


@pytest.mark.parametrize("base", ["main", "origin/main", *HOSTILE])
def test_a_branch_that_the_pipeline_did_not_fetch(origin: Path, pipeline: Callable[..., Ran], base: str) -> None:
    if base in HOSTILE:
        git(origin, "update-ref", f"refs/heads/{base}", "main")
    folder = checked_out(origin, "refs/pull/1/merge", "--no-tags")
    assert pipeline(folder, base=base).code == 1
    assert failed(folder) == ["new.yaml: change/alert-mapped"]
    assert list(origin.parent.rglob("pwned")) == []


@pytest.mark.parametrize("name", ["base", "fail_on", "args"])
def test_an_input_of_the_component_is_never_run(origin: Path, pipeline: Callable[..., Ran], name: str) -> None:
    folder = checked_out(origin, "refs/heads/main", "--no-tags")
    for value in ("$(touch pwned) `touch pwned`", '"; touch pwned; "', "'; touch pwned; '"):
        assert pipeline(folder, **{name: value}).code != 0
    assert list(origin.parent.rglob("pwned")) == []
