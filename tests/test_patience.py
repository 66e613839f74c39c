"""Whoever waits at a terminal is told that work goes on, and nobody else is."""

import sys
import time

import pytest
from conftest import CLEAN, Write

from runbook_lint import snapshot
from runbook_lint.cli import patience


@pytest.mark.parametrize(("terminal", "expected"), [(True, "reading, 1 s"), (False, "")])
def test_only_a_terminal_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal: bool, expected: str
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setattr(patience, "_PATIENCE", 1)
    with patience.patience():
        time.sleep(1.3)
    said = capsys.readouterr()
    assert said.out == ""
    assert expected in said.err
    assert bool(said.err) is terminal
    assert not terminal or said.err.endswith("\r")


def test_a_terminal_is_told_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], write: Write
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(patience, "_PATIENCE", 1)
    with patience.patience() as progress:
        for source in progress.watch(snapshot.working_tree(str(write(CLEAN)))).sources:
            source.read()
        time.sleep(1.3)
    assert f"runbook-lint: {len(CLEAN)} files read, 1 s ..." in capsys.readouterr().err
