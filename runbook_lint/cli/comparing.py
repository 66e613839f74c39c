"""What ``check --base`` judges: a change against the commit that it began from, a merge against all its sides."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from runbook_lint import config, discovery, engine, hands, inforce, snapshot
from runbook_lint.analysis import Memory
from runbook_lint.cli import common
from runbook_lint.model import Finding, Place, Report, UserError


class Way(NamedTuple):
    """How a change is judged: the day, the user's configuration file and names of rules, and what is remembered."""

    today: datetime.date
    config_file: str | None
    names: tuple[Sequence[str], Sequence[str]]
    memory: Memory | None


def compared(asked: common.Request, base: str, head: str, way: Way, *, quick: bool = False) -> Report:
    """The report of a change. The base is read with its own configuration, unless the user names one. With ``quick``
    nothing is read at all where no text that could be ours changed."""
    began = snapshot.base(asked.root, base, head)
    world = snapshot.whole(asked.world())
    if quick and discovery.untouched(began.snapshot, world, asked.config):
        return engine.nothing(world, way.today, began.commit)
    report = _against(began, world, asked, way)
    for side in [] if head or not report.findings else snapshot.merged(asked.root, began):
        report = _common(report, _against(side, world, asked, way))
    return report


def _against(began: snapshot.Base, world: snapshot.Snapshot, asked: common.Request, way: Way) -> Report:
    before = began.snapshot
    settings, rules, hint = asked.config, asked.rules, ""
    if way.config_file is None and snapshot.content(world, config.NAME) != snapshot.content(before, config.NAME):
        try:
            settings = inforce.config_of(before)
            rules = common.rules_of_changes(asked, settings, before, way.names)
            hint = f"{config.NAME} changes; the rules of the family change are in force as they were before"
        except UserError as error:
            settings, rules = asked.config, asked.rules
            hint = f"the configuration of the base is wrong, so the present one holds for it too: {error}"
    base = engine.Base(began, settings)
    report = engine.run(
        world, asked.config, rules, way.today, asked.secrets, base, memory=way.memory, hands=hands.number()
    )
    return replace(report, hints=[*([hint] if hint else []), *report.hints])


def _common(report: Report, other: Report) -> Report:
    """The report with only what is new beside another side of a merge as well: what that side had, it has judged."""
    new = set(map(_name, other.findings))
    kept = [finding for finding in report.findings if _name(finding) in new]
    had = [replace(finding, older=True) for finding in report.findings if _name(finding) not in new]
    return replace(report, findings=kept, older=[*report.older, *had])


def _name(finding: Finding) -> tuple[str, Place, str]:
    return finding.rule, finding.place, finding.subject
