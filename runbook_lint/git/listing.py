"""What git lists, and where it stands, for whoever cannot wait for a module that takes time to import."""

import os

from runbook_lint.git.spawning import said

TRACKED = ("ls-files", "-t", "-z", "--cached")
PRESENT = (*TRACKED, "--others", "--exclude-standard")
# `ls-files -t` puts a letter and a blank before each path; this letter says that a sparse checkout leaves the file out.
_PATH, _ABSENT = 2, b"S"
# Beside commits these say what git takes for history: what is being merged, where a clone ends, and what was put in
# the place of other commits.
_FILES = ("MERGE_HEAD", "shallow", "info/grafts")
_REPLACED = "--glob=refs/replace/*"


def parted(listing: bytes) -> tuple[set[str], set[str]]:
    """The paths of a listing: of files that are there, and of those that a sparse checkout leaves out."""
    names: set[str] = set()
    absent: set[str] = set()
    for line in listing.split(b"\0"):
        if line:
            (absent if line[:1] == _ABSENT else names).add(os.fsdecode(line[_PATH:]))
    return names, absent


def standing(root: str, revision: str) -> bytes | None:
    """All that a comparison of the working tree with a revision depends on, beside its files: the commits that are
    checked out and meant, and how git is to understand history. None where git does not know."""
    files = [word for name in _FILES for word in ("--git-path", name)]
    commits = [f"{each}^{{commit}}" for each in ("HEAD", revision)]
    told = said(root, ("rev-parse", *files, _REPLACED, "--end-of-options", *commits))
    if told is None:
        return None
    paths = told.split(b"\n", len(_FILES))[:-1]
    return b"\n".join((told, *(_content(os.path.join(os.fsencode(root), path)) for path in paths)))


def _content(path: bytes) -> bytes:
    try:
        with open(path, "rb") as handle:
            return handle.read()
    except OSError:
        return b""
