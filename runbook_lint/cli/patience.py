"""What is said while work takes long."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

# So many seconds nobody minds.
_PATIENCE = 2


@contextmanager
def patience() -> Iterator[None]:
    """Says on a terminal that work goes on, once it takes longer than anybody expects."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    from threading import Event, Thread

    done = Event()

    def tell() -> None:
        seconds = 0
        while not done.wait(1):
            seconds += 1
            if seconds >= _PATIENCE:
                click.echo(f"\rrunbook-lint: reading for {seconds} seconds ...", nl=False, err=True)
        if seconds >= _PATIENCE:
            click.echo(f"\r{' ' * 50}\r", nl=False, err=True)

    teller = Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
