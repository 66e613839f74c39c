"""The report as metrics, for the textfile collector of Prometheus' node exporter.

It is both the text format of Prometheus and OpenMetrics: gauges only, and the mark of the end is a comment to the
former. There are no timestamps, which the collector refuses; the day is a metric. Durations are in seconds, the unit
that Prometheus' naming rules ask for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from runbook_lint.report.document import Nightly, Runbook, Share
from runbook_lint.report.states import dated
from runbook_lint.reporters.escape import printable

_PREFIX = "runbook_lint_"
_DAY = 86_400
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
_Labels = Mapping[str, str]
_Samples = Iterable[tuple[_Labels, float]]


class Gauge(NamedTuple):
    """A metric: its name without the prefix, what it says, and its samples."""

    name: str
    help: str
    samples: _Samples


def render(document: Nightly) -> str:
    """All gauges that have samples, and the mark of the end."""
    gauges = (*_of_all(document), *_of_teams(document), *_of_runbooks(document))
    return "".join(line for gauge in gauges for line in _lines(gauge)) + "# EOF\n"


def _lines(gauge: Gauge) -> list[str]:
    """One metric. No series stands twice: of runbooks that nothing tells apart the highest number stands."""
    name, series = _PREFIX + gauge.name, dict[str, float]()
    for labels, value in gauge.samples:
        key = _labels(labels)
        series[key] = max(value, series.get(key, value))
    head = [f"# HELP {name} {gauge.help}\n", f"# TYPE {name} gauge\n"]
    return [*head, *(f"{name}{key} {value:.12g}\n" for key, value in sorted(series.items()))] if series else []


def _labels(labels: _Labels) -> str:
    pairs = ",".join(f'{name}="{printable(value).translate(_ESCAPES)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _of_all(document: Nightly) -> Iterator[Gauge]:
    counts = document["decision"]["counts"]
    yield Gauge("report_timestamp_seconds", "The day that the report speaks of.", [({}, _at(document["as_of"]))])
    yield Gauge(
        "fit_for_tonight", "Whether the estate is fit for tonight: 1 or 0.", [({}, document["decision"]["fit"])]
    )
    yield Gauge("commit_timestamp_seconds", "The day of the commit that was looked at.", _committed(document))
    yield Gauge("secrets", "Secrets that were found.", [({}, counts["secrets"])])
    yield Gauge("unreadable_files", "Files that could not be read.", [({}, counts["unreadable"])])
    yield Gauge("waivers", "Waivers in force.", [({}, counts["waivers"])])
    yield Gauge("waivers_ending", "Waivers that end soon.", [({}, counts["waivers_ending"])])
    yield Gauge("baseline_findings", "Findings that the baseline knows.", [({}, counts["baseline"])])
    rules = document["health"]["findings_by_rule"]
    found = [({"rule": each["rule"], "severity": each["severity"]}, each["findings"]) for each in rules]
    yield Gauge("findings", "Findings by rule.", found)


def _committed(document: Nightly) -> _Samples:
    known = [each for each in document["repositories"] if each["committed"]]
    return [({"repository": each["name"]}, _at(each["committed"])) for each in known]


def _at(day: str) -> float:
    """Midnight (UTC) of a day."""
    return datetime.fromisoformat(day[:10]).replace(tzinfo=UTC).timestamp()


def _of_teams(document: Nightly) -> Iterator[Gauge]:
    health = document["health"]
    asked = Counter((each["team"], each["kind"], each["severity"]) for each in document["actions"])
    yield Gauge(
        "actions",
        "What is asked of an owner.",
        [({"owner": owner, "kind": kind, "severity": severity}, n) for (owner, kind, severity), n in asked.items()],
    )
    yield Gauge("owner_alerts", "Alerts by owner and where they lead.", _shares(health["coverage_by_team"], "owner"))
    yield Gauge("owner_coverage_ratio", "Alerts with a working runbook.", _ratio(health["coverage_by_team"], "owner"))
    severities = health["coverage_by_severity"]
    yield Gauge("severity_alerts", "Alerts by severity and where they lead.", _shares(severities, "severity"))
    yield Gauge("severity_coverage_ratio", "Alerts with a working runbook.", _ratio(severities, "severity"))


def _shares(shares: Iterable[Share], label: str) -> Iterator[tuple[_Labels, float]]:
    for share in shares:
        rest = share["alerts"] - share["mapped"] - share["cannot_tell"]
        told = {"mapped": share["mapped"], "unmapped": max(0, rest), "cannot_tell": share["cannot_tell"]}
        for verdict, number in told.items():
            yield {label: share["name"], "verdict": verdict}, number


def _ratio(shares: Iterable[Share], label: str) -> _Samples:
    return [({label: each["name"]}, each["mapped"] / each["alerts"]) for each in shares if each["alerts"]]


def _of_runbooks(document: Nightly) -> Iterator[Gauge]:
    fleet = [each for each in document["fleet"] if each["status"] != "retired"]
    counted = Counter((each["owner"], each["severity"], _state(each)) for each in fleet)
    yield Gauge(
        "runbooks",
        "Runbooks by owner, severity and the state of their review.",
        [
            ({"owner": owner, "severity": severity, "state": state}, n)
            for (owner, severity, state), n in counted.items()
        ],
    )
    ages = [(_runbook(each), each["age"] * _DAY) for each in fleet if each["age"] is not None and dated(each)]
    yield Gauge("runbook_age_seconds", "The time since the last review.", ages)
    late = [(_runbook(each), -each["left"] * _DAY) for each in fleet if each["left"] is not None and dated(each)]
    yield Gauge("runbook_overdue_seconds", "The time since the review was due, negative before it.", late)
    drifted = [(_runbook(each), len(each["drift"])) for each in fleet if each["drift"]]
    yield Gauge("runbook_drift", "What changed after the last review.", drifted)


def _state(each: Runbook) -> str:
    if not dated(each):
        return "undated"
    return "overdue" if (each["left"] or 0) < 0 else "in_time"


def _runbook(each: Runbook) -> _Labels:
    """Its id is stable; its path stands in where it has none."""
    return {
        "repository": each["place"]["repository"],
        "runbook": each["id"] or each["target"] or each["place"]["path"],
        "owner": each["owner"],
        "severity": each["severity"],
    }
