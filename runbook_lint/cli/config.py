"""``runbook-lint config``: what is in force, and where it is written."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from runbook_lint import config
from runbook_lint.cli import CLEAN, common, terminal
from runbook_lint.config import Config

# The keys of the file, and how the configuration has them.
_KEYS = (
    "exclude",
    "packs",
    "allow_comments",
    "runbook_keys",
    "url_prefixes",
    "severity_map",
    "link_hosts",
    "resource_prefix",
    "profiles",
)


_EPILOG = """\b
Examples:
  runbook-lint config show                      what is in force here
  runbook-lint config show --config other.yaml  what would be in force with it
"""


@click.group(name="config", epilog=_EPILOG)
def command() -> None:
    """Show what is in force, and where it is written."""


@command.command(epilog=_EPILOG)
@common.config_option
def show(config_file: str | None) -> int:
    """Show every setting as YAML, each with the place that sets it."""
    asked = common.request((), config_file)
    common.write("".join(f"{common.veiled(line)}\n" for line in _lines(asked.config)))
    return CLEAN


def _lines(settings: Config) -> Iterator[str]:
    yield "version: 1"
    for kind, key in config.KINDS.items():
        yield from _line(settings, key, settings.kinds.get(kind), "found by content and name")
    for key in _KEYS:
        yield from _setting(settings, key, getattr(settings, key))
    yield f"rules:{'' if settings.rules else ' {} # default: all as their packs have them'}"
    for name, given in settings.rules.items():
        yield f"  {name}: {json.dumps(given)} # {settings.where('rules', name)}"


def _setting(settings: Config, key: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield f"{key}:"
        for name, each in value.items():
            yield from (f"  {line}" for line in _line(settings, name, each, "default", key))
    else:
        yield from _line(settings, key, value, "default")


def _line(settings: Config, key: str, value: Any, otherwise: str, *above: str) -> Iterator[str]:
    """A key with its value, and where it is set; a list that is too long for the terminal in lines of its own."""
    place = settings.where(*above, key)
    written = place if settings.sets(*above, key) else otherwise
    name = key if key.replace("_", "").isalnum() else json.dumps(key)
    shown = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
    line = f"{name}: {json.dumps(shown, ensure_ascii=False)} # {written}"
    if isinstance(shown, list) and terminal.is_terminal() and len(line) + 2 * len(above) > terminal.width():
        yield f"{name}: # {written}"
        yield from (f"  - {json.dumps(each, ensure_ascii=False)}" for each in shown)
    else:
        yield line
