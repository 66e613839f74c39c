"""What texts gave, remembered between runs in the repository's ``.runbook-lint-cache``: a file for each way to judge.

Whatever is wrong with a file is a miss: it is broken, foreign, from another version, or cannot be written. It is plain
data with a sum, and one that git tracks is not ours: who can commit must not be able to say what is found.

A file on disk is known by its stamp without being read, if it had been at rest for a while when that was taken: a later
change gives it another stamp then. Git's own index is not asked, since its ids are not those of what is on disk where
git changes line ends.
"""

import json
import os
from collections import ChainMap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, NamedTuple
from zlib import crc32

from runbook_lint import __version__, records, store
from runbook_lint.analysis import Key, Memory
from runbook_lint.config import Config
from runbook_lint.edition import edition
from runbook_lint.model import FileResult, Rule, Source

_FORMAT = "runbook-lint memory 3"
# A file may be so large.
_LARGEST = 64 << 20
# What no run used for a while may take as much as what this one used, and a little.
_SPARE = 1 << 20
# Stamps alone are written down when so many of all are new.
_WORTH = 8
_POINTS = 2_000


def key_of(config: Config, rules: Iterable[Rule], packs: Mapping[str, bytes]) -> str:
    """The name of a way to judge: the tool, the rules in force, and all that they and the readers are told."""
    told = [getattr(config, name) for name in config.__dataclass_fields__ if name not in ("where", "sets")]
    parts = (__version__, edition(), [rule.id for rule in rules], told, sorted(packs.items()))
    text = repr(parts).encode("utf-8", "backslashreplace")
    return f"{crc32(text):08x}{crc32(text[::-1]):08x}"


def opened(root: str, paths: Collection[str], key: Callable[[], str], now: int) -> "OnDisk | None":
    """The memory of a repository whose files are ``paths``; None where it has no place that is its own. ``now`` is a
    time in nanoseconds before anything was looked at."""
    folder = os.path.join(root, store.FOLDER)
    if store.FOLDER in paths or (os.path.lexists(folder) and not store.is_folder(folder)):
        return None
    return OnDisk(folder, key(), now)


class _Stored(NamedTuple):
    """A file of the memory: all its records, where in them each is, what is known of files on disk by their paths, and
    numbers by name."""

    records: bytes = b""
    spans: Mapping[Key, tuple[int, int]] = {}
    stamps: Mapping[str, Sequence[Any]] = {}
    numbers: Mapping[str, Sequence[int]] = {}


