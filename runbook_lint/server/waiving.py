"""Where the comment that waives a finding can stand, so that nothing else of the file means or shows anything else."""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from runbook_lint import documents, repairs, waivers
from runbook_lint.documents import markdown
from runbook_lint.expressions import lazy
from runbook_lint.model import Edit, Finding, Item, Span, Value
from runbook_lint.server.atlas import Atlas

DAYS = 30
_FENCE = lazy(r"^[ \t>]*(?:`{3}|~{3})", re.M)
_REST = lazy(r"[^\r\n]*")
_MARGIN = {True: re.compile(r"[ \t>]*"), False: re.compile(r"[ \t]*")}
# Fields that are the text itself, masked in some way: that the rest of it is the same, its shape tells.
_TEXTS = frozenset({"text", "prose", "pasted", "messages", "opening"})


class _Comment(NamedTuple):
    """A comment, and where it would be put; ``shown`` for one that stands in the prose of a page."""

    words: str
    edit: Edit
    shown: bool


def waiver(finding: Finding, path: str, atlas: Atlas) -> repairs.Repaired | None:
    """The file with a comment that waives a finding, where one can stand; who answers for it, and why, is to be filled
    in, and until then it excuses nothing."""
    diagnosis = atlas.diagnosis
    text = diagnosis.text(path)
    kind = diagnosis.config.kind_of(path) or documents.recognise(path, text)
    if not kind or path.lower().endswith(".json"):
        return None
    rest = f'until={diagnosis.today + datetime.timedelta(DAYS)} owner=TODO reason="TODO"'
    before = documents.read(kind, text, path)
    for comment in _comments(finding, rest, text, kind):
        at = comment.edit.start
        after = text[:at] + comment.edit.text + text[at:]
        shown = not comment.shown or markdown.shape(text, comment.words) == markdown.shape(after, comment.words)
        if shown and _covers(before, documents.read(kind, after, path), finding, comment.edit):
            return repairs.Repaired(path, text, after)
    return None


def _comments(finding: Finding, rest: str, text: str, kind: str) -> Iterator[_Comment]:
    """All that may do, the most readable first. In front matter only a comment of YAML is one."""
    page = markdown.read(text) if kind in ("runbook", "page") else None
    lines = list(dict.fromkeys(_before(finding, text)))
    if page is not None and not page.front_whole.start <= finding.place.start < page.front_whole.end:
        words = f"<!-- runbook-lint-disable-next-line {finding.rule} {rest} -->"
        yield from (_Comment(words, _line(text, at, words, quoted=True), True) for at in lines)
        words = f"<!-- runbook-lint-disable-line {finding.rule} {rest} -->"
        end = _end_of_line(text, finding.place.start, page)
        yield _Comment(words, Edit(end, end, f" {words}"), True)
    words = f"# runbook-lint: ignore[{finding.rule}] {rest}"
    yield from (_Comment(words, _line(text, at, words, quoted=page is not None), False) for at in lines)


def _before(finding: Finding, text: str) -> Iterator[int]:
    """Before the lines of which places a comment may stand: the finding, its item, and the fence around it."""
    yield finding.place.start
    yield finding.item.place.start
    yield from (found.start() for found in list(_FENCE.finditer(text, 0, finding.place.start))[-1:])


def _line(text: str, at: int, words: str, *, quoted: bool) -> Edit:
    """A comment on a line of its own before that of a place, indented and quoted as that one is."""
    start = _start_of_line(text, at)
    margin = _MARGIN[quoted].match(text, start)
    end = "\r\n" if "\r\n" in text else "\n"
    return Edit(start, start, f"{margin[0] if margin else ''}{words}{end}")


def _start_of_line(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _end_of_line(text: str, at: int, page: markdown.Page) -> int:
    """Where the line of a place ends, before what makes a break of it; in a table where the last cell ends."""
    start = _start_of_line(text, at)
    found = _REST.match(text, start)
    end = found.end() if found else start
    cells = [row.cells[-1] for row in page.rows if row.cells and start <= row.cells[-1].start <= end]
    last = cells[0] if cells else Span(start, end)
    return last.start + len(text[last.start : min(last.end, end)].rstrip(" \t\\"))


def _covers(old: Sequence[Item], new: Sequence[Item], finding: Finding, edit: Edit) -> bool:
    """Whether a text with a comment more says otherwise what it did, and the comment is a waiver of the finding."""
    if _outline(old) != _outline(new):
        return False
    known, found = ([item for item in items if item.noun == "waiver"] for items in (old, new))
    own = [item for item in found if edit.start <= item.place.start < edit.start + len(edit.text)]
    return len(found) == len(known) + 1 and any(_reaches(item, finding, edit) for item in own)


def _outline(items: Sequence[Item]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """What a text has in it, and what that says, waivers apart."""
    return [(item.noun, item.key, _said(item)) for item in items if item.noun not in ("waiver", "text")]


def _said(item: Item) -> Mapping[str, Any]:
    return {name: _plain(value) for name, value in item.fields.items() if name not in _TEXTS}


def _plain(value: Any) -> Any:
    """A value without the places in it."""
    if isinstance(value, Value):
        return _plain(value.value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value if not isinstance(each, Span)]
    return value


def _reaches(waiver: Item, finding: Finding, edit: Edit) -> bool:
    covers: Span | None = waiver.raw("covers")
    spans = [[at + len(edit.text) * (at >= edit.start) for at in span] for span in waivers.concerned(finding)]
    return covers is not None and any(covers.start <= end and start <= covers.end for start, end in spans)
