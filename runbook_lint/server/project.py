"""One repository as an editor has it: the files on disk under what is open, judged whole each time."""

import datetime
import os
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from runbook_lint import config, engine, inforce, packs, snapshot
from runbook_lint.analysis import Memory
from runbook_lint.config import Config
from runbook_lint.documents.settings import WAIVERS
from runbook_lint.documents.text import decode
from runbook_lint.expressions import lazy
from runbook_lint.model import Report, Rule, Span, UserError
from runbook_lint.places import Lines
from runbook_lint.server.facts import Facts
from runbook_lint.snapshot import Snapshot

# So many former states of a file that is open are remembered, for those who undo.
_KEPT = 4
# What only the files around one can tell, and nobody looks at them where a file is judged alone.
_AROUND = frozenset({"link/target", "catalog/target-exists"})
_PLACED = lazy(r"(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<words>.*)", re.S)


class Trouble(NamedTuple):
    """What is wrong with one of the files that say how to judge, and its text; the last good one stays in force."""

    path: str
    span: Span
    words: str
    text: str


class Force(NamedTuple):
    """What is in force, and the files that say so with their contents."""

    config: Config
    rules: Sequence[Rule]
    secrets: Sequence[Rule]
    written: Mapping[str, bytes | None]


class Diagnosis:
    """What one run found, and all that can be looked up in it."""

    def __init__(
        self, world: Snapshot, force: Force, report: Report, today: datetime.date, troubles: Sequence[Trouble]
    ) -> None:
        self.root = world.root
        self.world = world
        self.config = force.config
        self.rules = {rule.id: rule for rule in force.rules}
        self.report = report
        self.today = today
        self.troubles = troubles
        self.texts: dict[str, str] = {}

    def text(self, path: str) -> str:
        """The text of a file, as it was judged."""
        if path not in self.texts:
            self.texts[path] = decode(snapshot.content(self.world, path) or b"")[0]
        return self.texts[path]

    def shown(self, words: str) -> str:
        """Words without the secrets of any file."""
        hidden: str = self.report.lines("").without(words)
        return hidden

    @cached_property
    def facts(self) -> Facts:
        """Who leads where."""
        return Facts(self.report, self.config, self.rules, self.today)


class Project:
    """A repository, with what is remembered of it from run to run; only the file ``alone`` where one is named."""

    def __init__(self, root: str, alone: str = "", config_file: str | None = None) -> None:
        self.root = root
        self.alone = alone
        self.config_file = config_file
        self.good: Force | None = None
        self.judged_by: Force | None = None
        self.waivers: bytes | None = None
        self.memory = Memory()

    def diagnose(self, buffers: Mapping[str, str], today: datetime.date) -> Diagnosis:
        """Judge the files on disk under those that are open. One that exists and is none of the repository's, because
        git ignores it, stays out."""
        disk = snapshot.gathered(self.root, [], {}) if self.alone else snapshot.working_tree(self.root)
        known = {source.path for source in disk.sources}
        contents = {
            path: text.encode("utf-8", "replace")
            for path, text in buffers.items()
            if self.alone or path in known or not os.path.lexists(os.path.join(self.root, path))
        }
        world = snapshot.overlaid(disk, contents)
        force, troubles = self._in_force(world)
        world, more = self._with_good_waivers(world)
        rules = [rule for rule in force.rules if not (self.alone and rule.id in _AROUND)]
        report = engine.run(world, force.config, rules, today, force.secrets, memory=self.memory)
        self._forget(buffers, len(world.sources))
        hidden = report.lines("").without
        said = [trouble._replace(words=hidden(trouble.words)) for trouble in (*troubles, *more)]
        return Diagnosis(world, force, report, today, said)

    def _in_force(self, world: Snapshot) -> tuple[Force, list[Trouble]]:
        """What is in force now; the last that was good where it is broken."""
        troubles: list[Trouble] = []
        if self.good is None or not self._is_written(world, self.good.written):
            try:
                self.good = self._load(world)
            except UserError as error:
                troubles = _troubles(error, world)
        force = self.good or self.judged_by or _default()
        if force is not self.judged_by:
            self.memory.results.clear()
            self.judged_by = force
        return force, troubles

    def _is_written(self, world: Snapshot, written: Mapping[str, bytes | None]) -> bool:
        return all(self._written(world, name) == content for name, content in written.items())

    def _load(self, world: Snapshot) -> Force:
        own = self.config_file or config.NAME
        written = {own: self._written(world, own)}

        def read(name: str) -> bytes:
            written[name] = self._written(world, name)
            return written[name] or inforce.recorded(world, name)

        settings = inforce.config_of(world) if self.config_file is None else config.load(self.root, self.config_file)
        return Force(settings, *inforce.rules_of(self.root, settings, read), written)

    def _written(self, world: Snapshot, name: str) -> bytes | None:
        """The content of a file, as it is open or on disk, where no source has it."""
        content = snapshot.content(world, name)
        try:
            return content if content is not None else packs.on_disk(self.root)(name)
        except OSError:
            return None

    def _with_good_waivers(self, world: Snapshot) -> tuple[Snapshot, list[Trouble]]:
        """The files with the last waivers that could be read."""
        try:
            inforce.refuse_wrong_files(world)
        except UserError as error:
            good = b"version: 1\nwaivers: []\n" if self.waivers is None else self.waivers
            return snapshot.overlaid(world, {WAIVERS: good}), _troubles(error, world)
        self.waivers = snapshot.content(world, WAIVERS)
        return world, []

    def _forget(self, paths: Mapping[str, str], number: int) -> None:
        """Drops what was remembered of states that are long gone."""
        results = self.memory.results
        if len(results) > 3 * number + 1_000:
            results.clear()
        for path in paths:
            former = [key for key in results if key[0] == path]
            for key in former[:-_KEPT]:
                del results[key]


def _default() -> Force:
    """What is in force where nothing is written, or nothing that was ever good."""
    return Force(Config(), *inforce.rules_of("", Config(), _nothing), {})


def _nothing(name: str) -> bytes:
    raise FileNotFoundError(name)


def _troubles(error: UserError, world: Snapshot) -> list[Trouble]:
    """A user's mistake as places of files; of the configuration where it names none."""
    return [_trouble(line, world) for line in str(error).splitlines()]


def _trouble(line: str, world: Snapshot) -> Trouble:
    found = _PLACED.fullmatch(line)
    if found is None or found["path"] not in world.paths:
        path = WAIVERS if line.startswith(f"{WAIVERS}:") else config.NAME
        return Trouble(path, Span(0, 0), line, "")
    lines = Lines(decode(snapshot.content(world, found["path"]) or b"")[0])
    start = lines.offset(int(found["line"]), int(found["column"]))
    return Trouble(found["path"], _rest_of_line(lines.text, start), found["words"], lines.text)


def _rest_of_line(text: str, start: int) -> Span:
    found = re.compile(r"[^\r\n]*").match(text, start)
    return Span(start, found.end() if found else start)
