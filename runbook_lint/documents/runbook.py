"""A runbook: markdown with a title, metadata, sections, links and perhaps alert rules in its fences."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from runbook_lint.documents import alerts, comments, markdown, metadata, profiles, yamltree
from runbook_lint.documents.faults import fault_items
from runbook_lint.documents.masks import drop, keep
from runbook_lint.documents.tree import Reading
from runbook_lint.model import Item, Span, Value

# A date that nobody filled in is a placeholder or a template, and the rules for these speak of it.
_UNFILLED = re.compile(r"\$[({]|\{\{|<%|^\[|\bT(?:ODO|BD)\b")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_YAML = frozenset({"", "yaml", "yml", "json", "promql"})


class Section(NamedTuple):
    """A heading with what stands below it; ``empty`` when that is nothing, sections of its own included."""

    level: int
    title: str
    span: Span
    body: Span
    empty: bool


def read(text: str, path: str) -> list[Item]:
    """The runbook item first, then its links, alerts and waivers."""
    page = markdown.read(text)
    front = _front(text, page)
    code = [each.span for each in page.code]
    prose = drop(text, [*code, *page.inline_code, *page.html, *_destinations(page), page.front_whole])
    fields = _metadata(text, page, prose, front)
    fields |= _texts(text, page, prose)
    fields |= _structure(text, page)
    if front.documents:
        fields["front"] = front.documents[0].root
    whole = Span(0, len(text))
    title = fields.get("title")
    runbook = Item("runbook", path, path, title.span if title else Span(0, 0), whole, fields)
    return [
        runbook,
        *links(page, path),
        *_alerts(text, page, path),
        *comments.in_markdown(text, path, code + page.inline_code),
        *fault_items(front.faults, path),
    ]


def read_page(text: str, path: str) -> list[Item]:
    """A markdown text that is no runbook: only what others may point to."""
    page = markdown.read(text)
    anchors = Value(page.anchors, 0, 0)
    return [Item("page", path, path, Span(0, 0), Span(0, len(text)), {"anchors": anchors})]


def _front(text: str, page: markdown.Page) -> Reading:
    if page.front is None or page.front_mark != "---":
        return Reading()
    reading = yamltree.read(keep(text, [page.front]))
    mappings = tuple(each for each in reading.documents[:1] if isinstance(each.root.value, dict))
    return Reading(mappings, reading.faults)


def _destinations(page: markdown.Page) -> Iterator[Span]:
    """Where links lead is no prose; what they show is."""
    return (link.span for link in page.links)


def _metadata(text: str, page: markdown.Page, prose: str, front: Reading) -> dict[str, Value]:
    found: dict[str, Value] = {}
    sources: list[Iterable[tuple[str, Value]]] = [
        *(metadata.from_front(document.root) for document in front.documents),
        *([metadata.from_toml(text, page.front)] if page.front and page.front_mark == "+++" else []),
        metadata.from_rows(text, page.rows),
        metadata.from_prose(text, prose),
    ]
    for source in sources:
        for name, value in source:
            found.setdefault(f"metadata.{name}", value)
    own = found.get("metadata.last_reviewed_at") or found.get("metadata.last_updated_at")
    if own is not None and not _UNFILLED.search(str(own.value)):
        found["last_reviewed_at"] = own
    return found


def _texts(text: str, page: markdown.Page, prose: str) -> dict[str, Value]:
    """The text and its parts, each of the same length with all else blanked."""
    parts = [part for block in page.code for part in block.parts]
    pasted = keep(text, sorted([*parts, *page.inline_code])) if parts or page.inline_code else ""
    end = len(text)
    return {
        "text": Value(text, 0, end),
        "prose": Value(prose, 0, end),
        "pasted": Value(pasted, 0, end),
        "messages": Value(_messages(text, page), 0, end),
    }


def _messages(text: str, page: markdown.Page) -> str:
    """Fences that name no language: texts to send rather than commands to run."""
    parts = [part for block in page.code if block.info in ("", "text", "markdown", "md") for part in block.parts]
    return keep(text, parts) if parts else ""


def _structure(text: str, page: markdown.Page) -> dict[str, Value]:
    fields = {
        "anchors": Value(page.anchors, 0, 0),
        "sections": Value(tuple(_sections(text, page)), 0, len(text)),
    }
    profile = profiles.recognise([(heading.level, heading.text) for heading in page.headings])
    if profile:
        fields["profile"] = Value(profile, 0, 0)
    first = next((each for each in page.headings if each.text), None)
    if first is not None:
        fields["title"] = Value(first.text, *first.span)
        fields["title_level"] = Value(first.level, *first.span)
    return fields


def _sections(text: str, page: markdown.Page) -> Iterator[Section]:
    for index, heading in enumerate(page.headings):
        following = page.headings[index + 1] if index + 1 < len(page.headings) else None
        body = Span(heading.end, following.start if following else len(text))
        last_of_its_kind = following is None or following.level <= heading.level
        empty = last_of_its_kind and not _COMMENT.sub("", text[body.start : body.end]).strip()
        yield Section(heading.level, heading.text, heading.span, body, empty)


def links(page: markdown.Page, path: str) -> Iterator[Item]:
    """An item a link; ``target`` where it leads."""
    for link in page.links:
        value = Value(link.target, *link.span)
        yield Item("link", link.target, path, link.span, link.whole, {"target": value})


def _alerts(text: str, page: markdown.Page, path: str) -> Iterator[Item]:
    for block in page.code:
        language = block.info.split()[0].lower() if block.info else ""
        if language not in _YAML or not block.parts:
            continue
        inside = Span(block.parts[0].start, block.parts[-1].end)
        if alerts.hinted(text[inside.start : inside.end]):
            yield from alerts.read_parts(text, block.parts, path)
