"""The controls over a long table. The script shows them; without it the table stands whole."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from runbook_lint.report.page.tags import number, text


class Filter(NamedTuple):
    """A choice among the values of a column."""

    name: str
    column: int
    values: Sequence[str]


def controls(one: str, many: str, hint: str, filters: Iterable[Filter], total: int) -> str:
    """The beginning of a searchable table: its search field, its choices, and how many rows are shown."""
    fields = "".join(map(_choice, filters))
    return (
        f"<div class=list data-one={one} data-many={many}>"
        f'<form class=find role=search aria-label="Search the {many}" hidden>'
        f'<label>Search <input type=search placeholder="{hint}" autocomplete=off spellcheck=false></label>{fields}'
        f"<button type=reset>Clear</button> <button type=button class=more>Show all {number(total)}</button></form>"
        f"<p class=status role=status>{number(total)} {one if total == 1 else many}</p>"
    )


def _choice(of: Filter) -> str:
    options = "".join(f'<option value="{text(value)}">{text(value)}' for value in sorted({*of.values} - {""}))
    return f'<label>{of.name} <select data-column={of.column}><option value="">all{options}</select></label>'
