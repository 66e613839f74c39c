"""The man page, made of what `--help` says: `python man/generate.py > man/runbook-lint.1`."""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from runbook_lint import __version__
from runbook_lint.cli import COMMANDS, PROGRAM, group

_OPENING = rf'''.\" Generated from the help texts by `make generated`. Change these instead.
.TH RUNBOOK-LINT 1 "" "{PROGRAM} {__version__}" "User Commands"
.SH NAME
runbook\-lint \- a linter for runbooks, the runbook catalog and Prometheus alert rules
.SH SYNOPSIS
.B runbook\-lint
.RI [ OPTIONS ]
.I COMMAND
.RI [ ARGUMENTS ]'''
_FILES = {
    ".runbook-lint.yaml": "The configuration; none is needed.",
    ".runbook-lint-waivers.yaml": "Findings that must stay for a while.",
    ".runbook-lint-baseline.json": "Findings that were there when the check was taken up.",
}


def page() -> str:
    """The whole page."""
    lines = [_OPENING, ".SH DESCRIPTION", *_text(group), *_options(group), ".SH COMMANDS"]
    context = click.Context(group, info_name=PROGRAM)
    for name in COMMANDS:
        lines += _command(group.get_command(context, name), context, name)
    lines += [
        ".SH FILES",
        *(line for path, words in _FILES.items() for line in (".TP", f".I {_roff(path)}", _roff(words))),
    ]
    return "\n".join([*lines, ".SH EXAMPLES AND EXIT CODES", *_epilog(group)]) + "\n"


def _command(command: click.Command | None, above: click.Context, name: str) -> Iterator[str]:
    assert command is not None
    context = click.Context(command, parent=above, info_name=name)
    yield f'.SS "{_roff(context.command_path)} {_roff(" ".join(command.collect_usage_pieces(context)))}"'
    yield from (*_text(command), *_options(command), *_epilog(command))
    for below in command.list_commands(context) if isinstance(command, click.Group) else ():
        yield from _command(command.get_command(context, below), context, below)


def _text(command: click.Command) -> Iterator[str]:
    for part in inspect.cleandoc(command.help or "").split("\n\n"):
        yield from (".PP", _roff(" ".join(part.split())))


def _options(command: click.Command) -> Iterator[str]:
    context = click.Context(command)
    for param in command.get_params(context):
        told = isinstance(param, click.Option) and (command is group or "--help" not in param.opts)
        record = param.get_help_record(context) if told else None
        if record is not None:
            yield from (".TP", rf"\fB{_roff(record[0])}\fR", _roff(record[1]))


def _epilog(command: click.Command) -> Iterator[str]:
    for part in inspect.cleandoc((command.epilog or "").replace("\b\n", "")).split("\n\n"):
        yield from (".PP", ".nf", *map(_roff, part.split("\n")), ".fi") if "\n" in part else (".PP", _roff(part))


def _roff(text: str) -> str:
    """Text without meaning for the formatter, except that what stands in backticks is bold."""
    plain = text.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    bold = re.sub(r"`(.+?)`", r"\\fB\1\\fR", plain)
    return rf"\&{bold}" if bold[:1] in (".", "'") else bold


if __name__ == "__main__":
    sys.stdout.write(page())
