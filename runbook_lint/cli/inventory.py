"""``runbook-lint inventory``: what the tool sees."""

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import Any

import click

from runbook_lint import engine, hands, inforce, inventory, summary
from runbook_lint.cli import CLEAN, NOTHING, common, completing, terminal
from runbook_lint.reporters.escape import json_text, printable

_EPILOG = """\b
Examples:
  runbook-lint inventory                    all that the tool sees
  runbook-lint inventory deploy/            what stands there
  runbook-lint inventory --format json --output inventory.json
"""


@click.command(name="inventory", epilog=_EPILOG)
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=completing.files)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
@common.output_option
@common.cache_option
@common.day_option
@common.config_option
def command(
    paths: Sequence[str], form: str, output: str | None, cached: bool, today: datetime.date, config_file: str | None
) -> int:
    """Show runbooks, catalog entries, alerts and where they lead, signals, incidents and owners.

    The whole repository is read; PATHs choose what is shown.
    """
    asked = common.request(paths, config_file, ("read",))
    inforce.refuse_wrong_files(asked.world())
    memory = common.remembered(asked, cached)
    report = engine.run(
        asked.world(), asked.config, asked.rules, today, asked.secrets, memory=memory, hands=hands.number()
    )
    seen = inventory.of(report, asked.config.url_prefixes)
    for kind in ("runbooks", "entries", "alerts", "signals", "incidents", "unreadable"):
        seen[kind] = [each for each in seen[kind] if common.within(each["path"], asked.shown)]
    seen = inventory.without_secrets(seen, report)
    common.write(json_text(seen) if form == "json" else _text(seen, in_file=output is not None), output)
    common.save(memory)
    return CLEAN if summary.anything(report.summary) else NOTHING


def _text(seen: dict[str, Any], *, in_file: bool) -> str:
    lines = [f"runbooks ({len(seen['runbooks'])})"]
    lines += [f"  {each['path']}: {each['title'] or '(no title)'}" for each in seen["runbooks"]]
    lines += [f"catalog entries ({len(seen['entries'])})"]
    lines += [f"  {each['id']} -> {each['target'] or '(nothing here)'}" for each in seen["entries"]]
    lines += [f"alerts ({len(seen['alerts'])})"]
    lines += [f"  {each['path']}:{each['line']}: {each['name']} -> {_leads(each)}" for each in seen["alerts"]]
    verdicts = Counter(each["runbook"]["verdict"] for each in seen["alerts"])
    if verdicts:
        lines += ["  " + ", ".join(f"{number} {verdict}" for verdict, number in sorted(verdicts.items()))]
    lines += [f"signals ({len(seen['signals'])})"]
    lines += [f"  {each['key']} -> {', '.join(each['runbooks']) or '(nothing)'}" for each in seen["signals"]]
    lines += [f"incidents ({len(seen['incidents'])})"] if seen["incidents"] else []
    lines += [
        f"  {each['id'] or '(no id)'} -> {', '.join(each['runbook_ids']) or '(no runbook)'}"
        for each in seen["incidents"]
    ]
    lines += [f"owners ({len(seen['owners'])})"]
    lines += [f"  {each['name']}: {summary.many(each['entries'], 'entry', 'entries')}" for each in seen["owners"]]
    lines += [f"not readable ({len(seen['unreadable'])})"] if seen["unreadable"] else []
    lines += [f"  {each['path']}:{each['line']}:{each['column']}: {each['why']}" for each in seen["unreadable"]]
    shown = [printable(line) for line in lines]
    return "\n".join(shown if in_file else map(terminal.shortened, shown)) + "\n"


def _leads(alert: dict[str, Any]) -> str:
    runbook = alert["runbook"]
    if runbook["verdict"] == "resolved":
        return str(runbook["id"] or runbook["path"])
    return f"{runbook['verdict']} ({runbook['value']})" if runbook["value"] else str(runbook["verdict"])
