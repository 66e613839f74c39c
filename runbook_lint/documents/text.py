"""Bytes into text, or the fault that says why not."""

from runbook_lint.documents.tree import Fault
from runbook_lint.model import Span

_BOMS = ((b"\xff\xfe\x00\x00", "UTF-32"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_UTF8_BOM = b"\xef\xbb\xbf"
LARGEST = 5_000_000


def decode(content: bytes, largest: int = LARGEST) -> tuple[str, Fault | None]:
    """The text of a file in UTF-8, with or without a byte order mark. After a fault the text is what can be shown of it.

    ``largest`` is in bytes.
    """
    if len(content) > largest:
        words = f"it has {len(content):,} bytes and no more than {largest:,} are read"
        return "", Fault("too-large", words, Span(0, 0))
    wide = next((name for mark, name in _BOMS if content.startswith(mark)), "")
    if wide:
        return "", Fault("encoding", f"it is written in {wide}; save it as UTF-8", Span(0, 0))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _undecodable(content, error)
    nul = text.find("\0")
    if nul >= 0:
        return text, Fault("encoding", "it holds a NUL byte: it is binary or damaged", Span(nul, nul + 1))
    return text, None


def _undecodable(content: bytes, error: UnicodeDecodeError) -> tuple[str, Fault]:
    shown = content.removeprefix(_UTF8_BOM).decode("utf-8", "replace")
    at = shown.find("\ufffd")
    byte = error.object[error.start]
    return shown, Fault("encoding", f"byte 0x{byte:02x} is no UTF-8 here; save the file as UTF-8", Span(at, at + 1))
