"""A repository of any size, as the benchmarks and whoever wants to try a large one need it.

    python benchmarks/corpus.py FOLDER [ENTRIES] [COMMITS]

Writes a catalog of so many entries (1,000), a runbook of about four kilobytes for each and for a tenth more that no
entry names, four alerts an entry, a roster, owners of folders, and a history of so many commits (0: one with
everything) over the two years before 2026-03-01: runbooks and rules are edited, and reviews stamped, as people do.
Some of it is wrong: about 2,800 findings in a thousand entries, of most families. The same numbers give the same
repository, to the commit's id. What looks like a secret is made up while the files are written.
"""

import datetime
import json
import random
import string
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

DAY = datetime.date(2026, 3, 1)
CATALOG = "runbooks.catalog.json"
TEAMS = ("storage", "payments", "search", "platform", "identity", "edge")
PEOPLE = ("Ada Lovelace", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov", "Leslie Lamport")
_YEARS = 730
_STAMPS, _RULES = 0.25, 0.4

_THINGS = ("checkout", "ledger", "ingest", "mailer", "quota", "session", "index", "gateway", "scheduler", "billing")
_FAULTS = ("backlog", "latency", "errors", "saturation", "lag", "restarts", "timeouts", "evictions")
_SUBJECTS = (
    *("The leader", "A replica", "The consumer group", "The connection pool", "The oldest shard", "The write path"),
    *("The retry queue", "The cache", "Every worker of the zone", "The last release", "The load balancer"),
)
_VERBS = (
    *("falls behind", "is restarted by its probe", "runs out of memory", "waits for a lock", "drops requests"),
    *("answers slower than its objective", "has lost its lease", "is drained", "refuses new connections"),
)
_REASONS = (
    *(
        "while a volume is being resized",
        "after a failover",
        "when two deployments overlap",
        "during the nightly batch",
    ),
    *("because the certificate was not renewed", "as soon as one zone is gone", "until the backlog is worked off"),
)
_STEPS = (
    *("Look at the graph of the last six hours", "Compare the version with that of the other zone", "Drain the node"),
    *("Ask the owner whether a migration is under way", "Scale the workers up by two", "Take a heap dump"),
    *("Read the last hundred lines of the log", "Move the leader to another zone", "Roll the last release back"),
)
_COMMANDS = (
    "kubectl -n {name} get pods -l app={name}\nkubectl -n {name} logs deploy/{name} --since=15m | grep -i error",
    "kubectl -n {name} rollout history deploy/{name}\nkubectl -n {name} rollout undo deploy/{name}",
    'psql "$DATABASE_URL" -c "select state, count(*) from pg_stat_activity group by 1"',
    "curl -fsS https://{name}.example.com/healthz | jq .status",
    "kubectl -n {name} scale deploy/{name} --replicas=6",
)
_EXPRESSIONS = (
    'sum by (instance) (rate({metric}_errors_total{{service="{name}"}}[5m])) > {limit}',
    'histogram_quantile(0.99, sum by (le) (rate({metric}_seconds_bucket{{service="{name}"}}[5m]))) > {limit}',
    'max_over_time({metric}_queue_length{{service="{name}",zone=~"a|b"}}[10m]) > {limit}00',
    'absent(up{{job="{name}"}} == 1) or sum(up{{job="{name}"}}) < {limit}',
    '1 - (sum(rate({metric}_ok_total{{service="{name}"}}[1h])) / sum(rate({metric}_total[1h]))) > 0.0{limit}',
    'predict_linear({metric}_bytes{{service="{name}"}}[6h], 4 * 3600) < 0 unless on (service) maintenance == {limit}',
)


def main(arguments: list[str]) -> int:
    """Write the repository."""
    folder, *numbers = arguments
    make(Path(folder), *map(int, numbers))
    return 0


def make(folder: Path, entries: int = 1000, commits: int = 0) -> None:
    """The repository, committed; with a history where commits are asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "-C", str(folder), "init", "-q", "-b", "main"], check=True)
    stream = b"".join(_stream(entries, commits))
    subprocess.run(["git", "-C", str(folder), "fast-import", "--quiet"], input=stream, check=True)
    subprocess.run(["git", "-C", str(folder), "reset", "-q", "--hard"], check=True)


def files(entries: int, chance: random.Random) -> dict[str, str]:
    """All files, as they are at first."""
    found = {
        CATALOG: catalog([entry(index, DAY - datetime.timedelta(days=index * 7 % 110)) for index in range(entries)]),
        "ops/oncall.yaml": "teams:\n" + "".join(f"  {team}: {{primary: ada, backup: grace}}\n" for team in TEAMS),
        ".github/CODEOWNERS": _codeowners(entries),
        "db/seeds/base.sql": "select 1;\n",
        "README.md": "# Operations\n\nAll runbooks are in [runbooks](runbooks).\n",
    }
    for index in range(entries + entries // 10):
        found[f"runbooks/{index}.md"] = runbook(index, entries, chance)
    for index in range(entries):
        found[f"alerts/{index}.yaml"] = alerts(index)
    return found


def _codeowners(entries: int) -> str:
    """All teams own the folder; some runbooks are given to another team than the catalog gives them to."""
    others = "".join(f"/runbooks/{index}.md @example/night-shift\n" for index in range(7, entries, 20))
    return "/runbooks/ " + " ".join(f"@example/{team}" for team in TEAMS) + "\n" + others


def catalog(entries: list[dict[str, object]]) -> str:
    """The catalog's text."""
    return json.dumps({"version": 1, "runbooks": entries}, indent=2) + "\n"


def entry(index: int, reviewed: datetime.date) -> dict[str, object]:
    """A catalog entry. Some name a team or a file that nobody has, some another title than the runbook."""
    team = "night shift" if index % 60 == 17 else TEAMS[index % len(TEAMS)]
    file = f"runbooks/{'gone-' if index % 90 == 31 else ''}{index}.md"
    title = f"{_title(index)} again" if index % 11 == 5 else _title(index)
    about = {"title": title, "severity_hint": _severity(index), "owner_team": team}
    return {"id": _id(index), **about, "last_reviewed_at": str(reviewed), "url": file, "signals": []}


def runbook(index: int, entries: int, chance: random.Random) -> str:
    """About four kilobytes of markdown: front matter for every third, prose, lists, fences, a table, links."""
    name = _name(index)
    title = _title(index) if index % 300 == 99 else f'"{_title(index)}"'
    matter = f"---\ntitle: {title}\nowner: {TEAMS[index % len(TEAMS)]}\n---\n\n" if index % 3 == 0 else ""
    meaning = f"{_prose(chance, 4)}\n\nIt is fed by [{_title(index + 1)}]({(index + 1) % max(1, entries)}.md#impact)."
    impact = "\n".join(f"- **{chance.choice(_THINGS)}**: {_sentence(chance)}" for _ in range(5))
    diagnosis = "\n\n".join(_step(number, name, chance) for number in range(1, 6))
    query = f"```promql\n{_expression(index, index % len(_EXPRESSIONS), 0)}\n```"
    parts = {
        "Meaning": f"{meaning}{_faults(index)}",
        "Impact": f"{impact}\n\n{_table(index, chance)}",
        "Diagnosis": f"{diagnosis}\n\nThe expression of the alert:\n\n{query}\n\n{_prose(chance, 3)}",
        "Mitigation": "\n\n".join(_step(number, name, chance) for number in range(1, 5)) + f"\n\n{_prose(chance, 3)}",
        "Escalation": "" if index % 14 == 4 else _escalation(index, chance),
    }
    body = "\n\n".join(f"## {title}\n\n{text}".rstrip() for title, text in parts.items())
    seed = "\nIts tables come from `db/seeds/base.sql`.\n" if index % 10 == 0 else ""
    return f"{matter}# {_title(index)}\n\n{_sentence(chance)}\n\n{body}\n{seed}"


def alerts(index: int, limit: int = 0) -> str:
    """Four alert rules and a recorded one. Some lead nowhere, some say another severity than the catalog."""
    name = _name(index)
    record = (
        f"      - record: {_metric(index)}:ok:ratio_rate5m\n        expr: sum(rate({_metric(index)}_ok_total[5m]))\n"
    )
    return f"groups:\n  - name: {name}\n    rules:\n{record}" + "".join(_alert(index, rule, limit) for rule in range(4))


def _alert(index: int, rule: int, limit: int) -> str:
    sev = (_severity(index + 1), _severity(index))[index % 3 != 2]
    word = {"sev1": "critical", "sev2": "warning", "sev3": "info"}[sev]
    known = f"{'ops.nowhere.' if (index, rule % 2) == (index // 40 * 40, 1) else 'ops.service.'}n{index}"
    leads = "" if (index * 4 + rule) % 9 == 6 else f"          runbook_id: {known}\n"
    return (
        f"      - alert: {_name(index).title().replace('-', '')}{_FAULTS[rule].title()}\n"
        f"        expr: |\n          {_expression(index, rule + index, rule + limit)}\n        for: {5 * rule + 5}m\n"
        f"        labels:\n          severity: {word}\n          team: {TEAMS[index % len(TEAMS)]}\n"
        f"        annotations:\n          summary: The {_FAULTS[rule]} of {_name(index)} need somebody\n"
        "          description: |\n"
        "            {{ $labels.instance }} of {{ $labels.service }} is at {{ $value | humanize }} for too long.\n"
        "            Whoever is called looks at the board first, and calls the backup after a while.\n"
        f"          dashboard: https://grafana.example.com/d/{_name(index)}?var-zone=a\n{leads}"
    )


def _name(index: int) -> str:
    return f"{_THINGS[index % len(_THINGS)]}-{index}"


def _title(index: int) -> str:
    return f"{_THINGS[index % len(_THINGS)].title()} {index}: {_FAULTS[index % len(_FAULTS)]} too high"


def _id(index: int) -> str:
    return f"ops.service.n{index}"


def _metric(index: int) -> str:
    return f"{_THINGS[index % len(_THINGS)]}_requests"


def _severity(index: int) -> str:
    return ("sev1", "sev2", "sev2", "sev3")[index % 4]


def _expression(index: int, number: int, limit: int) -> str:
    text = _EXPRESSIONS[number % len(_EXPRESSIONS)]
    return text.format(metric=_metric(index), name=_name(index), limit=limit + 1)


def _sentence(chance: random.Random) -> str:
    return f"{chance.choice(_SUBJECTS)} {chance.choice(_VERBS)} {chance.choice(_REASONS)}."


def _prose(chance: random.Random, sentences: int) -> str:
    return "\n".join(_sentence(chance) for _ in range(sentences))


def _step(number: int, name: str, chance: random.Random) -> str:
    command = chance.choice(_COMMANDS).format(name=name).replace("\n", "\n   ")
    return f"{number}. {chance.choice(_STEPS)}. {_sentence(chance)}\n\n   ```bash\n   {command}\n   ```"


def _table(index: int, chance: random.Random) -> str:
    rows = "".join(f"| {each} | {chance.choice(_VERBS)} | {chance.randrange(5, 90)} min |\n" for each in _FAULTS[:4])
    return f"| signal | then it | within |\n|---|---|---|\n{rows}".rstrip()


def _escalation(index: int, chance: random.Random) -> str:
    contact = "TBD" if index % 6 == 1 else chance.choice(PEOPLE)
    anchor = "first-aid" if index % 9 == 3 else "mitigation"
    first = f"- **Contact**: {contact}, see the [roster](../ops/oncall.yaml)."
    second = f"- After {chance.randrange(10, 60)} minutes: begin again at [the mitigation](#{anchor})."
    return f"{first}\n{second}\n- Board: <https://grafana.example.com/d/{_name(index)}>."


def _faults(index: int) -> str:
    """What is wrong with this runbook, if anything is, besides what its other parts have."""
    found = {
        (6, 2): f"Older notes are in [the archive](archive/{index}.md).",
        (9, 7): "TODO: say what the second alert means.",
        (40, 9): "It is Ada\u00e2\u20ac\u2122s service.",
        (35, 11): "A command\u200b copied from a chat.",
        (45, 13): "Written for ${CLUSTER} on {{ date }}.",
        (90, 20): "The bot signs in with `" + _made_up(index) + "`.",
    }
    return "".join(f"\n\n{text}" for (every, offset), text in found.items() if index % every == offset)


def _made_up(index: int) -> str:
    """A value with the form of a token of GitHub."""
    letters: Sequence[str] = string.ascii_letters + string.digits
    return "ghp" + "_" + "".join(random.Random(index).choices(letters, k=36))


def _stream(entries: int, commits: int) -> Iterator[bytes]:
    """What ``git fast-import`` reads: the first commit and, at equal distances, the others."""
    chance = random.Random(entries)
    texts = files(entries, chance)
    first = DAY - datetime.timedelta(days=_YEARS)
    reviewed = [first] * entries
    if commits:
        texts[CATALOG] = catalog([entry(index, first) for index in range(entries)])
    yield from _commit("everything", first if commits else DAY, chance, texts)
    for number in range(1, commits):
        day = first + datetime.timedelta(days=_YEARS * number // commits)
        yield from _commit(f"change {number}", day, chance, _edits(commits, day, reviewed, texts, chance))


def _edits(
    commits: int, day: datetime.date, reviewed: list[datetime.date], texts: dict[str, str], chance: random.Random
) -> dict[str, str]:
    """What one commit writes: a stamp of some reviews, else an edit of a rule, else of a runbook."""
    luck, entries = chance.random(), len(reviewed)
    index = chance.randrange(entries)
    if luck < _STAMPS:
        # So many that each is stamped about every hundred days.
        for at in chance.sample(range(entries), min(entries, 1 + 8 * 4 * entries // max(1, commits))):
            reviewed[at] = day
        return {CATALOG: catalog([entry(at, reviewed[at]) for at in range(entries)])}
    if luck < _RULES:
        return {f"alerts/{index}.yaml": alerts(index, chance.randrange(1, 9))}
    name = f"runbooks/{index}.md"
    texts[name] += f"\n1. {chance.choice(_STEPS)}. {_sentence(chance)}\n"
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
