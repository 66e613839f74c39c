"""The folder of a repository in which runs leave what they know for later ones. Imports nothing that takes time."""

import os
import stat

FOLDER = ".runbook-lint-cache"
MEMORY, ANSWER, PART = ".memory", ".answer", ".part"
# A file that changed so short a time before may change again and keep its stamp. Some clocks tick every two seconds.
RESTLESS = 2_000_000_000
# There are so many files of a kind: one for each choice of rules, or for each question.
_MOST = 8


def stamp(told: os.stat_result) -> tuple[int, int, int, int]:
    """By what a file is known to be as it was: its size, when it was written and when it was changed, and its inode."""
    return (told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino)


def is_folder(path: str) -> bool:
    """Whether it is a folder and no link to one."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def content(path: str, largest: int) -> bytes:
    """The content of a file; empty for one that is larger, or no file. Raises OSError where it cannot be read."""
    # A pipe would keep us waiting, and a link leads anywhere.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb", buffering=0) as handle:
        told = os.fstat(handle.fileno())
        return handle.read() if stat.S_ISREG(told.st_mode) and told.st_size <= largest else b""


def put(folder: str, name: str, data: bytes) -> None:
    """Writes a file whole or not at all, into a folder that is made if need be; raises OSError where that cannot be
    done."""
    _prepare(folder)
    part = os.path.join(folder, f"{os.getpid()}-{os.urandom(4).hex()}{PART}")
    try:
        with open(part, "xb") as handle:
            handle.write(data)
        os.replace(part, os.path.join(folder, name))
    except BaseException:
        _remove(part)
        raise
    for ending in (MEMORY, ANSWER, PART):
        _tidy(folder, ending, _MOST)


def _prepare(folder: str) -> None:
    """Makes the folder, which keeps itself out of git."""
    if not os.path.lexists(folder):
        os.mkdir(folder)
    kept = os.path.join(folder, ".gitignore")
    if not os.path.lexists(kept):
        with open(kept, "w", encoding="ascii") as handle:
            handle.write("# What runbook-lint remembers between runs. It may be deleted at any time.\n*\n")


def _tidy(folder: str, ending: str, keep: int) -> None:
    """Deletes all but the newest files of an ending; those that are parts runs left behind that were ended."""
    entries = [entry for entry in os.scandir(folder) if entry.name.endswith(ending)]
    entries.sort(key=lambda entry: -entry.stat(follow_symlinks=False).st_mtime_ns)
    for entry in entries[keep:]:
        _remove(entry.path)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return


def size(root: str) -> tuple[str, int, int]:
    """Where the folder of a repository is, how many files it has, and how many bytes."""
    folder = os.path.join(root, FOLDER)
    try:
        sizes = [each.stat(follow_symlinks=False).st_size for each in os.scandir(folder)] if is_folder(folder) else []
    except OSError:
        sizes = []
    return folder, len(sizes), sum(sizes)


def clear(root: str) -> None:
    """Deletes the folder of a repository; raises OSError where that cannot be done."""
    folder = os.path.join(root, FOLDER)
    if not is_folder(folder):
        return
    for ending in (MEMORY, ANSWER, PART):
        _tidy(folder, ending, keep=0)
    if os.path.lexists(os.path.join(folder, ".gitignore")):
        os.unlink(os.path.join(folder, ".gitignore"))
    try:
        os.rmdir(folder)
    except OSError:
        # Somebody else keeps something there.
        return
