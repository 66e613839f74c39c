"""``runbook-lint cache``: what is remembered between runs."""

import os

import click

from runbook_lint import store, summary
from runbook_lint.cli import CLEAN, common
from runbook_lint.model import UserError

_EPILOG = """\b
Examples:
  runbook-lint cache show      where it is, and how large
  runbook-lint cache clear     forget all; the next run reads every text anew
"""
_SHOWING = """\b
Examples:
  runbook-lint cache show
"""
_CLEARING = """\b
Examples:
  runbook-lint cache clear
"""
_MEGABYTE = 1_000_000


@click.group(name="cache", epilog=_EPILOG)
def command() -> None:
    """Show or clear what is remembered between runs.

    What a text gave is kept in .runbook-lint-cache in the root of the repository; of a text with a secret in it nothing
    is. It may be deleted at any time, and a run with --no-cache neither reads nor writes it.
    """


@command.command(epilog=_SHOWING)
def show() -> int:
    """Show where it is, and how large."""
    folder, files, size = store.size(common.root_of(()))
    said = f"{summary.many(files, 'file')}, {size / _MEGABYTE:.1f} MB" if files else "nothing is remembered"
    common.write(f"{common.veiled(folder)}: {said}\n")
    return CLEAN


@command.command(epilog=_CLEARING)
def clear() -> int:
    """Forget all."""
    root = common.root_of(())
    folder = os.path.join(root, store.FOLDER)
    try:
        store.clear(root)
    except OSError as error:
        raise UserError(f"{folder} cannot be cleared: {(error.strerror or str(error)).lower()}") from None
    common.write(f"{common.veiled(folder)}: nothing is remembered\n")
    return CLEAN
