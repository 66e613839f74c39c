"""``runbook-lint review``: what has changed since the last review, and the stamp of this one."""

import datetime
from collections.abc import Iterator, Mapping, Sequence

import click

from runbook_lint import documents, engine, findings, fixes, git, inforce, repairs, snapshot
from runbook_lint.checks import targets
from runbook_lint.checks.values import date_of
from runbook_lint.cli import CLEAN, FINDINGS, common, completing, repair
from runbook_lint.cli.patience import patience
from runbook_lint.documents.tree import plain
from runbook_lint.model import Estate, Finding, Item, Repair, Report, Rewrite, Sibling, UserError
from runbook_lint.options import meant
from runbook_lint.reporters.escape import printable

_EPILOG = """\b
Examples:
  runbook-lint review ops.disk.full --by storage
  runbook-lint review ops.disk.full ops.mail.stuck --date 2026-11-02
"""
_DATE = "last_reviewed_at"
_SHOWN = 10
_CATALOGS = (".json", ".yaml", ".yml")


def _day(context: click.Context, option: click.Parameter, value: str | None) -> datetime.date | None:
    return common.day(context, option, value) if value is not None else None


@click.command(name="review", epilog=_EPILOG)
@click.argument("ids", metavar="ID...", nargs=-1, required=True, shell_complete=completing.runbook_ids)
@click.option("--by", metavar="TEAM", help="Who reviewed it.")
@click.option("--date", "given", metavar="DATE", callback=_day, help="When it was reviewed [today].")
@click.option("--force", is_flag=True, help="Stamp a runbook that has errors.")
@click.option("--reason", metavar="TEXT", help="Why it is stamped all the same.")
@common.day_option
@common.config_option
def command(
    ids: Sequence[str],
    by: str | None,
    given: datetime.date | None,
    force: bool,
    reason: str | None,
    today: datetime.date,
    config_file: str | None,
) -> int:
    """Show what changed since the last review of runbooks, and stamp this one.

    IDs are those of the catalog. The date goes into the catalog, and into the runbook where it names one. Exits 1 when
    a runbook has errors, and then stamps none; with --force it does, and the --reason is written beside the date.
    """
    if force != bool(reason):
        raise click.UsageError("--force needs a --reason, and a --reason goes with --force.")
    day = given or today
    asked = common.request((), config_file)
    inforce.refuse_wrong_files(asked.world())
    with patience():
        report = engine.run(asked.world(), asked.config, asked.rules, today, asked.secrets, baselined=False)
    entries = [_entry(id_, report.estate) for id_ in ids]
    _refuse(entries, by, day, today, report.estate)
    for entry in entries:
        common.write("".join(f"{printable(common.veiled(line))}\n" for line in _history(entry, asked, report)))
    wrong = [each for entry in entries for each in _errors(entry, asked, report)]
    if wrong and not force:
        lines = [f"  {each.place.path}:{each.place.line}: {each.message} ({each.rule})" for each in wrong]
        common.write("\n".join(("not stamped, for there are errors:", *lines)) + "\n")
        return FINDINGS
    stamp = {_DATE: str(day), "x-reviewed-by": by, "x-reviewed-in-spite-of": reason}
    _write(entries, [each for entry in entries for each in _stamps(entry, stamp, asked, report.estate)], asked)
    common.write(f"reviewed on {day}: {', '.join(ids)}\n")
    return CLEAN


def _entry(id_: str, estate: Estate) -> Item:
    """The live entry of an id."""
    known = {entry.key: entry for entry in estate.all("entry")}
    if any(entry.key == id_ for entry in estate.all("retired")):
        raise UserError(f"'{id_}' is retired; a retired runbook is not reviewed")
    if id_ not in known:
        hint = meant(id_, known, "")
        raise UserError(f"no catalog has the id '{id_}'{hint and f'; {hint}'}")
    return known[id_]


def _refuse(entries: Sequence[Item], by: str | None, day: datetime.date, today: datetime.date, estate: Estate) -> None:
    if day > today:
        raise UserError(f"{day} is after today, {today}; a review is stamped when it is done")
    teams = [team.key for team in estate.all("team")]
    if by is not None and teams and by not in teams:
        raise UserError(f"the roster has no team '{by}'; there are {', '.join(teams)}")
    for entry in entries:
        last = date_of(entry.fields.get(_DATE))
        if last is not None and day < last and last <= today:
            raise UserError(f"'{entry.key}' was reviewed on {last}, after {day}; a date never moves backwards")


def _file(entry: Item, asked: common.Request, estate: Estate) -> str:
    return targets.file_of(entry, asked.config.url_prefixes, estate)


