"""What is shipped: the wheel, the source distribution and the pre-commit hook."""

import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

from runbook_lint import __version__, documents, resources

ROOT = Path(__file__).resolve().parent.parent
INFO = f"runbook_lint-{__version__}.dist-info"


def build(source: Path, kind: str, target: Path) -> Path:
    """Builds a distribution with the backend itself, so nothing is downloaded; gives the file."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    return next(target.iterdir())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return sorted(archive.namelist())


def expected() -> list[str]:
    """The package's modules, the style and script of its page, the packs, the schemas, and the metadata."""
    modules = [path.relative_to(ROOT).as_posix() for path in (ROOT / "runbook_lint").rglob("*.py")]
    page = [f"runbook_lint/report/page/page.{ending}" for ending in ("css", "js")]
    packs = [f"runbook_lint/rules/{path.name}" for path in (ROOT / "rules").glob("*.yaml")]
    schemas = [f"runbook_lint/schemas/{path.name}" for path in (ROOT / "schemas").glob("*.schema.json")]
    about = ["METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"]
    return sorted(
        [
            *modules,
            *page,
            *packs,
            "runbook_lint/rules/README.md",
            "runbook_lint/rules/packs.json",
            *schemas,
            f"runbook_lint-{__version__}.data/data/share/man/man1/runbook-lint.1",
            *(f"{INFO}/{name}" for name in about),
        ]
    )


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    assert names(wheel) == expected()


def test_the_metadata(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"{INFO}/METADATA").decode()
        entry_points = archive.read(f"{INFO}/entry_points.txt").decode()
        licence = archive.read(f"{INFO}/licenses/LICENSE").decode()
    assert "License-Expression: Apache-2.0\n" in metadata
    assert "Requires-Python: >=3.11\n" in metadata
    assert "runbook-lint = runbook_lint.__main__:main\n" in entry_points
    assert "Apache License" in licence


def test_the_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    sdist = build(ROOT, "sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    source = tmp_path / sdist.name.removesuffix(".tar.gz")
    assert names(build(source, "wheel", tmp_path / "again")) == names(wheel)
    assert {"LICENSE", "Makefile", "tests", "examples", "rules", "schemas"} <= {path.name for path in source.iterdir()}


@pytest.mark.parametrize("arguments", [["rules"], ["schema", "catalog"], ["explain", "alert/runbook-id"]])
def test_the_unpacked_wheel_runs_elsewhere(wheel: Path, tmp_path: Path, arguments: list[str]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    (tmp_path / "elsewhere").mkdir()
    # Of the copy no coverage is recorded.
    calm = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    outputs = [
        subprocess.run(
            [sys.executable, "-m", "runbook_lint", *arguments],
            cwd=tmp_path / "elsewhere",
            env={**calm, "PYTHONPATH": str(root)},
            check=True,
            capture_output=True,
        ).stdout
        for root in (tmp_path / "unpacked", ROOT)
    ]
    assert outputs[0] == outputs[1] != b""


def test_a_checkout_reads_the_packs_beside_the_package() -> None:
    assert Path(resources.folder("rules")) == ROOT / "rules"
    assert Path(resources.folder("schemas")) == ROOT / "schemas"


# Endings that the tool reads, and others that look like them.
ENDINGS = [
    ".md", ".markdown", ".mdx", ".yaml", ".yml", ".json", ".rules", ".rule", ".alerts",
    ".tpl", ".j2", ".jinja", ".jinja2", ".tmpl", ".gotmpl", ".erb", ".tftpl",
    ".mdown", ".yam", ".jsonc", ".alert", ".ruless", ".tf", ".txt", ".orig", ".png", ".py", ".j", "",
]  # fmt: skip
FOLDERS = [
    "", "docs/", ".github/", ".gitlab/", ".GitHub/", "x/.github/", "a/b/", "runbooks/", "Run Book/",
    "ops/my-run_books/x/", "ops runbook/", "myrunbooks/", "runbooks.d/", "playbooks/", "runbooks/.x/",
]  # fmt: skip
NAMES = [
    "disk",
    "DISK",
    "CODEOWNERS",
    "codeowners",
    "README",
    "License",
    "Makefile",
    "GNUmakefile",
    "makefiles",
    "todo",
    "md",
]


def test_the_hook_runs_for_what_the_tool_reads() -> None:
    names = [f"{folder}{name}" for folder in FOLDERS for name in NAMES]
    twice = [f"disk{first}{second}" for first in ENDINGS for second in ENDINGS]
    paths = [*(name + ending for name in names for ending in ENDINGS), *twice, *map(str.upper, twice)]
    ours = [path for path in paths if documents.may_be(path)]
    assert {"disk.json.tpl", "disk.rules.j2", "disk.rule", "Run Book/disk"} < {*ours} < {*paths}
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()):
        if not hook.get("always_run"):
            assert [path for path in paths if re.search(hook["files"], path)] == ours


def test_the_readme_names_each_ending_that_the_tool_reads() -> None:
    table = (ROOT / "README.md").read_text().partition("## What it reads\n")[2].partition("\nWhat git ignores")[0]
    for ending in filter(None, ENDINGS):
        assert (f"`{ending}`" in table) is documents.may_be(f"disk{ending}"), ending


def test_the_hook_is_a_valid_manifest(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
