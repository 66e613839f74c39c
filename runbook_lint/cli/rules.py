"""``runbook-lint rules``: all rules in force, or the page that describes them."""

import json
from collections.abc import Mapping, Sequence

import click

from runbook_lint import resources, rulebook
from runbook_lint.cli import common
from runbook_lint.documents import yamltree
from runbook_lint.documents.tree import plain
from runbook_lint.reporters.escape import printable


def _text(asked: common.Request) -> str:
    width = max((len(rule.id) for rule in asked.rules), default=0)
    lines = [f"{rule.id:<{width}}  {rule.severity:<7}  {rule.why}" for rule in asked.rules]
    return "".join(printable(line) + "\n" for line in lines)


def _json(asked: common.Request) -> str:
    rows = [{"rule": rule.id, "severity": rule.severity, "why": rule.why} for rule in asked.rules]
    return json.dumps({"version": 1, "rules": rows}, indent=2, ensure_ascii=False) + "\n"


def _page(asked: common.Request) -> str:
    from runbook_lint.reporters import rulespage

    names = {rule.id for rule in asked.rules}
    entries = [*rulebook.shipped_entries(), *rulebook.user_entries(asked.root, asked.config)]
    return rulespage.page([entry for entry in entries if entry["id"] in names], _abouts())


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
@click.option("--format", "form", type=click.Choice(list(_FORMS)), default="text", show_default=True)
@click.option("--output", metavar="FILE", help="Write there instead of standard output.")
@common.config_option
def command(
    select: Sequence[str], ignore: Sequence[str], form: str, output: str | None, config_file: str | None
) -> None:
    """List all rules in force with their severities; `runbook-lint explain RULE` says more.

    `--format markdown` writes the page that describes these rules, each as it comes, with examples.
    """
    asked = common.request((), config_file, select, ignore)
    common.write(_FORMS[form](asked), output)
