"""The Health Summary: coverage, freshness, what falls due, how it went over the past year, and what is excused."""

from collections.abc import Callable, Iterable, Sequence

from runbook_lint.report.document import Bucket, Health, Nightly, Point, Share, Waiver, Week
from runbook_lint.report.page.actions import days
from runbook_lint.report.page.charts import Column, Dot, bar, columns, line
from runbook_lint.report.page.tags import (
    NOBODY,
    folded,
    labels,
    number,
    percent,
    row,
    section,
    table,
    team,
    text,
    where,
)
from runbook_lint.summary import many as many_of

_WAIVERS = ("Rules", "Covers", "Owner", "Reason", "Holds until", "Where")
_POINTS = ("Day", "Overdue", "Of entries", "Covered", "Of alerts", "Waivers", "Baseline")
_SHARE = ("Share of the alerts", "Covered", "Without", "Cannot tell")
_AGES = ("State", "Share of the entries", "Days since the review", "Entries")
STYLE = (
    labels("waivers", _WAIVERS)
    + labels("bars", ("", "", "", "Without ", "Cannot tell "))
    + labels("ages", ("", "", "", "Entries "))
)


def render(document: Nightly) -> str:
    """The third section."""
    health, many = document["health"], len(document["repositories"]) > 1
    asked = "See whether it gets better or worse, and make time for the reviews of the next 12 weeks."
    right = _coverage("severity", health["coverage_by_severity"]) + _freshness(health["freshness"])
    pair = f"<div class=pair>{_coverage('team', health['coverage_by_team'])}<div>{right}</div></div>"
    excused = _waivers(health["waivers"], many) + _rules(health)
    body = pair + _forecast(health["forecast"]) + _trend(health) + excused
    return section("health", "Health Summary", asked, body)


def _coverage(by: str, shares: Sequence[Share]) -> str:
    asked = [each for each in shares if each["alerts"]]
    title = f"<h3>Alerts with a working runbook, by {by}</h3>"
    if not asked:
        return f"<div>{title}<p>There are no alerts.</p></div>"
    heads = (by.title(), *_SHARE)
    nameless = NOBODY if by == "team" else "none"
    key = _key(full="working runbook", unsure="cannot tell", rail="without")
    rows = (_share(each, nameless) for each in asked)
    return f"<div>{title}{key}{table('bars', f'Coverage by {by}', heads, rows)}</div>"


def _key(**kinds: str) -> str:
    """What the colours say."""
    return f"<p class=key>{' '.join(f'<span class={kind}>{name}</span>' for kind, name in kinds.items())}</p>"


def _share(each: Share, nameless: str) -> str:
    alerts, mapped, unsure = each["alerts"], each["mapped"], each["cannot_tell"]
    told = f"<b>{percent(mapped, alerts)}</b> <span>{number(mapped)} of {number(alerts)}</span>"
    drawn = bar(("full", mapped), ("unsure", unsure), of=alerts)
    return row(drawn, told, number(alerts - mapped - unsure), number(unsure), head=text(each["name"]) or nameless)


def _freshness(buckets: Sequence[Bucket]) -> str:
    total = sum(each["entries"] for each in buckets)
    title = "<h3>Reviews by age</h3>"
    if not total:
        return f"{title}<p>There are no catalog entries.</p>"
    return title + table('"bars ages"', "Freshness of the reviews", _AGES, (_bucket(each, total) for each in buckets))


def _bucket(each: Bucket, total: int) -> str:
    dated = each["name"] != "undated"
    span = f"{each['least']} to {each['most']} days" if each["most"] is not None else f"from {each['least']} days"
    drawn = bar(("late" if each["most"] is None else "full", each["entries"]), of=total)
    told = f"<b>{percent(each['entries'], total)}</b>"
    return row(
        drawn, f"{told} <span>{span if dated else 'no date'}</span>", number(each["entries"]), head=text(each["name"])
    )


