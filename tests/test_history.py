"""Two hundred commits that keep promises and break them at random: the gate says of each what a plain model says.

The model knows what no reader of files can know for certain, which runbook is which; the gate has to find it out.
"""

import datetime
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from conftest import change_to, commit

from runbook_lint import engine, rulebook, snapshot
from runbook_lint.config import Config

COMMITS = 200
DAY = datetime.date(2026, 3, 1)
RULES = ["change/id-kept", "change/id-renamed", "change/id-reused"]
CATALOGS = ("a.runbooks.catalog.json", "ops/b.runbooks.catalog.json")


@dataclass(frozen=True)
class Entry:
    """An entry of a catalog; ``runbook`` is the number of the runbook that it names."""

    id: str
    runbook: int
    catalog: str = CATALOGS[0]
    retired: bool = False
    aliases: tuple[str, ...] = ()


@dataclass
class World:
    """A repository: entries, where each runbook lies and what it says, and the catalogs that cannot be read."""

    entries: list[Entry] = field(default_factory=list)
    paths: dict[int, str] = field(default_factory=dict)
    texts: dict[int, list[str]] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()

    def copy(self) -> "World":
        texts = {number: list(lines) for number, lines in self.texts.items()}
        return World(list(self.entries), dict(self.paths), texts)

    def names(self) -> dict[str, tuple[int, str, str]]:
        """Every id and alias: the runbook, whether it is an ``id``, an ``alias`` or ``retired``, and the catalog."""
        found: dict[str, tuple[int, str, str]] = {}
        for entry in self.entries:
            if entry.catalog not in self.broken:
                roles = [(entry.id, "id"), *((alias, "alias") for alias in entry.aliases)]
                for name, role in roles:
                    found[name] = (entry.runbook, "retired" if entry.retired else role, entry.catalog)
        return found

    def files(self) -> dict[str, str]:
        files = {path: "\n".join(self.texts[number]) + "\n" for number, path in self.paths.items()}
        for catalog in {entry.catalog for entry in self.entries} | self.broken:
            entries = [_json(entry, self) for entry in self.entries if entry.catalog == catalog]
            files[catalog] = json.dumps(entries, indent=1)[: -2 if catalog in self.broken else None]
        return files or {"README.md": "# Nothing yet\n"}


def _json(entry: Entry, world: World) -> Mapping[str, object]:
    status = {"status": "retired"} if entry.retired else {}
    url = world.paths.get(entry.runbook, f"gone/{entry.runbook}.md")
    return {"id": entry.id, "title": f"Runbook {entry.runbook}", "url": url, "aliases": list(entry.aliases), **status}


# --- the model: the promises in plain words ---------------------------------------------------------------------------


