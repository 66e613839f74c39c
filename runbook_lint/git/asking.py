"""Asking git: one short process a question, in the repository that is meant."""

import os
import subprocess

from runbook_lint.model import UserError

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


def run(root: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", root, *words]
    return subprocess.run(command, capture_output=True, input=given, env=environment(root), check=False)


def asked(root: str, what: str, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    if not top_of(os.path.realpath(root)):
        raise UserError(f"{what} can be read only in a git repository, and {root} is none")
    try:
        return run(root, *words, given=given)
    except FileNotFoundError:
        raise UserError(f"{what} can be read only with git, and there is no git program on the PATH") from None


def output(root: str, what: str, *words: str, given: bytes = b"") -> bytes:
    done = asked(root, what, *words, given=given)
    if done.returncode:
        refuse_foreign(root, done.stderr)
        raise UserError(f"git cannot list {what} in {root}: {sentence(done.stderr)}")
    return done.stdout


def refuse_foreign(root: str, said: bytes) -> None:
    """Git does not trust the repository of another user: only the user can say that it may."""
    if b"dubious ownership" in said:
        top = top_of(os.path.realpath(root)) or root
        raise UserError(
            f"git refuses to read {top}: it belongs to another user; if you trust it, run "
            f"`git config --global --add safe.directory {top}`"
        )


def sentence(said: bytes) -> str:
    """The first line of what git said that says what is wrong."""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    fatal = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0] if lines else "no reason")
    return fatal.partition(": ")[2] or fatal
