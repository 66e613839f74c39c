"""The nightly report cut by team and merged over repositories, and the decision."""

import itertools
import json
import re
from typing import Any, cast

import nightly
import pytest

from runbook_lint.model import UserError
from runbook_lint.report import merging, parts, render
from runbook_lint.report.decision import decided
from runbook_lint.report.document import Counts, Nightly

# --- the decision -----------------------------------------------------------------------------------------------------

GOOD = {**nightly.NO_COUNTS, "runbooks": 9, "alerts": 9, "mapped": 9}
UNFIT = {
    "a secret": ({"secrets": 1}, "1 secret stands in the files, where all who read them can use it."),
    "alerts without": (
        {"unmapped_sev1": 2},
        "2 sev1 alerts lead to no working runbook: who is paged begins with nothing.",
    ),
    "overdue": (
        {"overdue_sev1": 1},
        "1 sev1 runbook is overdue for review: the steps may no longer work.",
    ),
    "unreadable": ({"unreadable": 3}, "3 files could not be read, and nobody knows what is wrong in there."),
    "nothing": (
        {"runbooks": 0, "alerts": 0},
        "Neither a runbook nor an alert was read, so there is nothing to judge by.",
    ),
}


def counts(**others: int) -> Counts:
    return cast(Counts, {**GOOD, **others})


@pytest.mark.parametrize(("numbers", "reason"), UNFIT.values(), ids=UNFIT)
def test_what_makes_an_estate_unfit(numbers: dict[str, int], reason: str) -> None:
    decision = decided(counts(**numbers), [])
    assert (decision["fit"], decision["verdict"], decision["reasons"]) == (False, "Not fit for tonight.", [reason])


def test_a_sev1_runbook_without_a_date_may_be_older_than_any() -> None:
    undated = nightly.action("undated", 3, "nobody knows when 'a' was reviewed", "review it")
    assert decided(counts(), [undated])["reasons"] == [
        "1 sev1 runbook has no review date, so nobody knows whether the steps still work."
    ]
    assert decided(counts(), [{**undated, "severity": "sev3"}])["fit"]


def test_an_estate_is_fit_while_less_urgent_things_wait() -> None:
    decision = decided(counts(overdue=4, unmapped=2, errors=6, cannot_tell=1), nightly.small()["actions"])
    assert decision["fit"]
    assert decision["verdict"] == (
        "Fit for tonight: no sev1 alert lacks a working runbook, no sev1 runbook is overdue,"
        " no secret and no unreadable file is there; of 1 alert nobody can tell where it leads."
    )


# --- by team ----------------------------------------------------------------------------------------------------------


def test_teams_come_in_the_order_of_what_is_asked() -> None:
    found = [(team["name"], team["actions"]) for team in parts.teams(nightly.small())]
    assert found == [("platform-team", 3), ("billing-team", 2), ("", 1)]
    turned = nightly.small()
    turned["actions"].reverse()
    turned["teams"].reverse()
    assert [(team["name"], team["actions"]) for team in parts.teams(turned)] == found


def test_a_team_that_no_roster_knows_is_a_team() -> None:
    document = nightly.small()
    document["actions"].append(nightly.action("secret", 0, "a key stands here", "revoke it", team="ghosts"))
    assert parts.teams(document)[0]["name"] == "ghosts"
    assert not parts.of_team(document, "ghosts")["decision"]["fit"]


def test_a_team_that_owns_only_a_waiver_is_fit() -> None:
    document = nightly.small()
    document["actions"].append(nightly.action("waiver", 6, "a waiver ends", "end it", team="ghosts", severity=""))
    assert parts.of_team(document, "ghosts")["decision"]["fit"]


def test_a_team_sees_its_own_and_nothing_else() -> None:
    document = parts.of_team(nightly.small(), "billing-team")
    assert document.get("team") == "billing-team"
    assert {action["team"] for action in document["actions"]} == {"billing-team"}
    assert [each["id"] for each in document["fleet"]] == ["billing.webhook", "billing.invoices"]
    assert [path["alert"] for path in document["paths"]] == ["InvoicesLate", "WebhookGone"]
    assert [week["ids"] for week in document["health"]["forecast"] if week["due"]] == [["billing.webhook"]]
    assert [waiver["covers"] for waiver in document["health"]["waivers"]] == ["lab.hosts", "doc/old/**"]
    assert document["incidents"] == []
    assert "platform-team" not in json.dumps([document[key] for key in ("actions", "fleet", "paths", "teams")])  # type: ignore[literal-required]