def _forecast(weeks: Sequence[Week]) -> str:
    total, sev1 = sum(each["due"] for each in weeks), sum(each["sev1"] for each in weeks)
    title = f"<h3>Reviews that fall due in the next {many_of(len(weeks), 'week')}</h3>"
    if not total:
        return f"{title}<p>No review falls due.</p>"
    most = max(weeks, key=lambda each: each["due"])
    week = f"most in the week of {text(most['begins'])}: {number(most['due'])}"
    told = f"{many_of(total, 'review')}, {number(sev1)} of them for sev1; {week}."
    chart = columns(
        "due",
        "Reviews due by week",
        told,
        [Column(text(each["begins"][5:]), each["due"], each["sev1"]) for each in weeks],
    )
    rows = (
        row(number(each["due"]), number(each["sev1"]), _named(each["ids"]), head=text(each["begins"])) for each in weeks
    )
    alternative = table("figures", "Reviews due by week", ("Week from", "Due", "For sev1", "Runbooks"), rows)
    key = _key(full="for sev1", soft="others")
    numbers = folded("The numbers, and which they are", alternative)
    return f"{title}<figure><figcaption>{told}</figcaption>{key}{chart}</figure>{numbers}"


def _named(ids: Sequence[str], most: int = 12) -> str:
    rest = f" and {number(len(ids) - most)} more" if len(ids) > most else ""
    return ", ".join(map(text, ids[:most])) + rest


def _trend(health: Health) -> str:
    points, limits = health["trend"]["points"], text(health["trend"]["limits"])
    note = f"<p class=note>{limits}</p>" if limits else ""
    title = "<h3>The past year</h3>"
    if len(points) < 2:
        return title + (note or "<p class=note>There is no history to draw yet.</p>")
    figures = (
        _multiple("overdue", "Reviews overdue", points, lambda each: each["overdue"]),
        _multiple("coverage", "Alerts with a working runbook", points, _covered, "%"),
        _multiple("waived", "Waivers", points, lambda each: each["waivers"]),
        _multiple("baseline", "Baseline", points, lambda each: each["baseline"]),
    )
    numbers = table("figures", "The past year by week", _POINTS, map(_point, reversed(points)))
    return f"{title}{note}<div class=multiples>{''.join(figures)}</div>{folded('The numbers', numbers)}"


def _covered(each: Point) -> float | None:
    return 100 * each["mapped"] / each["alerts"] if each["alerts"] else None


def _multiple(id: str, title: str, points: Sequence[Point], of: Callable[[Point], float | None], unit: str = "") -> str:
    last = len(points) - 1
    dots = [Dot(place / last, value) for place, each in enumerate(points) if (value := of(each)) is not None]
    if not dots:
        return f"<figure><figcaption><b>{title}</b> no alerts yet</figcaption></figure>"
    most = 100.0 if unit else max(dot.value for dot in dots) or 1.0
    now, then = (f"{number(int(dot.value))}{unit}" for dot in (dots[-1], dots[0]))
    ends = text(points[0]["day"]), text(points[-1]["day"])
    told = f"{now} on {ends[1]}, {then} on {ends[0]}; at most {number(int(max(dot.value for dot in dots)))}{unit}."
    chart = line(f"trend-{id}", title, told, dots, most, ends, f"{number(int(most))}{unit}")
    return f"<figure><figcaption>{title} <b>{now} <span>{then} at first</span></b></figcaption>{chart}</figure>"


def _point(each: Point) -> str:
    coverage = percent(each["mapped"], each["alerts"]) if each["alerts"] else ""
    overdue, entries, alerts, waivers, baseline = (
        number(each[key]) for key in ("overdue", "entries", "alerts", "waivers", "baseline")
    )
    return row(overdue, entries, coverage, alerts, waivers, baseline, head=text(each["day"]))


def _waivers(waivers: Iterable[Waiver], many: bool) -> str:
    soonest = sorted(waivers, key=lambda each: (each["days"] is None, each["days"] or 0))
    title = "<h3>Waivers</h3>"
    if not soonest:
        return f"{title}<p>Nothing is excused.</p>"
    return title + table(
        "waivers", "Waivers, the first to end first", _WAIVERS, (_waiver(each, many) for each in soonest)
    )


def _waiver(each: Waiver, many: bool) -> str:
    left = days(-each["days"]).replace("late", "over") if each["days"] is not None else "no end"
    until = f"{text(each['until'])} <span>{left}</span>"
    rules = ", ".join(map(text, each["rules"]))
    return row(
        rules, text(each["covers"]), team(each["owner"]), text(each["reason"]), until, where(each["place"], many)
    )


def _rules(health: Health) -> str:
    found = sorted(health["findings_by_rule"], key=lambda each: (-each["findings"], each["rule"]))
    if not found:
        return ""
    rows = (row(text(each["severity"]), number(each["findings"]), head=text(each["rule"])) for each in found)
    of = table("figures", "Findings by rule", ("Rule", "Severity", "Findings"), rows)
    return folded(f"Findings by rule ({many_of(len(found), 'rule')})", of)
