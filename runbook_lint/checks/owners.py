"""Checks of who answers: the roster and CODEOWNERS."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from runbook_lint import globs
from runbook_lint.checks import targets
from runbook_lint.model import Estate, Item, Problem, Value


def _people(value: Value | None) -> list[str]:
    if value is None or value.value is None:
        return []
    listed = value.value if isinstance(value.value, list) else [value]
    return [str(each.value).strip() for each in listed if str(each.value or "").strip()]


def have_a_backup(item: Item, value: Value | None) -> Iterator[Problem]:
    """A team has somebody who stands in, and that is somebody else."""
    backup = _people(value)
    if not backup:
        yield Problem()
    elif value is not None and set(backup) <= set(_people(item.fields.get("primary"))):
        yield Problem(value.span, {"backup": backup[0]}, "same")


def be_in_the_roster(estate: Estate) -> Iterator[Problem]:
    """An entry's owner is a team of the roster, once there is one."""
    teams = [team.key for team in estate.all("team")]
    if not teams:
        return
    for entry in estate.all("entry"):
        owner = entry.fields.get("owner_team")
        name = entry.text("owner_team")
        if owner is not None and name and name not in teams:
            near = get_close_matches(name, teams, 1)
            yield Problem(
                owner.span, {"owner": name, "near": near[0] if near else ""}, "near" if near else "", item=entry
            )


def be_owned_by_its_team(estate: Estate, *, url_prefixes: Mapping[str, str]) -> Iterator[Problem]:
    """CODEOWNERS gives a runbook to the team that the catalog names, once there is a CODEOWNERS file."""
    lines = list(reversed(estate.all("codeowner")))
    if not lines:
        return
    aliases = {team.key: _people(team.fields.get("codeowners")) for team in estate.all("team")}
    for entry in estate.all("entry"):
        path = targets.existing(targets.of_entry(entry, url_prefixes, estate).path, estate)
        team, value = entry.text("owner_team"), entry.fields.get("owner_team")
        if not path or not team or value is None:
            continue
        owners = _owners(path, lines)
        if not any(_agrees(owner, team, aliases.get(team, ())) for owner in owners):
            words = {"path": path, "team": team, "owners": ", ".join(owners)}
            yield Problem(value.span, words, "" if owners else "unowned", item=entry)


def _owners(path: str, lines: Sequence[Item]) -> tuple[str, ...]:
    for line in lines:
        if globs.compiled_owner(line.text("pattern")).fullmatch(path):
            owners: tuple[str, ...] = line.raw("owners", ())
            return owners
    return ()


def _agrees(owner: str, team: str, aliases: Sequence[str]) -> bool:
    """``@org/team``, ``@team`` and ``team@example.com`` all mean the team; so does what the roster says."""
    return owner in aliases or _slug(owner) == _slug(team)


def _slug(owner: str) -> str:
    name = owner.rpartition("/")[2].removeprefix("@").partition("@")[0]
    return re.sub(r"[-_ ]+", "-", name.casefold()).removesuffix("-team").removeprefix("team-")
