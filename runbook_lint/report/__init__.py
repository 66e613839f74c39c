"""The nightly report: who has to do what, before it hurts.

``facts`` makes plain data of a run (``document`` says what it is), ``trend`` and ``quality`` ask the history, and each
format is made of that data alone, so that the reports of several repositories can be merged and cut by owner first.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple

from runbook_lint.report.document import Nightly


class Form(NamedTuple):
    """A format: the module that writes it with ``render``, its file in a folder of reports, and what it is for."""

    module: str
    file: str
    about: str


FORMATS: Mapping[str, Form] = {
    "html": Form("page", "index.html", "one page, for people"),
    "markdown": Form("markdown", "report.md", "for an issue or a summary"),
    "json": Form("jsonform", "report.json", "for programs; `runbook-lint schema nightly` is its contract"),
    "csv": Form("table", "runbooks.csv", "every runbook, for a spreadsheet"),
    "openmetrics": Form("metrics", "runbook_lint.prom", "for the textfile collector of the node exporter"),
    "ical": Form("calendar", "reviews.ics", "due reviews, for a calendar"),
    "slack": Form("slack", "slack.json", "a message of Slack's Block Kit"),
}


def render(form: str, document: Nightly) -> str:
    """The report in a format."""
    rendered: str = import_module(f"{__name__}.{FORMATS[form].module}").render(document)
    return rendered
