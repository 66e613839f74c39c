"""Health summary: coverage, freshness, what falls due, waivers, and what is found by which rule."""

from collections import Counter
from collections.abc import Callable, Sequence

from runbook_lint.checks.values import date_of
from runbook_lint.model import Finding, Item
from runbook_lint.report.days import weeks
from runbook_lint.report.document import Bucket, Health, RuleCount, Runbook, Share, Trend, Waiver
from runbook_lint.report.fleet import judged, texts
from runbook_lint.report.night import SEVERITIES, Night
from runbook_lint.report.parts import forecast
from runbook_lint.report.states import FRESH, SOON, state


def health(
    night: Night, findings: Sequence[Finding], fleet: Sequence[Runbook], waivers: list[Waiver], trend: Trend
) -> Health:
    """How the estate is doing."""
    live = judged(fleet)
    return Health(
        coverage_by_team=_shares(night, night.owner),
        coverage_by_severity=_by_severity(_shares(night, night.severity)),
        freshness=_freshness(live, night.limits.days),
        forecast=forecast(weeks(night.today), live),
        trend=trend,
        waivers=waivers,
        findings_by_rule=_by_rule(findings),
    )


def _shares(night: Night, of: Callable[[Item], str]) -> list[Share]:
    alerts, mapped, untold = Counter[str](), Counter[str](), Counter[str]()
    for alert in night.estate.all("alert"):
        name, verdict = of(alert), night.works(alert)
        alerts[name] += 1
        mapped[name] += verdict == "resolved"
        untold[name] += verdict == "cannot-tell"
    names = sorted(alerts, key=lambda name: (not name, name))
    return [Share(name=name, alerts=alerts[name], mapped=mapped[name], cannot_tell=untold[name]) for name in names]


def _by_severity(shares: Sequence[Share]) -> list[Share]:
    known = {share["name"]: share for share in shares}
    return [known.get(name) or Share(name=name, alerts=0, mapped=0, cannot_tell=0) for name in SEVERITIES] + [
        share for share in shares if share["name"] not in SEVERITIES
    ]


def _freshness(live: Sequence[Runbook], limit: int) -> list[Bucket]:
    """By the state of the review. The days are those of the usual interval; some entries have a shorter one."""
    numbers = Counter(map(state, live))
    states: Sequence[tuple[str, int, int | None]] = (
        ("fresh", 0, min(FRESH, limit)),
        ("in time", FRESH + 1, max(FRESH, limit - SOON - 1)),
        ("due soon", max(0, limit - SOON), limit),
        ("overdue", limit + 1, None),
        ("undated", 0, None),
    )
    return [Bucket(name=name, least=least, most=most, entries=numbers[name]) for name, least, most in states]


def waivers(night: Night) -> list[Waiver]:
    """The waivers that there are, those that end first in front."""
    found = [_waiver(each, night) for each in night.estate.all("waiver")]
    return sorted(found, key=lambda each: (each["until"] or "~", each["place"]["path"], each["place"]["line"]))


def _waiver(item: Item, night: Night) -> Waiver:
    until = date_of(item.fields.get("until"))
    return Waiver(
        rules=[str(rule.value) for rule in item.raw("rules", ())],
        covers=_covers(item),
        owner=night.team(item.text("owner")) if item.text("owner") else "",
        reason=item.text("reason"),
        until=str(until) if until is not None else item.text("until"),
        days=(until - night.today).days if until is not None else None,
        place=night.place(item),
    )


def _covers(item: Item) -> str:
    """What a waiver of the file names, or the file that it stands in."""
    named = item.text("runbook_id") or item.text("alert") or ", ".join(texts(item, "paths"))
    return named or item.path


def _by_rule(findings: Sequence[Finding]) -> list[RuleCount]:
    numbers = Counter((finding.rule, finding.severity) for finding in findings)
    ordered = sorted(numbers.items(), key=lambda each: (-each[1], each[0]))
    return [RuleCount(rule=rule, severity=severity, findings=number) for (rule, severity), number in ordered]
