"""The nightly workflows as the forges run them: a `gh` that keeps issues in a file, and a GitLab on this machine."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import nightly
import pytest
import yaml
from conftest import ROOT

from runbook_lint.report import parts, render
from runbook_lint.report.document import Nightly

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the runners of both jobs are Linux")

WORKFLOWS = ROOT / "examples/workflows"
GITHUB = WORKFLOWS / "runbook-nightly.github.yml"
GITLAB = WORKFLOWS / "runbook-nightly.gitlab-ci.yml"
TITLE = "Runbooks: what is asked of "

FAKE_GH = """#!{python}
import json, os, sys
import jq
path, (_, *words) = os.environ["FAKE_GH"], sys.argv
issues = json.load(open(path))
assert os.environ["GH_REPO"] == "o/r"
def option(name):
    return words[words.index(name) + 1]
def body(name):
    return open(name, newline="").read().replace("\\n", "\\r\\n")
if words[:2] == ["issue", "list"]:
    assert (option("--label"), option("--state")) == ("runbook-lint", "all")
    shown = [issue for issue in reversed(issues) if "runbook-lint" in issue["labels"]]
    fields = option("--json").split(",")
    for line in jq.compile(option("--jq")).input([{{name: issue[name] for name in fields}} for issue in shown]):
        print(line)
elif words[:2] == ["issue", "create"]:
    new = {{"number": len(issues) + 1, "state": "OPEN", "title": option("--title"), "labels": [option("--label")]}}
    issues.append({{**new, "body": body(option("--body-file"))}})
elif words[:2] == ["label", "create"]:
    assert words[2] == "runbook-lint" and "--force" in words
elif words[0] == "api":
    assert option("--method") == "PATCH" and words[4].startswith("repos/o/r/issues/"), words
    issue = issues[int(words[4].rpartition("/")[2]) - 1]
    issue["body"] = body(option("-F").removeprefix("body=@"))
    issue["state"] = {{"state=open": "OPEN"}}[option("-f")]
else:
    assert words[:2] == ["issue", "close"], words
    issues[int(words[2]) - 1]["state"] = "CLOSED"
