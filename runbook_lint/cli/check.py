"""``runbook-lint check``: is what is there sound?"""

import datetime
from collections.abc import Sequence
from dataclasses import replace

import click

from runbook_lint import engine, findings, snapshot, summary
from runbook_lint.cli import CLEAN, FINDINGS, NOTHING, common
from runbook_lint.model import SEVERITIES, Report
from runbook_lint.reporters import FORMATS, View

_EPILOG = """\b
Examples:
  runbook-lint check                          the whole repository
  runbook-lint check deploy/ docs/disk.md     show only what stands there
  runbook-lint check --select alert,catalog   only two families of rules
  runbook-lint check --format json --output report.json
"""


@click.command(name="check", epilog=_EPILOG)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--staged", is_flag=True, help="Judge what is staged instead of the files on disk.")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="For people or for programs.",
)
@click.option("--output", metavar="FILE", help="Write there instead of standard output.")
@common.rule_options
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="error",
    show_default=True,
    help="Exit 1 when a finding is this severe or worse.",
)
@click.option("--allow-empty", is_flag=True, help="Exit 0 instead of 3 when there is nothing to check.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="List at most so many findings of one rule; 0 lists all.",
)
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
@common.day_option
@common.config_option
def command(
    paths: Sequence[str],
    staged: bool,
    form: str,
    output: str | None,
    select: Sequence[str],
    ignore: Sequence[str],
    fail_on: str,
    allow_empty: bool,
    exit_zero: bool,
    limit: int,
    statistics: bool,
    today: datetime.date,
    config_file: str | None,
) -> int:
    """Check runbooks, the catalog and alert rules.

    The whole repository is read; PATHs choose what is shown. Exits 0 when clean, 1 with findings, 2 for a wrong
    request, 3 when there is nothing to check.
    """
    asked = common.request(paths, config_file, select, ignore)
    world = snapshot.index(asked.root) if staged else snapshot.working_tree(asked.root)
    report = engine.run(world, asked.config, asked.rules, today, asked.secrets)
    report = _shown(report, asked.shown, common.unseen(world, asked.shown))
    rules = {rule.id: rule for rule in asked.rules}
    colour = common.colourful() and output is None
    view = View(rules, colour, common.width(), limit, statistics)
    common.write(FORMATS[form](report, view), output)
    if not exit_zero and findings.at_or_above(report.findings, fail_on):
        return FINDINGS
    return CLEAN if exit_zero or allow_empty or summary.anything(report.summary) else NOTHING


def _shown(report: Report, shown: Sequence[str], hints: Sequence[str]) -> Report:
    """The report with only the findings of the shown paths, counted anew, and more hints; what was read stays."""
    kept = [finding for finding in report.findings if common.within(finding.place.path, shown)]
    numbers = {**report.summary, **summary.severities(kept)}
    return replace(report, findings=kept, summary=numbers, hints=[*hints, *report.hints])
