"""Work that several processes share gives what one process gives, whatever becomes of the others."""

import os
import sys
import time
from collections.abc import Sequence

import pytest

from runbook_lint import analysis, config, hands, inforce, packs, snapshot
from tests.conftest import ALERTS, CLEAN, RUNBOOK, Run, Write, commit
from tests.test_memory import MESSY, _seen

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process does all")
THINGS = list(range(1000))


@pytest.fixture(autouse=True)
def _early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Helpers come for few things already."""
    monkeypatch.setattr(hands, "FEW", 1)
    monkeypatch.setattr(hands, "_AHEAD", 3)


def spread(number: int, work: object = lambda thing: thing * 2, things: Sequence[int] = THINGS) -> list[int]:
    """Twice each thing; what helpers do is told with a mark of theirs that is taken off."""
    way = hands.Work(work, lambda result: b"%d" % result, lambda thing, line: int(line), abs)  # type: ignore[arg-type]
    return hands.spread(things, way, number)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 1000])
def test_every_thing_has_its_result_in_its_place(number: int, size: int) -> None:
    assert spread(number, things=THINGS[:size]) == [thing * 2 for thing in THINGS[:size]]


def test_others_do_a_part_of_it() -> None:
    assert len(set(spread(2, lambda thing: os.getpid()))) == 2


def test_helpers_that_tell_more_than_a_pipe_holds_wait_for_nobody() -> None:
    way = hands.Work(str, lambda result: result.encode() * 3000, lambda thing, line: line[-3:].decode(), int)
    told = hands.spread(THINGS, way, 2)
    assert told == [str(thing)[-3:] if len(str(thing)) == 3 else told[thing] for thing in THINGS]
    assert told[999] == "999"


def test_what_a_helper_that_dies_did_not_tell_is_done_here() -> None:
    here = os.getpid()

    def mortal(thing: int) -> int:
        if os.getpid() != here and thing > 500:
            os._exit(9)
        return thing * 2

    assert spread(3, mortal) == [thing * 2 for thing in THINGS]


@pytest.fixture
def helpers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes that are started from now on."""
    started: list[int] = []
    fork = os.fork
    monkeypatch.setattr(os, "fork", lambda: started.append(fork()) or started[-1])
    return started


def are_gone(helpers: Sequence[int]) -> bool:
    """Whether there were helpers, and somebody took leave of each."""
    for each in helpers:
        with pytest.raises(ChildProcessError):
            os.waitpid(each, os.WNOHANG)
    return bool(helpers)


def test_a_fault_is_as_loud_as_alone(helpers: list[int]) -> None:
    def wrong(thing: int) -> int:
        return 1 // (thing - 700)

    with pytest.raises(ZeroDivisionError):
        spread(3, wrong)
    assert are_gone(helpers)


def test_a_fault_waits_for_no_helper_whose_pipe_is_full(helpers: list[int]) -> None:
    here = os.getpid()

    def wrong(thing: int) -> int:
        if os.getpid() == here and thing > 5:
            raise ZeroDivisionError
        return thing

    way = hands.Work(wrong, lambda result: b"%d" % result * 100_000, lambda thing, line: thing, abs)
    with pytest.raises(ZeroDivisionError):
        hands.spread(THINGS, way, 4)
    assert are_gone(helpers)


def test_who_is_interrupted_leaves_no_helper_behind(helpers: list[int]) -> None:
    here = os.getpid()

    def slow(thing: int) -> int:
        if os.getpid() == here and thing > 10:
            raise KeyboardInterrupt
        time.sleep(0.001)
        return thing

    with pytest.raises(KeyboardInterrupt):
        spread(2, slow)
    assert are_gone(helpers)


def test_texts_give_the_same_in_one_process_and_in_several(write: Write) -> None:
    root = str(commit(write({**MESSY, **{f"runbooks/{number}.md": f"{RUNBOOK}\n{number}\n" for number in range(20)}})))
    settings = config.load(root)
    rules, _ = inforce.rules_of(root, settings, packs.on_disk(root))
    world = snapshot.working_tree(root)
    alone, shared = (analysis.read_all(world, settings, rules, hands=number) for number in (1, 3))
    assert [_seen(result) for result in shared] == [_seen(result) for result in alone]


def test_a_run_says_the_same_and_remembers_the_same(write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(write({**CLEAN, **{f"{number}.yaml": ALERTS for number in range(12)}, **MESSY}))
    monkeypatch.setattr(hands, "number", lambda: 1)
    alone = run("check", "--no-cache", "--format", "json")
    monkeypatch.setattr(hands, "number", lambda: 3)
    assert run("check", "--no-cache", "--format", "json") == alone
    assert run("check", "--format", "json") == alone
    assert run("check", "--format", "json") == alone
    assert run("check", "--base", "HEAD", "--format", "json").code == 0
