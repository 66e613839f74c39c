"""``runbook-lint report``: who has to do what, before it hurts."""

import datetime
import os
from collections.abc import Sequence
from typing import NamedTuple

import click
from click.core import ParameterSource

from runbook_lint import engine, hands, inforce
from runbook_lint.analysis import Memory
from runbook_lint.cli import CLEAN, common, completing, folders, helping
from runbook_lint.cli.patience import patience
from runbook_lint.model import UserError
from runbook_lint.report import FORMATS, facts, merging, parts, render
from runbook_lint.report.document import Nightly

_EPILOG = """\b
Examples:
  runbook-lint report --format html:page.html
  runbook-lint report --into public --split-by owner   for all, and each team
  runbook-lint report --as-of 2026-10-01 --format markdown
  runbook-lint report --merge a.json --merge b.json --format html:all.html
"""
_SECTIONS = {
    "What is told": ("--as-of", "--weeks", "--name", "--merge", "--config", "--no-cache"),
    "Where it goes": ("--format", "--into", "--split-by", "--help"),
}


_GIVEN = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)
# What says how a repository is read, which reports that were written already are not any more.
_READING = {"today": "--as-of", "weeks": "--weeks", "name": "--name", "config_file": "--config"}


class _Output(NamedTuple):
    form: str
    file: str | None


@click.command(name="report", cls=helping.Command, sections=_SECTIONS, epilog=_EPILOG)
@click.option(
    "--format",
    "forms",
    multiple=True,
    metavar="NAME[:FILE]",
    shell_complete=completing.report_formats,
    help=f"One of {', '.join(FORMATS)}; may be repeated.  [default: markdown, with --into all]",
)
@click.option("--into", metavar="FOLDER", help="Write each format into a file of this folder.")
@click.option("--split-by", type=click.Choice(["owner"]), help="With --into, a folder for each team of which is asked.")
@click.option("--merge", multiple=True, metavar="FILE", help="Show JSON reports of other repositories, as one.")
@click.option(
    "--weeks", type=click.IntRange(0, 520), default=52, show_default=True, help="How far the trend goes back."
)
@click.option("--name", default="", metavar="TEXT", help="The repository's name  [default: of its remote or folder].")
@common.cache_option
@common.day_option
@common.config_option
@click.pass_context
def command(
    context: click.Context,
    forms: Sequence[str],
    into: str | None,
    split_by: str | None,
    merge: Sequence[str],
    weeks: int,
    name: str,
    cached: bool,
    today: datetime.date,
    config_file: str | None,
) -> int:
    """Tell who has to do what: overdue reviews, alerts without a runbook, secrets, waivers that end.

    The same facts as those of check, with what the history tells. It exits 0 whatever it finds.
    """
    outputs = _outputs(forms, into)
    if split_by and into is None:
        raise click.UsageError("--split-by writes several files; say with --into where.")
    if merge:
        _refuse_reading(context)
        document = merging.merged(list(map(_read, merge)), merge)
    else:
        document = _evaluated(weeks, name.strip(), cached, today, config_file)
    _write(document, outputs, into)
    if split_by and into is not None:
        for team in parts.teams(document):
            if team["actions"]:
                folder = os.path.join(into, parts.folder(team["name"]))
                _write(parts.of_team(document, team["name"]), outputs, folder)
    return CLEAN


def _refuse_reading(context: click.Context) -> None:
    given = [option for name, option in _READING.items() if context.get_parameter_source(name) in _GIVEN]
    if given:
        raise click.UsageError(f"--merge shows reports as they were written; leave {' and '.join(given)} out.")


def _read(file: str) -> Nightly:
    try:
        with open(file, "rb") as handle:
            return merging.read(handle.read(), file)
    except OSError as error:
        raise UserError(f"{file} cannot be read: {(error.strerror or str(error)).lower()}") from None


def _evaluated(weeks: int, name: str, cached: bool, today: datetime.date, config_file: str | None) -> Nightly:
    asked = common.request((), config_file)
    inforce.refuse_wrong_files(asked.world())
    memory = common.remembered(asked, cached)
    read = memory if memory is not None else Memory()
    with patience() as progress:
        world = progress.watch(asked.world())
        report = engine.run(world, asked.config, asked.rules, today, asked.secrets, memory=read, hands=hands.number())
        points = memory.points() if memory is not None else {}
        judged = facts.Judged(asked.root, asked.config, asked.rules, report, read, points)
        weeks = min(weeks, (today - datetime.date.min).days // 7)
        told = facts.of(judged, weeks, progress.tell, common.veiled, name=name)
    common.save(memory)
    return told


def _outputs(forms: Sequence[str], into: str | None) -> list[_Output]:
    """What is to be written where; in a folder each format has its own file."""
    if into is not None:
        named = [form.partition(":") for form in forms or FORMATS]
        if any(colon for _, colon, _ in named):
            raise click.UsageError("--into names the files itself; leave the file of --format out.")
        return [_Output(_known(form), FORMATS[form].file) for form, _, _ in named]
    found = [_Output(_known(form), file or None) for form, _, file in (each.partition(":") for each in forms)]
    if sum(each.file is None for each in found) > 1:
        raise click.UsageError("two reports would go to standard output; give each a file, as in --format html:a.html.")
    return found or [_Output("markdown", None)]


def _known(form: str) -> str:
    if form not in FORMATS:
        raise click.BadParameter(f"there is no format '{form}'; there are {', '.join(FORMATS)}.", param_hint="--format")
    return form


def _write(document: Nightly, outputs: Sequence[_Output], folder: str | None) -> None:
    if folder is not None:
        folders.make(folder)
    for each in outputs:
        file = each.file if folder is None or each.file is None else os.path.join(folder, each.file)
        common.write(render(each.form, document), file)
