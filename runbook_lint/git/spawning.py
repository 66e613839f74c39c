"""Short processes without the module that runs processes, whose import costs more than git takes to answer."""

import os

from runbook_lint.git.surroundings import environment

_CHUNK = 1 << 16


def told(root: str, words: tuple[str, ...]) -> tuple[int, bytes, bytes] | None:
    """The exit code of git, which is given nothing to read, what it says, and what it complains of; None on a system
    where no process is started so. Raises OSError where git cannot be started."""
    if not hasattr(os, "posix_spawnp"):
        return None
    code, (said, complaint) = _ended(root, words, [os.pipe(), os.pipe()])
    return code, said, complaint


def said(root: str, words: tuple[str, ...]) -> bytes | None:
    """What git says, what it complains of among it; None where it fails, or cannot be asked."""
    if not hasattr(os, "posix_spawnp"):
        return None
    try:
        code, (both,) = _ended(root, words, [os.pipe()])
    except OSError:
        return None
    return both if code == 0 else None


def _ended(root: str, words: tuple[str, ...], pipes: list[tuple[int, int]]) -> tuple[int, list[bytes]]:
    """The exit code of the process, and all that came through the pipes, of which the last one has the complaints."""
    ours = [end for end, _ in pipes]
    try:
        process = _started(root, words, [end for _, end in pipes])
        try:
            parts = _read(ours)
        finally:
            _, status = os.waitpid(process, 0)
    finally:
        for end in ours:
            os.close(end)
    return os.waitstatus_to_exitcode(status), parts


def _started(root: str, words: tuple[str, ...], ends: list[int]) -> int:
    """The process, which alone has these ends of pipes then."""
    said, complaint = ends[0], ends[-1]
    files = (
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, said, 1),
        (os.POSIX_SPAWN_DUP2, complaint, 2),
    )
    try:
        return os.posix_spawnp("git", ["git", "-C", root, *words], environment(root), file_actions=files)
    finally:
        for end in ends:
            os.close(end)


def _read(pipes: list[int]) -> list[bytes]:
    """All that comes out of pipes, whichever speaks first: who waits for one only may wait for ever."""
    from select import POLLIN, poll

    parts: dict[int, list[bytes]] = {pipe: [] for pipe in pipes}
    waiting = poll()
    for pipe in pipes:
        waiting.register(pipe, POLLIN)
    left = len(pipes)
    while left:
        for pipe, _ in waiting.poll():
            part = os.read(pipe, _CHUNK)
            parts[pipe].append(part)
            if not part:
                waiting.unregister(pipe)
                left -= 1
    return [b"".join(parts[pipe]) for pipe in pipes]
