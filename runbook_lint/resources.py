"""Where the packs and schemas are: beside the code in a wheel, beside the package in a checkout."""

import json
import os
from typing import Any

# The libraries that read texts, as they are installed, and what we are made of.
_READERS = ("PyYAML-", "pyyaml-", "jsonschema", "pyromark-")
_SOURCES = (".py", ".yaml", ".json")
_HERE = os.path.dirname(os.path.abspath(__file__))


def folder(name: str) -> str:
    """The folder ``rules`` or ``schemas``."""
    inside = os.path.join(_HERE, name)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_HERE), name)


def edition() -> str:
    """What tells this tool from another with the same version: the libraries beside it, or in a checkout, where all may
    be under work, when it was changed."""
    above = os.path.dirname(_HERE)
    if os.path.isdir(os.path.join(_HERE, "rules")):
        return " ".join(sorted(name for name in os.listdir(above) if name.startswith(_READERS)))
    folders = [*(top for top, _, _ in os.walk(_HERE)), folder("rules"), folder("schemas")]
    files = (entry for each in folders for entry in os.scandir(each) if entry.name.endswith(_SOURCES))
    return str(sum(entry.stat().st_mtime_ns for entry in files))


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
