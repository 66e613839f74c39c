"""A runbook: markdown with a title, metadata, sections, links and perhaps alert rules in its fences."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from runbook_lint.documents import alerts, comments, markdown, metadata, profiles, templates
from runbook_lint.documents.faults import fault_items
from runbook_lint.documents.masks import blank, drop, keep
from runbook_lint.documents.tree import Reading, child
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Span, Value

# A date that nobody filled in is a placeholder or a template, and the rules for these speak of it.
_UNFILLED = lazy(r"\$[({]|\{\{|<%|^\[|\bT(?:ODO|BD)\b")
_COMMENT = lazy(r"<!--.*?-->", re.S)
_YAML = frozenset({"", "yaml", "yml", "json", "promql"})
_TOML_TITLE = lazy(r"""^[ \t]*title[ \t]*=[ \t]*(["'])(.*?)\1""", re.M)
_LINE = lazy(r"[^\r\n]+")
# Lines of which a reader sees nothing: rules, definitions of links, breaks, empty items, the marks of a fence.
_UNSEEN = lazy(
    r"\s*+(?:(?:-[ \t]*+){3,}+|(?:\*[ \t]*+){3,}+|(?:_[ \t]*+){3,}+)|\s*+(?:`{3,}+|~{3,}+)[^`]*+"
    r"| {0,3}\[(?!\^)[^\]]++\]:\s*+\S.*+|(?:\s|<br\s*+/?>|</br>|&nbsp;)++"
    r"|\s*+(?:[-*+]|\d{1,9}[.)])\s*+(?:\[ \]\s*+)?",
    re.I,
)
# With what no such line begins after white space: they begin with a mark or the digits of an empty item.
_SAYS = lazy(r"\s*+[^\s\d\-*_+`~\[<&]")
_whole: Callable[[re.Match[str]], str] = itemgetter(0)


class Section(NamedTuple):
    """A heading with what stands below it; ``empty`` when that is nothing, sections of its own included."""

    level: int
    title: str
    span: Span
    body: Span
    empty: bool


# A tuple as one of these: half the price of naming its fields.
_section: Callable[[tuple[int, str, Span, Span, bool]], Section] = partial(tuple.__new__, Section)
_span: Callable[[tuple[int, int]], Span] = partial(tuple.__new__, Span)


def read(text: str, path: str) -> list[Item]:
    """The runbook item first, then its links, alerts and waivers."""
    page = markdown.read(text)
    front = front_matter(text, page)
    code = [each.span for each in page.code]
    blanked = blank(text)
    prose = drop(text, [*code, *page.inline_code, *page.html, *_destinations(page), page.front_whole], blanked)
    fields = _metadata(text, page, prose, front)
    fields |= _texts(text, page, prose, blanked)
    fields |= _structure(text, page)
    fields |= _title(text, page, front)
    if front.documents:
        fields["front"] = _expanded(front.documents[0].root)
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
    """A markdown text that is no runbook: only what others may point to, and what it excuses."""
    return page_items(text, path, markdown.read(text))


def page_items(text: str, path: str, page: markdown.Page) -> list[Item]:
    """The same of a text whose structure is known already."""
    item = Item("page", path, path, Span(0, 0), Span(0, len(text)), {"anchors": Value(page.anchors, 0, 0)})
    return [item, *comments.in_markdown(text, path, [*(each.span for each in page.code), *page.inline_code])]


def front_matter(text: str, page: markdown.Page) -> Reading:
    """The front matter that is YAML and a mapping, with its faults."""
    if page.front is None or page.front_mark != "---":
        return Reading()
    reading = templates.read(keep(text, [page.front]))
    mappings = tuple(each for each in reading.documents[:1] if isinstance(each.root.value, dict))
    return Reading(mappings, reading.faults)


def _expanded(front: Value) -> Value:
    """Front matter without the values that are still templates: nobody can tell whether these will be right."""
    kept = {
        key: each
        for key, each in front.value.items()
        if not (isinstance(each.value, str) and templates.holds(each.value))
    }
    return front._replace(value=kept)


def _destinations(page: markdown.Page) -> Iterator[Span]:
    """Where links lead is no prose; what they show is."""
    return (link.span for link in page.links)


def _metadata(text: str, page: markdown.Page, prose: str, front: Reading) -> dict[str, Value]:
    found: dict[str, Value] = {}
    sources: list[Iterable[tuple[str, Value]]] = [
        *(metadata.from_front(document.root) for document in front.documents),
        *([metadata.from_toml(text, page.front)] if page.front and page.front_mark == "+++" else []),
        metadata.from_tables(text, page.tables),
        metadata.from_prose(text, prose),
    ]
    for source in sources:
        for name, value in source:
            found.setdefault(f"metadata.{name}", value)
    own = found.get("metadata.last_reviewed_at") or found.get("metadata.last_updated_at")
    if own is not None and not _UNFILLED.search(str(own.value)):
        found["last_reviewed_at"] = own
    return found


def _texts(text: str, page: markdown.Page, prose: str, blanked: str) -> dict[str, Value]:
    """The text and its parts, each of the same length with all else blanked."""
    parts = [part for block in page.code for part in block.parts]
    pasted = keep(text, sorted([*parts, *page.inline_code]), blanked) if parts or page.inline_code else ""
    end = len(text)
    return {
        "text": Value(text, 0, end),
        "prose": Value(prose, 0, end),
        "pasted": Value(pasted, 0, end),
        "messages": Value(_messages(text, page, blanked), 0, end),
    }


def _messages(text: str, page: markdown.Page, blanked: str) -> str:
    """Fences that name no language: texts to send rather than commands to run."""
    parts = [part for block in page.code if block.info in ("", "text", "markdown", "md") for part in block.parts]
    return keep(text, parts, blanked) if parts else ""


def _structure(text: str, page: markdown.Page) -> dict[str, Value]:
    fields = {
        "anchors": Value(page.anchors, 0, 0),
        "sections": Value(tuple(_sections(text, page)), 0, len(text)),
    }
    profile = profiles.recognise([(heading.level, heading.text) for heading in page.headings])
    if profile:
        fields["profile"] = Value(profile, 0, 0)
    opening = Span(page.front_whole.end, page.headings[0].start if page.headings else len(text))
    fields["opening"] = Value(text[opening.start : opening.end], *opening)
    return fields


def _title(text: str, page: markdown.Page, front: Reading) -> dict[str, Value]:
    """The first heading of level 1; else what the front matter says, which site generators show; else any heading."""
    named = [each for each in page.headings if each.text]
    first = next((each for each in named if each.level == 1), None)
    said = _front_title(text, page, front) if first is None else None
    if said is not None:
        return {"title": said, "title_level": Value(1, said.start, said.end)}
    first = first or next(iter(named), None)
    if first is None:
        return {}
    return {"title": Value(first.text, *first.span), "title_level": Value(first.level, *first.span)}


def _front_title(text: str, page: markdown.Page, front: Reading) -> Value | None:
    if page.front and page.front_mark == "+++":
        found = _TOML_TITLE.search(text, *page.front)
        return Value(found[2], *found.span(2)) if found and found[2].strip() else None
    title = child(front.documents[0].root, "title") if front.documents else None
    said = title is not None and isinstance(title.value, (str, int)) and str(title.value).strip()
    return title._replace(value=said) if title is not None and said else None


def _sections(text: str, page: markdown.Page) -> Iterator[Section]:
    headings = page.headings
    ends = [*(heading.start for heading in headings[1:]), len(text)]
    below = [*(heading.level for heading in headings[1:]), 0]
    title = headings[0] if len(headings) > 1 and headings[0].level == 1 else None
    for heading, end, following in zip(headings, ends, below, strict=False):
        level, words, span, _, start, _ = heading
        empty = following <= level and heading is not title and _shows_nothing(text[start:end])
        yield _section((level, words, span, _span((start, end)), empty))


def _shows_nothing(body: str) -> bool:
    """Whether a reader of the page sees nothing of this text."""
    if _SAYS.match(body):
        return False
    shown = _COMMENT.sub("", body) if "<!--" in body else body
    # Line by line: most bodies are decided by their first or second.
    return all(map(_UNSEEN.fullmatch, map(_whole, _LINE.finditer(shown))))


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
            yield from alerts.read_parts(text, block.parts, path, language if block.fenced else None)