def _alerts(entry: Item, estate: Estate) -> Mapping[str, Item]:
    """The alerts that lead to an entry, by name."""
    found = (alert for alert in estate.all("alert") if any(link.id == entry.key for link in estate.links[alert]))
    return {alert.key: alert for alert in found}


def _errors(entry: Item, asked: common.Request, report: Report) -> Iterator[Finding]:
    """What is wrong with a runbook, its entry and its alerts, but for the date that is about to be set."""
    path, alerts = _file(entry, asked, report.estate), _alerts(entry, report.estate).values()
    for each in findings.at_or_above(report.findings, "error"):
        about = (
            each.place.path == path or each.item in alerts or (each.item.noun == "entry" and each.item.key == entry.key)
        )
        if about and not each.rule.startswith("review/"):
            yield each


# --- what has changed -------------------------------------------------------------------------------------------------


def _history(entry: Item, asked: common.Request, report: Report) -> Iterator[str]:
    last, path = date_of(entry.fields.get(_DATE)), _file(entry, asked, report.estate)
    yield f"{entry.key}: {entry.text('title')}"
    yield f"  last review: {last or 'never'}" + (" (of git, not of a person)" if entry.text("x-reviewed-from") else "")
    if last is None or not path:
        return
    try:
        commits = git.commits(asked.root, path, last)
        before = git.commit_before(asked.root, last)
    except UserError:
        return
    yield f"  changes of {path} since: {len(commits) or 'none'}"
    yield from (f"    {each.day} {each.id[:9]} {each.author}: {each.subject}" for each in commits[:_SHOWN])
    former = engine.seen(snapshot.commit(asked.root, before), asked.config) if before else None
    if former is not None:
        yield from _altered(_alerts(entry, report.estate), {alert.key: alert for alert in former.all("alert")})


def _altered(now: Mapping[str, Item], then: Mapping[str, Item]) -> Iterator[str]:
    for name, alert in now.items():
        if name not in then:
            yield f"  new alert since: {name}"
        elif then[name].text("expr").split() != alert.text("expr").split():
            yield f"  the expression of {name} was: {' '.join(then[name].text('expr').split())}"
            yield f"  {'':<{len(name)}}            and is: {' '.join(alert.text('expr').split())}"


# --- the stamp --------------------------------------------------------------------------------------------------------


def _stamps(
    entry: Item, stamp: Mapping[str, str | None], asked: common.Request, estate: Estate
) -> Iterator[tuple[str, Repair]]:
    """The edits of the catalog and of the document, each with its path."""
    for key, value in stamp.items():
        if value is not None:
            yield entry.path, _set(entry, key, value)
    if "x-reviewed-from" in entry.fields:
        yield entry.path, _set(entry, "x-reviewed-from", "review")
    runbook = estate.by_path.get(_file(entry, asked, estate))
    own = runbook.fields.get("metadata.last_reviewed_at") if runbook is not None else None
    if runbook is not None and own is not None and date_of(own) is not None and "#" not in entry.text("url"):
        yield runbook.path, Rewrite(own, str(stamp[_DATE]))


def _set(entry: Item, key: str, value: str) -> Repair:
    """A value of an entry in the place of the one it has, or a new one beside its id."""
    old = entry.fields.get(key)
    if old is None:
        return Sibling(entry.fields.get("url") or entry.fields["id"], key, value)
    return Rewrite(old, value)


def _is_set(stamp: Repair) -> bool:
    """Whether a value is already what it would be."""
    return isinstance(stamp, Rewrite) and stamp.old.value == stamp.value


def _changed(before: str, after: str, path: str) -> list[str]:
    """The entries of a catalog that differ: what one shares with others is not to be edited."""
    old, new = (
        [item for item in documents.read("catalog", text, path) if item.noun == "entry"]
        if path.endswith(_CATALOGS)
        else []
        for text in (before, after)
    )
    return [item.key for item, other in zip(old, new, strict=False) if _values(item) != _values(other)]


def _values(item: Item) -> Mapping[str, str]:
    return {name: repr(plain(value)) for name, value in item.fields.items()}


def _write(entries: Sequence[Item], stamps: Sequence[tuple[str, Repair]], asked: common.Request) -> None:
    """All files with their stamps, or an error and none of them."""
    files = []
    for path in dict.fromkeys(path for path, _ in stamps):
        edits = [each for of, each in stamps if of == path and not _is_set(each)]
        source = repairs.source(asked.world(), path)
        after = ""
        if source is not None:
            text, bom = source
            after = fixes.applied(text, path, documents.recognise(path, text), edits)
            if len(_changed(text, after, path)) > len({entry for entry in entries if entry.path == path}):
                after = text
            files.append(repairs.Repaired(path, text, after, bom))
        if source is None or (after == source[0] and edits):
            raise UserError(f"{path} is written in a way that cannot be edited safely; set the date by hand")
    repair.write(files, asked.root)
