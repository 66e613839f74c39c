"""The only module that talks to git.

The list of a working tree's files is asked from git itself in one short process, because only git knows its ignore rules and
GitPython's import alone costs ten times as much. Commits and the index are read through GitPython.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from runbook_lint.model import UserError

# Variables that point git at another repository than the one we ask about; hooks set them.
_REDIRECTING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
_REGULAR = ("100644", "100755")
_SYMLINK = "120000"


class Blob(NamedTuple):
    """A file of a commit or of the index."""

    path: str
    content_id: str
    read: Callable[[], bytes]


def environment() -> dict[str, str]:
    """The environment without what would point git at another repository."""
    return {name: value for name, value in os.environ.items() if name not in _REDIRECTING}


def is_repository(root: str) -> bool:
    """Whether the folder is the top of a git working tree."""
    return os.path.exists(os.path.join(root, ".git"))


def working_files(root: str) -> list[str] | None:
    """Tracked files and untracked ones that are not ignored; None when git cannot tell."""
    command = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, env=environment(), check=False)
    except OSError:
        return None
    if done.returncode:
        return None
    return sorted({os.fsdecode(name) for name in done.stdout.split(b"\0") if name})


def commit_blobs(root: str, revision: str) -> list[Blob]:
    """The files of a commit; raises UserError when there is no such commit."""
    repository = _repository(root)
    try:
        commit = repository.commit(revision)
        listing = repository.git.ls_tree("-r", "-z", "--full-tree", commit.hexsha, stdout_as_string=False)
    except Exception as error:
        raise UserError(f"git knows no commit {revision!r} here: {_sentence(error)}") from None
    return list(_listed(repository, listing))


def index_blobs(root: str) -> list[Blob]:
    """The files as they are staged."""
    repository = _repository(root)
    try:
        listing = repository.git.ls_files("-s", "-z", stdout_as_string=False)
    except Exception as error:
        raise UserError(f"git cannot list the staged files: {_sentence(error)}") from None
    return list(_listed(repository, listing))


def _repository(root: str) -> Any:
    try:
        import git
    except ImportError as error:  # GitPython refuses to load where there is no git program
        raise UserError(f"git is needed for this and cannot be used: {_sentence(error)}") from None
    try:
        return git.Repo(root)
    except Exception as error:
        raise UserError(f"{root} is no git repository that can be read: {_sentence(error)}") from None


def _listed(repository: Any, listing: bytes) -> Iterator[Blob]:
    """``ls-tree``: mode type id TAB path; ``ls-files -s``: mode id stage TAB path."""
    for line in listing.split(b"\0"):
        head, _, name = line.partition(b"\t")
        words = head.decode("ascii").split()
        if len(words) == 3 and words[0] in _REGULAR:
            sha = words[2] if words[1] == "blob" else words[1]
            yield Blob(os.fsdecode(name), sha, _reader(repository, sha))


def _reader(repository: Any, sha: str) -> Callable[[], bytes]:
    def read() -> bytes:
        content: bytes = repository.odb.stream(bytes.fromhex(sha)).read()
        return content

    return read


def _sentence(error: Exception) -> str:
    """The last line of what git said: the one that says what is wrong."""
    said = str(getattr(error, "stderr", "") or error).strip().splitlines()
    return said[-1].strip().strip("'") if said else type(error).__name__
