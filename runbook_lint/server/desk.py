"""What is open in the editor, and the runs that follow every change of it: one at a time for each repository, off the
event loop, and never an older result over a newer one. No repository waits for another."""

import asyncio
import datetime
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from runbook_lint import config, documents, git
from runbook_lint.server import background
from runbook_lint.server.places import path_of
from runbook_lint.server.project import Diagnosis, Project

# So many seconds nobody writes on before a run is worth while.
PAUSE = 0.2


class Home(NamedTuple):
    """What a file is judged with: its repository, or it alone, where ``alone`` is its name in the folder ``root``."""

    root: str
    alone: str = ""


class Document(NamedTuple):
    """A file that is open: its repository, its path there, its text, and the editor's name and number for it."""

    home: Home
    path: str
    text: str
    uri: str
    version: int | None


class Outcome(NamedTuple):
    """What a run found, where, and which states of which open files it saw."""

    home: Home
    diagnosis: Diagnosis
    seen: Mapping[str, Document]


class Work:
    """The runs over one repository. ``wanted`` counts its changes, ``done`` those that the last run saw."""

    def __init__(self, home: Home, project: Project) -> None:
        self.home = home
        self.project = project
        self.wanted = 0
        self.done = 0
        self.hurry = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.outcome: Outcome | None = None


class Desk:
    """All that is open, by the editor's name, and the work on each repository."""

    def __init__(
        self,
        clock: Callable[[], datetime.date],
        config_file: str | None,
        publish: Callable[[Outcome], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.clock = clock
        self.config_file = config_file
        self.publish = publish
        self.failed = failed
        self.folders: list[str] = []
        self.documents: dict[str, Document] = {}
        self.works: dict[Home, Work] = {}

    def put(self, uri: str, text: str, version: int | None) -> None:
        """A file was opened or altered."""
        full = path_of(uri)
        if full:
            home = self.home_of(full)
            path = os.path.relpath(full, home.root).replace(os.sep, "/")
            self.documents[uri] = Document(home, path, text, uri, version)
            self.touch(home)

    def drop(self, uri: str) -> None:
        """A file was closed: what counts is what is on disk."""
        document = self.documents.pop(uri, None)
        if document is not None:
            self.touch(document.home)

    def changed(self, uri: str, *, gone: bool = False) -> None:
        """A file on disk was altered by somebody else; or ``gone``, as a folder may be."""
        full = path_of(uri)
        for home in list(self.works):
            inside = full and _below(full, home.root) and not home.alone and any(self.of(home))
            if inside and not (gone and self._unknown(home, full)):
                self.touch(home)

    def _unknown(self, home: Home, full: str) -> bool:
        """Whether something that is gone was none of the repository's files and folders."""
        outcome = self.works[home].outcome
        path = os.path.relpath(full, home.root).replace(os.sep, "/")
        return outcome is not None and path not in outcome.diagnosis.world.paths and not documents.may_be(path)

    def home_of(self, full: str) -> Home:
        """The repository around a file; else the folder of the editor that has it, else the file alone: what happens to
        stand beside it, in a home folder for one, is nobody's repository."""
        folder = os.path.dirname(full)
        while not os.path.isdir(folder):
            folder = os.path.dirname(folder)
        found = git.find_root(folder, config.NAME)
        around = found or max((each for each in self.folders if _below(full, each)), key=len, default="")
        return Home(around) if around else Home(*os.path.split(full))

    def of(self, home: Home) -> Iterator[Document]:
        """The open files of a repository."""
        return (document for document in self.documents.values() if document.home == home)

    def touch(self, home: Home) -> None:
        """Something changed in a repository: judge it, once nobody writes any more."""
        work = self.works.setdefault(home, Work(home, Project(*home, self.config_file)))
        work.wanted += 1
        if work.task is None or work.task.done():
            work.task = asyncio.get_running_loop().create_task(self._follow(work))

    async def current(self, uri: str) -> Outcome | None:
        """What is known of the file as it is now; None where nothing is."""
        document = self.documents.get(uri)
        work = self.works.get(document.home) if document is not None else None
        if work is None:
            return None
        while work.done != work.wanted and work.task is not None and not work.task.done():
            work.hurry.set()
            await asyncio.shield(work.task)
        return work.outcome

    async def recent(self, uri: str) -> Outcome | None:
        """What is known of the file's repository, perhaps from before the last letter."""
        document = self.documents.get(uri)
        work = self.works.get(document.home) if document is not None else None
        return work.outcome if work is not None and work.outcome is not None else await self.current(uri)

    async def _follow(self, work: Work) -> None:
        """Runs until nothing has changed since the last run began."""
        while work.done != work.wanted:
            if await self._is_writing(work):
                continue
            goal = work.wanted
            seen = {document.path: document for document in self.of(work.home)}
            await self._run(work, seen, goal)

    async def _is_writing(self, work: Work) -> bool:
        """Whether somebody wrote on while we paused; nobody pauses where an answer is waited for."""
        goal = work.wanted
        try:
            await asyncio.wait_for(work.hurry.wait(), PAUSE)
        except TimeoutError:
            return work.wanted != goal
        work.hurry.clear()
        return False

    async def _run(self, work: Work, seen: Mapping[str, Document], goal: int) -> None:
        texts = {path: document.text for path, document in seen.items()}
        try:
            diagnosis = await background.done(partial(work.project.diagnose, texts, self.clock()))
            work.outcome = Outcome(work.home, diagnosis, seen)
            if goal == work.wanted:
                self.publish(work.outcome)
        except Exception as error:
            self.failed(error)
        work.done = goal


def _below(full: str, folder: str) -> bool:
    return (full + os.sep).startswith(folder.rstrip(os.sep) + os.sep)
