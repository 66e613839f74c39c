"""The example repositories: the governed one is clean, the faulty one has exactly the faults that were sown."""

import json
import runpy
from pathlib import Path

import pytest

from runbook_lint import config, engine, packs, rulebook, snapshot
from runbook_lint.cli import main
from runbook_lint.cli.common import day
from runbook_lint.reporters import rulefacts

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
DAY = "2026-11-01"


def check(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict]:
    with pytest.raises(SystemExit) as exit_:
        main(["check", str(folder), "--as-of", DAY, "--format", "json"])
    return exit_.value.code, json.loads(capsys.readouterr().out)


def test_the_governed_example_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    code, report = check(EXAMPLES / "gpu-cloud", capsys)
    assert (code, report["findings"]) == (0, [])
    # The policy's signals, all of them; and nothing was skipped on the way to being clean.
    assert report["summary"]["signals"] == 41
    assert report["summary"]["runbooks"] >= 14
    assert report["summary"]["unreadable"] == 0


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    folder = tmp_path / "faulty"
    runpy.run_path(str(EXAMPLES / "assemble.py"))["assemble"](folder)
    return folder


def line(finding: dict) -> str:
    place = f"{finding['path']}:{finding['line']}:{finding['column']}"
    return f"{place}: {finding['severity']} {finding['rule']}: {finding['message']}"


def test_the_faulty_example_has_the_faults_that_were_sown(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = check(faulty, capsys)
    assert code == 1
    expected = (EXAMPLES / "faulty" / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert [line(finding) for finding in report["findings"]] == expected


def test_a_fault_was_sown_for_every_rule(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, report = check(faulty, capsys)
    found = {finding["rule"] for finding in report["findings"]}
    # What is known by a form of text, or by a history, has its proof in its own examples, which test_rules runs.
    sown = (entry for entry in packs.full_entries() if not rulefacts.is_format(entry) and "change" not in entry)
    assert {entry["id"] for entry in sown} - found == set()


def test_no_secret_lies_in_our_own_repository() -> None:
    settings = config.Config(exclude=("build/**", ".venv/**"))
    rules = rulebook.load(str(ROOT), settings, ["secret"])
    report = engine.run(snapshot.working_tree(str(ROOT)), settings, rules, day(None, None, None))  # type: ignore[arg-type]
    assert [finding.place for finding in report.findings] == []
