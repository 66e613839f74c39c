"""A repository of any size, as the benchmarks and whoever wants to try a large one need it.

    python benchmarks/corpus.py FOLDER [RUNBOOKS] [COMMITS]

Writes so many runbooks (1,000) of about four kilobytes, a catalog with an entry for each, a roster, four alerts a
runbook, and a history of so many commits (0: one with everything) over the two years before 2026-03-01: runbooks and
rules are edited, and reviews stamped, as people do. The same numbers give the same repository.
"""

import datetime
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

DAY = datetime.date(2026, 3, 1)
_YEARS = 730
WORDS = (
    *("volume", "queue", "node", "latency", "replica", "retry", "drain"),
    *("restart", "owner", "graph", "page", "shard", "backlog"),
)
TEAMS = ("storage", "payments", "search", "platform", "identity", "edge")
PEOPLE = ("Ada Lovelace", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov", "Leslie Lamport")
_STAMPS, _RULES = 0.25, 0.4


def main(arguments: list[str]) -> int:
    """Write the repository."""
    folder, *numbers = arguments
    make(Path(folder), *map(int, numbers))
    return 0


def make(folder: Path, runbooks: int = 1000, commits: int = 0) -> None:
    """The repository, committed; with a history where commits are asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "-C", str(folder), "init", "-q", "-b", "main"], check=True)
    stream = b"".join(_stream(runbooks, commits))
    subprocess.run(["git", "-C", str(folder), "fast-import", "--quiet"], input=stream, check=True)
    subprocess.run(["git", "-C", str(folder), "reset", "-q", "--hard"], check=True)


def files(runbooks: int, chance: random.Random) -> dict[str, str]:
    """All files, as they are at first."""
    found = {
        "runbooks.catalog.json": catalog(
            [entry(index, DAY - datetime.timedelta(days=20)) for index in range(runbooks)]
        ),
        "ops/oncall.yaml": "teams:\n" + "".join(f"  {team}: {{primary: ada, backup: grace}}\n" for team in TEAMS),
        "db/seeds/base.sql": "select 1;\n",
    }
    for index in range(runbooks):
        found[f"runbooks/{index}.md"] = runbook(index, chance)
        found[f"alerts/{index}.yaml"] = alerts(index)
    return found


def catalog(entries: list[dict[str, object]]) -> str:
    """The catalog's text."""
    return json.dumps({"version": 1, "runbooks": entries}, indent=2) + "\n"


def entry(index: int, reviewed: datetime.date) -> dict[str, object]:
    """A catalog entry."""
    severity = ("sev1", "sev2", "sev2", "sev3")[index % 4]
    about = {"title": f"Service {index} fails", "severity_hint": severity, "owner_team": TEAMS[index % len(TEAMS)]}
    where = {"last_reviewed_at": str(reviewed), "url": f"runbooks/{index}.md", "signals": []}
    return {"id": f"ops.service.n{index}", **about, **where}


def runbook(index: int, chance: random.Random) -> str:
    """About four kilobytes of markdown."""

    def line() -> str:
        return " ".join(chance.choices(WORDS, k=12))

    parts = [f"# Service {index} fails\n\n{line()}\n"]
    for title in ("Meaning", "Impact", "Diagnosis", "Mitigation"):
        steps = "\n".join(f"{step}. {line()}" for step in range(1, 7))
        parts.append(f"## {title}\n\n{line()}\n\n{steps}\n\n```bash\nkubectl get pods -n {index}\n```\n")
    seed = "Its tables come from `db/seeds/base.sql`.\n" if index % 10 == 0 else ""
    return "\n".join(parts) + seed


def alerts(index: int, limit: int = 0) -> str:
    """Four alert rules."""
    rules = "".join(
        f'      - alert: Service{index}Fails{rule}\n        expr: errors{{service="{index}"}} > {rule + limit}\n'
        f"        labels: {{severity: {'critical' if index % 4 == 0 else 'warning'}}}\n"
        f"        annotations: {{runbook_id: ops.service.n{index}}}\n"
        for rule in range(4)
    )
    return f"groups:\n  - name: service-{index}\n    rules:\n{rules}"


def _stream(runbooks: int, commits: int) -> Iterator[bytes]:
    """What ``git fast-import`` reads: the first commit and, at equal distances, the others."""
    chance = random.Random(runbooks)
    texts = files(runbooks, chance)
    first = DAY - datetime.timedelta(days=_YEARS)
    reviewed = [first] * runbooks
    if commits:
        texts["runbooks.catalog.json"] = catalog([entry(index, first) for index in range(runbooks)])
    yield from _commit("everything", first if commits else DAY, chance, texts)
    for number in range(1, commits):
        day = first + datetime.timedelta(days=_YEARS * number // commits)
        yield from _commit(f"change {number}", day, chance, _edits(runbooks, commits, day, reviewed, texts, chance))


def _edits(
    runbooks: int,
    commits: int,
    day: datetime.date,
    reviewed: list[datetime.date],
    texts: dict[str, str],
    chance: random.Random,
) -> dict[str, str]:
    """What one commit writes: a stamp of some reviews, else an edit of a rule, else of a runbook."""
    luck = chance.random()
    index = chance.randrange(runbooks)
    if luck < _STAMPS:
        # So many that each is stamped about every hundred days.
        for at in chance.sample(range(runbooks), min(runbooks, 1 + 8 * 4 * runbooks // max(1, commits))):
            reviewed[at] = day
        return {"runbooks.catalog.json": catalog([entry(at, reviewed[at]) for at in range(runbooks)])}
    if luck < _RULES:
        return {f"alerts/{index}.yaml": alerts(index, chance.randrange(1, 9))}
    name = f"runbooks/{index}.md"
    texts[name] += f"\n1. {' '.join(chance.choices(WORDS, k=8))}.\n"
    return {name: texts[name]}


def _commit(message: str, day: datetime.date, chance: random.Random, texts: dict[str, str]) -> Iterator[bytes]:
    name = chance.choice(PEOPLE)
    when = int(datetime.datetime.combine(day, datetime.time(12), datetime.UTC).timestamp())
    yield b"commit refs/heads/main\n"
    yield f"committer {name} <{name.split()[0].lower()}@example.com> {when} +0000\n".encode()
    yield b"data %d\n%s\n" % (len(message), message.encode())
    for path, text in texts.items():
        content = text.encode()
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
