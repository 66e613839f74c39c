"""What a cold run cannot do without: CPU milliseconds of the libraries alone, with nothing made of what they give.

    python -m benchmarks.floor [ENTRIES]

Makes a repository (``benchmarks/corpus.py``) of so many catalog entries (1,000), and prints for each step the least of
several times. What a run takes beyond them it needs to make values of what was read, to judge them and to say so.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import process_time

import pyromark
import yaml

from benchmarks import corpus, tables
from runbook_lint.documents.events import OPTIONS
from runbook_lint.secrets import index

ROUNDS = 5


def main(arguments: list[str]) -> int:
    """Make the repository, measure, print."""
    with tempfile.TemporaryDirectory() as name:
        corpus.make(Path(name), int(arguments[0]) if arguments else 1000)
        steps = _steps(Path(name))
        rows = [(words, least(step)) for words, step in steps.items()]
    rows.append(("together", sum(spent for _, spent in rows)))
    print(tables.table(["step", "CPU ms"], [(words, f"{spent:.0f}") for words, spent in rows]))
    return 0


def least(step: Callable[[], object]) -> float:
    """The least of some times, in milliseconds."""
    spent = []
    for _ in range(ROUNDS):
        began = process_time()
        step()
        spent.append(1000 * (process_time() - began))
    return min(spent)


def _steps(root: Path) -> dict[str, Callable[[], object]]:
    """What is done to all texts, by what it is."""
    listing = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, check=True).stdout
    paths = [root / name for name in listing.decode().split("\0") if name]
    texts = {path: path.read_text() for path in paths}
    markdown = [text for path, text in texts.items() if path.suffix == ".md"]
    rules = [text for path, text in texts.items() if path.suffix in (".yaml", ".yml")]
    catalogs = [text for path, text in texts.items() if path.suffix == ".json"]
    return {
        "stat and read the files": lambda: [(path.stat(), _read(str(path))) for path in paths],
        "decode them": lambda: [content.decode() for content in [text.encode() for text in texts.values()]],
        "pyromark: all events of markdown": partial(_events, markdown),
        "libyaml: all events of YAML": lambda: [_parsed(text) for text in rules],
        "json: the catalog": lambda: [json.loads(text) for text in catalogs],
        "the words of all texts, in which secrets are looked for": lambda: set().union(
            *map(index.words, texts.values())
        ),
    }


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as handle:
        return handle.read()


def _events(texts: list[str]) -> None:
    for text in texts:
        for _ in pyromark.events_with_range(text, options=OPTIONS):
            pass


def _parsed(text: str) -> None:
    for _ in yaml.parse(text, Loader=yaml.CSafeLoader):
        pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
