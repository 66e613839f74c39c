"""Which repository is meant, and the environment in which git is asked about it. Imports nothing that takes time."""

import os

# Variables that point git at another repository than the one we ask about; hooks set them.
_LEADING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
# Variables that change what names of files mean.
_MEANING = ("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS")


def is_repository(root: str) -> bool:
    """Whether the folder is the top of a git working tree, or a repository without one."""
    if os.path.exists(os.path.join(root, ".git")):
        return True
    return all(os.path.exists(os.path.join(root, name)) for name in ("HEAD", "objects", "refs"))


def top_of(folder: str) -> str:
    """The top of the git working tree around a folder; empty where there is none."""
    start = folder
    while not is_repository(folder):
        above = os.path.dirname(folder)
        if above == folder:
            return _given_top(start)
        folder = above
    return folder


def _given_top(folder: str) -> str:
    """The top of the working tree that only the environment tells of, if the folder lies in it."""
    tree = os.path.realpath(os.environ.get("GIT_WORK_TREE", "")) if os.environ.get("GIT_WORK_TREE") else ""
    inside = tree and (folder + os.sep).startswith(tree.rstrip(os.sep) + os.sep)
    return tree if inside and os.path.isdir(os.environ.get("GIT_DIR", "")) else ""


def environment(root: str) -> dict[str, str]:
    """The environment without what would point git at another repository than that of ``root``.

    A hook's temporary index (``git commit PATH``) is the staged state, but only of the repository that we stand in.
    """
    top = top_of(os.path.realpath(root))
    given = top and top == _given_top(top)
    leading = () if given else _LEADING
    kept = {name: value for name, value in os.environ.items() if name not in (*leading, *_MEANING)}
    if top_of(os.path.realpath(os.getcwd())) != top:
        kept.pop("GIT_INDEX_FILE", None)
    return {**kept, "LC_ALL": "C"}


def find_root(start: str, marker: str) -> str:
    """The folder upward from ``start`` that is a git working tree or has the marker file; empty where there is none."""
    folder = os.path.abspath(start)
    while True:
        if is_repository(folder) or os.path.lexists(os.path.join(folder, marker)):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above