def test_a_team_is_decided_for_anew() -> None:
    platform, billing = (parts.of_team(nightly.small(), team)["decision"] for team in ("platform-team", "billing-team"))
    assert platform["reasons"] == [UNFIT["a secret"][1], UNFIT["overdue"][1]]
    assert billing["fit"]
    assert (billing["counts"]["unmapped"], billing["counts"]["undated"], billing["counts"]["errors"]) == (1, 1, 1)


def test_the_parts_add_up_to_the_whole() -> None:
    whole = nightly.sized()
    cut = [parts.of_team(whole, team["name"]) for team in whole["teams"]]
    for key in ("actions", "fleet", "paths"):
        assert sum(len(part[key]) for part in cut) == len(whole[key])  # type: ignore[literal-required]
    for number in ("overdue", "undated", "unmapped", "unmapped_sev1", "alerts", "mapped", "cannot_tell"):
        assert sum(part["decision"]["counts"][number] for part in cut) == whole["decision"]["counts"][number], number  # type: ignore[literal-required]
    due = [sum(part["health"]["forecast"][week]["due"] for part in cut) for week in range(12)]
    assert due == [week["due"] for week in whole["health"]["forecast"]]
    fresh = [sum(part["health"]["freshness"][state]["entries"] for part in cut) for state in range(5)]
    assert fresh == [bucket["entries"] for bucket in whole["health"]["freshness"]]


def test_a_teams_reviews_are_in_the_state_that_the_whole_gives_them() -> None:
    """An entry of a shorter interval is overdue, however young its review is; one of the future has no date."""
    made = nightly.small()
    made["fleet"] = [
        nightly.runbook("short", "Short", 20, left=-6),
        nightly.runbook("future", "Future", -3),
        nightly.runbook("old", "Old", 60, status="retired"),
    ]
    states = parts.of_team(made, "platform-team")["health"]["freshness"]
    assert {each["name"]: each["entries"] for each in states if each["entries"]} == {"overdue": 1, "undated": 1}


def test_the_worst_are_shown_and_the_rest_counted() -> None:
    capped = parts.capped(reversed(nightly.small()["actions"]), 3)
    assert [action["kind"] for action in capped.shown] == ["secret", "overdue", "unmapped"]
    assert capped.rest == {"owner": 1, "drift": 1, "waiver": 1}
    assert capped.left() == (
        "1 runbook without a known owner, 1 runbook whose subject changed after its review, 1 waiver that ends"
    )
    assert parts.capped([], 3) == ([], {})


FOLDERS = {
    "platform-team": "platform-team",
    "": "+nobody",
    "Platform": "platform+",
    "platform": "platform",
    "con": "con+",
    "../../etc": "etc+",
    "a/b": "a-b+",
    "日本": "team+",
    "\udcff": "team+",
    "x" * 500: f"{'x' * 40}+",
}


@pytest.mark.parametrize(("team", "begins"), FOLDERS.items())
def test_a_teams_folder_is_named_for_it(team: str, begins: str) -> None:
    hashed = r"[0-9a-f]{8}" if begins.endswith("+") else ""
    assert re.fullmatch(re.escape(begins) + hashed, parts.folder(team))


@pytest.mark.parametrize("team", nightly.HOSTILE)
def test_a_hostile_teams_folder_is_a_plain_name(team: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}\+[0-9a-f]{8}", parts.folder(team))


def test_no_two_teams_share_a_folder() -> None:
    teams = [*FOLDERS, *nightly.HOSTILE, "nobody", "PLATFORM", "a-b", "a b"]
    assert len({parts.folder(team) for team in teams}) == len(teams)


# --- several repositories ---------------------------------------------------------------------------------------------


def of(repository: str, made: Nightly | None = None, **others: Any) -> Nightly:
    """A document of a repository of another name."""
    text = json.dumps(made or nightly.small()).replace(f'"{nightly.NAME}"', json.dumps(repository))
    return cast(Nightly, {**json.loads(text), **others})


def test_several_repositories_are_one_report_whatever_their_order() -> None:
    three = [of("shop"), of("lab", nightly.calm()), of("core")]
    orders = [json.dumps(merging.merged(order)) for order in itertools.permutations(three)]
    assert len(set(orders)) == 1
    whole = json.loads(orders[0])
    assert [repository["name"] for repository in whole["repositories"]] == ["core", "lab", "shop"]
    assert whole["decision"]["counts"]["alerts"] == 31 + 1 + 31
    assert [(team["name"], team["runbooks"]) for team in whole["teams"]] == [
        ("", 2),
        ("billing-team", 19),
        ("platform-team", 24),
    ]
    assert len(whole["fleet"]) == 11
    assert whole["health"]["trend"]["limits"] == "lab: There is no history to ask."
    assert [share["alerts"] for share in whole["health"]["coverage_by_severity"]] == [19, 36, 8]
    assert merging.read(json.dumps(whole), "whole.json") == whole


