"""The user's file -> a frozen Config. Its errors have places."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runbook_lint import globs
from runbook_lint.documents import contracts, yamltree
from runbook_lint.documents.tree import Fault, plain
from runbook_lint.model import Span, UserError, Value
from runbook_lint.places import Lines

NAME = ".runbook-lint.yaml"

# Where alerts carry their runbook, by preference. Surveyed: all but the first are what public rule files use.
RUNBOOK_KEYS = (
    "annotations.runbook_id",
    "labels.runbook_id",
    "annotations.runbook_url",
    "annotations.runbook",
    "annotations.runbookUrl",
    "annotations.playbook",
    "annotations.playbook_url",
    "annotations.opsrecipe",
    "labels.runbook_url",
    "labels.runbook",
    "labels.playbook",
    "labels.opsrecipe",
)
SEVERITY_MAP: Mapping[str, str] = {
    "critical": "sev1",
    "page": "sev1",
    "sev1": "sev1",
    "s1": "sev1",
    "p1": "sev1",
    "error": "sev2",
    "high": "sev2",
    "warning": "sev2",
    "warn": "sev2",
    "sev2": "sev2",
    "s2": "sev2",
    "p2": "sev2",
    "info": "sev3",
    "notify": "sev3",
    "low": "sev3",
    "sev3": "sev3",
    "s3": "sev3",
    "p3": "sev3",
    "s4": "sev3",
    "p4": "sev3",
}


@dataclass(frozen=True, slots=True, eq=False)
class Config:
    """All settings. Paths and globs are relative to the repository's root; ``kinds`` are the globs of each kind of file."""

    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    runbook_keys: tuple[str, ...] = RUNBOOK_KEYS
    url_prefixes: Mapping[str, str] = field(default_factory=dict)
    severity_map: Mapping[str, str] = field(default_factory=lambda: SEVERITY_MAP)
    link_hosts: tuple[str, ...] = ()
    profiles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)
    where: Callable[[str], str] = lambda key: NAME

    def kind_of(self, path: str) -> str | None:
        """The kind that the configuration gives a path; empty for one that it keeps out, None where it is silent.

        Once globs name a kind, no other file is of that kind; what else it is stays open, so None is still possible.
        """
        if globs.matches(path, self.exclude):
            return ""
        return next((kind for kind, patterns in self.kinds.items() if globs.matches(path, patterns)), None)

    def profile_of(self, path: str) -> str:
        """The profile that the configuration gives a runbook; empty where it is recognised."""
        return next((name for name, patterns in self.profiles.items() if globs.matches(path, patterns)), "")


def load(root: str, file: str | None = None) -> Config:
    """The configuration in ``file``, or in the repository's own file; the defaults where there is none."""
    path = file if file is not None else os.path.join(root, NAME)
    try:
        with open(path, encoding="utf-8-sig") as handle:
            text = handle.read()
    except FileNotFoundError:
        if file is None:
            return Config()
        raise UserError(f"there is no configuration file {file}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"the configuration {path} cannot be read: {error}") from None
    folder = os.path.relpath(os.path.dirname(os.path.abspath(path)), root).replace(os.sep, "/")
    return parse(text, os.path.basename(path) if file is None else file, "" if folder == "." else folder + "/")


def parse(text: str, name: str, folder: str = "") -> Config:
    """The configuration in a text; ``folder`` is what its globs are relative to, with a slash at its end."""
    tree = checked_tree(text, name, "config")
    settings: dict[str, Any] = plain(tree)
    lines = Lines(text)

    def where(key: str) -> str:
        span = _key_span(tree, key)
        line, column = lines.position(span.start)
        return f"{name}:{line}:{column}"

    return _config(settings, folder, where)


def _key_span(tree: Value, key: str) -> Span:
    """Where ``rules.<id>`` or another key stands in the file."""
    first, _, rest = key.partition(".")
    value = tree.value.get(first, tree)
    inner = value.value.get(rest, value) if rest and isinstance(value.value, dict) else value
    return Span(max(inner.key, 0), inner.end)


def checked_tree(text: str, name: str, schema: str) -> Value:
    """The one document of one of our own YAML files, valid by its schema; raises UserError with all places."""
    reading = yamltree.read(text)
    faults = list(reading.faults)
    if not reading.documents and not faults:
        faults.append(Fault("syntax", f"the file is empty; write at least 'version: 1'", Span(0, 0)))
    if not faults:
        root = reading.documents[0].root
        faults = [Fault("schema", each.words, each.span) for each in contracts.violations(root, schema)]
    if faults:
        lines = Lines(text)
        raise UserError("\n".join(_placed(lines, name, fault) for fault in faults))
    return reading.documents[0].root


def _placed(lines: Lines, name: str, fault: Fault) -> str:
    line, column = lines.position(fault.span.start)
    return f"{name}:{line}:{column}: {fault.words}"


def _config(settings: Mapping[str, Any], folder: str, where: Callable[[str], str]) -> Config:
    def paths(value: Any) -> tuple[str, ...]:
        return tuple(folder + each.removeprefix("./") for each in _list(value))

    named = {
        "catalog": settings.get("catalogs"),
        "roster": settings.get("roster"),
        "codeowners": settings.get("codeowners"),
        "alerts": settings.get("alerts"),
        "runbook": settings.get("runbooks"),
    }
    return Config(
        kinds={kind: paths(value) for kind, value in named.items() if value is not None},
        exclude=paths(settings.get("exclude")),
        packs=paths(settings.get("packs")),
        runbook_keys=tuple(settings.get("runbook_keys") or RUNBOOK_KEYS),
        url_prefixes={key: folder + value for key, value in (settings.get("url_prefixes") or {}).items()},
        severity_map={**SEVERITY_MAP, **{key.lower(): to for key, to in (settings.get("severity_map") or {}).items()}},
        link_hosts=tuple(settings.get("link_hosts") or ()),
        profiles={name: paths(value) for name, value in (settings.get("profiles") or {}).items()},
        rules=settings.get("rules") or {},
        where=where,
    )


def _list(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
