"""What ``check`` writes where: a report in one format or in several."""

import os
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import click

from runbook_lint import answers, git, packs
from runbook_lint.cli import common, terminal
from runbook_lint.model import Finding, Replacement, Report, UserError
from runbook_lint.options import meant
from runbook_lint.reporters import FORMATS, View, render

# So many bytes of markdown GitHub takes for a step; with more it shows nothing.
_SUMMARY = 1024 * 1024
_SPARE = 1024


class Output(NamedTuple):
    """A format, and the file that it goes to; standard output without one."""

    form: str
    file: str | None


def wanted(asked: Sequence[str], output: str | None) -> list[Output]:
    """What is to be written where, by the options ``--format`` and ``--output``. Who asks for no format is shown the
    text, and in a job of GitHub Actions annotations too."""
    usual = "github" if output is None and os.environ.get("GITHUB_ACTIONS") == "true" else "text"
    outputs = [_parsed(each, output) for each in asked or (usual,)]
    if output is not None and output not in [each.file for each in outputs]:
        raise click.UsageError("--output names the file of a format that has none; each of these has one.")
    places = [None if each.file is None else os.path.realpath(each.file) for each in outputs]
    for each, place in zip(outputs, places, strict=True):
        if places.count(place) > 1:
            where = f"to {each.file}" if each.file is not None else "to standard output"
            raise click.UsageError(f"two reports would go {where}; give each a file, as in --format sarif:out.sarif.")
    return outputs


def _parsed(asked: str, output: str | None) -> Output:
    form, _, file = asked.partition(":")
    if form not in FORMATS:
        hint = meant(form, FORMATS, f"there are {', '.join(FORMATS)}.")
        raise click.BadParameter(f"there is no format '{form}'; {hint}", param_hint="--format")
    if asked.endswith(":"):
        raise click.BadParameter(f"'{asked}' names no file after the colon.", param_hint="--format")
    file = file or output or "-"
    return Output(form, None if file == "-" else file)


class Rendered(NamedTuple):
    """Reports as they are written: each text with its file, and how the summary of a step is made."""

    texts: Sequence[tuple[str, str | None]]
    summary: Callable[[int], str] | None


def rendered(outputs: Sequence[Output], report: Report, asked: common.Request, view: View) -> Rendered:
    """The report in all formats that are wanted. The view is what the user's options say."""
    view = view._replace(
        rules={rule.id: rule for rule in asked.rules},
        prefix=_prefix(asked.root),
        shows=lambda path: common.within(path, asked.shown),
        repairs=_offers(report, asked),
        entries=lambda: {entry["id"]: entry for entry in packs.explained(asked.root, asked.config)},
    )
    texts = [
        (render(each.form, report, view if each.file is not None else _on_screen(view, asked.root)), each.file)
        for each in outputs
    ]
    annotated = any(each.form == "github" for each in outputs)
    return Rendered(texts, (lambda room: render("markdown", report, view._replace(room=room))) if annotated else None)


def _offers(report: Report, asked: common.Request) -> Callable[[Finding], Sequence[Replacement]]:
    """Tells what repairs a finding; few formats ask."""

    @cache
    def known() -> Callable[[Finding], Sequence[Replacement]]:
        from runbook_lint import repairs

        return repairs.offers(report, asked.world(), asked.config)

    def offered(finding: Finding) -> Sequence[Replacement]:
        return known()(finding)

    return offered


def write(reports: Rendered) -> None:
    """Writes all that can be written, and says then what could not."""
    errors: list[UserError] = []
    for text, file in reports.texts:
        try:
            common.write(text, file)
        except UserError as error:
            errors.append(error)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and reports.summary is not None:
        _append(summary, reports.summary)
    if errors:
        raise errors[0]


class Looked(NamedTuple):
    """Beside the repository's files: the configuration that the user names, whether only tracked files count, and what
    they are compared with."""

    config_file: str | None
    tracked: bool
    since: "answers.Since"


def since(base: str | None) -> "answers.Since":
    """With what the files are compared and where git stands before anything of it is read, for who remembers it."""
    question = click.get_current_context().find_root().obj
    return question.since(base or "") if question is not None and question.root else ("", None)


def remember(reports: Rendered, asked: common.Request, code: int, looked: Looked) -> None:
    """Lets who asks the same again of the same files know what was written of them, if none of it went to a file."""
    question = click.get_current_context().find_root().obj
    world = asked.world()
    known = question is not None and (question.root, question.tracked) == (asked.root, looked.tracked)
    passing = world.locked or world.hints or reports.summary is not None or any(file for _, file in reports.texts)
    if known and not passing:
        said = b"".join(common.encoded(text) for text, _ in reports.texts)
        config = [os.path.abspath(looked.config_file)] if looked.config_file is not None else []
        names = (source.path for source in world.sources)
        files = answers.Looked(names, world.absent, [*asked.packs, *config], looked.since)
        question.keep(code, said, files, asked.began)


def _on_screen(view: View, root: str) -> View:
    return view._replace(
        colour=terminal.colourful(),
        width=terminal.width(),
        wrapped=terminal.is_terminal(),
        links=terminal.links(root),
    )


def _prefix(root: str) -> str:
    """The way from the top of the git working tree to the repository's root, which a configuration can lay lower."""
    here = os.path.realpath(root)
    top = git.top_of(here)
    inside = os.path.relpath(here, top) if top else os.curdir
    return "" if inside == os.curdir else inside.replace(os.sep, "/") + "/"


def _append(path: str, text: Callable[[int], str]) -> None:
    """Puts a text after what other runs of the same step wrote, as long as there is room."""
    try:
        taken = os.path.getsize(path) if os.path.exists(path) else 0
        if _SUMMARY - taken > _SPARE * 8:
            with open(path, "ab") as handle:
                handle.write(text(_SUMMARY - taken - _SPARE).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UserError(f"cannot write the step summary {path}: {(error.strerror or str(error)).lower()}") from None
