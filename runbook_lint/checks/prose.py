"""Checks of what a person reads: what nobody filled in.

They judge prose and front matter, and of code only the ``Key: value`` lines of message templates. What no tool expanded
is in ``unexpanded``, and the two checks that look at single characters are in ``characters``.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from runbook_lint.checks.characters import hold_no_hidden_character, hold_no_mojibake
from runbook_lint.checks.readable import CELL, KEY, MESSAGE_LINE, apart, around, problem, readable
from runbook_lint.checks.unexpanded import hold_no_template
from runbook_lint.expressions import lazy
from runbook_lint.model import Item, Problem, Span, Value

__all__ = ["hold_no_hidden_character", "hold_no_mojibake", "hold_no_placeholder", "hold_no_template"]

# What an author is told to do: a placeholder wherever it stands.
_TOLD = lazy(
    r"(?:insert|fill (?:in|out)|your|tbd|tbc|todo|fixme|placeholder|lorem|(?:link|date|name) (?:to|of))\b"
    r"|replace (?:with|me)\b"
    r"|(?:enter|describe|specify|provide) +(?:your|the|a|an|what|how|[a-z]+ ?[a-z]*$)"
    r"|(?:add|put) +(?:(?:your|the|an?) )?(?:link|name|contact|date|url|text|phone|e-?mail|details|owner|team)"
    r"|to be (?:determined|defined|confirmed|added|filled|decided)"
    r"|.{0,50}\b(?:tbd|todo|goes here|(?:link|name|text|url|details|contacts?|number|date|e-?mail|description) here)\b",
    re.I,
)
# What is asked for: a placeholder when it is the last word of a bracket.
_ASKED = lazy(
    r"(?:.{0,50}[ /-])?(?:names?|phone|e-?mail|url|link|contacts?|number|date|team|owner|handle|channel|address|person)"
    r"|contact (?:details|info.{0,10})|(?:phone|contact|name|e-?mail)[ /,&].{0,50}",
    re.I,
)
# A state or a remark in brackets says something.
_SAID = lazy(
    r"(?:critical|warning|info|high|medium|low|major|minor|optional|required|deprecated|draft|none|unknown|yes|no|done"
    r"|manual|automatic|automated|open|closed|resolved|passed|failed|alpha|beta|internal|public|active|inactive|enabled"
    r"|disabled|default|true|false|final|approved|pending|experimental|obsolete|archived|[ /,&-])+",
    re.I,
)
_SHAPE = lazy(r"[A-Z][A-Za-z']*(?:[ /&-]{1,3}[A-Za-z'()]+)*")
_CAMEL = lazy(r"[a-z][A-Z]")

_ITEM = lazy(r"^[ \t>]*(?:[-*+]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?[*_]*$")
_START = lazy(r"^[ \t>]*(?:#{1,6}[ \t]+|(?:[-*+]|\d{1,3}[.)])[ \t]+)?$")
_ANGLE = lazy(r"<[A-Za-z][\w ,.'/-]{1,60}(?:: [\w ,.'/-]{1,60})?>")
_MASK = lazy(r"XXX\)?[-. ]XXX[-. ]XXXX|XXX[-. ]XXXX")

# A sentence about such words: "the TODO list", "no TODO is left", "marked as TODO".
_ABOUT_BEFORE = lazy(
    r"(?:^|[^\w])(?:an?|the|any|no|every|each|all|some|this|that|these|those|of|open|old|remaining|word|says?|"
    r"search for|grep|(?:marked|tagged|labell?ed)(?: as| with)?) +[\"'“‘(]?$",
    re.I,
)
_ABOUT_AFTER = lazy(
    r"[ -](?:lists?|items?|comments?|boards?|apps?|entry|entries|markers?|tags?|files?|columns?|tickets?)"
    r"(?:[ ]*(?:$|[.,:;!?)|\r\n])|[ ]+(?:is|are|of|in|for|on|with|from|and|or|must|should|to|at)\b)"
)
_EMPTY_VALUE = lazy(r"[`*_'\"<\[ ]*(?:tbd|tba|tbc|todo|fixme)[`*_'\">\] .]*", re.I)

# What a message may leave open when it is sent: "ETA: TBD" tells the reader something.
_OPEN = lazy(r"\b(?:eta|cause|impact|resolution|duration|next update|fix)\b", re.I)
_TEMPLATE_TITLE = lazy(r"\btemplates?\b", re.I)


def _is_whole(before: str, after: str) -> bool:
    """Whether nothing else stands in the value of a key, the cell of a table or the item of a list."""
    rest = after.strip(" \t*_.\\\"'")
    if rest.startswith("|"):
        return bool(CELL.search(before)) or not before.strip()
    return not rest and bool(KEY.match(before) or _ITEM.match(before) or CELL.search(before))


def _is_left_open(words: str, before: str, after: str) -> bool:
    """Whether a bracket with these words is a place that was never filled in."""
    if words[:1] in "^!-" or _SAID.fullmatch(words):
        return False
    if _TOLD.match(words):
        return True
    asked = bool(_ASKED.fullmatch(words))
    if _is_whole(before, after):
        plain = bool(_SHAPE.fullmatch(words)) and len(words) > 3 and not _CAMEL.search(words)
        shouted = words.isupper() and " " not in words
        title = bool(_ITEM.match(before)) and words.count(" ") > 2  # rather a link that leads nowhere
        return asked or (plain and not shouted and not title)
    if _START.match(before) and after.strip():  # a tag before a title, unless it asks for a name
        return asked and words[:1].isupper() and " " in words and words.lower().endswith("name")
    return asked and (words[:1].isupper() or words.lower() in ("link", "url"))


def _is_link(before: str, after: str) -> bool:
    """Whether the letters around ``[...]`` make it a link."""
    return after in ("(", "[", ":", "]") or before in ("]", "[", "!")


def _is_bracket(found: str, before: str, after: str, in_front: bool) -> bool:
    """Whether ``[...]``, which is no link, is a placeholder and no footnote, task box or list of YAML."""
    words = found.strip("\\[]").strip(" *_")
    if in_front and before[-1:] not in ("'", '"'):
        return bool(_TOLD.match(words)) and "," not in words
    return _is_left_open(words, before, after)


def _is_word(word: str, text: str, start: int, before: str, after: str) -> bool:
    """Whether TODO and the like marks something to be done rather than being spoken of."""
    if word[:1] in "Ll" or (word == "XXX" and _MASK.match(text, start)):
        return True
    if re.search(r"[\w/.@$=-]$", before) or re.match(r"\w|[-./=]\w|/", after):
        return False
    if word == "XXX":
        return after.startswith(":") or _is_whole(before, after)
    if re.match(r" *[:(]", after) or _is_whole(before.rstrip("'\""), after):
        return True
    quoted = before[-1:] in tuple("\"'“‘") and after[:1] in tuple("\"'”’")
    return not (quoted or _ABOUT_BEFORE.search(before) or _ABOUT_AFTER.match(after))


_LOREM = ("Lorem ipsum", "lorem ipsum", "LOREM IPSUM", "Lorem Ipsum")
_RARE = "XQZJKVYBFUGHMOWDLNPRCITSAE"
_IN_BRACKETS = r"[^\[\]\r\n]{2,80}\]"


# A backslash may stand before it.
_BRACKET = lazy(rf"\[{_IN_BRACKETS}")


class _Words(NamedTuple):
    """The patterns for brackets or words, and for words alone."""

    both: re.Pattern[str]
    alone: re.Pattern[str]


@lru_cache(maxsize=64)
def _candidates(words: tuple[str, ...]) -> _Words:
    """What finds these words. Each choice of its patterns begins with one letter, so that ``re`` runs over all
    others."""
    alone = "|".join(map(re.escape, words))
    both = re.compile(rf"\\\[{_IN_BRACKETS}|\[{_IN_BRACKETS}|{alone}")
    return _Words(both, re.compile(alone))


@lru_cache(maxsize=64)
def _signs(words: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """For each word a letter and a piece without which a text does not have it, and the word itself."""
    # What is blanked in a text may give a word a space in it, and nothing else.
    pieces = (max(word.split(), key=len, default="") for word in words)
    return tuple((min(piece, key=_rarity, default=""), piece, word) for piece, word in zip(pieces, words, strict=True))


def _rarity(letter: str) -> int:
    """Letters that few texts have come first; one letter is looked for much faster than two."""
    return _RARE.find(letter) if letter in _RARE else len(_RARE)


def _spoken(words: tuple[str, ...], text: str) -> _Words | None:
    """What finds those of the words that a text may have, where it may have any: an "l" begins too much else."""
    found = [word for letter, piece, word in _signs(words) if letter in text and piece in text]
    if "orem" in text or ("O" in text and "OREM" in text):
        found += _LOREM
    return _candidates(tuple(found)) if found else None


@lru_cache(maxsize=1)
def _templates(item: Item) -> list[Span]:
    """The sections that say in their title that they are templates: filled in during the incident."""
    found, level = [], 0
    sections = item.raw("sections", ())
    for section in sections if any("template" in each.title.lower() for each in sections) else ():
        level = 0 if section.level <= level else level
        level = level or (section.level if section.level > 1 and _TEMPLATE_TITLE.search(section.title) else 0)
        if level:
            found.append(Span(section.span.start, section.body.end))
    return found


def _inside(spans: Sequence[Span], at: int) -> bool:
    return any(span.start <= at < span.end for span in spans)


def _in_prose(item: Item, words: _Words | None) -> Iterator[Problem]:
    """Brackets, and words where there are any."""
    text, front = readable(item)
    for found in (words.both if words is not None else _BRACKET).finditer(text):
        start, end = found.span()
        if words is None and text[start - 1 : start] == "\\":
            start -= 1
        if found[0].endswith("]") and not _is_link(text[start - 1 : start], text[end : end + 1]):
            before, after = around(text, start, end)
            said = text[start:end]
            if _is_bracket(said, before, after, start < front) and not _inside(_templates(item), start):
                yield problem(before, said, start)
                continue
        for word in words.alone.finditer(text, start, end) if words is not None else ():
            before, after = around(text, *word.span())
            if _is_word(word[0], text, word.start(), before, after):
                yield problem(before, word[0], word.start())


def _in_angles(item: Item) -> Iterator[Problem]:
    """``<insert name here>``; CommonMark takes most of these for HTML, so they are no prose."""
    text, pasted = str(item.raw("text", "")), str(item.raw("pasted", ""))
    for found in _ANGLE.finditer(text) if "<" in text else ():
        start, end = found.span()
        if pasted[start : start + 1] == "<" or _inside(_templates(item), start):
            continue
        words = re.sub(r"[-_]", " ", found[0][1:-1])
        before, after = around(text, start, end)
        commented = text.rfind("<!--", max(0, start - 2000), start) > text.rfind("-->", max(0, start - 2000), start)
        if _is_left_angle(words, before, after) and not commented:
            yield problem(before, found[0], start)


def _is_left_angle(words: str, before: str, after: str) -> bool:
    """Whether ``<...>`` addresses the author; "your cluster" addresses the reader, unless it is a whole value."""
    if before.endswith("]("):
        return False
    if _TOLD.match(words) and (not words.lower().startswith("your") or _is_whole(before, after)):
        return True
    return bool(KEY.match(before) and _ASKED.fullmatch(words)) and _is_whole(before, after) and words != "address"


def _in_messages(item: Item, words: _Words) -> Iterator[Problem]:
    messages = str(item.raw("messages", ""))
    for line in MESSAGE_LINE.finditer(messages) if words.alone.search(messages) else ():
        for word in words.alone.finditer(messages, *line.span("value")):
            before, after = around(messages, *word.span())
            known_later = word[0] == "TBD" and _OPEN.search(line["a"] or line["b"])
            if not known_later and _is_word(word[0], messages, word.start(), before, after):
                yield problem(before, word[0], word.start())


def _in_metadata(item: Item) -> Iterator[Problem]:
    """``Owner: tbd``, in whatever case and marks, is no owner."""
    for name, value in item.fields.items():
        if not name.startswith("metadata."):
            continue
        text = item.text(name)
        if text and _EMPTY_VALUE.fullmatch(text) and (name, text) != ("metadata.status", "todo"):
            word = text.strip("`*_'\"<>[] .")
            yield Problem(value.span, {"found": word}, subject=f"{name[9:]}: {word.lower()}")


def hold_no_placeholder(
    item: Item, value: Value | None, *, words: Sequence[str] = ("TODO", "TBD", "FIXME", "XXX")
) -> Iterator[Problem]:
    """Nothing was left to be filled in. ``words``: what marks such a place, besides brackets and "lorem ipsum"."""
    spoken = _spoken(tuple(words), str(item.raw("text", "")))
    messages = _in_messages(item, spoken) if spoken is not None else ()
    yield from apart([*_in_prose(item, spoken), *_in_angles(item), *messages, *_in_metadata(item)])
