"""Bytes into text, or the fault that says why not."""

import re

from runbook_lint.documents.tree import Fault
from runbook_lint.expressions import lazy
from runbook_lint.model import Span

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_UTF8_BOM = b"\xef\xbb\xbf"
LARGEST = 5_000_000
# How much of a file that is too large is looked at, to tell whether it is one of ours.
SNIFFED = 65_536
# Words by which people name the folders and files of alert rules and runbooks.
_TELLING = lazy(
    r"(?<![a-z])(?:alert(?:s|ing)?|(?:alert|prometheus)?[-_]?rules?|run[-_ ]?books?|play[-_ ]?books?)(?![a-z])", re.I
)


def decode(content: bytes, largest: int = LARGEST) -> tuple[str, Fault | None]:
    """The text of a file in UTF-8, with or without a byte order mark. After a fault it is what can be shown of it.

    ``largest`` is in bytes.
    """
    if len(content) > largest:
        words = f"it has {len(content):,} bytes and no more than {largest:,} are read"
        return "", Fault("too-large", words, Span(0, 0))
    wide = _wide(content)
    if wide:
        return "", Fault("encoding", f"it is written in {wide[:6].upper()}; save it as UTF-8", Span(0, 0))
    try:
        text = content.removeprefix(_UTF8_BOM).decode()
    except UnicodeDecodeError as error:
        return _undecodable(content, error)
    return text, _nul(text)


def guess(content: bytes) -> str:
    """A text that is no clean UTF-8 as far as it can be made out: enough to recognise what it is, not to read it."""
    return content.decode(_wide(content) or "utf-8", "replace").lstrip("\ufeff")


def telling(path: str) -> bool:
    """Whether the name of a file that nobody can look into says that it holds alert rules or a runbook."""
    return any(_TELLING.search(part.partition(".")[0]) for part in path.split("/"))


def _wide(content: bytes) -> str:
    """The encoding of two or four bytes a character that a text is written in, by its mark or by its zeros."""
    head = content[:4096]
    # All marks have one of these in it, and the rest is about zeros.
    if b"\0" not in head and b"\xff" not in head and b"\xfe" not in head:
        return ""
    marked = next((name for mark, name in _BOMS if content.startswith(mark)), "")
    if marked:
        return marked
    pairs = len(head) // 2
    first, second = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if pairs and max(first, second) > 0.6 * pairs and min(first, second) < 0.1 * pairs:
        return "utf-16-be" if first > second else "utf-16-le"
    return ""


def _nul(text: str) -> Fault | None:
    at = text.find("\0")
    if at < 0:
        return None
    return Fault("encoding", "it holds a NUL byte: it is binary or damaged", Span(at, at + 1))


def _undecodable(content: bytes, error: UnicodeDecodeError) -> tuple[str, Fault]:
    shown = content.removeprefix(_UTF8_BOM).decode("utf-8", "replace")
    binary = _nul(shown)
    if binary is not None:
        return shown, binary
    at = len(error.object[: error.start].decode())
    byte = error.object[error.start]
    return shown, Fault("encoding", f"byte 0x{byte:02x} is no UTF-8 here; save the file as UTF-8", Span(at, at + 1))
