"""What commands share: the repository that is meant, the day, the options, and writing."""

import datetime
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import click

from runbook_lint import config, rulebook, snapshot
from runbook_lint.config import Config
from runbook_lint.model import Rule, UserError

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Request(NamedTuple):
    """The repository's root, its configuration, the rules in force, and the shown paths relative to the root."""

    root: str
    config: Config
    rules: list[Rule]
    shown: tuple[str, ...]


def request(
    paths: Sequence[str], config_file: str | None, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> Request:
    """What the user asks about. The repository is found from the first path, or from the current folder."""
    for path in paths:
        if not os.path.lexists(path):
            raise UserError(f"there is no file or folder '{path}'")
    root = _root(paths)
    settings = config.load(root, config_file)
    rules = rulebook.load(root, settings, _listed(select), _listed(ignore))
    return Request(root, settings, rules, tuple(_relative(path, root) for path in paths))


def _root(paths: Sequence[str]) -> str:
    """The repository around the first path, else the current folder if it holds the path, else the path's folder."""
    here = os.path.realpath(os.getcwd())
    if not paths:
        return snapshot.find_root(here, config.NAME) or here
    first = os.path.realpath(paths[0])
    folder = first if os.path.isdir(first) else os.path.dirname(first)
    found = snapshot.find_root(folder, config.NAME)
    if found:
        return found
    return here if (folder + os.sep).startswith(here.rstrip(os.sep) + os.sep) else folder


def _relative(path: str, root: str) -> str:
    # A link is meant as itself, not as what it leads to; only the folders before it are made real.
    folder, name = os.path.split(os.path.abspath(path))
    full = os.path.join(os.path.realpath(folder), name) if not os.path.isdir(path) else os.path.realpath(path)
    relative = os.path.relpath(full, root)
    if relative == os.pardir or relative.startswith(os.pardir + os.sep):
        raise UserError(f"'{path}' lies outside the repository {root}; check one repository at a time")
    return "" if relative == os.curdir else relative.replace(os.sep, "/")


def _listed(names: Sequence[str]) -> list[str]:
    return [name.strip() for each in names for name in each.split(",") if name.strip()]


def within(path: str, shown: Sequence[str]) -> bool:
    """Whether a file is among the shown paths; without any all are."""
    return not shown or any(each in ("", path) or path.startswith(each + "/") for each in shown)


def day(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime.date:
    """The day of ``--as-of``, today in UTC without it."""
    if value is None:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        if len(value) != len("YYYY-MM-DD"):
            raise ValueError
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"'{value}' is no day of the calendar; write YYYY-MM-DD") from None


def config_option(command: _Command) -> _Command:
    """``--config``."""
    return click.option("--config", "config_file", metavar="FILE", help="Use this file instead of .runbook-lint.yaml.")(
        command
    )


def day_option(command: _Command) -> _Command:
    """``--as-of``."""
    return click.option(
        "--as-of", "today", metavar="DATE", callback=day, help="The day to judge dates by [today, UTC]."
    )(command)


def rule_options(command: _Command) -> _Command:
    """``--select`` and ``--ignore``."""
    command = click.option("--ignore", multiple=True, metavar="RULES", help="Leave these families or rules out.")(
        command
    )
    return click.option("--select", multiple=True, metavar="RULES", help="Only these families or rules (comma list).")(
        command
    )


def colourful() -> bool:
    """Whether standard output takes colours: NO_COLOR and FORCE_COLOR say so, else a terminal does."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """The columns of the terminal, 100 where there is none."""
    if not sys.stdout.isatty():
        return 100
    import shutil

    return shutil.get_terminal_size((100, 24)).columns


def write(text: str, output: str | None = None) -> None:
    """To standard output, or whole to a file: an existing one is replaced only once all is written."""
    data = text.encode("utf-8", "backslashreplace")
    if output is None or output == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    part = f"{output}.{os.getpid()}.part"
    try:
        with open(part, "wb") as handle:
            handle.write(data)
        os.replace(part, output)
    except OSError as error:
        raise UserError(f"cannot write {output}: {error.strerror}") from None
