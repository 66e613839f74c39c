"""Regular expressions that a user wrote: refused when they are none, and stopped when they run away.

They may also say in which files a rule holds.

Python's matcher backtracks, so an expression such as ``(a+)+$`` can take longer than anyone lives. Where the system has
interval timers a rule gets a budget of processor time that grows with the text it reads. Elsewhere nested repeats are
refused.
"""

import re
import signal
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, wraps
from types import FrameType
from typing import Any

from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Problem, UserError, Value

# Seconds of processor time that a rule has in one run, and more for each character that it reads.
BUDGET = 2.0
PER_CHARACTER = 1e-6
# The options of checks that are regular expressions.
OPTIONS = ("pattern", "patterns", "token")
_OPENING = lazy(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?[^)]*?[:=!>])?|\)|[*+]|\{\d*,\}|[?]|\{\d+(?:,\d+)?\}", re.S)


class _RunawayError(Exception):
    """The budget is spent."""


def invalid(pattern: str) -> str:
    """Why a text is no regular expression; empty when it is one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except re.error as error:
        at = f" at character {error.pos + 1}" if error.pos is not None else ""
        return f"{error.msg}{at}"
    except (RecursionError, OverflowError):
        return "it is too deep or too large"
    return "" if _timed() or not nested(pattern) else "a repeat inside a repeat can run away; write it without"


def nested(pattern: str) -> bool:
    """Whether an unbounded repeat stands inside a repeated group: what mostly runs away."""
    inside = [False]
    closed = False
    for token in _OPENING.finditer(pattern):
        word = token[0]
        endless = word in "*+" or word.endswith(",}")
        if word.startswith("("):
            inside.append(False)
        elif word == ")" and len(inside) > 1:
            closed = inside.pop()
            inside[-1] |= closed
            continue
        elif endless and closed:
            return True
        inside[-1] |= endless
        closed = False
    return False


def bounded(check: Callable[..., Iterable[Problem]], rule: str) -> Callable[..., list[Problem]]:
    """The check with a budget over all its calls; raises UserError with the rule's name when it is spent."""
    left = [BUDGET]

    @wraps(check)
    def run(item: Item, value: Value | None, **options: Any) -> list[Problem]:
        left[0] += PER_CHARACTER * (len(value.value) if value is not None and isinstance(value.value, str) else 0)
        try:
            with _time_limit(left):
                return list(check(item, value, **options))
        except _RunawayError:
            raise UserError(
                f"{rule}: its pattern runs away on {item.path}: it took more than {BUDGET:g} seconds; "
                "write it without a repeat inside a repeat, such as (a+)+"
            ) from None

    return run


def within(
    check: Callable[..., Iterable[Problem]], paths: Sequence[str], unless: Sequence[str]
) -> Callable[..., Iterable[Problem]]:
    """The check in the files alone whose path fits; of its allow lists with paths those that name the file."""

    @wraps(check)
    def run(item: Item, value: Value | None, **options: Any) -> Iterable[Problem]:
        if (paths and not found(paths, item.path)) or found(unless, item.path):
            return ()
        if "allow" in options:
            options["allow"] = [each for each in options["allow"] if found(each.get("paths", ("",)), item.path)]
        return check(item, value, **options)

    return run


def found(expressions: Iterable[str], text: str) -> bool:
    """Whether any of the expressions is found in a text."""
    return any(compiled(expression).search(text) for expression in expressions)


compiled = lru_cache(maxsize=None)(re.compile)


def named(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The regular expressions among a check's options, by option."""
    for option in OPTIONS:
        given = options.get(option, ())
        for pattern in [given] if isinstance(given, str) else given:
            if isinstance(pattern, str):
                yield option, pattern
    for allowance in options.get("allow", ()):
        yield from (("allow", each) for key in ("regexes", "paths") for each in allowance.get(key, ()))


def _timed() -> bool:
    """Whether a timer can stop the matcher here: it asks for signals as it goes, on the main thread."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def _time_limit(left: list[float]) -> Iterator[None]:
    """Raises _RunawayError when the processor time of the block exceeds what is left, and takes off what it used."""
    if not _timed():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _RunawayError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, max(left[0], 0.001))
    try:
        yield
    finally:
        left[0] = signal.setitimer(signal.ITIMER_VIRTUAL, 0)[0]
        signal.signal(signal.SIGVTALRM, before)
