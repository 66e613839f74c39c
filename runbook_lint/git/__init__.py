"""The only package that talks to git.

What every run asks is asked from git itself: lists of files in one short process, because only git knows its ignore
rules; contents from one process for all of them, because each process costs as much as reading a hundred files.
GitPython, whose import costs more than all that, tells of commits where people ask for them.

A name is imported when it is first asked for: a run that only has to list files needs few of them.
"""

from importlib import import_module

TYPE_CHECKING = False  # as in `typing`, whose import costs more than a warm run's whole work
if TYPE_CHECKING:
    from runbook_lint.git.contents import AbsentError as AbsentError
    from runbook_lint.git.contents import Blob as Blob
    from runbook_lint.git.contents import Listing as Listing
    from runbook_lint.git.contents import NoAnswerError as NoAnswerError
    from runbook_lint.git.contents import commit_blobs as commit_blobs
    from runbook_lint.git.contents import index_blobs as index_blobs
    from runbook_lint.git.contents import reader as reader
    from runbook_lint.git.contents import tracked_files as tracked_files
    from runbook_lint.git.contents import working_files as working_files
    from runbook_lint.git.history import Commit as Commit
    from runbook_lint.git.history import Difference as Difference
    from runbook_lint.git.history import Logged as Logged
    from runbook_lint.git.history import Version as Version
    from runbook_lint.git.history import base_of as base_of
    from runbook_lint.git.history import commit_before as commit_before
    from runbook_lint.git.history import commit_of as commit_of
    from runbook_lint.git.history import commits as commits
    from runbook_lint.git.history import dates as dates
    from runbook_lint.git.history import differences as differences
    from runbook_lint.git.history import head as head
    from runbook_lint.git.history import is_dirty as is_dirty
    from runbook_lint.git.history import is_shallow as is_shallow
    from runbook_lint.git.history import log as log
    from runbook_lint.git.history import mainline as mainline
    from runbook_lint.git.history import merging as merging
    from runbook_lint.git.history import remote_url as remote_url
    from runbook_lint.git.history import versions as versions
    from runbook_lint.git.history import written as written
    from runbook_lint.git.surroundings import environment as environment
    from runbook_lint.git.surroundings import find_root as find_root
    from runbook_lint.git.surroundings import is_repository as is_repository
    from runbook_lint.git.surroundings import top_of as top_of

# The cheapest to import first.
_HOMES = ("surroundings", "contents", "history")


def __getattr__(name: str) -> object:
    for home in _HOMES:
        module = import_module(f"{__name__}.{home}")
        if hasattr(module, name):
            globals()[name] = getattr(module, name)
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
