"""``runbook-lint init``: from nothing to a catalog, in one step and without overwriting anything."""

import datetime
import json
import os
import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import click

from runbook_lint import config, documents, engine, fixes, inforce, repairs, snapshot, summary
from runbook_lint.checks import catalogs, entries
from runbook_lint.cli import CLEAN, common, repair
from runbook_lint.cli.patience import patience
from runbook_lint.documents.faults import unread
from runbook_lint.documents.text import decode
from runbook_lint.expressions import lazy
from runbook_lint.model import Estate, Member, Report, UserError
from runbook_lint.reporters.escape import printable

CATALOG = "runbooks.catalog.json"
_CONFIG = """\
# What runbook-lint reads here, and how it judges. After `runbook-lint schema --all schemas` an editor completes and
# checks this file if its first line is: `# yaml-language-server: $schema=schemas/config.schema.json`.
version: 1
# roster: ops/oncall.yaml # who is on call: `runbook-lint schema roster`
# url_prefixes: {{"https://runbooks.example.com/": {folder}}} # which addresses show these files
"""
_EPILOG = """\b
Examples:
  runbook-lint init --dry-run      show what it would write
  runbook-lint init                write it; later, add what is new
  runbook-lint check --fix         then give every alert the id of its runbook
  runbook-lint baseline create     and let what is wrong already wait
"""
_NUMBERED = lazy(r"-\d+$")
_SHOWN = 5

Entry = Mapping[str, Any]


@click.command(name="init", epilog=_EPILOG)
@click.option("--dry-run", is_flag=True, help="Show what would be written as a diff, and write nothing.")
@common.day_option
@common.config_option
def command(dry_run: bool, today: datetime.date, config_file: str | None) -> int:
    """Write .runbook-lint.yaml and a catalog with an entry for every runbook.

    Title, owner, severity, review date and signals come from the runbooks, from CODEOWNERS and OWNERS, from the alerts
    that lead to them, and from git. What nothing tells is marked, and said at the end. Nothing is overwritten.
    """
    asked = common.request((), config_file, ("read", "alert"))
    inforce.refuse_wrong_files(asked.world())
    with patience():
        report = engine.run(asked.world(), asked.config, asked.rules, today, asked.secrets, baselined=False)
    if not any(report.estate.all(noun) for noun in ("runbook", "catalog", "alert")):
        raise UserError("there is no runbook and no alert rule here; name the files in .runbook-lint.yaml")
    _refuse_unread(report.estate, asked)
    shown = (repairs.veiled(entry, report) for entry in _entries(report.estate, asked))
    made = [entry for entry in shown if entry is not None]
    files = list(_files(report.estate, asked, made))
    if dry_run:
        common.write(repair.difference(files, report))
    else:
        repair.write(files, asked.root)
    if not dry_run:
        written = [f"{'wrote' if not each.before else 'added to'} {each.path}" for each in files]
        lines = [*(written or ["nothing to add: every runbook is in the catalog"]), *_left(report, made)]
        common.write("".join(f"{printable(common.veiled(line))}\n" for line in lines))
    return CLEAN


def _refuse_unread(estate: Estate, asked: common.Request) -> None:
    """What a catalog that cannot be read holds nobody knows, so none is written over it or beside it."""
    for fault in unread(estate):
        kind = asked.config.kind_of(fault.path) or documents.recognise(fault.path, _text(fault.path, asked))
        if kind == "catalog":
            raise UserError(
                f"the catalog {fault.path} cannot be read; repair it first (`runbook-lint check` says where)"
            )


def _place(estate: Estate, asked: common.Request, folder: str) -> str:
    """Where a new catalog goes: where the configuration says, or beside the runbooks; never over a file."""
    named = asked.config.kinds.get("catalog", ())
    path = next((each for each in named if "*" not in each and "?" not in each), "") or posixpath.join(folder, CATALOG)
    if os.path.lexists(os.path.join(asked.root, path)):
        raise UserError(f"there is a file {path} that is not read as a catalog; name it under `catalogs:`, or move it")
    return path


def _entries(estate: Estate, asked: common.Request) -> list[Entry]:
    """The entries of the runbooks that no catalog lists."""
    propose = entries.proposer(estate, asked.config.severity_map, lambda path: _owner(path, asked))
    made = [propose(runbook) for runbook in catalogs.unlisted(estate, asked.config.url_prefixes)]
    days = repairs.dates(asked.root, [str(entry["url"]) for entry in made if "last_reviewed_at" not in entry])
    return [repairs.with_date(entry, days) for entry in made]


