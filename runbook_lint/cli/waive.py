"""``runbook-lint waive``: excuse a finding for a while, in the file of waivers."""

import datetime
import json
import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from runbook_lint import config, rulebook
from runbook_lint.analysis import in_turn, steps_of
from runbook_lint.cli import common, completing
from runbook_lint.documents import settings, yamltree
from runbook_lint.documents.settings import WAIVERS
from runbook_lint.documents.tree import plain
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, UserError
from runbook_lint.places import Lines

_EPILOG = """\b
Examples:
  runbook-lint waive alert/runbook-id --alert DiskFull \\
      --until 2027-01-31 --owner storage --reason "being written"
  runbook-lint waive runbook/sections --path "legacy/**" \\
      --until 2027-01-31 --owner web --reason "moves in January"
"""
_NEW = "# What may stay for a while. `runbook-lint schema waivers` prints the contract.\nversion: 1\nwaivers: []\n"
_PLAIN = lazy(r"[A-Za-z_][\w./-]*(?: [\w./,-]+)*|\d{4}-\d\d-\d\d")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
_ASKED = ("unknown-rule", "incomplete", "expired", "too-long")


@click.command(name="waive", epilog=_EPILOG)
@click.argument("rules", metavar="RULE...", nargs=-1, required=True, shell_complete=completing.waivable_rules)
@click.option(
    "--path",
    "paths",
    metavar="GLOB",
    multiple=True,
    shell_complete=completing.files,
    help="For what is found in these files.",
)
@click.option(
    "--runbook-id",
    metavar="ID",
    shell_complete=completing.runbook_ids,
    help="For what is found about this runbook, its entry and its alerts.",
)
@click.option("--alert", metavar="NAME", help="For what is found about alerts of this name.")
@click.option("--until", metavar="DATE", required=True, help="The last day on which it holds.")
@click.option("--owner", metavar="TEAM", required=True, help="Who answers for it.")
@click.option("--reason", metavar="TEXT", required=True, help="Why it may stay.")
@common.day_option
@common.config_option
def command(
    rules: Sequence[str],
    paths: Sequence[str],
    runbook_id: str | None,
    alert: str | None,
    until: str,
    owner: str,
    reason: str,
    today: datetime.date,
    config_file: str | None,
) -> int:
    """Excuse findings of RULEs until a day, with an owner and a reason.

    The waiver is put into .runbook-lint-waivers.yaml in the root of the repository.
    """
    asked = common.request((), config_file)
    here = os.path.relpath(os.path.realpath("."), asked.root).replace(os.sep, "/")
    globs = [posixpath.normpath(posixpath.join(here, each)) for each in paths]
    if any(each.startswith(("../", "/")) for each in globs):
        raise UserError("a path of a waiver lies in the repository, and is given from the current folder")
    targets = {"paths": globs, "runbook_id": runbook_id, "alert": alert}
    named = {key: value for key, value in targets.items() if value}
    if len(named) != 1:
        raise click.UsageError("Say for what: one of --path, --runbook-id and --alert.")
    entry = {"rule": rules[0] if len(rules) == 1 else list(rules), **named}
    entry |= {"until": until, "owner": owner, "reason": reason}
    path = os.path.join(asked.root, WAIVERS)
    text = _with(_written(path), entry)
    wrong = list(_wrong(text, asked, today))
    if wrong:
        raise UserError("\n".join(wrong))
    common.write(text, path)
    common.write(f"{WAIVERS}: waived {', '.join(rules)} until {until}\n")
    return 0


def _written(path: str) -> str:
    try:
        with open(path, encoding="utf-8", newline="") as handle:
            text = handle.read()
    except FileNotFoundError:
        return _NEW
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{WAIVERS} cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8'}") from None
    config.checked_tree(text, WAIVERS, "waivers")
    return text


def _with(text: str, entry: Mapping[str, Any]) -> str:
    """The text with one more waiver at its end, all else as it was."""
    listed = yamltree.read(text).documents[0].root.value["waivers"]
    written = "".join(f"{key}: {_scalar(value)}\n" for key, value in entry.items())
    if text[listed.start] != "[":
        last = listed.value[-1]
        dash = text.rindex("-", 0, last.start)
        margin = " " * (dash - text.rfind("\n", 0, dash) - 1)
        end = _end_of_line(text, len(text[: last.end].rstrip()))
        edited = text[:end] + "\n" + _block(written, margin) + text[end:]
    elif listed.value:
        at = listed.end - 1
        edited = f"{text[:at].rstrip()}, {json.dumps(entry, ensure_ascii=False)}{text[at:]}"
    else:
        edited = f"{text[: listed.start].rstrip()}\n{_block(written, '  ')}{text[listed.end :]}"
    edited = edited.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in text else edited
    _refuse_loss(text, edited, entry)
    return edited


def _block(written: str, margin: str) -> str:
    lines = written.rstrip("\n").split("\n")
    return "\n".join(f"{margin}{'- ' if index == 0 else '  '}{line}" for index, line in enumerate(lines))


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _scalar(value: Any) -> str:
    """A value as YAML, quoted where any reader could take it for something else."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)


def _refuse_loss(before: str, after: str, entry: Mapping[str, Any]) -> None:
    """Refuses an edit that would change anything else."""
    read = yamltree.read(after)
    old = plain(yamltree.read(before).documents[0].root)
    new = plain(read.documents[0].root) if read.documents and not read.faults else None
    if new != {**old, "waivers": [*old["waivers"], dict(entry)]}:
        raise UserError(f"{WAIVERS} is written in a way that cannot be edited safely; add the waiver by hand")


def _wrong(text: str, asked: common.Request, today: datetime.date) -> Iterator[str]:
    """What the rules for waivers would say of the last one."""
    item: Item = settings.read(text, WAIVERS)[-1]
    rules = rulebook.load(asked.root, asked.config, [f"waiver/{name}" for name in _ASKED])
    for finding in in_turn(steps_of(rules, today), item, Lines(text)):
        yield finding.message
