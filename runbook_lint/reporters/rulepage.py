"""A page for one rule in markdown: all that its pack says about it, how it is configured, and how it is waived."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runbook_lint.config import NAME
from runbook_lint.documents.settings import WAIVERS
from runbook_lint.reporters import rulefacts, rulespage
from runbook_lint.reporters.markup import cell, code, fence, sentence
from runbook_lint.reporters.rulefacts import Entry, Said
from runbook_lint.reporters.rulespage import Site

_LANGUAGES = {"md": "markdown", "yaml": "yaml", "yml": "yaml", "json": "json"}
_NO_WAIVER = "It cannot be waived: what this rule finds stands until it is repaired, or the rule is configured."
_KINDS = (
    "A runbook is of the kind that `profiles` in the configuration gives it, else of the one of which it has more than "
    "half of the sections. One of the kind incidents holds several short runbooks, each with all of the sections. A "
    "heading is a section when it begins or ends with one of these words, in whatever case:"
)
_NO_COMMENTS = f"Where no comment can stand, as in JSON, or for many files, in `{WAIVERS}`:"


def pages(entries: Sequence[Entry], site: Site) -> Iterator[tuple[str, str]]:
    """The path of each rule's page, and its text."""
    for members in rulespage.by_family(entries).values():
        beside = zip([None, *members], members, [*members[1:], None], strict=False)
        for before, entry, after in beside:
            yield site.page(entry["id"]), page(entry, site, (before, after))


def page(entry: Entry, site: Site, beside: tuple[Entry | None, Entry | None] = (None, None)) -> str:
    """The page of a rule, which leads to the index and to the rules before and after it in its family."""
    parts = [
        [f"# {entry['id']}", "", rulespage.MARK, "", _ways(entry, site, beside)],
        _messages(entry),
        _part("Why", _reasons(entry, site)),
        _part("What to do", [sentence(entry.get("hint", ""))]),
        _part("What is judged", _judged(entry)),
        _part("Kinds of runbook and their sections", _headings(entry)),
        _part("Options", _options(entry)),
        _part("Configuration", _configured(entry)),
        _part("Waivers", _waiving(entry)),
        _part("Examples", _examples(entry)),
    ]
    return "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines) + "\n"


def advice(entry: Entry) -> str:
    """The same without the ways to other pages, for those who show it beside a finding; without made-up secrets."""
    parts = [
        [sentence(entry["why"])],
        _part("What to do", [sentence(entry.get("hint", ""))]),
        _part("Configuration", _configured(entry)),
        _part("Waivers", _waiving(entry)),
        [] if rulefacts.is_format(entry) else _part("Examples", _examples(entry)),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _part(title: str, lines: Iterator[str] | Sequence[str]) -> list[str]:
    body = [*lines]
    return [f"## {title}", "", *body] if any(body) else []


def _ways(entry: Entry, site: Site, beside: tuple[Entry | None, Entry | None]) -> str:
    here, name = site.page(entry["id"]), rulefacts.family(entry)
    ways = [rulespage.link("All rules", site.front, here), rulespage.link(name, f"{site.front}#{name}", here)]
    for label, other in zip(("before", "after"), beside, strict=True):
        if other is not None:
            ways.append(f"{label} it: {rulespage.link(other['id'], site.page(other['id']), here)}")
    return " · ".join(ways)


def _messages(entry: Entry) -> Iterator[str]:
    said = rulefacts.says(entry)
    cases = len(said) > 1
    yield "| case | severity | says |" if cases else "| severity | says |"
    yield "|---|---|---|" if cases else "|---|---|"
    for each in said:
        case = f"| {each.case or 'usual'} " if cases else ""
        yield f"{case}| {each.severity} | {_words(each)} |"


def _words(said: Said) -> str:
    """A message as code; of one in words of its own each time only an example is."""
    if not said.free:
        return cell(code(said.message))
    return "what is wrong, in words of its own" + (f", such as {cell(code(said.message))}" if said.message else "")


def _reasons(entry: Entry, site: Site) -> Iterator[str]:
    yield sentence(entry["why"])
    source = entry.get("source", "")
    if source:
        yield ""
        cited = rulefacts.cites_policy(entry)
        yield f"Source: {sentence(source)}" + (f" ({rulespage.policy(site, site.page(entry['id']))})" if cited else "")


def _judged(entry: Entry) -> Iterator[str]:
    judged = rulefacts.judged(entry)
    field = f": its {code(entry['field'])}" if "field" in entry else ""
    keys = rulefacts.settings(entry)
    reads = f" Reads {', '.join(f'`{key}`' for key in keys)} of the configuration." if keys else ""
    yield f"{judged[0].upper()}{judged[1:]}{field}.{reads}"


def _headings(entry: Entry) -> Iterator[str]:
    rows = rulefacts.headings(entry)
    if rows:
        yield _KINDS
        yield ""
        yield "| kind | section | headings |"
        yield "|---|---|---|"
    for kind, section, words in rows:
        yield f"| {kind} | {section} | {', '.join(words)} |"


def _options(entry: Entry) -> Iterator[str]:
    rows = rulefacts.options(entry)
    if rows:
        yield "| option | default | means |"
        yield "|---|---|---|"
    for name, default, meaning in rows:
        yield f"| `{name}` | {cell(code(default)) if default else 'not set'} | {cell(sentence(meaning))} |"


def _configured(entry: Entry) -> Iterator[str]:
    yield f"In `{NAME}`:"
    yield ""
    yield from fence(rulefacts.snippet(entry), "yaml")


def _waiving(entry: Entry) -> Iterator[str]:
    if not rulefacts.is_waivable(entry):
        yield _NO_WAIVER
        return
    for where, comment in rulefacts.comments(entry):
        yield f"{where}:"
        yield ""
        yield from fence(comment, "markdown" if comment.startswith("<") else "yaml")
        yield ""
    yield _NO_COMMENTS
    yield ""
    yield from fence(rulefacts.listed_waiver(entry), "yaml")
    yield ""
    yield "This writes it:"
    yield ""
    yield from fence(f"$ {rulefacts.waive_command(entry)}", "console")


def _examples(entry: Entry) -> Iterator[str]:
    shown = ["\n".join(_example(each, entry)) for each in entry.get("examples", ())]
    yield "\n\n".join(shown)
    if any(rulefacts.JOINT in each for each in shown):
        yield ""
        yield rulefacts.JOINT_MEANS


def _example(example: Mapping[str, Any], entry: Entry) -> Iterator[str]:
    needs = rulefacts.conditions(example)
    kind = "Good" if "good" in example else "Bad"
    why = f" {sentence(example['why'])}" if "why" in example else ""
    yield f"**{kind}**{f' ({sentence(needs)})' if needs else ''}:{why}"
    piece = rulefacts.piece(example)
    if piece is not None:
        yield from _piece(piece, entry)
        return
    for label, files in rulefacts.states(example):
        yield from _listing(label, files)
    if "found" in example:
        yield from ("", "found", "")
        yield from fence("\n".join(example["found"]), "text")
    yield from _listing("repaired by `--fix`, ", example.get("fixed", {}))


def _piece(text: str, entry: Entry) -> Iterator[str]:
    yield ""
    yield from fence("\n".join(rulefacts.marked(rulefacts.shielded(text))), "text")
    if rulefacts.is_marked(text):
        yield ""
        yield f"found: {code(entry['message'])}"


def _listing(label: str, files: Mapping[str, str]) -> Iterator[str]:
    for path, text in files.items():
        yield from ("", f"{label}{code(path)}", "")
        yield from fence(text, _LANGUAGES.get(path.rpartition(".")[2], "text"))