def _owner(path: str, asked: common.Request) -> str:
    """The first approver of the nearest OWNERS file (Kubernetes, "OWNERS files")."""
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        text = _text(posixpath.join(folder, "OWNERS"), asked)
        listed = documents.owners_of(text) if text else []
        if listed:
            return listed[0]
    return ""


def _text(path: str, asked: common.Request) -> str:
    content = snapshot.content(asked.world(), path)
    return decode(content)[0] if content is not None else ""


def _files(estate: Estate, asked: common.Request, made: Sequence[Entry]) -> Iterator[repairs.Repaired]:
    """The files with what is new in them."""
    known = sorted({item.path for item in estate.all("catalog")})
    folder = _folder([item.path for item in estate.all("runbook")])
    path = known[0] if known else _place(estate, asked, folder)
    before, bom = (repairs.source(asked.world(), path) if known else None) or ("", b"")
    if known and made and not before:
        raise UserError(f"the catalog {path} cannot be edited safely; is it UTF-8?")
    after = fixes.applied(before, path, "catalog", [Member(path, entry) for entry in made]) if known else _catalog(made)
    if known and made and after == before:
        raise UserError(f"the catalog {path} is written in a way that cannot be extended; it needs a list `runbooks:`")
    if after != before and (made or not known):
        yield repairs.Repaired(path, before, after, bom)
    if not os.path.lexists(os.path.join(asked.root, config.NAME)):
        yield repairs.Repaired(config.NAME, "", _CONFIG.format(folder=json.dumps(f"{folder}/" if folder else "./")))


def _folder(paths: Sequence[str]) -> str:
    """The folder that all runbooks have in common."""
    folders = [path.split("/")[:-1] for path in paths]
    shared = []
    for names in zip(*folders, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return "/".join(shared)


def _catalog(made: Sequence[Entry]) -> str:
    signals: defaultdict[str, list[str]] = defaultdict(list)
    for entry in made:
        for key in entry["signals"]:
            signals[key].append(str(entry["id"]))
    document = {"version": 1, "runbooks": list(made), "signals": dict(signals)}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _left(report: Report, made: Sequence[Entry]) -> Iterator[str]:
    """What a person must decide, the most important first."""
    lines = list(_decisions(report, made))
    if lines:
        yield ""
        yield "left for you to decide:"
        yield from (f"{number:>3}. {line}" for number, line in enumerate(lines, 1))


def _decisions(report: Report, made: Sequence[Entry]) -> Iterator[str]:
    estate = report.estate
    named = entries.by_name(estate)
    alerts = estate.all("alert")
    links = {alert: summary.link_of(alert, estate) for alert in alerts}
    lost = [alert.key for alert in alerts if links[alert].verdict in ("missing", "unknown") and not named(alert.key)]
    if lost:
        yield f"{summary.many(len(lost), 'alert')} {_have(lost)} no runbook here: {_some(lost)}"
    outside = sum(link.verdict == "cannot-tell" for link in links.values())
    if outside:
        many = summary.many(outside, "alert names", "alerts name")
        yield f"{many} a runbook that lies elsewhere, or that a template names; see `url_prefixes`"
    for what, ids in _doubts(made):
        yield f"{summary.many(len(ids), 'entry', 'entries')} {_have(ids)} {what}: {_some(ids)}"


def _doubts(made: Sequence[Entry]) -> Iterator[tuple[str, list[str]]]:
    """What of the new entries nobody has said, with their ids."""
    ids = {str(entry["id"]) for entry in made}
    doubts: Mapping[str, Callable[[Entry], object]] = {
        f"no owner (`{entries.UNOWNED}`)": lambda entry: entry["owner_team"] == entries.UNOWNED,
        f"no severity but the least (`{entries.GUESSED}: default`)": lambda entry: entries.GUESSED in entry,
        "no review date": lambda entry: "last_reviewed_at" not in entry,
        "no review but the day of the last change (`x-reviewed-from: git`)": lambda entry: "x-reviewed-from" in entry,
        "an id with a number, because another file gives the same": lambda entry: (
            _NUMBERED.sub("", str(entry["id"])) in ids and _NUMBERED.search(str(entry["id"]))
        ),
    }
    for what, holds in doubts.items():
        doubtful = [str(entry["id"]) for entry in made if holds(entry)]
        if doubtful:
            yield what, doubtful


def _have(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
