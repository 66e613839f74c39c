"""What is said while work takes long."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click

from runbook_lint.model import Source
from runbook_lint.snapshot import Snapshot

# So many seconds nobody minds.
_PATIENCE = 2
_WIDE = 60


@contextmanager
def patience() -> Iterator[Callable[[Snapshot], Snapshot]]:
    """Says on a terminal that work goes on, once it takes longer than anybody expects; how far it is too, for a
    snapshot that is read as it is given back."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda world: world
        return
    from threading import Event, Thread

    read: list[str] = []
    done = Event()
    teller = Thread(target=_tell, args=(done, read), daemon=True)
    teller.start()
    try:
        yield lambda world: replace(world, sources=tuple(_counted(source, read) for source in world.sources))
    finally:
        done.set()
        teller.join()


def _tell(done: Any, read: list[str]) -> None:
    seconds = 0
    while not done.wait(1):
        seconds += 1
        if seconds >= _PATIENCE:
            files = f"{len(read):,} files read" if read else "reading"
            click.echo(f"\rrunbook-lint: {files}, {seconds} s ...", nl=False, err=True)
    if seconds >= _PATIENCE:
        click.echo(f"\r{' ' * _WIDE}\r", nl=False, err=True)


def _counted(source: Source, read: list[str]) -> Source:
    def counting() -> bytes:
        read.append(source.path)
        return source.read()

    return replace(source, read=counting)
