"""What a shell may propose for a word that is half typed. Where anything is wrong, nothing is proposed."""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import TYPE_CHECKING

import click

from runbook_lint.expressions import lazy

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]

# Nothing else is safe to be put on a command line as it stands.
_PLAIN = lazy(r"[\w./-]+")


def proposed(propose: Callable[[click.Context, str], Iterable[tuple[str, str]]]) -> _Completer:
    """A function that gives proposals and their help for a word, as what click asks for. An error proposes nothing."""

    @wraps(propose)
    def complete(context: click.Context, _param: click.Parameter, word: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        try:
            proposals = dict(propose(context, word))
        except Exception:
            return []
        return [
            CompletionItem(name, help=" ".join(words.split()) or None)
            for name, words in proposals.items()
            if name.startswith(word) and _PLAIN.fullmatch(name.replace(",", ""))
        ]

    return complete


def files(_context: click.Context, _param: click.Parameter, word: str) -> "list[CompletionItem]":
    """The shell's own proposals of files."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(word, type="file")]


def folders(_context: click.Context, _param: click.Parameter, word: str) -> "list[CompletionItem]":
    """The shell's own proposals of folders."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(word, type="dir")]


def _known_rules(context: click.Context) -> Iterator[tuple[str, str]]:
    from runbook_lint import packs
    from runbook_lint.cli import common

    asked = common.request((), context.params.get("config_file"))
    for entry in (*packs.shipped_entries(), *packs.user_entries(packs.on_disk(asked.root), asked.config)):
        yield entry["id"], entry["why"]


def _families_or_rules(context: click.Context, word: str) -> Iterator[tuple[str, str]]:
    """Families as long as nothing is typed, hundreds of rules only below one."""
    rules = dict(_known_rules(context))
    yield from ((name, "") for name in dict.fromkeys(id_.partition("/")[0] for id_ in rules))
    yield from rules.items() if word else ()


def _listed_rules(context: click.Context, word: str) -> Iterator[tuple[str, str]]:
    """The same for the last word of a comma list."""
    former, comma, last = word.rpartition(",")
    for name, words in _families_or_rules(context, last):
        yield f"{former}{comma}{name}", words


def _waivable_rules(context: click.Context, _word: str) -> Iterator[tuple[str, str]]:
    from runbook_lint.checks.waivers import waivable

    return ((id_, words) for id_, words in _known_rules(context) if waivable(id_))


def _runbook_ids(context: click.Context, _word: str) -> Iterator[tuple[str, str]]:
    """The ids of the catalogs on disk that are in use, and the titles of their runbooks."""
    from runbook_lint import discovery, documents
    from runbook_lint.cli import common
    from runbook_lint.reporters.escape import printable

    asked = common.request((), context.params.get("config_file"))
    for candidate in discovery.trees(asked.world(), asked.config):
        read = discovery.text(candidate, asked.config)
        for item in documents.read("catalog", read.text, read.path) if read.kind == "catalog" else ():
            if item.noun == "entry":
                yield item.key, printable(item.text("title"))


def _schemas(_context: click.Context, _word: str) -> Iterable[tuple[str, str]]:
    from runbook_lint.cli.schema import NAMES

    return ((name, "") for name in NAMES)


def _formats(_context: click.Context, _word: str) -> Iterable[tuple[str, str]]:
    from runbook_lint.reporters import FORMATS

    return ((name, "") for name in FORMATS)


def _report_formats(_context: click.Context, _word: str) -> Iterable[tuple[str, str]]:
    from runbook_lint.report import FORMATS

    return ((name, form.about) for name, form in FORMATS.items())


families_or_rules = proposed(_families_or_rules)
listed_rules = proposed(_listed_rules)
waivable_rules = proposed(_waivable_rules)
runbook_ids = proposed(_runbook_ids)
schemas = proposed(_schemas)
formats = proposed(_formats)
report_formats = proposed(_report_formats)
