"""Helm, Jinja, ERB and Go templates that are not YAML, made readable: each action gives way to a filler of its length.

A line of nothing but actions becomes empty, any other action becomes part of a plain word. What was under a filler is
found again in the original at the same place, so a value that holds a template is known to hold one.
"""

import re
from typing import Any

from runbook_lint.documents.masks import blank
from runbook_lint.documents.tree import Reading
from runbook_lint.model import Value

# A Go action may hold a string with braces in it: {{ "{{" }} and {{`{{ $x }}`}}.
_ACTION = re.compile(
    r"""\{\{(?:"(?:\\.|[^"\\\n])*"|`[^`]*`|(?!\}\}).)*\}\}"""
    r"""|\{%.*?%\}|\{\#.*?\#\}|<%.*?%>|\[\[-?\s*[.$][^\[\]\n]*\]\]|^[ \t]*%[ \t]+(?:if|for|end|else).*?$""",
    re.S | re.M,
)
_MARKS = re.compile(r"\{\{|\{%|\{#|<%|\[\[|\$\{")
# What a value says of itself: a template's own delimiters or a variable of a shell or of Terraform.
_IN_VALUE = re.compile(r"\{\{|\[\[|<%|\$\{|\{%")
_QUOTES = "'\""


def holds(value: str) -> bool:
    """Whether nobody can tell what this value will be before a template is rendered."""
    return _IN_VALUE.search(value) is not None


def is_template(text: str) -> bool:
    """Whether the text has anything that looks like a template's action."""
    return _MARKS.search(text) is not None


def fill(text: str) -> str:
    """The text with every action replaced by as many characters: spaces on lines of their own, letters elsewhere."""
    filled = _ACTION.sub(_filler, text)
    lines = filled.split("\n")
    originals = text.split("\n")
    return "\n".join(_line(new, old) for new, old in zip(lines, originals, strict=True))


def _filler(action: re.Match[str]) -> str:
    return re.sub(r"[^\r\n]", "\uf8ff", action[0]) if "\n" not in action[0] else blank(action[0])


def _line(line: str, original: str) -> str:
    if "\uf8ff" not in line:
        return line
    alone = not line.replace("\uf8ff", "").strip()
    return line.replace("\uf8ff", " " if alone else "x") if line is not original else line


def restore(reading: Reading, text: str, filled: str) -> Reading:
    """The reading of a filled text with the original words back in every value that lost some.

    Faults that a template may cause by itself, such as a key in both branches of a condition, are dropped.
    """
    documents = tuple(each._replace(root=_restored(each.root, text, filled), faults=()) for each in reading.documents)
    kept = tuple(fault for fault in reading.faults if fault.kind != "duplicate-key")
    return Reading(documents, kept)


def _restored(value: Value, text: str, filled: str) -> Value:
    inner: Any = value.value
    if isinstance(inner, dict):
        return value._replace(value=_restored_mapping(inner, text, filled))
    if isinstance(inner, list):
        return value._replace(value=[_restored(each, text, filled) for each in inner])
    original = text[value.start : value.end]
    if original == filled[value.start : value.end]:
        return value
    return value._replace(value=_unquoted(original))


def _restored_mapping(members: dict[str, Value], text: str, filled: str) -> dict[str, Value]:
    restored: dict[str, Value] = {}
    for key, child in members.items():
        name = key
        if child.key >= 0 and text[child.key : child.key + len(key)] != filled[child.key : child.key + len(key)]:
            name = text[child.key : child.key + len(key)]
        restored[name] = _restored(child, text, filled)
    return restored


def _unquoted(original: str) -> str:
    stripped = original.strip()
    if stripped[:1] in ("|", ">") and "\n" in stripped:
        return "\n".join(line.strip() for line in stripped.split("\n")[1:])
    if len(stripped) > 1 and stripped[0] in _QUOTES and stripped[-1] == stripped[0]:
        return stripped[1:-1]
    return stripped