class OnDisk(Memory):
    """The memory of earlier runs, read when it is first asked, and of this one."""

    def __init__(self, folder: str, key: str, now: int) -> None:
        super().__init__()
        self.folder = folder
        self.key = key
        self.now = now
        self.fresh: dict[Key, FileResult] = {}
        self.stamps: dict[str, Sequence[Any]] = {}
        self.numbers: dict[str, Sequence[int]] = {}
        self.secrets: set[bytes] = set()

    @cached_property
    def stored(self) -> _Stored:
        """What earlier runs left; nothing where that cannot be told."""
        try:
            return _read(os.path.join(self.folder, self.key + store.MEMORY), self.key)
        except Exception:
            # A file that anybody may have written can be wrong in any way.
            return _Stored()

    def known(self, source: Source, kind: str | None) -> FileResult | None:
        """What a text gave, if that is known; of one that is not read yet by its stamp."""
        content_id = source.content_id or self._stamped(source)
        if not content_id:
            return None
        key = (source.path, content_id, kind)
        result = self.results.get(key) or self._recorded(key)
        if result is not None:
            self.results[key] = result
            self._note(source, content_id)
        return result

    def keep(self, source: Source, kind: str | None, result: FileResult, *, lasting: bool) -> None:
        """Remembers what a text gave."""
        super().keep(source, kind, result, lasting=lasting)
        if lasting:
            self.fresh[source.path, source.content_id, kind] = result
            self._note(source, source.content_id)

    def refuse(self, secrets: Collection[str]) -> None:
        """Nothing that has one of these texts in it is written, nor stays."""
        self.secrets.update(json.dumps(text)[1:-1].encode() for text in secrets)

    def points(self) -> MutableMapping[str, Sequence[int]]:
        """Numbers of earlier runs by name, in which those of this one are put."""
        return ChainMap(self.numbers, dict(self.stored.numbers))

    def save(self) -> None:
        """Writes down what is new. Where that cannot be done it is not known the next time, and that is all."""
        with suppress(OSError):
            if self._is_worth_it():
                data = _file(self.key, self._records(), self._stamps(), self._numbers())
                store.put(self.folder, self.key + store.MEMORY, data)

    def _stamped(self, source: Source) -> str:
        found = self.stored.stamps.get(source.path) if source.stamp else None
        return found[-1] if found is not None and tuple(found[:-1]) == source.stamp else ""

    def _recorded(self, key: Key) -> FileResult | None:
        span = self.stored.spans.get(key)
        try:
            return records.decoded(self.stored.records[slice(*span)], key[0]) if span is not None else None
        except Exception:
            # As above.
            return None

    def _note(self, source: Source, content_id: str) -> None:
        """A file that is at rest shows every later change in its stamp."""
        if source.stamp and max(source.stamp[1:3]) < self.now - store.RESTLESS:
            self.stamps[source.path] = (*source.stamp, content_id)

    def _is_worth_it(self) -> bool:
        if self.fresh or self.numbers.keys() - self.stored.numbers.keys() or self._holds(self.stored.records):
            return True
        new = sum(tuple(self.stored.stamps.get(path, ())) != stamp for path, stamp in self.stamps.items())
        return new * _WORTH > len(self.stored.stamps)

    def _holds(self, data: bytes) -> bool:
        return any(secret in data for secret in self.secrets)

    def _records(self) -> Iterator[tuple[Key, bytes]]:
        """The records of this run, and of former ones what there is room for."""
        stored = self.stored
        used = [(key, stored.records[slice(*stored.spans[key])]) for key in self.results if key in stored.spans]
        used += [(key, records.encoded(result)) for key, result in self.fresh.items()]
        left = min(_LARGEST, 2 * sum(len(record) for _, record in used) + _SPARE)
        rest = ((key, stored.records[slice(*span)]) for key, span in stored.spans.items() if key not in self.results)
        for each in (used, rest):
            for key, record in each:
                left -= len(record)
                if record and left > 0 and not self._holds(record + json.dumps(key).encode()):
                    yield key, record

    def _stamps(self) -> Mapping[str, Sequence[Any]]:
        return {**self.stored.stamps, **self.stamps}

    def _numbers(self) -> Mapping[str, Sequence[int]]:
        return dict(list({**self.stored.numbers, **self.numbers}.items())[-_POINTS:])


def _file(
    key: str, found: Iterable[tuple[Key, bytes]], stamps: Mapping[str, Any], numbers: Mapping[str, Sequence[int]]
) -> bytes:
    """The whole of a file: what it is, the sum of the rest, its index, and the records."""
    kept = list(found)
    paths = {path for (path, _, _), _ in kept}
    there = {path: stamp for path, stamp in stamps.items() if path in paths}
    index = json.dumps([[key for key, _ in kept], [len(record) for _, record in kept], there, numbers]).encode()
    rest = b"\n".join((index, b"".join(record for _, record in kept)))
    return json.dumps([_FORMAT, key, crc32(rest)]).encode() + b"\n" + rest


def _read(path: str, key: str) -> _Stored:
    """A file of the memory. Raises some exception where it is none of ours."""
    head, _, rest = store.content(path, 2 * _LARGEST).partition(b"\n")
    if json.loads(head) != [_FORMAT, key, crc32(rest)]:
        return _Stored()
    index, _, found = rest.partition(b"\n")
    keys, lengths, stamps, numbers = json.loads(index)
    if any(type(each) is not list for known in (stamps, numbers) for each in known.values()):
        return _Stored()
    if any((type(path), type(content_id)) != (str, str) for path, content_id, _ in keys):
        return _Stored()
    spans = pairwise(accumulate(lengths, initial=0))
    return _Stored(found, dict(zip(map(tuple, keys), spans, strict=True)), stamps, numbers)
