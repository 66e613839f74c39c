"""Git is asked without the module that runs processes, and with it where there is no other way."""

import os
from pathlib import Path

import pytest
from conftest import CLEAN, Write, commit

from runbook_lint.git import asking, spawning

# It says and complains of more than a pipe holds, each while nobody reads the other.
LOUD = """#!/bin/sh
for each in 1 2 3; do
  head -c 200000 /dev/zero >&2
  head -c 100000 /dev/zero
done
exit 7
"""


def test_what_git_says_and_what_it_complains_of_are_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text(LOUD)
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert asking.run(str(tmp_path), "anything") == (7, bytes(300000), bytes(600000))


@pytest.mark.parametrize("words", [("ls-files",), ("ls-files", "--no-such-option")])
def test_who_has_to_use_the_module_is_told_the_same(
    write: Write, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    root = str(commit(write(CLEAN)))
    told = asking.run(root, *words)
    monkeypatch.delattr(os, "posix_spawnp")
    assert spawning.told(root, words) is None
    assert asking.run(root, *words) == told


@pytest.mark.parametrize("there", [True, False])
def test_no_git_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if not there:
        monkeypatch.delattr(os, "posix_spawnp")
    with pytest.raises(FileNotFoundError):
        asking.run(str(tmp_path), "ls-files")