def test_an_id_that_two_repositories_have_is_something_to_do() -> None:
    one = {**nightly.calm(), "fleet": [nightly.runbook("ops.disk", "Disk", 1, owner="a"), nightly.runbook("x", "X", 1)]}
    other = of("shop", cast(Nightly, {**nightly.calm(), "fleet": [nightly.runbook("ops.disk", "Disk", 1, owner="b")]}))
    other["fleet"][0]["place"]["repository"] = "shop"
    actions = merging.merged([cast(Nightly, one), other])["actions"]
    assert [(action["kind"], action["team"], action["id"]) for action in actions] == [
        ("duplicate", "a", "ops.disk"),
        ("duplicate", "b", "ops.disk"),
    ]
    assert actions[0]["what"] == (
        "the id 'ops.disk' stands in 2 repositories:"
        " doc/operations/runbooks/runbooks.catalog.json:4 of gpu-cloud"
        " and doc/operations/runbooks/runbooks.catalog.json:4 of shop"
    )


def test_an_id_that_one_of_them_retired_is_no_duplicate() -> None:
    fleet = [nightly.runbook("ops.disk", "Disk", 1)]
    one = cast(Nightly, {**nightly.calm(), "fleet": fleet})
    other = of("shop", cast(Nightly, {**one, "fleet": [{**fleet[0], "status": "retired"}]}))
    assert merging.merged([one, other])["actions"] == []


def test_a_duplicate_has_its_own_rank_whatever_else_is_asked() -> None:
    ranks = {
        each["rank"]
        for made in (nightly.calm(), nightly.small())
        for each in merging.merged([made, of("shop", made)])["actions"]
        if each["kind"] == "duplicate"
    }
    assert ranks == {3}


def test_reviews_are_summed_by_state_whatever_the_limits() -> None:
    strict = of("shop")
    strict["health"]["freshness"] = [
        {"name": "fresh", "least": 0, "most": 20, "entries": 4},
        {"name": "overdue", "least": 31, "most": None, "entries": 2},
    ]
    found = [
        (each["name"], each["entries"]) for each in merging.merged([nightly.small(), strict])["health"]["freshness"]
    ]
    assert found == [("fresh", 5), ("in time", 0), ("due soon", 1), ("overdue", 3), ("undated", 1)]


def test_the_decision_is_the_worst_of_all() -> None:
    calm = [of("a", nightly.calm()), of("b", nightly.calm())]
    assert merging.merged(calm)["decision"]["fit"]
    assert not merging.merged([*calm, nightly.small()])["decision"]["fit"]
    empty = cast(Nightly, {**nightly.empty(), "repositories": [nightly.repository("c")]})
    empty["decision"] = decided(nightly.NO_COUNTS, [])
    assert merging.merged([*calm, empty])["decision"]["reasons"] == [f"c: {UNFIT['nothing'][1]}"]


def test_a_report_of_another_day_tells_nothing_of_tonight() -> None:
    calm = [of("a", nightly.calm()), of("b", nightly.calm(), as_of="2026-10-20")]
    assert merging.merged(calm)["as_of"] == "2026-11-01"
    assert merging.merged(calm)["decision"]["reasons"] == ["What is told of b is 12 days old (as of 2026-10-20)."]
    assert merging.merged([calm[0], of("b", nightly.calm(), as_of="2026-10-31")])["decision"]["fit"]


def test_trends_are_joined_by_day() -> None:
    def trending(repository: str, **overdue: int) -> Nightly:
        made = of(repository, nightly.calm())
        days = {day.replace("_", "-").removeprefix("d"): number for day, number in overdue.items()}
        empty = dict.fromkeys(("runbooks", "entries", "alerts", "mapped", "waivers", "baseline"), 0)
        made["health"]["trend"]["points"] = cast(
            Any, [{"day": day, "commit": "abc", "overdue": number, **empty} for day, number in days.items()]
        )
        return made

    long, short = trending("a", d2026_10_18=1, d2026_10_25=2, d2026_11_01=3), trending("b", d2026_10_26=10)
    found = merging.merged([long, short])["health"]["trend"]["points"]
    assert [(point["day"], point["overdue"], point["commit"]) for point in found] == [
        ("2026-10-18", 1, ""),
        ("2026-10-25", 2, ""),
        ("2026-10-26", 12, ""),
        ("2026-11-01", 13, ""),
    ]


