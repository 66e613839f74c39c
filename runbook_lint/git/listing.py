"""The files of a working tree as git lists them, for whoever cannot wait for a module that runs processes."""

import os

from runbook_lint.git.surroundings import environment

TRACKED = ("ls-files", "-t", "-z", "--cached")
PRESENT = (*TRACKED, "--others", "--exclude-standard")
_CHUNK = 1 << 16


def listed(root: str, words: tuple[str, ...]) -> bytes | None:
    """What git says of a working tree, what it complains of among it; None where it cannot be asked, or fails."""
    if not hasattr(os, "posix_spawnp"):
        return None
    ours, theirs = os.pipe()
    try:
        said = ((os.POSIX_SPAWN_DUP2, theirs, 1), (os.POSIX_SPAWN_DUP2, theirs, 2))
        process = os.posix_spawnp("git", ["git", "-C", root, *words], environment(root), file_actions=said)
    except OSError:
        os.close(ours)
        return None
    finally:
        os.close(theirs)
    told = _read(ours)
    _, status = os.waitpid(process, 0)
    return told if status == 0 else None


def _read(pipe: int) -> bytes:
    """All that comes out of a pipe, which is closed then."""
    parts = []
    with open(pipe, "rb", buffering=0) as stream:
        while part := stream.read(_CHUNK):
            parts.append(part)
    return b"".join(parts)
