"""Where the packs and schemas are: beside the code in a wheel, beside the package in a checkout."""

import json
import os
from typing import Any

from runbook_lint.edition import folder as folder


def names(name: str, ending: str) -> list[str]:
    """The file names in a folder without their ending, sorted."""
    return sorted(entry.removesuffix(ending) for entry in os.listdir(folder(name)) if entry.endswith(ending))


def has(name: str, file: str) -> bool:
    """Whether there is such a shipped file."""
    return os.path.exists(os.path.join(folder(name), file))


def read(name: str, file: str) -> str:
    """The text of a shipped file."""
    with open(os.path.join(folder(name), file), encoding="utf-8") as handle:
        return handle.read()


def content(name: str, file: str) -> bytes:
    """The content of a shipped file."""
    with open(os.path.join(folder(name), file), "rb") as handle:
        return handle.read()


def schema(name: str) -> dict[str, Any]:
    """A published JSON Schema by its short name (``catalog``)."""
    loaded: dict[str, Any] = json.loads(read("schemas", f"{name}.schema.json"))
    return loaded
