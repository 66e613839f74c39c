"""Titles and paths are data, and perhaps hostile: nothing in them may speak to a terminal."""

import json
import math
import re
from json.encoder import encode_basestring as _quoted
from typing import Any

from runbook_lint.expressions import lazy

# Controls, bidirectional marks and overrides, invisible characters, and bytes of file names that are no UTF-8.
_UNSAFE = lazy(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\ufffe\uffff\U000e0000-\U000e0fff]"
)
_AT_START = lazy(r"^([^\S\n]*):(?=:)", re.M)
_ANYWHERE = lazy(r"#(?=#(?:vso)?\[)")
_SURROGATE = lazy("[\ud800-\udfff]")
_ENTITIES = (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot"))
_FINITE, _ANY = (json.JSONEncoder(ensure_ascii=False, allow_nan=allowed) for allowed in (False, True))
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def json_text(document: Any, indent: int | None = 2) -> str:
    """JSON that every reader takes: bytes of file names that are no UTF-8 as ``\\xNN``, infinite numbers as text."""
    try:
        text = _json(document, indent, _FINITE)
    except ValueError:
        text = _json(_finite(document), indent, _ANY)
    if text.isascii():
        return text + "\n"
    return _SURROGATE.sub(lambda found: _escape(found).replace("\\", "\\\\"), text) + "\n"


def _json(document: Any, indent: int | None, encoder: json.JSONEncoder) -> str:
    return encoder.encode(document) if indent is None else _indented(document, "\n", " " * indent, encoder)


def _indented(value: Any, line: str, indent: str, encoder: json.JSONEncoder) -> str:
    """What ``json.dumps`` writes with an indent, for which it leaves its fast encoder."""
    if isinstance(value, str):
        return _quoted(value)
    if type(value) is int:
        return str(value)
    if not value or not isinstance(value, (dict, list, tuple)):
        return encoder.encode(value)
    inner = line + indent
    if isinstance(value, dict):
        members = [
            f"{_name(key)}: {_quoted(each) if type(each) is str else _indented(each, inner, indent, encoder)}"
            for key, each in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(members)}{line}}}"
    members = [_indented(each, inner, indent, encoder) for each in value]
    return f"[{inner}{f',{inner}'.join(members)}{line}]"


def _name(key: Any) -> str:
    return _quoted(key) if isinstance(key, str) else _quoted(json.dumps(key))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def printable(text: str) -> str:
    """The text with every unsafe character as an escape; a byte of a file name that is no UTF-8 as ``\\\\xNN``."""
    return _UNSAFE.sub(_escape, text)


def inert(text: str) -> str:
    """Text for a log in which the runner of a forge looks for commands: `::` where a line begins, `##[` anywhere."""
    return _ANYWHERE.sub(r"\\x23", _AT_START.sub(r"\1\\x3a", text))


def uri(path: str) -> str:
    """A path as a relative reference (RFC 3986), bytes that are no UTF-8 as they are."""
    from urllib.parse import quote

    return quote(path.encode("utf-8", "surrogateescape"), safe="/-._~!$&'()*+,;=@")


def xml(text: str) -> str:
    """An attribute's value of XML 1.0, with its quotes."""
    for letter, name in _ENTITIES:
        text = text.replace(letter, f"&{name};")
    return f'"{printable(text)}"'


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if found[0] in _NAMED:
        return _NAMED[found[0]]
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
