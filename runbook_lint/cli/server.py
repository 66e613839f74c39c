"""``runbook-lint server``: serve an editor over standard input and output."""

import datetime
import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import BinaryIO

import click

from runbook_lint.cli import CLEAN, FINDINGS, common
from runbook_lint.model import UserError

_HERE = "pip install '.[server]'"
_FROM_GIT = "pip install 'runbook-lint[server] @ git+https://git.example.com/runbook-lint@REF'"
_EPILOG = f"""\b
Examples:
  runbook-lint server
  runbook-lint server --as-of 2026-11-02

Editors start it themselves; docs/editors.md shows how Neovim, Helix, Emacs and VS Code are told to.
It needs more than the linter: {_HERE} in a checkout, or {_FROM_GIT}
"""


def _clock(context: click.Context, option: click.Parameter, value: str | None) -> Callable[[], datetime.date]:
    """The day of ``--as-of``, or the present day whenever it is asked for."""
    if value is None:
        return partial(common.day, context, option, None)
    given = common.day(context, option, value)
    return lambda: given


@click.command(name="server", epilog=_EPILOG)
@click.option("--stdio", is_flag=True, help="What some editors say; it makes no difference.")
@click.option("--as-of", "clock", metavar="DATE", callback=_clock, help="The day to judge dates by [today, UTC].")
@common.config_option
def command(stdio: bool, clock: Callable[[], datetime.date], config_file: str | None) -> int:
    """Serve editors: diagnostics, quick fixes, completion over the language server protocol.

    It speaks over standard input and output. Exits 0 when the editor shut it down, 1 when the editor was gone.
    """
    if find_spec("pygls") is None:
        raise UserError(f"the language server needs more than the linter: {_HERE} in a checkout, or {_FROM_GIT}")
    from runbook_lint import server

    gc.enable()
    with _streams() as streams:
        shut_down = server.serve(clock, os.path.abspath(config_file) if config_file else None, streams)
    code = CLEAN if shut_down else FINDINGS
    if threading.active_count() > 1:
        # A run over a large repository is under way, and the editor does not wait for it.
        os._exit(code)
    return code


@contextmanager
def _streams() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Where the editor speaks and listens. Whatever else is printed goes to standard error meanwhile."""
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        raise UserError("the standard streams are closed, and an editor speaks through them")
    sys.stdout.flush()
    out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with os.fdopen(out, "wb") as writer:
        yield sys.stdin.buffer, writer
