"""``runbook-lint explain``: what a rule wants, why, and what to do about it."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from runbook_lint import packs
from runbook_lint.cli import common, completing, terminal
from runbook_lint.cli.rules import listing
from runbook_lint.config import NAME
from runbook_lint.documents.settings import WAIVERS
from runbook_lint.model import Rule, UserError
from runbook_lint.options import meant
from runbook_lint.reporters import rulefacts
from runbook_lint.reporters.escape import printable
from runbook_lint.reporters.rulefacts import Entry

_EPILOG = """\b
Examples:
  runbook-lint explain alert/runbook-id     one rule
  runbook-lint explain alert                the rules of a family
"""
# Below that nothing is folded, and how much stands before the lines of a part.
_NARROWEST, _MARGIN = 40, 4


@click.command(name="explain", epilog=_EPILOG)
@click.argument("rule", shell_complete=completing.families_or_rules)
@common.config_option
def command(rule: str, config_file: str | None) -> None:
    """Say what a rule wants, why, with which options, and how to waive it.

    RULE is an id such as alert/runbook-id, or a family such as alert, which lists its rules.
    """
    asked = common.request((), config_file)
    entries = packs.explained(asked.root, asked.config)
    found = [entry for entry in entries if rule in (entry["id"], rulefacts.family(entry))]
    if not found:
        raise UserError(_unknown(rule, entries))
    single = found[0]["id"] == rule
    lines = _rule(found[0], asked.config.rules.get(rule)) if single else _family(found, asked.rules)
    common.write("\n".join(printable(line) for line in lines) + "\n")


def _unknown(name: str, entries: Sequence[Entry]) -> str:
    known = [str(entry["id"]) for entry in entries]
    known += dict.fromkeys(rulefacts.family(entry) for entry in entries)
    return f"there is no rule '{name}'; {meant(name.lower(), known, '`runbook-lint rules` lists all')}"


def _family(entries: Sequence[Entry], rules: Sequence[Rule]) -> list[str]:
    """The rules of a family with their severities in force here."""
    severities = {rule.id: rule.severity for rule in rules}
    return listing([(entry, severities.get(entry["id"], "off")) for entry in entries])


def _rule(entry: Entry, configured: Any) -> Iterator[str]:
    """The whole explanation of a rule, line by line."""
    yield f"{entry['id']} ({entry['severity']})"
    yield from _part("Says", _says(entry))
    yield from _part("Why", _wrapped(entry["why"]))
    yield from _part("Source", _source(entry))
    yield from _part("What to do", _wrapped(entry.get("hint", "")))
    yield from _part("Judged", _judged(entry))
    yield from _part("Kinds of runbook, their sections, and the headings taken for each", _headings(entry))
    yield from _part("Options", _options(entry))
    yield from _part(f"Configure it in {NAME}", _configured(entry, configured))
    yield from _part("Waive it", _waiving(entry))
    examples = entry.get("examples", ())
    for example in examples:
        yield from _part(_title(example), _example(example, entry))
    if any(rulefacts.JOINT in str(example) for example in examples):
        yield ""
        yield from _fitted(rulefacts.JOINT_MEANS, 0)


def _part(title: str, lines: Iterator[str]) -> Iterator[str]:
    body = list(lines)
    if body:
        yield ""
        yield title
        yield from (f"  {line}".rstrip() for line in body)


def _wrapped(text: str) -> Iterator[str]:
    yield from _folded(text, 0)


def _folded(text: str, indent: int) -> Iterator[str]:
    """A text in lines of the terminal's width, all but the first indented."""
    room = max(_NARROWEST, terminal.width() - _MARGIN)
    yield from textwrap.wrap(text, room, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def _fitted(text: str, indent: int) -> Iterator[str]:
    """The same on a terminal; elsewhere the text in one line, as it is found again."""
    yield from _folded(text, indent) if terminal.is_terminal() else [text]


def _source(entry: Entry) -> Iterator[str]:
    yield from _wrapped(entry.get("source", ""))
    if rulefacts.cites_policy(entry):
        yield f"(the policy: {rulefacts.POLICY})"


def _says(entry: Entry) -> Iterator[str]:
    for said in rulefacts.says(entry):
        message = f"what is wrong, in words of its own, such as: {said.message}" if said.free else said.message
        yield from _fitted(f"{said.severity:<7}  {message}" + (f"  ({said.case})" if said.case else ""), 9)


def _judged(entry: Entry) -> Iterator[str]:
    yield from _fitted(rulefacts.judged(entry) + (f": its {entry['field']}" if "field" in entry else ""), 2)
    keys = rulefacts.settings(entry)
    if keys:
        yield from _fitted(f"reads {', '.join(keys)} of the configuration", 2)


def _headings(entry: Entry) -> Iterator[str]:
    for kind, section, words in rulefacts.headings(entry):
        yield from _folded(f"{kind}, {section}: {', '.join(words)}", 4)


def _options(entry: Entry) -> Iterator[str]:
    rows = rulefacts.options(entry)
    width = max((len(row.name) for row in rows), default=0)
    for name, default, meaning in rows:
        yield from _fitted(f"{name:<{width}}  {meaning} [{default or 'not set'}]", width + 2)


def _configured(entry: Entry, configured: Any) -> Iterator[str]:
    yield from rulefacts.snippet(entry).splitlines()
    if isinstance(configured, str):
        yield f"in force here: {configured}"
    elif configured:
        yield "in force here: " + ", ".join(f"{key} {value}" for key, value in configured.items())


def _waiving(entry: Entry) -> Iterator[str]:
    if not rulefacts.is_waivable(entry):
        yield from _wrapped("not possible: what this rule finds stands until it is repaired, or the rule is configured")
        return
    for where, comment in rulefacts.comments(entry):
        yield from _wrapped(f"{where}:")
        yield f"  {comment}"
    yield from _fitted(f"Where no comment can stand, as in JSON, in {WAIVERS}:", 0)
    yield f"  {rulefacts.waive_command(entry)}"
    if entry.get("secret"):
        yield "(the secret itself is shown nowhere, waived or not)"


def _title(example: Mapping[str, Any]) -> str:
    needs = rulefacts.conditions(example)
    return ("Good" if "good" in example else "Bad") + (f" ({needs})" if needs else "")


def _example(example: Mapping[str, Any], entry: Entry) -> Iterator[str]:
    if "why" in example:
        yield from _wrapped(example["why"])
    piece = rulefacts.piece(example)
    if piece is not None:
        yield from _piece(piece, entry)
        return
    for label, files in rulefacts.states(example):
        yield from _listing(label, files)
    if "found" in example:
        yield "found:"
        for line in example["found"]:
            yield from _fitted(f"  {line}", 4)
    yield from _listing("repaired by --fix, ", example.get("fixed", {}))


def _piece(text: str, entry: Entry) -> Iterator[str]:
    yield from (f"| {line}" for line in rulefacts.marked(text, max(_NARROWEST, terminal.width() - _MARGIN)))
    if rulefacts.is_marked(text):
        yield f"found: {entry['message']}"


def _listing(label: str, files: Mapping[str, str]) -> Iterator[str]:
    for path, text in files.items():
        yield f"{label}{path}:"
        yield from (f"  | {line}" for line in rulefacts.shown(text).split("\n"))
