"""Checks of a runbook's shape: title and sections."""

import re
from collections.abc import Iterator, Sequence

from runbook_lint.documents import profiles
from runbook_lint.documents.runbook import Section
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Problem, Span, Value

_STEP = lazy(r"^[ \t>]*(?:\d+[.)]|[-*+])[ \t]+\S|^[ \t>]*(?:```|~~~)|^(?: {4}|\t)\S", re.M)

_GONE = lazy(
    r"\b(?:moved|deprecated|obsolete|retired|superseded|replaced|removed|renamed|no longer|redirects?)\b", re.I
)
_SHORT = 600


def have_a_title(item: Item, value: Value | None) -> Iterator[Problem]:
    """A runbook begins with a heading."""
    if value is None:
        yield Problem()


def have_sections(item: Item, value: Value | None) -> Iterator[Problem]:
    """A runbook has the sections of its profile; one that fits none has a section with steps."""
    sections: Sequence[Section] = value.value if value is not None else ()
    profile = item.text("profile")
    if profile == "incidents":
        yield from _incidents(sections, [(section.level, section.title) for section in sections])
    elif profile:
        titles = [section.title for section in sections if section.level > 1 or len(sections) == 1]
        missing = profiles.missing(profile, titles)
        if missing:
            yield Problem(None, {"profile": profile, "missing": _listed(missing)}, subject=profile)
    elif not _has_steps(item, sections) and not _says_gone(item):
        yield Problem(case="no-steps")


def _incidents(sections: Sequence[Section], headings: Sequence[tuple[int, str]]) -> Iterator[Problem]:
    for index, below in profiles.groups(headings):
        missing = profiles.missing("incidents", below)
        if missing and len(missing) < len(profiles.PROFILES["incidents"]):
            section = sections[index]
            words = {"section": section.title, "missing": _listed(missing)}
            yield Problem(section.span, words, "incident", section.title)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _has_steps(item: Item, sections: Sequence[Section]) -> bool:
    text = str(item.raw("text", ""))
    if _STEP.search(str(item.raw("opening", ""))):
        return True
    return any(_STEP.search(text, section.body.start, section.body.end) for section in sections)


def _says_gone(item: Item) -> bool:
    """Whether the text only says that the runbook is no more, or has moved: nobody follows steps there."""
    text = str(item.raw("text", ""))
    return len(text) <= _SHORT and _GONE.search(text) is not None


def have_no_empty_section(item: Item, value: Value | None) -> Iterator[Problem]:
    """Something stands below every heading."""
    for section in value.value if value is not None else ():
        if section.empty:
            yield Problem(Span(*section.span), {"section": section.title or "(no text)"}, subject=section.title)
