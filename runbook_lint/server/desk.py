"""What is open in the editor, and the runs that follow every change of it: one at a time for each repository, off the
event loop, and never an older result over a newer one."""

import asyncio
import datetime
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from runbook_lint import config, snapshot
from runbook_lint.server.places import path_of
from runbook_lint.server.project import Diagnosis, Project

# So many seconds nobody writes on before a run is worth while.
PAUSE = 0.2


class Document(NamedTuple):
    """A file that is open: its repository, its path there, its text, and the editor's name and number for it."""

    root: str
    path: str
    text: str
    uri: str
    version: int | None


class Outcome(NamedTuple):
    """What a run found, and which states of which open files it saw."""

    diagnosis: Diagnosis
    seen: Mapping[str, Document]


class Work:
    """The runs over one repository. ``wanted`` counts its changes, ``done`` those that the last run saw."""

    def __init__(self, project: Project) -> None:
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
        self.works: dict[str, Work] = {}
        self.pool = ThreadPoolExecutor(1)

    def put(self, uri: str, text: str, version: int | None) -> None:
        """A file was opened or altered."""
        full = path_of(uri)
        if full:
            root = self.root_of(full)
            path = os.path.relpath(full, root).replace(os.sep, "/")
            self.documents[uri] = Document(root, path, text, uri, version)
            self.touch(root)

    def drop(self, uri: str) -> None:
        """A file was closed: what counts is what is on disk."""
        document = self.documents.pop(uri, None)
        if document is not None:
            self.touch(document.root)

    def changed(self, uri: str) -> None:
        """A file on disk was altered by somebody else."""
        full = path_of(uri)
        for root in list(self.works):
            inside = full and (full + os.sep).startswith(root.rstrip(os.sep) + os.sep)
            if inside and any(self.of(root)):
                self.touch(root)

    def root_of(self, full: str) -> str:
        """The repository around a file; else the folder of the editor that has it, else its own folder."""
        folder = os.path.dirname(full)
        while not os.path.isdir(folder):
            folder = os.path.dirname(folder)
        found = snapshot.find_root(folder, config.NAME)
        around = (each for each in self.folders if (full + os.sep).startswith(each.rstrip(os.sep) + os.sep))
        return found or max(around, key=len, default=folder)

    def of(self, root: str) -> Iterator[Document]:
        """The open files of a repository."""
        return (document for document in self.documents.values() if document.root == root)

    def touch(self, root: str) -> None:
        """Something changed in a repository: judge it, once nobody writes any more."""
        work = self.works.setdefault(root, Work(Project(root, self.config_file)))
        work.wanted += 1
        if work.task is None or work.task.done():
            work.task = asyncio.get_running_loop().create_task(self._follow(work))

    async def current(self, uri: str) -> Outcome | None:
        """What is known of the file as it is now; None where nothing is."""
        document = self.documents.get(uri)
        work = self.works.get(document.root) if document is not None else None
        if work is None:
            return None
        while work.done != work.wanted and work.task is not None and not work.task.done():
            work.hurry.set()
            await asyncio.shield(work.task)
        return work.outcome

    async def recent(self, uri: str) -> Outcome | None:
        """What is known of the file's repository, perhaps from before the last letter."""
        document = self.documents.get(uri)
        work = self.works.get(document.root) if document is not None else None
        return work.outcome if work is not None and work.outcome is not None else await self.current(uri)

    async def _follow(self, work: Work) -> None:
        """Runs until nothing has changed since the last run began."""
        while work.done != work.wanted:
            if await self._is_writing(work):
                continue
            goal = work.wanted
            seen = {document.path: document for document in self.of(work.project.root)}
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
            loop = asyncio.get_running_loop()
            diagnosis = await loop.run_in_executor(self.pool, work.project.diagnose, texts, self.clock())
            work.outcome = Outcome(diagnosis, seen)
            if goal == work.wanted:
                self.publish(work.outcome)
        except Exception as error:
            self.failed(error)
        work.done = goal
