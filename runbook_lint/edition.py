"""What tells this tool from another with the same version. Imports nothing that takes time."""

import os
from zlib import crc32

# The libraries that read texts, as they are installed, and what we are made of.
_READERS = ("PyYAML-", "pyyaml-", "jsonschema", "pyromark-")
_OURS = "runbook_lint-"
_SOURCES = (".py", ".yaml", ".json")
_HERE = os.path.dirname(os.path.abspath(__file__))


def folder(name: str) -> str:
    """The folder ``rules`` or ``schemas``: inside the package in a wheel, beside it in a checkout."""
    inside = os.path.join(_HERE, name)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_HERE), name)


def edition() -> str:
    """What tells this tool from another with the same version: what was installed, to the letter, and the libraries
    beside it; in a checkout, where all may be under work, when it was changed."""
    above = os.path.dirname(_HERE)
    if not os.path.isdir(os.path.join(_HERE, "rules")):
        return _of_sources()
    beside = os.listdir(above)
    records = (os.path.join(above, name, "RECORD") for name in beside if name.startswith(_OURS))
    ours = [_sum(record) for record in records if os.path.exists(record)]
    return " ".join((*sorted(name for name in beside if name.startswith(_READERS)), *(ours or [_of_sources()])))


def _sum(record: str) -> str:
    """The sum of the list of all files that were installed, which has the sum of each."""
    with open(record, "rb") as handle:
        return str(crc32(handle.read()))


def _of_sources() -> str:
    folders = [*(top for top, _, _ in os.walk(_HERE)), folder("rules"), folder("schemas")]
    files = (entry for each in folders for entry in os.scandir(each) if entry.name.endswith(_SOURCES))
    return str(sum(entry.stat().st_mtime_ns for entry in files))
