"""``runbook-lint check``: is what is there sound?"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from runbook_lint import engine, findings, hands, inforce, snapshot, summary
from runbook_lint.cli import CLEAN, FINDINGS, NOTHING, common, completing, helping, terminal
from runbook_lint.cli import output as output_
from runbook_lint.cli.patience import patience
from runbook_lint.model import SEVERITIES, Report, Rule
from runbook_lint.reporters import FORMATS, View

if TYPE_CHECKING:
    from runbook_lint.repairs import Repaired

# A repair makes another one possible so many times at most.
_ROUNDS = 4
_EPILOG = """\b
Examples:
  runbook-lint check                         the whole repository
  runbook-lint check deploy/ docs/disk.md    show only what stands there
  runbook-lint check --base origin/main      only what this branch did
  runbook-lint check --select alert --fix    repair what one family finds
  runbook-lint check --format text --format sarif:out.sarif
"""
_SECTIONS = {
    "What is judged": ("--base", "--head", "--staged", "--tracked", "--select", "--ignore", "--as-of", "--config"),
    "What is shown": ("--format", "--output", "--all", "--limit", "--statistics", "--help"),
    "What is done about it": (
        "--fix",
        "--diff",
        "--fail-on",
        "--strict-baseline",
        "--allow-empty",
        "--exit-zero",
        "--no-cache",
    ),
}


@click.command(name="check", cls=helping.Command, sections=_SECTIONS, epilog=_EPILOG)
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=completing.files)
@click.option("--base", metavar="REF", help="Judge only what changed since this branch, tag or commit.")
@click.option("--head", metavar="REF", help="Judge the files of this commit instead of those on disk.")
@click.option("--staged", is_flag=True, help="Judge what is staged instead of the files on disk.")
@click.option("--tracked", is_flag=True, help="Leave out the files on disk that git does not track.")
@click.option("--all", "everything", is_flag=True, help="With --base, show also what was found before the change.")
@click.option(
    "--format",
    "forms",
    multiple=True,
    metavar="NAME[:FILE]",
    shell_complete=completing.formats,
    help=f"One of {', '.join(FORMATS)}; may be repeated, all but one with a file.",
)
@common.output_option
@common.rule_options
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="error",
    show_default=True,
    metavar="SEVERITY",
    help="Exit 1 at info, warning or error and worse.",
)
@click.option("--allow-empty", is_flag=True, help="Exit 0 instead of 3 when there is nothing to check.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found.")
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    metavar="NUMBER",
    help="List so many findings of a rule; 0 lists all.",
)
@click.option("--fix", is_flag=True, help="Repair what can be repaired safely, and show the rest.")
@click.option("--diff", is_flag=True, help="Show what --fix would write; exit 1 if it would write anything.")
@click.option("--strict-baseline", is_flag=True, help="What the baseline knows and is solved must be pruned.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
@common.cache_option
@common.day_option
@common.config_option
def command(
    paths: Sequence[str],
    base: str | None,
    head: str | None,
    staged: bool,
    tracked: bool,
    everything: bool,
    forms: Sequence[str],
    output: str | None,
    select: Sequence[str],
    ignore: Sequence[str],
    fail_on: str,
    allow_empty: bool,
    exit_zero: bool,
    limit: int,
    fix: bool,
    diff: bool,
    strict_baseline: bool,
    statistics: bool,
    cached: bool,
    today: datetime.date,
    config_file: str | None,
) -> int:
    """Check runbooks, the catalog and alert rules.

    The whole repository is read; PATHs choose what is shown, --base judges only what a change did.
    """
    take = _state(head, staged, tracked, base, everything)
    if (fix or diff) and (take not in common.ON_DISK or (fix and diff)):
        raise click.UsageError("--fix and --diff repair the files on disk, and only one of them.")
    if diff and forms:
        raise click.UsageError("--diff shows a diff in place of a report; leave --format out.")
    outputs = output_.wanted(forms, output)

    asked = common.request(paths, config_file, select, ignore, take)
    inforce.refuse_wrong_files(asked.world())
    memory = common.remembered(asked, cached)
    lasting = memory is not None and not fix and not diff and take in common.ON_DISK
    looked = output_.Looked(config_file, tracked, output_.since(base)) if lasting else None
    if strict_baseline:
        asked = asked._replace(rules=[_strict(rule) for rule in asked.rules])

    def judge(asked: common.Request, *, baselined: bool = True) -> Report:
        if base is None:
            judged_by = (asked.config, asked.rules, today, asked.secrets)
            report = engine.run(asked.world(), *judged_by, baselined=baselined, memory=memory, hands=hands.number())
        else:
            from runbook_lint.cli import comparing

            quick = staged and allow_empty and not everything
            way = comparing.Way(today, config_file, (select, ignore), memory)
            report = comparing.compared(asked, base, head or "", way, quick=quick)
        report = _whole(report) if everything else report
        return _shown(report, asked.shown, common.unseen(asked.world(), asked.shown))

    with patience() as progress:
        world = progress.watch(asked.world())
        asked = asked._replace(world=lambda: world)
        files: list[Repaired] = []
        if fix or diff:
            asked, report, files = _repaired(asked, judge)
        else:
            report = judge(asked)
        if diff:
            from runbook_lint.cli import repair

            text = repair.difference(files, report)
        else:
            report = replace(report, hints=[*(_said(files) if fix else ()), *report.hints])
            view = View({}, limit=limit, statistics=statistics, fail_on=fail_on)
            reports = output_.rendered(outputs, report, asked, view)
    if diff:
        common.write(text if output is not None else terminal.safe(text), output)
        common.save(memory)
        return FINDINGS if files else CLEAN
    _write(files, asked.root)
    output_.write(reports)
    common.save(memory)
    nothing = not (exit_zero or allow_empty or summary.anything(report.summary))
    failed = not exit_zero and findings.at_or_above(report.findings, fail_on)
    code = FINDINGS if failed else NOTHING if nothing else CLEAN
    if looked is not None:
        output_.remember(reports, asked, code, looked)
    return code


def _write(files: "Sequence[Repaired]", root: str) -> None:
    if files:
        from runbook_lint.cli import repair

        repair.write(files, root)


def _said(files: "Sequence[Repaired]") -> list[str]:
    return [f"repaired {summary.many(len(files), 'file')}" if files else "nothing that can be repaired safely"]


def _repaired(asked: common.Request, judge: Callable[..., Report]) -> "tuple[common.Request, Report, list[Repaired]]":
    """The repository as it is after repairs, what is left to find there, and the files that are others then. One repair
    may make another possible, as a new entry does for its alerts; what the baseline knows is repaired too."""
    from runbook_lint import repairs

    files: dict[str, Repaired] = {}
    for _ in range(_ROUNDS):
        found = repairs.repaired(judge(asked, baselined=False), asked.world(), asked.config)
        if not found:
            break
        for each in found:
            files[each.path] = each._replace(before=files[each.path].before if each.path in files else each.before)
        contents = {each.path: each.bom + each.after.encode() for each in found}
        asked = asked._replace(world=partial(snapshot.overlaid, asked.world(), contents))
    return asked, judge(asked), [files[path] for path in sorted(files)]


def _state(
    head: str | None, staged: bool, tracked: bool, base: str | None, everything: bool
) -> Callable[[str], snapshot.Snapshot]:
    """Gives the state of a repository that is to be judged."""
    states = {"--head": head is not None, "--staged": staged, "--tracked": tracked}
    named = [name for name, given in states.items() if given]
    if len(named) > 1:
        raise click.UsageError(f"{named[0]} and {named[1]} are two states; name one of them.")
    if everything and base is None:
        raise click.UsageError("--all goes with --base; without it everything is shown.")
    if head is not None:
        return lambda root: snapshot.commit(root, head)
    if tracked:
        return snapshot.tracked
    return snapshot.index if staged else snapshot.working_tree


def _strict(rule: Rule) -> Rule:
    """The rule, as an error if it speaks of what is solved."""
    return rule._replace(forced_severity="error") if rule.id == "baseline/solved" else rule


def _whole(report: Report) -> Report:
    """The report with what was found before the change."""
    return replace(report, findings=sorted([*report.findings, *report.older], key=findings.order))


def _shown(report: Report, shown: Sequence[str], hints: Sequence[str]) -> Report:
    """The report with only the findings of the shown paths, counted anew, and more hints; what was read stays."""
    kept = [finding for finding in report.findings if common.within(finding.place.path, shown)]
    waived = [finding for finding in report.waived if common.within(finding.place.path, shown)]
    older = [finding for finding in report.older if common.within(finding.place.path, shown)]
    numbers = {**report.summary, **summary.severities(kept), "older": len(older)}
    return replace(report, findings=kept, waived=waived, older=older, summary=numbers, hints=[*hints, *report.hints])
