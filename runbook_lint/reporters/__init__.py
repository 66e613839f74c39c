"""Report -> string. ``FORMATS`` is the table of what ``--format`` takes."""

from collections.abc import Callable
from typing import Any, NamedTuple

from runbook_lint.model import Report, Rule


class View(NamedTuple):
    """What a reporter may use beside the report: the rules, whether to colour, and how much to show."""

    rules: dict[str, Rule]
    colour: bool = False
    width: int = 100
    limit: int = 20
    statistics: bool = False


def _text(report: Report, view: View) -> str:
    from runbook_lint.reporters import text

    return text.render(report, view)


def _json(report: Report, view: View) -> str:
    from runbook_lint.reporters import jsonreport

    return jsonreport.render(report, view)


FORMATS: dict[str, Callable[[Report, View], Any]] = {"text": _text, "json": _json}
