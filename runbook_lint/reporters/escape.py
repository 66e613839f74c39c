"""Titles and paths are data, and perhaps hostile: nothing in them may speak to a terminal."""

import json
import math
import re
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
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def json_text(document: Any, indent: int | None = 2) -> str:
    """JSON that every reader takes: bytes of file names that are no UTF-8 as ``\\xNN``, infinite numbers as text."""
    try:
        text = json.dumps(document, indent=indent, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(document), indent=indent, ensure_ascii=False)
    return _SURROGATE.sub(lambda found: _escape(found).replace("\\", "\\\\"), text) + "\n"


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
