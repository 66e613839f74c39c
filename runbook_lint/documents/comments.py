"""Inline waivers: comments that excuse a finding, with an owner, a reason and an end.

``<!-- runbook-lint-disable-next-line RULE until=2027-01-31 owner=team-x reason="..." -->`` in markdown (also ``-line``,
``-file``, ``-disable`` with ``-enable``), ``# runbook-lint: ignore[RULE] until=... owner=... reason="..."`` in YAML.
"""

import re
from collections.abc import Iterator, Sequence

from runbook_lint.model import Item, Span, Value

_MARKDOWN = re.compile(
    r"<!--\s*runbook-lint-(?P<form>disable-next-line|disable-line|disable-file|disable|enable)\b(?P<rest>.*?)-->", re.S
)
_YAML = re.compile(r"(?:^|(?<=\s))#\s*runbook-lint:\s*ignore(?:\[(?P<rules>[^\]\n]*)\])?(?P<rest>[^\r\n]*)", re.M)
_OPTION = re.compile(r"""\b(until|owner|reason)=("[^"]*"|'[^']*'|[^\s"']+)""")
_WORD = re.compile(r"[^\s,]+")


def in_markdown(text: str, path: str, code: Sequence[Span]) -> Iterator[Item]:
    """The waivers of a markdown text; those shown inside code are examples."""
    if "runbook-lint" not in text:
        return
    found = [each for each in _MARKDOWN.finditer(text) if not _inside(each.start(), code)]
    for index, comment in enumerate(found):
        if comment["form"] != "enable":
            covers = _covers(text, comment, found[index + 1 :])
            yield _item(comment, comment["rest"], comment["rest"], comment.start("rest"), covers, path)
    yield from in_yaml(text, path, code)


def in_yaml(text: str, path: str, only: Sequence[Span] | None = None) -> Iterator[Item]:
    """The waivers of a YAML text, or of the given parts of a markdown text; each covers its line and the next."""
    if "runbook-lint:" not in text:
        return
    for comment in _YAML.finditer(text):
        if only is None or _inside(comment.start(), only):
            covers = _beside(text, comment)
            rules = comment["rules"] or ""
            yield _item(comment, rules, comment["rest"], max(comment.start("rules"), comment.start()), covers, path)


def _beside(text: str, comment: re.Match[str]) -> Span:
    """The line of a comment that follows something; of one that stands alone also the next line that is no comment."""
    start = _line_start(text, comment.start())
    end = _line_end(text, comment.end())
    if text[start : comment.start()].strip():
        return Span(start, end)
    while end < len(text):
        following = _line_end(text, end + 1)
        if text[end + 1 : following].strip() and not text[end + 1 : following].lstrip().startswith("#"):
            return Span(end + 1, following)
        end = following
    return Span(start, end)


def _inside(at: int, spans: Sequence[Span]) -> bool:
    return any(span.start <= at < span.end for span in spans)


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _covers(text: str, comment: re.Match[str], later: Sequence[re.Match[str]]) -> Span:
    form = comment["form"]
    if form == "disable-file":
        return Span(0, len(text))
    if form == "disable-line":
        return Span(_line_start(text, comment.start()), _line_end(text, comment.end()))
    if form == "disable-next-line":
        start = _line_end(text, comment.end()) + 1
        return Span(min(start, len(text)), _line_end(text, start))
    rules = set(_rules(comment["rest"]))
    enable = (each for each in later if each["form"] == "enable" and rules & (set(_rules(each["rest"])) or rules))
    closing = next(enable, None)
    return Span(comment.end(), closing.start() if closing else len(text))


def _rules(text: str) -> list[str]:
    return _WORD.findall(_OPTION.sub(" ", text))


def _item(comment: re.Match[str], rules: str, rest: str, at: int, covers: Span, path: str) -> Item:
    options = {found[1]: found[2].strip("\"'") for found in _OPTION.finditer(rest)}
    fields = {name: Value(value, comment.start(), comment.end()) for name, value in options.items() if value.strip()}
    names = [Value(name, *_span(comment, name, at)) for name in _rules(rules)]
    fields["rules"] = Value(names, comment.start(), comment.end())
    fields["covers"] = Value(covers, *covers)
    key = ",".join(str(name.value) for name in names)
    return Item("waiver", key, path, Span(*comment.span()), Span(*comment.span()), fields)


def _span(comment: re.Match[str], name: str, at: int) -> Span:
    start = comment.string.find(name, at, comment.end())
    return Span(start, start + len(name)) if start >= 0 else Span(*comment.span())
