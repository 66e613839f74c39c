"""Checks of who answers: the roster and CODEOWNERS."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from runbook_lint import globs
from runbook_lint.checks import spelling, targets
from runbook_lint.documents import CODEOWNERS, templates
from runbook_lint.model import Estate, Item, Problem, Value

# Near misses are looked for only so often.
_HINTS = 50


def people(value: Value | None) -> list[str]:
    """The names that stand there, one or a list; of a mapping its ``name``. What is no text names nobody."""
    if value is None:
        return []
    listed = value.value if isinstance(value.value, list) else [value]
    return [name for each in listed if not templates.is_placeholder(name := _named(each))]


def _named(value: Value) -> str:
    said = value.value.get("name") if isinstance(value.value, Mapping) else value
    return said.value.strip() if said is not None and isinstance(said.value, str) else ""


def have_a_backup(item: Item, value: Value | None) -> Iterator[Problem]:
    """A team has somebody who stands in, and that is somebody else."""
    backup = people(value)
    if not backup:
        yield Problem()
    elif value is not None and set(backup) <= set(people(item.fields.get("primary"))):
        yield Problem(value.span, {"backup": backup[0]}, "same")


def be_in_the_roster(estate: Estate) -> Iterator[Problem]:
    """An entry's owner is a team of the roster, once there is one."""
    teams = {team.key: "" for team in estate.all("team")}
    if not teams:
        return
    hints: dict[str, str] = {}
    for entry in estate.all("entry"):
        owner = entry.fields.get("owner_team")
        name = entry.text("owner_team")
        if owner is None or not name or name in teams:
            continue
        if name not in hints and len(hints) < _HINTS:
            hints[name] = spelling.nearest(name, teams)
        near = hints.get(name, "")
        yield Problem(owner.span, {"owner": name, "near": near}, "near" if near else "", item=entry)


def be_owned_by_its_team(estate: Estate, *, url_prefixes: Mapping[str, str]) -> Iterator[Problem]:
    """CODEOWNERS gives a runbook to the team that the catalog names, once there is a CODEOWNERS file."""
    lines = estate.all("codeowner")
    if not lines:
        return
    owners_of = cache(codeowners(lines))
    aliases = {team.key: people(team.fields.get("codeowners")) for team in estate.all("team")}
    leads = targets.leads(estate, url_prefixes)
    for entry in estate.all("entry"):
        path = leads[entry].file
        team, value = entry.text("owner_team"), entry.fields.get("owner_team")
        # A team that the roster does not have is said there.
        if not path or not team or value is None or (aliases and team not in aliases):
            continue
        owners = owners_of(path)
        if not any(agrees(owner, team, aliases.get(team, ())) for owner in owners):
            words = {"path": path, "team": team, "owners": ", ".join(owners)}
            yield Problem(value.span, words, "" if owners else "unowned", item=entry)


def codeowners(lines: Sequence[Item]) -> Callable[[str], tuple[str, ...]]:
    """A function path -> owners, by all sections of the first CODEOWNERS file that counts; nobody without any."""
    paths = [line.path for line in lines]
    first = next((path for path in CODEOWNERS if path in paths), paths[0] if paths else "")
    by_section: dict[str, list[Item]] = {}
    for line in lines:
        if line.path == first:
            by_section.setdefault(line.text("section"), []).append(line)
    sections = [_owners(section) for section in by_section.values()]
    return lambda path: tuple(owner for owners_of in sections for owner in owners_of(path))


def _owners(lines: Sequence[Item]) -> Callable[[str], tuple[str, ...]]:
    """path -> owners by the lines of one section: the last that matches wins. Those that mean one path, as most do, are
    looked up."""
    exact: dict[str, int] = {}
    below: dict[str, int] = {}
    others: list[tuple[int, str]] = []
    for rank, pattern in enumerate(line.text("pattern") for line in lines):
        path = globs.literal(pattern)
        if not path:
            others.append((rank, pattern))
            continue
        below[path] = rank
        if not pattern.endswith("/"):
            exact[path] = rank
    last = _last(others)

    def of(path: str) -> tuple[str, ...]:
        ranks = [exact.get(path, -1), last(path), *(below.get(path[:at], -1) for at in _slashes(path))]
        owners: tuple[str, ...] = lines[max(ranks)].raw("owners", ()) if max(ranks) >= 0 else ()
        return owners

    return of


def _slashes(path: str) -> Iterator[int]:
    return (at for at, letter in enumerate(path) if letter == "/")


def _last(patterns: Sequence[tuple[int, str]]) -> Callable[[str], int]:
    """path -> rank of the last pattern that matches, -1 without any: one expression tries them backwards."""
    backwards = patterns[::-1]
    expression = re.compile("|".join(f"({globs.owner(pattern)})" for _, pattern in backwards), re.S)

    def rank(path: str) -> int:
        found = expression.fullmatch(path)
        return backwards[found.lastindex - 1][0] if found and found.lastindex else -1

    return rank


def agrees(owner: str, team: str, aliases: Sequence[str]) -> bool:
    """``@org/team``, ``@team`` and ``team@example.com`` all mean the team; so does what the roster says."""
    return owner in aliases or slug(owner) == slug(team)


@lru_cache(maxsize=1024)
def slug(owner: str) -> str:
    name = owner.rpartition("/")[2].removeprefix("@").partition("@")[0]
    return re.sub(r"[-_ ]+", "-", name.casefold()).removesuffix("-team").removeprefix("team-")
