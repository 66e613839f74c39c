"""A name of its own for each repository of a merged report."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from runbook_lint.model import UserError
from runbook_lint.report.document import Nightly, Repository


class _Told(NamedTuple):
    """A repository, and the report that tells of it: its number, and the document."""

    report: int
    document: Nightly
    repository: Repository


def apart(documents: Sequence[Nightly], files: Sequence[str]) -> list[Nightly]:
    """The documents, in which repositories of one name are told apart by the files of their reports.

    One repository in two reports would be counted twice, so that is refused.
    """
    by_name: dict[str, list[_Told]] = {}
    for index, document in enumerate(documents):
        for repository in document["repositories"]:
            by_name.setdefault(repository["name"], []).append(_Told(index, document, repository))
    names: list[dict[str, str]] = [{} for _ in documents]
    for name, told in by_name.items():
        if len(told) > 1:
            _refuse_twins(told, _files(told, files))
            for each, mark in zip(told, _marks(_files(told, files)), strict=True):
                names[each.report][name] = f"{name} ({mark})"
                if names[each.report][name] in by_name:
                    raise _twice(name, _files(told, files))
    return [_renamed(each, new) if new else each for each, new in zip(documents, names, strict=True)]


def _files(told: Sequence[_Told], files: Sequence[str]) -> list[str]:
    return [files[each.report] if each.report < len(files) else f"report {each.report + 1}" for each in told]


def _refuse_twins(told: Sequence[_Told], files: Sequence[str]) -> None:
    """The same commit with the same in it is one report twice; so is one name twice in one report."""
    seen: dict[Any, str] = {}
    for each, file in zip(told, files, strict=True):
        keys = (each.repository["commit"], frozenset(_contents(each))), each.report
        if any(key in seen for key in keys):
            raise _twice(each.repository["name"], [next(seen[key] for key in keys if key in seen), file])
        seen |= dict.fromkeys(keys, file)


def _twice(name: str, files: Sequence[str]) -> UserError:
    where = " and ".join(files[:2])
    how = "merge one of them, or name each with `runbook-lint report --name`"
    return UserError(f"{where} both tell of the repository '{name}'; {how}")


def _contents(told: _Told) -> Iterator[tuple[str, str]]:
    """What stands where in a repository."""
    rows: Sequence[Mapping[str, Any]] = (*told.document["fleet"], *told.document["paths"], *told.document["incidents"])
    for row in rows:
        if row["place"]["repository"] == told.repository["name"]:
            yield row["place"]["path"], row.get("alert") or row["id"]


def _marks(files: Sequence[str]) -> list[str]:
    """The names of the files without their endings, with as many folders as it takes to tell them apart."""
    paths = [re.split(r"[/\\]+", re.sub(r"(?<=[^/\\])\.[^./\\]*$", "", file)) for file in files]
    for depth in range(1, max(map(len, paths)) + 1):
        marks = ["/".join(path[-depth:]) for path in paths]
        if len(set(marks)) == len(marks):
            return marks
    return list(files)


def _renamed(document: Nightly, names: Mapping[str, str]) -> Nightly:
    repositories = [{**each, "name": names.get(each["name"], each["name"])} for each in document["repositories"]]
    return cast(Nightly, {**_placed(document, names), "repositories": repositories})


def _placed(value: Any, names: Mapping[str, str]) -> Any:
    """The same with the new names in all places."""
    if isinstance(value, list):
        return [_placed(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    placed = {key: _placed(each, names) for key, each in value.items()}
    named = value.get("repository")
    return {**placed, "repository": names.get(named, named)} if isinstance(named, str) else placed
