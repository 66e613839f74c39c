"""What is said while work takes long."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread

import click

from runbook_lint.model import Source
from runbook_lint.snapshot import Snapshot

# So many seconds nobody minds.
_PATIENCE = 2
_WIDE = 60
_BAR = 20


class Progress:
    """How far the work is: the files that were read, and of what is counted how many of how many are done. Nothing is
    counted that is not ``told`` to anybody."""

    def __init__(self, *, told: bool) -> None:
        self.told = told
        self.files = 0
        self.counted = (0, 0)

    def watch(self, world: Snapshot) -> Snapshot:
        """The snapshot, of which every file that is read counts."""
        if not self.told:
            return world
        return replace(world, sources=tuple(map(self._watched, world.sources)))

    def tell(self, done: int, all_: int) -> None:
        """So many of so many are done."""
        self.counted = (done, all_)

    def _watched(self, source: Source) -> Source:
        def counting() -> bytes:
            self.files += 1
            return source.read()

        return replace(source, read=counting)

    def said(self) -> str:
        """How far it is, in few words."""
        done, all_ = self.counted
        if all_:
            full = _BAR * done // all_
            return f"{'#' * full}{'.' * (_BAR - full)} {done} of {all_}"
        return f"{self.files:,} files read" if self.files else "reading"


@contextmanager
def patience() -> Iterator[Progress]:
    """Says on a terminal that work goes on, and how far it is, once it takes longer than anybody expects."""
    progress = Progress(told=sys.stderr is not None and sys.stderr.isatty())
    if not progress.told:
        yield progress
        return
    done = Event()
    teller = Thread(target=_tell, args=(done, progress), daemon=True)
    teller.start()
    try:
        yield progress
    finally:
        done.set()
        teller.join()


def _tell(done: Event, progress: Progress) -> None:
    seconds = 0
    while not done.wait(1):
        seconds += 1
        if seconds >= _PATIENCE:
            click.echo(f"\rrunbook-lint: {progress.said()}, {seconds} s ...", nl=False, err=True)
    if seconds >= _PATIENCE:
        click.echo(f"\r{' ' * _WIDE}\r", nl=False, err=True)