def promises(before: World, after: World, used: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Which promises a change breaks: the rule and the name. ``used`` is the last runbook of every name that ever
    was."""
    was, now = before.names(), after.names()
    # A catalog that is new and broken may hold whatever was in another one.
    unseen = bool(after.broken - set(before.files()))
    files = after.files()
    for name, (runbook, role, catalog) in was.items():
        if name not in now:
            if (unseen and catalog not in files) or catalog in after.broken:
                continue
            renamed = any(to == runbook and kind == "id" and new not in was for new, (to, kind, _) in now.items())
            yield ("change/id-renamed" if renamed else "change/id-kept"), name
            continue
        to, kind, _ = now[name]
        if kind == "retired" or to == runbook:
            continue
        if role == "retired" or (kind == "id" and role == "alias"):
            yield "change/id-reused", name
        else:
            # An alias may lead elsewhere once its runbook is no more.
            if kind == "id" or runbook in after.paths:
                yield "change/id-kept", name
    for name, (to, kind, _) in now.items():
        if name not in was and kind != "retired" and used.get(name, to) != to:
            yield "change/id-reused", name


# --- what people do ---------------------------------------------------------------------------------------------------


class People:
    """Changes a world at random; each method is one kind of change, honest or not."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.runbooks = 0
        self.ids = 0

    def change(self, world: World) -> World:
        """The next state of a world."""
        world = world.copy()
        live = [entry for entry in world.entries if not entry.retired]
        if len(live) < 4:
            self.add(world)
            self.add(world)
        for _ in range(self.random.choice((1, 1, 2, 3))):
            self.random.choice((
                self.add, self.edit, self.move, self.move_and_edit, self.retire, self.revive, self.delete,
                self.delete_with_file, self.repoint, self.rename, self.rename_with_alias, self.reuse, self.drop_alias,
                self.carry_over, self.merge, self.lose_catalog, self.damage,
            ))(world)  # fmt: skip
        return world

    def live(self, world: World) -> list[Entry]:
        return [entry for entry in world.entries if not entry.retired and entry.runbook in world.paths]

    def pick(self, world: World) -> Entry | None:
        live = self.live(world)
        return self.random.choice(live) if live else None

    def put(self, world: World, old: Entry, *new: Entry) -> None:
        at = world.entries.index(old)
        world.entries[at : at + 1] = new

    def words(self) -> str:
        return " ".join("".join(self.random.choices("abcdefghij", k=6)) for _ in range(6))

    def write(self, world: World) -> int:
        self.runbooks += 1
        world.texts[self.runbooks] = [f"# {self.words()}", *(self.words() for _ in range(12))]
        world.paths[self.runbooks] = f"runbooks/{self.runbooks}.md"
        return self.runbooks

    def new_id(self) -> str:
        self.ids += 1
        return f"ops.number.n{self.ids}x"

    def add(self, world: World) -> None:
        runbook = self.write(world)
        world.entries.append(Entry(self.new_id(), runbook, self.random.choice(CATALOGS)))

    def edit(self, world: World) -> None:
        entry = self.pick(world)
        if entry:
            lines = world.texts[entry.runbook]
            lines[self.random.randrange(1, len(lines))] = self.words()

    def move(self, world: World) -> None:
        entry = self.pick(world)
        if entry:
            world.paths[entry.runbook] = f"moved/{self.random.randrange(10**6)}/{entry.runbook}.md"

    def move_and_edit(self, world: World) -> None:
        self.move(world)
        self.edit(world)

    def retire(self, world: World) -> None:
        entry = self.pick(world)
        if entry:
            self.put(world, entry, replace(entry, retired=True))

    def revive(self, world: World) -> None:
        for entry in world.entries:
            if entry.retired and entry.runbook in world.paths:
                self.put(world, entry, replace(entry, retired=False))
                return

    def delete(self, world: World) -> None:
        entry = self.pick(world)
        if entry:
            world.entries.remove(entry)

    def delete_with_file(self, world: World) -> None:
        entry = self.pick(world)
        if entry:
            world.entries.remove(entry)
            if not any(other.runbook == entry.runbook for other in world.entries):
                del world.paths[entry.runbook]

    def repoint(self, world: World) -> None:
        entry, other = self.pick(world), self.pick(world)
        if entry and other:
            self.put(world, entry, replace(entry, runbook=other.runbook))

    def rename(self, world: World) -> None:
        entry = self.pick(world)
        if entry:
            self.put(world, entry, replace(entry, id=self.new_id()))

    def rename_with_alias(self, world: World) -> None:
        entry = self.pick(world)
        if entry:
            self.put(world, entry, replace(entry, id=self.new_id(), aliases=(*entry.aliases, entry.id)))

    def reuse(self, world: World) -> None:
        taken = world.names()
        free = [f"ops.number.n{number}x" for number in range(1, self.ids + 1)]
        free = [name for name in free if taken.get(name, (0, "", ""))[1] in ("", "retired", "alias")]
        if free:
            name = self.random.choice(free)
            world.entries = [
                replace(entry, aliases=tuple(alias for alias in entry.aliases if alias != name))
                for entry in world.entries
                if entry.id != name
            ]
            world.entries.append(Entry(name, self.write(world), self.random.choice(CATALOGS)))

    def drop_alias(self, world: World) -> None:
        for entry in world.entries:
            if entry.aliases:
                self.put(world, entry, replace(entry, aliases=entry.aliases[:-1]))
                return

    def carry_over(self, world: World) -> None:
        entry = self.pick(world)
        if entry:
            self.put(world, entry, replace(entry, catalog=self.random.choice(CATALOGS)))

    def merge(self, world: World) -> None:
        """One runbook goes into another one, whose entry takes its names; sometimes its file stays behind."""
        one, other = self.pick(world), self.pick(world)
        if one and other and one.runbook != other.runbook:
            world.entries.remove(one)
            self.put(world, other, replace(other, aliases=(*other.aliases, one.id, *one.aliases)))
            if not any(entry.runbook == one.runbook for entry in world.entries):
                del world.paths[one.runbook]

    def lose_catalog(self, world: World) -> None:
        if self.random.random() < 0.2:
            world.entries = [entry for entry in world.entries if entry.catalog != CATALOGS[1]]

    def damage(self, world: World) -> None:
        if self.random.random() < 0.5:
            world.broken = frozenset({self.random.choice(CATALOGS)})


# --- the gate ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [20261121])
def test_the_gate_agrees_with_the_model(tmp_path: Path, seed: int) -> None:
    people, before, used = People(seed), World(), dict[str, int]()
    rules = rulebook.load("", Config(), RULES)
    change_to(tmp_path, before.files())
    commit(tmp_path)
    broken = dict.fromkeys(RULES, 0)
    for number in range(COMMITS):
        after = people.change(before)
        change_to(tmp_path, after.files())
        began = snapshot.base(str(tmp_path), "HEAD")
        report = engine.run(
            snapshot.working_tree(str(tmp_path)), Config(), rules, DAY, base=engine.Base(began, Config())
        )
        expected = sorted(promises(before, after, used))
        assert sorted((each.rule, each.subject) for each in report.findings) == expected, f"commit {number}"
        for rule, _ in expected:
            broken[rule] += 1
        commit(tmp_path, f"change {number}")
        used |= {name: runbook for name, (runbook, _, _) in after.names().items()}
        before = after
    # The history is worth its time only when every promise was broken often.
    assert min(broken.values()) >= 10
