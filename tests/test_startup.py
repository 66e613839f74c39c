"""What a clean run imports, and that the expressions that it does not compile compile."""

import gc
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from conftest import CLEAN, DAY, ROOT, RUNBOOK, Write, commit

import runbook_lint
from runbook_lint.expressions import _Lazy, lazy

# Of our own modules these; not comparison, gate, identity and moves, which are for changes, nor fixes and repairs,
# gitleaks, re2 and toml, the report and the server.
OURS = """
    __main__ analysis answers baseline checks cli config discovery documents edition engine expressions findings git
    globs hands inforce joins kept leads lean linestore links memory model options packs patterns places records
    reporters resources rows rulebook secrets snapshot store summary waivers
"""
# Of the standard library these beside what click brings along; no difflib, inspect, subprocess, textwrap or urllib.
# What is remembered has a sum (zlib), and what is to be remembered a content id, without hashlib.
STANDARD = """
    array binascii bisect copy dataclasses encodings fcntl gc json locale msvcrt select signal
    unicodedata zlib
"""
ALLOWED = {*OURS.split(), *STANDARD.split()}
# What reads a format: only where there is a text of it.
READERS = ("click", "jsonschema_rs", "pyromark", "yaml")
# The packages named first are imported before, so that what they bring along is not told.
PROGRAM = """
import sys
for name in {given}:
    __import__(name)
before = set(sys.modules)
sys.argv[1:] = {words}
from runbook_lint.__main__ import main
try:
    main()
except SystemExit as end:
    code = end.code
print("imported", *(name for name in sys.modules if name not in before))
sys.exit(code)
"""


def imported(root: Path, *given: str) -> set[str]:
    """What a clean run imports beside these packages: our modules by their first two names, others by their first."""
    program = PROGRAM.format(given=given, words=["check", "--as-of", DAY])
    command = [sys.executable, "-c", program]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    names = done.stdout.rpartition("imported ")[2].split()
    ours = {name.split(".")[1] for name in names if name.startswith("runbook_lint.")}
    return ours | {name.partition(".")[0] for name in names if not name.startswith(("runbook_lint", "_"))}


def test_a_clean_run_imports_nothing_that_it_does_not_need(write: Write) -> None:
    assert imported(commit(write(CLEAN)), *READERS) <= ALLOWED


def test_who_has_no_yaml_and_no_schema_to_judge_by_does_not_pay_for_their_readers(write: Write) -> None:
    assert imported(commit(write({"runbooks/disk.md": RUNBOOK})), "click", "pyromark") <= ALLOWED


def test_a_lazy_expression_is_compiled_when_it_is_used_and_then_kept() -> None:
    word = lazy(r"[a-z]+")
    with pytest.raises(AttributeError):
        _Lazy.match.__get__(word)  # type: ignore[attr-defined]
    assert word.findall("one two") == ["one", "two"]
    assert word.match is word.match
    assert word.pattern == "[a-z]+"


def test_every_lazy_expression_is_one() -> None:
    for module in walk_packages(runbook_lint.__path__, "runbook_lint."):
        import_module(module.name)
    gc.unfreeze()  # A test of the entry point may have frozen what there was, and what is frozen is not listed.
    expressions = [each for each in gc.get_objects() if type(each) is _Lazy]
    assert len(expressions) > 200
    assert all(each.groups >= 0 for each in expressions)
