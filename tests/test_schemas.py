"""The published schemas work in other validators and in editors as they are."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import CLEAN, Run, Write

from runbook_lint import resources

ROOT = Path(__file__).resolve().parent.parent
GOVERNED, FAULTY = ROOT / "examples" / "gpu-cloud", ROOT / "examples" / "faulty"
NAMES = resources.names("schemas", ".schema.json")


def judged(*words: str | Path) -> tuple[bool, str]:
    """Whether another validator, check-jsonschema, is content, and what it says."""
    command = [sys.executable, "-W", "ignore", "-m", "check_jsonschema", "--no-cache", *map(str, words)]
    done = subprocess.run(command, capture_output=True, check=False, text=True, stdin=subprocess.DEVNULL)
    assert "Traceback" not in done.stderr
    return done.returncode == 0, done.stdout + done.stderr


def schema(name: str) -> Path:
    return ROOT / "schemas" / f"{name}.schema.json"


def test_every_schema_is_a_schema() -> None:
    assert judged("--check-metaschema", *map(schema, NAMES)) == (True, "ok -- validation done\n")
    for name in NAMES:
        loaded = resources.schema(name)
        assert loaded["$id"] == f"urn:runbook-lint:{name}:1"
        assert loaded["$schema"] == "https://json-schema.org/draft/2020-12/schema"


SOUND: dict[str, list[Path]] = {
    "catalog": [GOVERNED / "doc/operations/runbooks/runbooks.catalog.json"],
    "config": [GOVERNED / ".runbook-lint.yaml", FAULTY / ".runbook-lint.yaml"],
    "roster": [GOVERNED / "ops/oncall.yaml"],
    "waivers": [FAULTY / ".runbook-lint-waivers.yaml"],
    "pack": sorted((ROOT / "rules").glob("*.yaml")),
}


@pytest.mark.parametrize("name", SOUND)
def test_another_validator_takes_what_is_sound(name: str) -> None:
    assert judged("--schemafile", schema(name), *SOUND[name]) == (True, "ok -- validation done\n")


WRONG: dict[str, tuple[Path, str]] = {
    "catalog": (FAULTY / "docs/runbooks/runbooks.catalog.json", "severity_hint: 'urgent' is not one of"),
    "roster": (FAULTY / "ops/oncall.yaml", "$.teams.mail.backup"),
    "baseline": (FAULTY / ".runbook-lint-baseline.json", "('line' was unexpected)"),
}


@pytest.mark.parametrize("name", WRONG)
def test_another_validator_refuses_what_is_wrong(name: str) -> None:
    path, said = WRONG[name]
    content, words = judged("--schemafile", schema(name), path)
    assert (content, said in words) == (False, True)


def test_a_wrong_configuration_and_a_wrong_date_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("version: 1\nrules: {review/overdue: {severity: loud}}\n")
    assert not judged("--schemafile", schema("config"), tmp_path / "config.yaml")[0]
    catalog = CLEAN["runbooks/runbooks.catalog.json"]
    for day, content in (("2026-02-20", True), ("20.2.2026", False), ("2026-13-01", False)):
        (tmp_path / "catalog.yaml").write_text(catalog.replace('"2026-02-20"', day))
        assert judged("--schemafile", schema("catalog"), tmp_path / "catalog.yaml")[0] is content


def undescribed(name: str) -> Iterator[str]:
    """The properties without a word for whoever writes them, by their names from the top."""
    whole = resources.schema(name)

    def look(part: Any, names: tuple[str, ...]) -> Iterator[str]:
        for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
            if key == "properties" and isinstance(value, dict):
                for each, below in value.items():
                    target = whole["$defs"][below["$ref"].rpartition("/")[2]] if "$ref" in below else {}
                    if not {**target, **below}.get("description"):
                        yield ".".join((*names, each))
                    yield from look(below, (*names, each))
            elif key not in ("if", "enum", "const", "default", "examples"):
                yield from look(value, names)

    return look(whole, (name,))


@pytest.mark.parametrize("name", NAMES)
def test_every_property_is_described(name: str) -> None:
    assert list(undescribed(name)) == []


# --- writing them -----------------------------------------------------------------------------------------------------


def test_one_is_printed_or_written(write: Write, run: Run) -> None:
    folder = write({})
    printed = run("schema", "catalog").out
    assert run("schema", "catalog", "--output", "c.json") == (0, "", "")
    assert json.loads(printed) == json.loads((folder / "c.json").read_text()) == resources.schema("catalog")


def test_all_are_written_into_a_folder(write: Write, run: Run) -> None:
    folder = write({})
    assert run("schema", "--all", "tools/schemas") == (0, "11 schemas written\n", "")
    assert sorted(path.name for path in (folder / "tools/schemas").iterdir()) == [
        f"{name}.schema.json" for name in NAMES
    ]
    assert run("schema", "--all", "tools/schemas").code == 0


@pytest.mark.parametrize("words", [(), ("catalog", "--all", "x"), ("--all", "x", "--output", "y")])
def test_one_or_all(write: Write, run: Run, words: tuple[str, ...]) -> None:
    write({})
    ran = run("schema", *words)
    assert (ran.code, ran.out) == (2, "")
    assert "Name one schema, or a folder with --all for every one." in ran.err


def test_a_folder_that_cannot_be_made(write: Write, run: Run) -> None:
    write({"a": "a file"})
    assert run("schema", "--all", "a/b").err == "runbook-lint: cannot make the folder a/b: not a directory\n"


def test_the_line_for_editors_that_init_tells_leads_to_a_schema(write: Write, run: Run) -> None:
    folder = write({"runbooks/disk.md": CLEAN["runbooks/disk.md"]})
    assert run("init", "--as-of", "2026-03-01").code == 0
    told = (folder / ".runbook-lint.yaml").read_text()
    assert run("schema", "--all", "schemas").code == 0
    (path,) = re.findall(r"`# yaml-language-server: \$schema=(.+?)`", told)
    assert json.loads((folder / path).read_text())["$id"] == "urn:runbook-lint:config:1"
    assert "`runbook-lint schema --all schemas`" in told