json.dump(issues, open(path, "w"))
"""


def written(folder: Path, document: Nightly) -> None:
    """What ``report --split-by owner`` writes: the whole, and a folder for each team of which something is asked."""
    for team in parts.teams(document):
        if team["actions"]:
            own, into = parts.of_team(document, team["name"]), folder / parts.folder(team["name"])
            into.mkdir(parents=True)
            for form, name in (("markdown", "report.md"), ("json", "report.json")):
                (into / name).write_bytes(render(form, own).encode())


Issues = list[dict[str, Any]]
Night = Callable[..., Issues]


def a_night(folder: Path, document: Nightly, command: list[str], env: Mapping[str, str], **streams: Any) -> str:
    """The step in a fresh checkout; gives what it said."""
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    folder.mkdir()
    written(folder / ("public" if "CI_PROJECT_ID" in env else "report"), document)
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def github(tmp_path: Path) -> Night:
    """Runs the step that writes the issues, and gives what GitHub then has."""
    store, tool = tmp_path / "issues.json", tmp_path / "bin/gh"
    store.write_text("[]")
    tool.parent.mkdir()
    tool.write_text(FAKE_GH.format(python=sys.executable))
    tool.chmod(0o755)
    (step,) = [
        each for each in yaml.safe_load(GITHUB.read_text())["jobs"]["report"]["steps"] if each.get("name") == "issues"
    ]

    def night(document: Nightly, before: Issues | None = None, most: str = step["env"]["MOST"]) -> Issues:
        if before is not None:
            store.write_text(json.dumps(before))
        env = {"PATH": f"{tool.parent}:{os.environ['PATH']}", "FAKE_GH": str(store), "GH_REPO": "o/r", "MOST": most}
        a_night(tmp_path / "work", document, ["bash", "-e", "-c", step["run"]], env)
        found: Issues = json.loads(store.read_text())
        return found

    return night


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[Night]:
    """The same of GitLab, which answers on this machine and speaks its own words for the same things."""
    issues: Issues = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(issues))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    job = yaml.safe_load(GITLAB.read_text())["runbook-issues"]

    def night(document: Nightly, before: Issues | None = None, most: str = job["variables"]["MOST"]) -> Issues:
        issues[:] = issues if before is None else [dict(each) for each in before]
        env = {
            "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}/api/v4",
            "CI_PROJECT_ID": "7",
            "RUNBOOK_LINT_TOKEN": "made-up",
            "MOST": most,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        a_night(tmp_path / "work", document, ["bash", "-e", "-o", "pipefail", "-c", "\n".join(job["script"])], env)
        return [dict(each) for each in issues]

    yield night
    server.shutdown()
    server.server_close()


def _answering(issues: Issues) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            assert (asked["labels"], asked["state"], asked["per_page"]) == (["runbook-lint"], ["all"], ["100"])
            page = int(asked["page"][0])
            ours = [_theirs(issue) for issue in reversed(issues) if "runbook-lint" in issue["labels"]]
            self.reply(ours[(page - 1) * 100 : page * 100])

        def do_POST(self) -> None:
            sent = self.sent()
            new = {"number": len(issues) + 1, "state": "OPEN", "title": sent["title"], "body": sent["description"]}
            issues.append({**new, "labels": [sent["labels"]]})
            self.reply({})

        def do_PUT(self) -> None:
            issue, sent = issues[int(self.path.rpartition("/")[2]) - 1], self.sent()
            issue["body"] = sent.get("description", issue["body"])
            issue["state"] = {"close": "CLOSED", "reopen": "OPEN"}.get(sent.get("state_event", ""), issue["state"])
            self.reply({})

        def sent(self) -> dict[str, Any]:
            assert self.headers["PRIVATE-TOKEN"] == "made-up"
            assert self.path.startswith("/api/v4/projects/7/issues")
            read: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            return read

        def reply(self, what: Any) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(what).encode())

        def log_message(self, *_words: object) -> None:
            pass

    return Answer


def _theirs(issue: dict[str, Any]) -> dict[str, Any]:
    state = "opened" if issue["state"] == "OPEN" else "closed"
    return {"iid": issue["number"], "state": state, "description": issue["body"], "title": issue["title"]}


@pytest.fixture(params=["github", "gitlab"])
def night(request: pytest.FixtureRequest) -> Night:
    """One night on either forge."""
    made: Night = request.getfixturevalue(request.param)
    return made


def seen(issues: Issues) -> list[tuple[str, str]]:
    return [(issue["title"].removeprefix(TITLE), issue["state"]) for issue in issues]


def test_each_team_has_an_issue_the_worst_first(night: Night) -> None:
    issues = night(nightly.small())
    assert seen(issues) == [("platform-team", "OPEN"), ("billing-team", "OPEN"), ("+nobody", "OPEN")]
    assert issues[0]["body"].splitlines()[0] == "<!-- runbook-lint report: platform-team -->"
    assert "Outbox" not in issues[1]["body"]


def test_the_next_night_writes_the_same_issues_anew(night: Night) -> None:
    first = night(nightly.small())
    later = nightly.small()
    later["actions"][0]["what"] = "quite another thing"
    second = night(later)
    assert seen(second) == seen(first)
    assert "quite another thing" in second[0]["body"]


def test_an_issue_is_closed_when_nothing_is_asked_and_opened_again_when_something_is(night: Night) -> None:
    night(nightly.small())
    calm = nightly.small()
    calm["actions"] = [action for action in calm["actions"] if action["team"] == "billing-team"]
    assert [state for _, state in seen(night(calm))] == ["CLOSED", "OPEN", "CLOSED"]
    assert [state for _, state in seen(night(nightly.calm()))] == ["CLOSED", "CLOSED", "CLOSED"]
    assert [state for _, state in seen(night(nightly.small()))] == ["OPEN", "OPEN", "OPEN"]


def test_no_more_teams_than_agreed_and_none_of_the_others_is_closed(night: Night) -> None:
    assert seen(night(nightly.small(), most="1")) == [("platform-team", "OPEN")]
    night(nightly.small())
    assert [state for _, state in seen(night(nightly.small(), most="1"))] == ["OPEN", "OPEN", "OPEN"]


def test_the_issues_of_people_stay_as_they_are(night: Night) -> None:
    mark = "<!-- runbook-lint report: platform-team -->\nmine"
    person = {"number": 1, "state": "OPEN", "title": "Mine", "labels": ["bug"], "body": mark}
    whole = {"number": 2, "state": "OPEN", "title": "Ours", "labels": ["runbook-lint"], "body": "About <!-- it -->"}
    empty = {"number": 3, "state": "OPEN", "title": "Empty", "labels": ["runbook-lint"], "body": ""}
    issues = night(nightly.small(), [person, whole, empty])
    assert issues[:3] == [person, whole, empty]
    assert len(issues) == 6


def test_more_than_a_page_of_issues(night: Night) -> None:
    old = [
        {"number": number, "state": "CLOSED", "title": "Old", "labels": ["runbook-lint"], "body": f"{number}"}
        for number in range(1, 131)
    ]
    old[0] |= {"title": f"{TITLE}platform-team", "body": "<!-- runbook-lint report: platform-team -->\nold"}
    issues = night(nightly.small(), old)
    assert len(issues) == 132
    assert issues[0]["state"] == "OPEN"


@pytest.mark.parametrize(
    "text", ["$(touch owned)`touch owned`", "--> <script>", "a\nb\t'\"\\c", "-rf ../..", nightly.HOSTILE[0]]
)
def test_a_hostile_team_is_only_a_name(night: Night, tmp_path: Path, text: str) -> None:
    hostile = nightly.small()
    for action in hostile["actions"]:
        action["team"], action["what"] = text, f"/close\n/assign @root\n{text}"
    for _ in range(2):
        (issue,) = night(hostile)
    assert issue["title"] == TITLE + parts.folder(text)
    assert not any(line.startswith("/") for line in issue["body"].splitlines())
    assert not list(tmp_path.rglob("owned"))


@pytest.mark.parametrize(("file", "schema"), [(GITHUB, "github-workflows"), (GITLAB, "gitlab-ci")])
def test_the_forges_contract_holds(file: Path, schema: str) -> None:
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)]
    done = subprocess.run(checker, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_shell_is_clean(tmp_path: Path) -> None:
    (step,) = [
        each for each in yaml.safe_load(GITHUB.read_text())["jobs"]["report"]["steps"] if each.get("name") == "issues"
    ]
    script = tmp_path / "step.sh"
    script.write_text("#!/bin/bash\n" + step["run"])
    done = subprocess.run(
        [Path(sys.executable).parent / "shellcheck", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "${{" not in step["run"]
