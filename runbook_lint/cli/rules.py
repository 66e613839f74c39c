"""``runbook-lint rules``: all rules in force, or the page that describes them."""

import json
from collections.abc import Mapping, Sequence

import click

from runbook_lint import packs, resources
from runbook_lint.cli import common, terminal
from runbook_lint.documents import yamltree
from runbook_lint.documents.tree import plain
from runbook_lint.reporters import rulefacts, rulespage
from runbook_lint.reporters.escape import printable


def _text(asked: common.Request) -> str:
    severities = {rule.id: rule.severity for rule in asked.rules}
    lines = listing([(entry, severities[entry["id"]]) for entry in _entries(asked)])
    return "".join(line + "\n" for line in lines)


def listing(rows: Sequence[tuple[packs.Entry, str]]) -> list[str]:
    """A line for each rule and its severity, with an example of what it says, no wider than the terminal."""
    column = max((len(entry["id"]) for entry, _ in rows), default=0)
    room = max(20, terminal.width() - column - 11)
    return [f"{entry['id']:<{column}}  {severity:<7}  {_cut(rulefacts.short(entry), room)}" for entry, severity in rows]


def _cut(text: str, room: int) -> str:
    text = printable(text)
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"


def _json(asked: common.Request) -> str:
    rows = [{"rule": rule.id, "severity": rule.severity, "why": rule.why} for rule in asked.rules]
    return json.dumps({"version": 1, "rules": rows}, indent=2, ensure_ascii=False) + "\n"


def _page(asked: common.Request) -> str:
    return rulespage.page(_entries(asked), _abouts())


def _entries(asked: common.Request) -> list[packs.Entry]:
    """The pack entries of the rules in force."""
    names = {rule.id for rule in asked.rules}
    entries = (*packs.full_entries(), *packs.user_entries(packs.on_disk(asked.root), asked.config))
    return [entry for entry in entries if entry["id"] in names]


def _abouts() -> Mapping[str, str]:
    """What each shipped pack is about, by family."""
    roots = {
        name: plain(yamltree.read(resources.read("rules", f"{name}.yaml")).documents[0].root)
        for name in resources.names("rules", ".yaml")
    }
    return {name: root["about"] for name, root in roots.items() if "about" in root}


_FORMS = {"text": _text, "json": _json, "markdown": _page}


@click.command(name="rules")
@common.rule_options
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMS)),
    default="text",
    show_default=True,
    help="A line for each rule, the same for programs, or the page.",
)
@click.option("--output", metavar="FILE", help="Write there instead of standard output.")
@common.config_option
def command(
    select: Sequence[str], ignore: Sequence[str], form: str, output: str | None, config_file: str | None
) -> None:
    """List all rules in force, each with its severity and an example of what it says.

    `runbook-lint explain RULE` says more; `--format markdown` writes the page that describes these rules.
    """
    asked = common.request((), config_file, select, ignore)
    common.write(_FORMS[form](asked), output)
