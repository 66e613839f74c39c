"""Helm, Jinja, ERB and other templates that are not YAML, made readable: actions give way to fillers of their length.

A line of nothing but actions becomes empty, any other action becomes part of a plain word. What was under a filler is
found again in the original at the same place, so a value that holds a template is known to hold one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from runbook_lint.documents import yamltree
from runbook_lint.documents.masks import blank
from runbook_lint.documents.tree import Reading, shifted
from runbook_lint.expressions import lazy
from runbook_lint.model import Value

# No action reaches over the start of another, so an opening that nobody closed costs its own line only. A Go action may
# hold a string with braces in it: {{ "{{" }} and {{`{{ $x }}`}}; Jinja writes {{ '{{' }}.
_ACTION = lazy(
    r"""\{\{-?\s*/\*(?:(?!\*/|\{\{-?\s*/\*).)*+\*/\s*-?\}\}"""
    r"""|\{\{(?:"(?:\\.|[^"\\\n])*+"|`[^`]*+`|'(?:\{\{|\}\}|\{%|%\})'|(?!\}\}|\{\{).)*+\}\}"""
    r"""|\{%(?:(?!%\}|\{%).)*+%\}|\{\#(?:(?!\#\}|\{\#).)*+\#\}|<%(?:(?!%>|<%).)*+%>"""
    r"""|\[\[-?\s*(?:[.$(]|(?:if|else|end|range|with|define|template|include)\b)[^\[\]\n]*\]\]"""
    r"""|[$%]\{[^{}\r\n]*\}|(?<![^\r\n])[ \t]*%[ \t]+(?:if|for|end|else)[^\r\n]*""",
    re.S,
)
_COMMENT = lazy(r"\{#|\{\{-?\s*/\*")
_MARKS = lazy(r"\{\{|\{%|\{#|<%|\[\[|[$%]\{")
# What a value says of itself: a template's own delimiters or a variable of a shell or of Terraform.
_IN_VALUE = lazy(r"\{\{|\[\[|<%|[$%]\{|\{%")
_LINE = lazy(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
# The header of a block scalar (YAML 1.1, 9.2): of a member, or of an item of a list.
_HEADER = lazy(
    r"(?P<lead>[ \t]*(?:-[ \t]+)*)(?P<key>[^\s#|>-].*?:[ \t]+)?(?:[&!]\S+[ \t]+)*[|>][-+1-9]*[ \t]*(?:\s#.*)?"
)
_BREAK = lazy(r"[\r\n]")
_NO_WORD = lazy(r"\W")
_SPACE = " \t\r\n"
_QUOTES = ("'", '"')
_MARK = "\uf8ff"
# What people write where a value is still to come.
_PLACEHOLDER = lazy(
    r"(?:[-?._*]*|x{2,}|(?:to-?do|tbd|tba|fixme|wip|pending)(?:[\s:(!?,;].*|[-.…]*)"
    r"|(?:none|null|nil|n/?a|empty|unknown|missing|placeholder|true|false|yes|no)\W*"
    r"|(?:change|replace)[-_ ]?(?:me|this)|<(?!https?:)[^>]*>|\[[^\]]*\]|your[-_ ]runbook.*)",
    re.I | re.S,
)


def holds(value: str) -> bool:
    """Whether nobody can tell what this value will be before a template is rendered."""
    return _IN_VALUE.search(value) is not None


def is_placeholder(value: str) -> bool:
    """Whether a value only holds the place of one: empty, TODO, none, ``<team>``, ``[team]``."""
    return _PLACEHOLDER.fullmatch(value.strip()) is not None


def is_template(text: str) -> bool:
    """Whether the text has anything that looks like a template's action."""
    return _MARKS.search(text) is not None


def read(text: str, base: int = 0) -> Reading:
    """The documents of a YAML text or of a template of one; ``base`` is where it begins in the text around it."""
    reading = yamltree.read(text)
    if any(fault.kind == "syntax" for fault in reading.faults) and is_template(text):
        filled = fill(text)
        reading = restore(yamltree.read(filled), text, filled)
    return shifted(reading, base) if base else reading


def fill(text: str) -> str:
    """The text with every action replaced by as many characters: spaces on lines of their own, letters elsewhere.

    Inside a block scalar a line of its own is a line of the scalar, unless it stands farther left.
    """
    marked = _ACTION.sub(lambda action: _over(action[0], _MARK * len(action[0])), text)
    worded = _ACTION.sub(lambda action: _over(action[0], _NO_WORD.sub("x", action[0])), text)
    lines = [_read_line(line) for line in _LINE.findall(marked)]
    return "".join(_filled(lines, _LINE.findall(worded)))


def _over(action: str, filler: str) -> str:
    """The filler in place of the first line of an action, and spaces in place of its others and of a comment."""
    if _COMMENT.match(action):
        return blank(action)
    end = _BREAK.search(action)
    return filler[: end.start()] + blank(action[end.start() :]) if end else filler


class _Line(NamedTuple):
    """A line with marks for actions, the column of its first character, and whether it holds nothing but actions."""

    marked: str
    column: int
    alone: bool
    empty: bool


def _read_line(marked: str) -> _Line:
    rest = marked.lstrip(_SPACE)
    alone = _MARK in rest and not rest.strip(_MARK + _SPACE)
    return _Line(marked, len(marked) - len(rest), alone, not rest)


def _filled(lines: Sequence[_Line], worded: Iterable[str]) -> Iterator[str]:
    """The lines with words for actions, those blanked that are nothing but actions.

    Actions of different words give different words, so that two keys that are actions stay two. ``block`` is the column
    that a block scalar stands to the right of, ``indent`` where its own lines begin.
    """
    block = indent = -1
    for number, (line, word) in enumerate(zip(lines, worded, strict=True)):
        if line.column <= block and not line.alone and not line.empty:
            block = -1
        yield blank(word) if line.alone and (block < 0 or line.column < indent) else word
        if block < 0:
            block = _block(line.marked)
            indent = _indent(lines, number + 1, block) if block >= 0 else -1


def _indent(lines: Sequence[_Line], number: int, block: int) -> int:
    """Where the lines of a block scalar begin: its first line says it, be it text or an action."""
    for line in (lines[at] for at in range(number, len(lines))):
        if line.column > block and not line.empty:
            return line.column
        if not line.alone and not line.empty:
            break
    return block + 1


def _block(line: str) -> int:
    """The column that the lines of a block scalar stand to the right of, when the line ends with the header of one."""
    header = _HEADER.fullmatch(line.rstrip(_SPACE))
    if header is None:
        return -1
    return header.start("key") if header["key"] else len(header["lead"].rstrip()) - 1


def restore(reading: Reading, text: str, filled: str) -> Reading:
    """The reading of a filled text with the original words back in every value that lost some.

    Faults that a template may cause by itself, such as a key in both branches of a condition, are dropped.
    """
    documents = tuple(each._replace(root=_restored(each.root, text, filled)) for each in reading.documents)
    kept = tuple(fault for fault in reading.faults if fault.kind != "duplicate-key")
    return Reading(documents, kept)


def _restored(value: Value, text: str, filled: str) -> Value:
    inner: Any = value.value
    if isinstance(inner, dict):
        members = {_name(key, each, text, filled): _restored(each, text, filled) for key, each in inner.items()}
        return value._replace(value=members)
    if isinstance(inner, list):
        return value._replace(value=[_restored(each, text, filled) for each in inner])
    if text[value.start : value.end] == filled[value.start : value.end]:
        return value
    # A block scalar takes the blank lines below it, and these may be actions that stand outside it.
    end = value.start + len(filled[value.start : value.end].rstrip())
    own, read = text[value.start : end], filled[value.start : end]
    return value._replace(value=_source(own, read) if own != read else inner.rstrip() + "\n", end=end)


def _name(key: str, value: Value, text: str, filled: str) -> str:
    start = value.key + (filled[value.key : value.key + 1] in _QUOTES)
    span = slice(start, start + len(key))
    return key if value.key < 0 or text[span] == filled[span] else text[span]


def _source(text: str, filled: str) -> str:
    """A scalar as it is written: without its quotes, or the lines of a block without their indent."""
    if filled[:1] in ("|", ">"):
        return _dedented(_LINE.findall(text)[1:], _LINE.findall(filled)[1:])
    if len(text) > 1 and text[0] in _QUOTES and text[-1] == text[0]:
        return text[1:-1]
    return text


def _dedented(lines: Iterable[str], filled: Iterable[str]) -> str:
    indent = min((len(line) - len(line.lstrip()) for line in filled if line.strip()), default=0)
    return "".join(line[indent:] if not line[:indent].strip() else line for line in lines).rstrip() + "\n"
