"""Which files of a snapshot are ours, and what is in them."""

from collections.abc import Iterator
from functools import cache, partial
from importlib import import_module
from typing import Any, NamedTuple

from runbook_lint import documents, globs
from runbook_lint.config import NAME as CONFIG
from runbook_lint.config import Config
from runbook_lint.documents.text import decode, guess, telling
from runbook_lint.documents.tree import Fault
from runbook_lint.model import Source, Span
from runbook_lint.places import Lines
from runbook_lint.snapshot import AstrayError, ReadError, Snapshot, TooLargeError


class Text(NamedTuple):
    """A source that was read: its text and kind, empty for one that is none of ours, or the fault that says why there
    is no text."""

    path: str
    text: str
    fault: Fault | None
    kind: str
    content_id: str = ""


class Candidate(NamedTuple):
    """A source that may be one of ours, and the kind that the configuration or a catalog gives it; None where only its
    content can tell."""

    source: Source
    kind: str | None


def trees(snapshot: Snapshot, config: Config) -> Iterator[Candidate]:
    """Everything that may be ours and is not markdown."""
    sources = [source for source in snapshot.sources if _is_tree(source.path, config)]
    names = {source.path for source in sources}
    for source in sources:
        # A link to another file that is read is only its second name.
        if snapshot.links.get(source.path) not in names:
            yield Candidate(source, config.kind_of(source.path))


def pages(snapshot: Snapshot, config: Config, listed: set[str]) -> Iterator[Candidate]:
    """Runbooks and other markdown; ``listed`` are the paths that a catalog gives, runbooks whatever their names."""
    for source in snapshot.sources:
        kind = config.kind_of(source.path)
        if source.path in listed and kind not in ("", "incidents") and documents.may_hold_text(source.path):
            kind = "runbook"
        if kind == "runbook" or (kind is None and documents.is_markdown(source.path)):
            yield Candidate(source, kind)


def untouched(before: Snapshot, after: Snapshot, config: Config) -> bool:
    """Whether nothing can be said of a change: no file went, since any may be what a link leads to, and those that came
    or have another content are none of ours."""
    old = {source.path: source.content_id for source in before.sources}
    new = {source.path: source.content_id for source in after.sources}
    if not old.keys() <= new.keys() or before.links != after.links:
        return False
    return not any(_counts(path, config) for path, content_id in new.items() if old.get(path) != content_id)


def _counts(path: str, config: Config) -> bool:
    """Whether the content of a file may matter: as one of ours, as what a catalog names, or as a pack of rules."""
    kind = config.kind_of(path)
    silent = documents.may_be(path) or documents.may_hold_text(path)
    return path in config.packs or (silent if kind is None else kind != "")


def lost(snapshot: Snapshot, config: Config) -> Iterator[Text]:
    """What should be there and has no text: folders that could not be opened, and files that only the configuration
    names."""
    yield from _unmatched(snapshot, config)
    for folder, why in snapshot.locked:
        if config.kind_of(folder) != "":
            yield Text(folder, "", Fault("access", f"nothing below this folder is read: {why}", Span(0, 0)), "")


def _unmatched(snapshot: Snapshot, config: Config) -> Iterator[Text]:
    """What the configuration names and the repository does not have, a fault of the configuration's own file each."""
    lost = [each for each in config.named() if not any(map(globs.compiled(each[1]).fullmatch, snapshot.paths))]
    own = (source for source in snapshot.sources if source.path == CONFIG and lost)
    text = next((_read(source).text for source in own), "")
    lines = Lines(text)
    for key, pattern, at in lost:
        start = lines.offset(*at)
        yield Text(CONFIG, text, Fault("missing", f"no file matches '{pattern}' ({key})", Span(start, start)), "")


def _is_tree(path: str, config: Config) -> bool:
    """Whether a file may be one of ours that is not markdown."""
    kind = config.kind_of(path)
    if kind is None:
        return documents.may_be(path) and not documents.is_markdown(path)
    return kind not in ("", "runbook")


def identified(candidate: Candidate) -> Candidate:
    """The candidate with its content id, which is worked out where the snapshot knows none."""
    source = candidate.source
    if source.content_id:
        return candidate
    try:
        content = source.read()
    except ReadError:
        return candidate
    found = Source(source.path, _content_id(content), partial(bytes, content), source.stamp)
    return candidate._replace(source=found)


def text(candidate: Candidate, config: Config) -> Text:
    """The text of a candidate with its kind."""
    source, kind = candidate
    read = _read(source)
    found, fault = documents.recognise(source.path, read.head), read.fault
    bare = "." not in source.path.rpartition("/")[2]
    if fault is not None and found in ("", "page") and not (bare and fault.kind == "encoding"):
        found = _feared(source.path, read.sure)
        if not found and read.text and documents.is_markdown(source.path):
            # A page of nobody's keeping in another encoding: what it quotes is still to be looked at for secrets.
            found, fault = "page", None
    return Text(source.path, read.text, fault, kind or _narrowed(found, source.path, config), read.content_id)


class _Read(NamedTuple):
    """The text, what to know its kind by, the fault if any, whether the fault is surely the file's own, and the content
    id."""

    text: str
    head: str
    fault: Fault | None
    sure: bool
    content_id: str


def _read(source: Source) -> _Read:
    try:
        content = source.read()
    except TooLargeError as error:
        return _Read("", guess(error.head), Fault("too-large", str(error), Span(0, 0)), False, source.content_id)
    except ReadError as error:
        sure = not isinstance(error, AstrayError)
        return _Read("", "", Fault("access", str(error), Span(0, 0)), sure, source.content_id)
    text, fault = decode(content)
    return _Read(text, text if fault is None else guess(content), fault, False, source.content_id)


def _content_id(content: bytes) -> str:
    """The id that git gives a content. One of a repository with longer ids is only never the same."""
    return str(_sha1()(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest())


@cache
def _sha1() -> Any:
    """The function alone where there is a module of it: hashlib brings OpenSSL along, whose start takes a commit hook
    more time than what it has to hash."""
    try:
        return import_module("_sha1").sha1
    except ImportError:
        return import_module("hashlib").sha1


def _feared(path: str, sure: bool) -> str:
    """What a file that cannot be read may be: nobody knows, so its name counts, or that it could be ours at all."""
    if not sure and not telling(path):
        return ""
    return "runbook" if documents.is_markdown(path) else "alerts"


def _narrowed(kind: str, path: str, config: Config) -> str:
    """Once the configuration names the files of a kind, no others are of it."""
    if kind not in config.kinds:
        return kind
    return "page" if documents.is_markdown(path) else ""
