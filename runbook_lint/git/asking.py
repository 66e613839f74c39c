"""Asking git: one short process a question, in the repository that is meant."""

import os
from typing import NamedTuple

from runbook_lint.git.spawning import told
from runbook_lint.git.surroundings import environment, top_of
from runbook_lint.model import UserError


class Answer(NamedTuple):
    """How git ended, what it said, and what it complained of."""

    returncode: int
    stdout: bytes
    stderr: bytes


def run(root: str, *words: str, given: bytes = b"") -> Answer:
    answer = told(root, words) if not given else None
    if answer is not None:
        return Answer(*answer)
    import subprocess

    command = ["git", "-C", root, *words]
    done = subprocess.run(command, capture_output=True, input=given, env=environment(root), check=False)
    return Answer(done.returncode, done.stdout, done.stderr)


def asked(root: str, what: str, *words: str, given: bytes = b"") -> Answer:
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
