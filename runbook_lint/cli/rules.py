"""``runbook-lint rules``: all rules in force, or the pages that describe them."""

import json
from collections.abc import Mapping, Sequence

import click

from runbook_lint import packs, resources
from runbook_lint.cli import CLEAN, common, completing, pages, terminal
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


def _index(asked: common.Request) -> str:
    return rulespage.index(_entries(asked), _abouts())


def _entries(asked: common.Request) -> list[packs.Entry]:
    """The pack entries of the rules in force."""
    names = {rule.id for rule in asked.rules}
    return [entry for entry in packs.explained(asked.root, asked.config) if entry["id"] in names]


def _abouts() -> Mapping[str, str]:
    """What each shipped pack is about, by family."""
    roots = {
        name: plain(yamltree.read(resources.read("rules", f"{name}.yaml")).documents[0].root)
        for name in resources.names("rules", ".yaml")
    }
    return {name: root["about"] for name, root in roots.items() if "about" in root}


_FORMS = {"text": _text, "json": _json, "markdown": _index}


_EPILOG = """\b
Examples:
  runbook-lint rules --select alert,catalog
  runbook-lint rules --format json --output rules.json
  runbook-lint rules --format markdown --pages docs/rules
"""


@click.command(name="rules", epilog=_EPILOG)
@common.rule_options
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMS)),
    default="text",
    show_default=True,
    help="A line for each rule, the same for programs, or an index.",
)
@click.option(
    "--pages",
    "folder",
    metavar="FOLDER",
    shell_complete=completing.folders,
    help="Write a markdown page for each rule there, and the index.",
)
@click.option("--check", is_flag=True, help="With --pages, write nothing, and exit 1 if anything is stale.")
@common.output_option
@common.config_option
def command(
    select: Sequence[str],
    ignore: Sequence[str],
    form: str,
    folder: str | None,
    check: bool,
    output: str | None,
    config_file: str | None,
) -> int:
    """List all rules in force, each with its severity and an example of what it says.

    `runbook-lint explain RULE` says more. With --pages the index is FOLDER/README.md, or the file of --output; of what
    is there, only generated files are written over, and those of rules that are gone removed.
    """
    if (folder is not None and form != "markdown") or (check and folder is None):
        raise click.UsageError("--pages goes with --format markdown, and --check with --pages.")
    asked = common.request((), config_file, select, ignore)
    if folder is None:
        common.write(_FORMS[form](asked), output)
        return CLEAN
    where = pages.site(asked.root, folder, output)
    wanted = pages.texts(_entries(asked), _abouts(), where)
    return (pages.compare if check else pages.write)(wanted, where, asked.root)
