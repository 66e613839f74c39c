"""The index and the pages of the rules on disk. Only what was generated is written over or removed."""

import os
from collections.abc import Iterator, Mapping, Sequence

from runbook_lint import resources
from runbook_lint.cli import CLEAN, FINDINGS, common, folders
from runbook_lint.model import UserError
from runbook_lint.reporters import rulepage, rulespage
from runbook_lint.reporters.escape import printable
from runbook_lint.reporters.rulefacts import POLICY, Entry
from runbook_lint.summary import many


def site(root: str, folder: str, index: str | None) -> rulespage.Site:
    """Where everything goes. Our own policy is at hand only in our own repository."""
    home = os.path.dirname(os.path.realpath(resources.folder("rules")))
    policy = os.path.join(home, POLICY) if home == root else ""
    paths = os.path.realpath(index or os.path.join(folder, "README.md")), os.path.realpath(folder), policy
    return rulespage.Site(*(path.replace(os.sep, "/") for path in paths))


def texts(entries: Sequence[Entry], abouts: Mapping[str, str], where: rulespage.Site) -> dict[str, str]:
    """All files by path."""
    return {where.front: rulespage.index(entries, abouts, where), **dict(rulepage.pages(entries, where))}


def write(wanted: Mapping[str, str], where: rulespage.Site, root: str) -> int:
    """Writes what is new or another, and removes the pages of rules that are gone."""
    changed = {path: text for path, text in wanted.items() if _there(path) != text}
    for path in changed:
        if _there(path) is not None and not _generated(path):
            raise UserError(f"{os.path.relpath(path, root)} was not generated, so it is not written over; move it away")
    gone = _gone(wanted, where)
    for path, text in changed.items():
        folders.make(os.path.dirname(path))
        common.write(text, path)
    for path in gone:
        _remove(path, where.folder)
    same = len(wanted) - len(changed)
    common.write(f"{many(len(changed), 'file')} written, {same:,} as they were, {len(gone):,} removed\n")
    return CLEAN


def compare(wanted: Mapping[str, str], where: rulespage.Site, root: str) -> int:
    """Says what `write` would change."""
    lines = [f"{_from(path, root)}: {_state(path)}" for path, text in wanted.items() if _there(path) != text]
    lines += [f"{_from(path, root)}: of a rule that is gone" for path in _gone(wanted, where)]
    common.write("".join(f"{printable(line)}\n" for line in lines))
    return FINDINGS if lines else CLEAN


def _state(path: str) -> str:
    return "missing" if _there(path) is None else "stale"


def _from(path: str, root: str) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")


def _gone(wanted: Mapping[str, str], where: rulespage.Site) -> list[str]:
    """The generated files in the folders of families that nobody wants any more."""
    return [path for path in _pages(where.folder) if path not in wanted and _generated(path)]


def _pages(folder: str) -> Iterator[str]:
    for family in sorted(_listed(folder), key=lambda each: each.name):
        if family.is_dir(follow_symlinks=False):
            for file in sorted(_listed(family.path), key=lambda each: each.name):
                if file.is_file(follow_symlinks=False) and file.name.endswith(".md"):
                    yield f"{folder}/{family.name}/{file.name}"


def _listed(folder: str) -> list[os.DirEntry[str]]:
    try:
        return list(os.scandir(folder))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UserError(f"cannot read the folder {folder}: {(error.strerror or str(error)).lower()}") from None


def _there(path: str) -> str | None:
    """What stands in a file now, nothing if there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace", newline="") as handle:
            return handle.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from None


def _generated(path: str) -> bool:
    return (_there(path) or "").splitlines()[2:3] == [rulespage.MARK]


def _remove(path: str, folder: str) -> None:
    try:
        os.unlink(path)
        if os.path.dirname(path) != folder and not os.listdir(os.path.dirname(path)):
            os.rmdir(os.path.dirname(path))
    except OSError as error:
        raise UserError(f"cannot remove {path}: {(error.strerror or str(error)).lower()}") from None
