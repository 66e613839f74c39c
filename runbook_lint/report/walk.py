"""Back along a branch, from what stands there now: how many of what there were at former commits.

From one commit to the one before it only those files are read that differ. Where entries, references or files came or
went all of it is joined anew.
"""

import datetime
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from runbook_lint import discovery, documents, engine, git, snapshot
from runbook_lint.analysis import Key, Memory, alone
from runbook_lint.config import Config
from runbook_lint.documents import catalog
from runbook_lint.documents.text import LARGEST, decode
from runbook_lint.model import Estate, FileResult, Rule, Source
from runbook_lint.report import night, pieces
from runbook_lint.report.standing import Numbers, Standing, alike

_REGULAR = ("100644", "100755")
# By this a catalog may have comments of ours in it.
_COMMENT = "runbook-lint"


class Present(NamedTuple):
    """A repository as it is now: where, by what it is judged, what it has, and what was read for that."""

    root: str
    config: Config
    rules: Sequence[Rule]
    estate: Estate
    memory: Memory


class _Recent(Memory):
    """What is known of texts, and which of them were asked for."""

    def __init__(self, results: Mapping[Key, FileResult]) -> None:
        super().__init__()
        self.results.update(results)
        self.asked: dict[str, Key] = {}

    def known(self, source: Source, kind: str | None) -> FileResult | None:
        self.asked[source.path] = (source.path, source.content_id, kind)
        return super().known(source, kind)

    def forget(self) -> None:
        """Only what was asked for is kept."""
        self.results = {key: self.results[key] for key in self.asked.values() if key in self.results}

    def put(self, key: Key, result: FileResult) -> None:
        """Of a file only the last content is kept."""
        self.results.pop(self.asked[key[0]], None)
        self.asked[key[0]], self.results[key] = key, result


class Walk:
    """Goes from commit to commit; ``differences`` are those of each from the one that it goes to."""

    def __init__(self, present: Present, differences: Mapping[tuple[str, str], Sequence[git.Difference]]) -> None:
        self.present = present
        self.differences = differences
        self.memory = _Recent(present.memory.results)
        self.estate = present.estate
        self.read = git.reader(present.root)
        self.commit = ""
        self.there: Standing | None = None
        self.linked: set[str] = set()
        self.listed: dict[str, pieces.Listed] = {}

    def numbers(self, day: datetime.date, commit: str) -> Numbers:
        """How many of what there were at a commit, on a day."""
        if self.there is None or (commit != self.commit and not self._follow(self.there, commit)):
            self.there = self._joined(day, commit)
        self.commit = commit
        return self.there.numbers(day)

    def _joined(self, day: datetime.date, commit: str) -> Standing:
        """All that there was at a commit."""
        root, config, rules, *_ = self.present
        world = snapshot.commit(root, commit)
        for path in self.listed:
            # Of what was read in pieces the places are none.
            del self.memory.results[self.memory.asked[path]]
        self.listed.clear()
        self.memory.asked.clear()
        self.estate = engine.seen(world, config, self.memory, self.estate)
        self.memory.forget()
        self.linked = set(world.links.values())
        return Standing(night.of("", self.estate, config, rules, day, lambda item: 0))

    def _follow(self, there: Standing, commit: str) -> bool:
        """Goes to another commit by what differs there, if that can be done."""
        fresh: list[tuple[Key, FileResult, FileResult]] = []
        for each in self.differences.get((self.commit, commit), [_UNKNOWN]):
            if each.mode not in _REGULAR or each.earlier_mode not in _REGULAR or each.path in self.linked:
                return False
            asked = self.memory.asked.get(each.path)
            if asked is not None:
                key, former = (each.path, each.earlier_id, asked[2]), self.memory.results.get(asked)
                result = self._result(key, former) if former is not None else None
                if former is None or result is None or not alike(former, result, self.present.config.runbook_keys):
                    return False
                fresh.append((key, former, result))
        for key, former, result in fresh:
            there.put(former, result)
            self.memory.put(key, result)
        return True

    def _result(self, key: Key, former: FileResult) -> FileResult | None:
        """What a content gives; None where it is to be read with all others."""
        path, content_id, kind = key
        try:
            content = self.read(content_id)
        except git.AbsentError:
            return None
        if len(content) > LARGEST:
            return None
        return self._in_pieces(key, former, content) or self._whole(
            Source(path, content_id, partial(bytes, content)), kind
        )

    def _whole(self, source: Source, kind: str | None) -> FileResult:
        config = self.present.config
        text = discovery.text(discovery.Candidate(source, kind), config)
        self.listed.pop(source.path, None)
        return alone(text, config, {})

    def _in_pieces(self, key: Key, former: FileResult, content: bytes) -> FileResult | None:
        """What a catalog gives, by what it gave before."""
        path, content_id, kind = key
        if former.kind != "catalog" or not path.lower().endswith(".json"):
            return None
        text, fault = decode(content)
        if fault is not None or _COMMENT in text or (kind or documents.recognise(path, text)) != former.kind:
            return None
        known = self.listed.get(path) or self._listed(former)
        told = pieces.revised(known, text, partial(_entries, path)) if known is not None else None
        if told is None:
            return None
        self.listed[path] = told
        rest = (item for item in former.items if item.noun not in catalog.ENTRIES)
        return FileResult(path, former.kind, content_id, (*rest, *told.values))

    def _listed(self, former: FileResult) -> pieces.Listed | None:
        """The entries of a catalog that was read whole."""
        try:
            text = decode(self.read(former.content_id))[0]
        except git.AbsentError:
            return None
        entries = [item for item in former.items if item.noun in catalog.ENTRIES]
        return pieces.whole(text, [pieces.Entry(*item.extent, item) for item in entries])


# Where nothing is known of a difference.
_UNKNOWN = git.Difference("", "", "", "")


def _entries(path: str, text: str) -> list[pieces.Entry] | None:
    """The entries of a catalog; None where anything is wrong with it."""
    items = catalog.read(text, path)
    if any(item.noun == "fault" for item in items):
        return None
    return [pieces.Entry(*item.extent, item) for item in items if item.noun in catalog.ENTRIES]
