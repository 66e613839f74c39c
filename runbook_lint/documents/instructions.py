"""What a runbook tells its reader to do: its text without what it says of itself, and however it is laid out.

Front matter, lines of metadata, comments, the widths of tables and all white space make no difference to who follows
it.
"""

import re
from collections.abc import Iterator

from runbook_lint.documents import anchors, markdown, metadata
from runbook_lint.documents.masks import drop
from runbook_lint.expressions import lazy
from runbook_lint.model import Span

_COMMENT = lazy(r"<!--.*?(?:-->|\Z)", re.S)
_RULER = lazy(r"(?<=[|:\s])-{2,}(?=[|:\s])")


def read(text: str) -> dict[str, str]:
    """The instructions of each section by its anchor, those of the sections below it included; under the empty anchor
    those of the whole text."""
    return {anchor: " ".join(_RULER.sub("-", body).split()) for anchor, body in sections(text).items()}


def sections(text: str) -> dict[str, str]:
    """The same as it is laid out."""
    page = markdown.read(text)
    shown = drop(text, [page.front_whole, *_comments(text, page), *_lines(text, _told(text, page))])
    found = {"": shown}
    names = anchors.of_headings((heading.text, heading.id) for heading in page.headings)
    for index, (heading, each) in enumerate(zip(page.headings, names, strict=True)):
        later = (other.start for other in page.headings[index + 1 :] if other.level <= heading.level)
        body = shown[heading.start : next(later, len(text))]
        found.update((name, body) for name in each)
    return found


def _comments(text: str, page: markdown.Page) -> Iterator[Span]:
    for span in page.html:
        for found in _COMMENT.finditer(text, *span):
            yield Span(*found.span())


def _told(text: str, page: markdown.Page) -> Iterator[Span]:
    """Where the text says something of itself."""
    code = [*(block.span for block in page.code), *page.inline_code]
    prose = drop(text, [*code, *page.html, page.front_whole])
    for _, value in (*metadata.from_tables(text, page.tables), *metadata.from_prose(text, prose)):
        yield Span(value.key if value.key >= 0 else value.start, value.end)


def _lines(text: str, spans: Iterator[Span]) -> Iterator[Span]:
    """The whole lines of spans."""
    for start, end in spans:
        after = text.find("\n", end)
        yield Span(text.rfind("\n", 0, start) + 1, len(text) if after < 0 else after)