@pytest.mark.parametrize("form", ["markdown", "csv", "openmetrics", "ical", "slack", "json"])
def test_several_repositories_in_each_format(form: str) -> None:
    text = render(form, merging.merged([nightly.small(), of("shop")]))
    assert "shop" in text
    assert "gpu-cloud" in text


def test_text_that_is_no_unicode_is_still_text() -> None:
    text = json.dumps(nightly.small()).replace("lab.hosts", "\\ud800")
    whole = merging.merged([merging.read(text, "a.json")])
    assert "\\ud800" in render("slack", whole)
    with pytest.raises(UserError, match=r"a\.json breaks the contract of reports at as_of"):
        merging.read(text.replace("2026-11-01", "today", 1), "a.json")


REFUSED = {
    "no JSON": ("{", "a.json is no JSON, so it cannot be merged; write one with"),
    "too deep": ("[" * 100_000, "a.json is no JSON, so it cannot be merged"),
    "no mapping": ("[]", "a.json is no nightly report, so it cannot be merged"),
    "another report": ('{"version": 1, "findings": []}', "a.json is no nightly report"),
    "another version": (
        json.dumps({**nightly.small(), "version": 2}),
        "a.json is a report of version 2 and this runbook-lint reads version 1; write one with",
    ),
    "a wrong day": (
        json.dumps({**nightly.small(), "as_of": "today"}),
        "a.json breaks the contract of reports at as_of",
    ),
    "a wrong row": (
        json.dumps({**nightly.small(), "fleet": [{**nightly.runbook("a", "A", 1), "age": "old"}]}),
        "a.json breaks the contract of reports at fleet.0.age (`runbook-lint schema nightly`)",
    ),
    "a team's": (
        json.dumps(parts.of_team(nightly.small(), "platform-team")),
        "a.json is the report of one team alone, so it cannot be merged; merge the report of all teams",
    ),
    "a field too many": (json.dumps({**nightly.small(), "more": 1}), "at its top"),
    "bytes": ("\xff\xfe", "a.json is no JSON"),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_report_is_refused(text: str, said: str) -> None:
    with pytest.raises(UserError, match=re.escape(said)):
        merging.read(text.encode("latin-1"), "a.json")


def test_a_repository_is_not_counted_twice() -> None:
    with pytest.raises(UserError, match=r"a\.json and b\.json both tell of the repository 'gpu-cloud'; merge one"):
        merging.merged([nightly.small(), nightly.small()], ["a.json", "b.json"])


ELSEWHERE = {"commit": "0" * 40}


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["shop.json", "bank.json"], ["gpu-cloud (bank)", "gpu-cloud (shop)"]),
        (["a/report.json", "b/report.json"], ["gpu-cloud (a/report)", "gpu-cloud (b/report)"]),
        ([], ["gpu-cloud (report 1)", "gpu-cloud (report 2)"]),
    ],
)
def test_repositories_of_one_name_are_told_apart_by_the_files_of_their_reports(
    files: list[str], names: list[str]
) -> None:
    other = cast(Nightly, {**nightly.small(), "repositories": [nightly.repository(**ELSEWHERE)]})
    whole = merging.merged([nightly.small(), other], files)
    assert [repository["name"] for repository in whole["repositories"]] == names
    assert {each["place"]["repository"] for each in (*whole["fleet"], *whole["actions"])} == set(names)
    assert f'"{nightly.NAME}"' not in json.dumps(whole)
    assert len({line for line in render("csv", whole).splitlines() if "ops.outbox.relay" in line}) == 2


def test_two_folders_of_one_commit_are_two_repositories() -> None:
    text = json.dumps(nightly.small()).replace(nightly.CATALOG, "billing/runbooks.json")
    whole = merging.merged([nightly.small(), json.loads(text)], ["ops.json", "billing.json"])
    assert [each["name"] for each in whole["repositories"]] == ["gpu-cloud (billing)", "gpu-cloud (ops)"]


def test_a_name_that_is_taken_already_is_not_given_again() -> None:
    other = cast(Nightly, {**nightly.small(), "repositories": [nightly.repository(**ELSEWHERE)]})
    with pytest.raises(
        UserError, match=r"a\.json and b\.json both tell of .* name each with `runbook-lint report --name`"
    ):
        merging.merged([nightly.small(), other, of("gpu-cloud (a)")], ["a.json", "b.json", "c.json"])


@pytest.mark.parametrize("text", nightly.HOSTILE)
def test_what_one_run_wrote_another_reads(text: str) -> None:
    hostile = nightly.contracted(nightly.hostile((text,)))
    back = merging.read(render("json", hostile), "a.json")
    assert back == hostile or "\udcff" in text
    assert merging.merged([back, of("shop")])["actions"]
