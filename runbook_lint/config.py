"""The user's file -> a frozen Config. Its errors have places."""

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from runbook_lint import CONFIG, globs
from runbook_lint.documents import contracts, jsontree, yamltree
from runbook_lint.documents.tree import Fault, child, plain
from runbook_lint.model import Span, UserError, Value
from runbook_lint.places import Lines

NAME = CONFIG
# Kind of file -> the key that names its files. A file that two keys name is of the first kind.
KINDS = {
    "catalog": "catalogs",
    "roster": "roster",
    "codeowners": "codeowners",
    "alerts": "alerts",
    "incidents": "incidents",
    "runbook": "runbooks",
}

# Where alerts carry their runbook, by preference: ours first, then what public rule files use.
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
    """All settings. Paths and globs are relative to the repository's root; ``kinds`` are the globs of each kind of
    file.

    ``allow_comments`` are the comments of other scanners that excuse a secret, ``rules`` has for each rule ``off``, a
    severity, or a mapping; ``where`` says the place of a key: ``file:line:column``, and ``sets`` whether the file has
    it.
    """

    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    allow_comments: tuple[str, ...] = ()
    runbook_keys: tuple[str, ...] = RUNBOOK_KEYS
    url_prefixes: Mapping[str, str] = field(default_factory=dict)
    severity_map: Mapping[str, str] = field(default_factory=lambda: SEVERITY_MAP)
    link_hosts: tuple[str, ...] = ()
    resource_prefix: str = ""
    profiles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)
    where: Callable[..., str] = lambda *keys: NAME
    sets: Callable[..., bool] = lambda *keys: False

    def kind_of(self, path: str) -> str | None:
        """The kind that the configuration gives a path; empty for one that it keeps out, None where it is silent.

        Once globs name a kind, no other file is of that kind; what else it is stays open, so None is still possible.
        """
        if globs.matches(path, self.exclude):
            return ""
        return next((kind for kind, patterns in self.kinds.items() if globs.matches(path, patterns)), None)

    def named(self) -> Iterator[tuple[str, str, tuple[int, int]]]:
        """Each path or glob that names files, with its key, and its line and column in the repository's own file."""
        for kind, patterns in self.kinds.items():
            for index, pattern in enumerate(patterns):
                file, line, column = self.where(KINDS[kind], index).rsplit(":", 2)
                yield KINDS[kind], pattern, (int(line), int(column)) if file == NAME else (1, 1)

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
        why = getattr(error, "strerror", None) or "it is no UTF-8"
        raise UserError(f"the configuration {path} cannot be read: {why}") from None
    above = os.path.realpath(os.path.dirname(os.path.abspath(path)))
    folder = os.path.relpath(above, os.path.realpath(root)).replace(os.sep, "/")
    return parse(text, os.path.basename(path) if file is None else file, "" if folder == "." else folder + "/")


def parse(text: str, name: str, folder: str = "") -> Config:
    """The configuration in a text; ``folder`` is the file's own, from the root, with a slash at its end.

    Globs are relative to that folder; those of a file outside the repository, shared by several, to the root.
    """
    tree = checked_tree(text, name, "config")
    settings: dict[str, Any] = plain(tree)
    lines = Lines(text)

    def where(*keys: str) -> str:
        return placed(tree, lines, name, *keys)

    def sets(*keys: str) -> bool:
        return child(tree, *keys) is not None

    return replace(_config(settings, folder, where), sets=sets)


def placed(tree: Value, lines: Lines, name: str, *keys: str | int) -> str:
    """Where the value under some keys stands, or the nearest thing around it that does: ``file:line:column``."""
    for key in keys:
        inner = tree.value
        if isinstance(inner, dict) and key in inner:
            tree = inner[str(key)]
        elif isinstance(inner, list) and isinstance(key, int) and key < len(inner):
            tree = inner[key]
    line, column = lines.position(tree.key if tree.key >= 0 else tree.start)
    return f"{name}:{line}:{column}"


def checked_tree(text: str, name: str, schema: str) -> Value:
    """The one document of one of our own files, valid by its schema; raises UserError with all places."""
    reading = jsontree.read(text) if name.endswith(".json") else yamltree.read(text)
    faults = list(reading.faults)
    if not reading.documents and not faults:
        faults.append(Fault("syntax", "the file is empty; write at least 'version: 1'", Span(0, 0)))
    if len(reading.documents) > 1:
        second = reading.documents[1].root
        faults.append(Fault("syntax", "a second document; only one can hold", Span(second.start, second.end)))
    if not faults:
        root = reading.documents[0].root
        faults = [Fault("schema", each.words, each.span) for each in contracts.violations(root, schema)]
    if faults:
        lines = Lines(text)
        raise UserError("\n".join(_sentence(lines, name, fault) for fault in faults))
    return reading.documents[0].root


def _sentence(lines: Lines, name: str, fault: Fault) -> str:
    line, column = lines.position(fault.span.start)
    return f"{name}:{line}:{column}: {fault.words}"


def _config(settings: Mapping[str, Any], folder: str, where: Callable[..., str]) -> Config:
    inside = "" if folder.startswith(("../", "/")) else folder

    def globs_of(*keys: str) -> tuple[str, ...]:
        value: Any = settings
        for key in keys:
            value = value.get(key, ())
        return tuple(_glob(each, inside, where(*keys)) or "**" for each in _list(value))

    return Config(
        kinds={kind: globs_of(key) for kind, key in KINDS.items() if key in settings},
        exclude=globs_of("exclude"),
        packs=tuple(os.path.normpath(os.path.join(folder, each)) for each in settings.get("packs", ())),
        allow_comments=tuple(settings.get("allow_comments", ())),
        runbook_keys=tuple(dict.fromkeys((RUNBOOK_KEYS[0], *(settings.get("runbook_keys") or RUNBOOK_KEYS)))),
        url_prefixes={
            prefix: _glob(to, inside, where("url_prefixes", prefix))
            for prefix, to in settings.get("url_prefixes", {}).items()
        },
        severity_map={**SEVERITY_MAP, **{key.lower(): to for key, to in settings.get("severity_map", {}).items()}},
        link_hosts=tuple(settings.get("link_hosts", ())),
        resource_prefix=settings.get("resource_prefix", ""),
        profiles={name: globs_of("profiles", name) for name in settings.get("profiles", {})},
        rules={id_: "off" if given is False else given for id_, given in settings.get("rules", {}).items()},
        where=where,
    )


def _glob(pattern: str, folder: str, where: str) -> str:
    """A glob of the configuration as one of the repository; a slash at its end, which means a folder, is kept."""
    path = posixpath.normpath(posixpath.join(folder, pattern.lstrip("/")))
    if path == ".." or path.startswith("../"):
        raise UserError(f"{where}: '{pattern}' leads out of the repository")
    if path == ".":
        return ""
    return path + "/" if pattern.endswith("/") else path


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
