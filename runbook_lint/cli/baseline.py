"""``runbook-lint baseline``: live with what is there already, and with nothing new."""

import datetime
import os
from collections import Counter

import click

from runbook_lint import baseline, engine, inforce, summary
from runbook_lint.cli import common
from runbook_lint.cli.patience import patience
from runbook_lint.documents.faults import unread_paths
from runbook_lint.documents.settings import BASELINE, WAIVERS
from runbook_lint.model import Finding, Item, Report, UserError

_EPILOG = """\b
Examples:
  runbook-lint baseline create              what is there now may stay
  runbook-lint baseline show                what of it is left
  runbook-lint baseline prune               take out what is solved
  runbook-lint check --strict-baseline      fail until somebody does
"""
_CREATING = """\b
Examples:
  runbook-lint baseline create
  runbook-lint baseline create --force      begin anew
"""
_PRUNING = """\b
Examples:
  runbook-lint baseline prune
"""
_SHOWING = """\b
Examples:
  runbook-lint baseline show
"""


@click.group(name="baseline", epilog=_EPILOG)
def command() -> None:
    """Create, prune or show the baseline of findings that were there before.

    The baseline is .runbook-lint-baseline.json in the root of the repository. What stands in it does not fail a check;
    what is new does. Secrets, unreadable files, waivers and changes are never baselined, and infos need not be.
    """


@command.command(epilog=_CREATING)
@click.option("--force", is_flag=True, help="Replace a baseline that exists.")
@common.day_option
@common.config_option
def create(force: bool, today: datetime.date, config_file: str | None) -> int:
    """Write a baseline of all errors and warnings that are there now."""
    asked, report = _found(today, config_file, readable=False)
    path = os.path.join(asked.root, BASELINE)
    if os.path.lexists(path) and not force:
        raise UserError(f"there is a {BASELINE}; `runbook-lint baseline prune` shortens it, --force replaces it")
    rules = {rule.id: rule for rule in asked.rules}
    kept = [each for each in report.findings if each.severity != "info" and not baseline.refusal(each.rule, rules)]
    common.write(baseline.written(kept), path)
    refused = [each for each in report.findings if baseline.refusal(each.rule, rules)]
    common.write(f"{BASELINE}: {summary.many(len(kept), 'finding')}\n" + _refused(refused, asked))
    return 0


@command.command(epilog=_PRUNING)
@common.day_option
@common.config_option
def prune(today: datetime.date, config_file: str | None) -> int:
    """Take out what is solved."""
    asked, report = _found(today, config_file)
    entries = _entries(report)
    known = {entry.key for entry in entries}
    kept = [each for each in report.findings if each.fingerprint in known]
    found, unread = {each.fingerprint for each in kept}, unread_paths(report.estate)
    hidden = [entry for entry in entries if entry.text("path") in unread and entry.key not in found]
    common.write(baseline.written(kept, hidden), os.path.join(asked.root, BASELINE))
    out = len(known) - len(found | {entry.key for entry in hidden})
    common.write(f"{BASELINE}: {summary.many(len(kept) + len(hidden), 'finding')} left, {out:,} taken out\n")
    return 0


@command.command(epilog=_SHOWING)
@common.day_option
@common.config_option
def show(today: datetime.date, config_file: str | None) -> int:
    """Count what the baseline knows, by rule, and what of it is solved."""
    _, report = _found(today, config_file)
    entries = _entries(report)
    found = {each.fingerprint for each in report.findings}
    solved = Counter(entry.text("rule") for entry in entries if entry.key not in found)
    numbers = Counter(entry.text("rule") for entry in entries)
    lines = [
        f"{number:>6}  {rule}" + (f" ({solved[rule]:,} solved)" if solved[rule] else "")
        for rule, number in sorted(numbers.items(), key=lambda each: (-each[1], each[0]))
    ]
    total = f"{summary.many(len(entries), 'finding')}, {solved.total():,} solved"
    common.write("\n".join([*lines, total]) + "\n")
    return 0


def _found(today: datetime.date, config_file: str | None, *, readable: bool = True) -> tuple[common.Request, Report]:
    """All that is found with no regard to the baseline, which must be ``readable`` where it is asked."""
    asked = common.request((), config_file)
    inforce.refuse_wrong_files(asked.world(), {WAIVERS: "waivers", **({BASELINE: "baseline"} if readable else {})})
    with patience():
        return asked, engine.run(asked.world(), asked.config, asked.rules, today, asked.secrets, baselined=False)


def _entries(report: Report) -> list[Item]:
    entries = list(report.estate.all("known"))
    if BASELINE not in report.estate.paths:
        raise UserError(f"there is no {BASELINE}; `runbook-lint baseline create` writes one")
    return entries


def _refused(findings: list[Finding], asked: common.Request) -> str:
    """What may not be baselined, and why."""
    rules = {rule.id: rule for rule in asked.rules}
    reasons = Counter(baseline.refusal(each.rule, rules) for each in findings)
    return "".join(f"not baselined: {summary.many(number, 'finding')}, for {why}\n" for why, number in reasons.items())
