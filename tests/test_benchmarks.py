"""The benchmarks: what they measure is the same every time, and what they print is worked out rightly."""

import re
from pathlib import Path

import pytest
from conftest import DAY, git
from conftest import Run as Tool

from benchmarks import corpus, tables
from benchmarks.measure import Cost, Goal, Run, cost, middle, peak, ratio, rounds

CHAIN = ("promtool", "rumdl")
# Made-up seconds of three rounds, the second on a machine that was busy with something else.
COSTS = {
    "runbook-lint, cold": [Cost(1.0, 0.5), Cost(4.0, 9.0), Cost(2.0, 0.6)],
    "promtool": [Cost(3.0, 1.0), Cost(8.0, 9.0), Cost(5.0, 1.0)],
    "rumdl": [Cost(1.0, 1.0), Cost(8.0, 9.0), Cost(3.0, 1.0)],
    "report": [Cost(5.0, 5.0), Cost(9.0, 9.0), Cost(6.0, 6.0)],
    "missing": [],
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus that has each of its faults."""
    folder = tmp_path_factory.mktemp("corpus")
    corpus.make(folder, 100, 20)
    return folder


def test_the_same_numbers_give_the_same_repository(small: Path, tmp_path: Path) -> None:
    corpus.make(tmp_path / "again", 100, 20)
    assert git(tmp_path / "again", "rev-parse", "HEAD") == git(small, "rev-parse", "HEAD")
    assert git(small, "status", "--porcelain") == ""
    assert git(small, "rev-list", "--count", "HEAD") == "20\n"


def test_another_size_gives_another_repository(tmp_path: Path) -> None:
    for size in (0, 1, 30):
        corpus.make(tmp_path / str(size), size)
        runbooks = list((tmp_path / str(size)).glob("runbooks/*.md"))
        assert len(runbooks) == size + size // 10


def test_our_own_check_finds_what_the_corpus_was_given(small: Path, run: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run("check", "--statistics", "--limit", "1", cwd=small)
    assert (ran.code, ran.err) == (1, "")
    rules = set(re.findall(r"^ +\d+  (?:error|warning|info) +(\S+)$", ran.out, re.MULTILINE))
    assert rules >= {
        *("alert/runbook-id", "alert/runbook-known", "alert/severity-agrees"),
        *("catalog/target-exists", "catalog/title-agrees", "catalog/unlisted-runbook"),
        *("link/anchor", "link/target", "owner/codeowners", "owner/known", "review/overdue"),
        *("runbook/empty-section", "runbook/hidden-characters", "runbook/mojibake", "runbook/placeholder"),
        *("runbook/unexpanded-template", "secret/github-classic-token", "read/syntax"),
    }
    assert "110 runbooks, 1 catalog (100 entries), 400 alerts in 100 files" in ran.out


def test_the_report_tells_its_history(small: Path, run: Tool) -> None:
    ran = run("report", "--as-of", DAY, "--weeks", "4", "--format", "json", cwd=small)
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        (Goal("", "", "runbook-lint, cold", CHAIN, 1, by=sum), 0.25),  # of 1/4, 4/16 and 2/8
        (Goal("", "", "runbook-lint, cold", CHAIN, 1), 2 / 3),  # of 1/1, 4/8 and 2/3
        (Goal("", "", "runbook-lint, cold", ["rumdl"], 1, "wall"), 0.6),  # of 0.5/1, 9/9 and 0.6/1
        (Goal("", "", "report", ["runbook-lint, cold"], 5, less="promtool"), 0.5),  # of 2/1, 1/4 and 1/2
        (Goal("", "", "runbook-lint, cold", ["rumdl", "missing"], 1), None),
        (Goal("", "", "runbook-lint, cold", ["never heard of"], 1), None),
    ],
)
def test_a_ratio_is_the_median_of_the_ratios_in_each_round(goal: Goal, expected: float | None) -> None:
    assert ratio(COSTS, goal) == (None if expected is None else pytest.approx(expected))


def test_a_run_that_was_slow_once_is_compared_in_the_rounds_that_both_had() -> None:
    assert ratio(
        {**COSTS, "slow": [Cost(10.0, 9.0)]}, Goal("", "", "runbook-lint, cold", ["slow"], 1)
    ) == pytest.approx(0.1)
    assert middle(COSTS, "runbook-lint, cold") == 2.0
    assert middle(COSTS, "runbook-lint, cold", "wall") == 0.6


def test_a_goal_is_reached_at_its_limit_and_not_above() -> None:
    rows = tables.judged(
        COSTS,
        [
            Goal("at the limit", "the chain", "runbook-lint, cold", CHAIN, 0.25, by=sum),
            Goal("above", "the fastest", "runbook-lint, cold", CHAIN, 0.6),
            Goal("for information", "ours", "report", ["runbook-lint, cold"], None),
            Goal("nobody there", "the chain", "runbook-lint, cold", ["rumdl", "missing"], 1),
        ],
    )
    rows.append(tables.kept("memory", 79.4, 200))
    assert tables.ratios(rows).splitlines() == [
        "| run | against | ratio | at most | |",
        "| --- | --- | --- | --- | --- |",
        "| at the limit | the chain | 0.25 | 0.25 | reached |",
        "| above | the fastest | 0.67 | 0.6 | not reached |",
        "| for information | ours | 3.00 | | |",
        "| nobody there | the chain | none | 1 | not judged: missing is missing |",
        "| memory | | 79 MiB | 200 MiB | reached |",
    ]


def test_the_table_of_costs_shows_medians_and_our_share() -> None:
    assert tables.costs(COSTS | {"rumdl, cold": COSTS["rumdl"]}, {"runbook-lint, cold": 40.4}).splitlines() == [
        "| run | CPU s | wall s | peak MiB | our cold CPU beside it |",
        "| --- | --- | --- | --- | --- |",
        "| runbook-lint, cold | 2.000 | 0.600 | 40 | 1.00 |",
        "| promtool | 5.000 | 1.000 | not measured | 0.40 |",
        "| rumdl | 3.000 | 1.000 | not measured | 0.67 |",
        "| report | 6.000 | 6.000 | not measured | 0.33 |",
        "| rumdl, cold | 3.000 | 1.000 | not measured | 0.67 |",
    ]


def test_runs_take_turns_and_a_slow_one_runs_once(tmp_path: Path) -> None:
    told: list[str] = []

    def command(name: str, **words: bool) -> Run:
        return Run(name, ["true"], tmp_path, before=lambda number: told.append(f"{name}{number}"), **words)

    costs = rounds([command("a"), command("b"), command("c", once=True)], 2, {"PATH": "/usr/bin:/bin"})
    assert told == ["a0", "b0", "c0", "b1", "a1"]
    assert {name: len(found) for name, found in costs.items()} == {"a": 2, "b": 2, "c": 1}


def test_what_children_need_is_counted(tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin"}
    busy = Run("busy", ["sh", "-c", 'sh -c "i=0; while [ \\$i -lt 60000 ]; do i=\\$((i+1)); done"; exit 0'], tmp_path)
    idle = Run("idle", ["sleep", "0.1"], tmp_path)
    assert cost(busy, env).cpu > cost(idle, env).cpu
    assert cost(idle, env).wall >= 0.1
    assert peak(idle, env) > 0


def test_a_command_that_failed_is_no_measurement(tmp_path: Path) -> None:
    broken = Run("broken", ["sh", "-c", "echo no such rule >&2; exit 3"], tmp_path)
    with pytest.raises(SystemExit, match=r"(?s)broken ended with 3: .*no such rule"):
        cost(broken, {"PATH": "/usr/bin:/bin"})
