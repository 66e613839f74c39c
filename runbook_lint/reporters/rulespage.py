"""What a pack entry says about its rule, for people: its facts, and the page of all rules in markdown."""

import inspect
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from runbook_lint.checks import CHECKS, SETTINGS
from runbook_lint.reporters.escape import printable

Entry = Mapping[str, Any]

NEVER_WAIVED = ("read", "waiver")
_UNTIL = 'until=2027-01-31 owner=team-x reason="why it may stay"'
_SPLIT = "(+)"
_SPLIT_NOTE = f"`{_SPLIT}` stands in the middle of a made-up secret, so that scanners pass over this text."
_LANGUAGES = {"md": "markdown", "yaml": "yaml", "yml": "yaml", "json": "json"}


class Said(NamedTuple):
    """A message of a rule, its severity, and the case it belongs to (empty: the usual one)."""

    case: str
    severity: str
    message: str


class Option(NamedTuple):
    """An option of a rule: its name, the default as YAML (empty: unset), and what it means."""

    name: str
    default: str
    meaning: str


def family(entry: Entry) -> str:
    """The family of an entry's rule."""
    return str(entry["id"]).partition("/")[0]


def anchor(name: str) -> str:
    """The anchor of a rule's section on the page, which is what GitHub makes of its heading."""
    return name.replace("/", "")


def says(entry: Entry) -> list[Said]:
    """All messages of a rule, the usual one first."""
    said = [Said("", entry["severity"], entry["message"])]
    for name, case in entry.get("cases", {}).items():
        said.append(Said(name, case.get("severity", entry["severity"]), case.get("message", entry["message"])))
    return said


def scope(entry: Entry) -> tuple[str, str]:
    """The scope of a rule (``each``, ``every``, ``change``) and its nouns."""
    word = next(word for word in ("each", "every", "change") if word in entry)
    nouns = entry[word]
    return word, nouns if isinstance(nouns, str) else ", ".join(nouns)


def verbs(entry: Entry) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The checks of a rule, each with the options that the pack gives it."""
    for verb in entry["must"] if isinstance(entry["must"], list) else [entry["must"]]:
        yield (verb, {}) if isinstance(verb, str) else next(iter(verb.items()))


def options(entry: Entry) -> list[Option]:
    """The options that the pack describes, with the defaults that are in force without a configuration."""
    defaults = _defaults(entry)
    return [Option(name, _yaml(defaults.get(name)), meaning) for name, meaning in entry.get("options", {}).items()]


def _defaults(entry: Entry) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, given in verbs(entry):
        parameters = inspect.signature(CHECKS[name].function).parameters.values()
        found.update({each.name: each.default for each in parameters if each.kind is each.KEYWORD_ONLY})
        found.update(given)
    return {name: value for name, value in found.items() if value not in (None, inspect.Parameter.empty)}


def _yaml(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def settings(entry: Entry) -> list[str]:
    """The keys of the configuration that the rule's checks read."""
    asked = {option for name, _ in verbs(entry) for option in CHECKS[name].options}
    return [key for key in SETTINGS if key in asked and key != "rule_ids"]


def snippet(entry: Entry) -> str:
    """How the configuration changes a rule and switches it off, as YAML."""
    other = "error" if entry["severity"] == "warning" else "warning"
    pairs = [f"severity: {other}", *(f"{each.name}: {each.default}" for each in options(entry) if each.default)]
    return f"rules:\n  {entry['id']}: {{{', '.join(pairs)}}}\n  # {entry['id']}: off\n"


def waivers(entry: Entry) -> list[str]:
    """The comments that waive a finding of the rule where it stands; none for a rule that cannot be waived."""
    if family(entry) in NEVER_WAIVED:
        return []
    paths = [line.partition(":")[0] for example in entry.get("examples", ()) for line in example.get("found", ())]
    nouns = scope(entry)[1]
    everywhere = not paths or "text" in nouns
    forms = []
    if everywhere or "runbook" in nouns or any(path.endswith(".md") for path in paths):
        forms.append(f"<!-- runbook-lint-disable-next-line {entry['id']} {_UNTIL} -->")
    if everywhere or not all(path.endswith(".md") for path in paths):
        forms.append(f"# runbook-lint: ignore[{entry['id']}] {_UNTIL}")
    return forms


def conditions(example: Mapping[str, Any]) -> str:
    """What an example needs beside its files: the day and the configuration."""
    parts = [f"as of {example['as-of']}"] if "as-of" in example else []
    parts += [f"with {key}: {_yaml(value)}" for key, value in example.get("config", {}).items()]
    return ", ".join(parts)


def shown(text: str) -> str:
    """An example's text with everything unseen as an escape."""
    return "\n".join(printable(line) for line in text.removesuffix("\n").split("\n"))


def page(entries: Sequence[Entry], abouts: Mapping[str, str]) -> str:
    """The page of the rules: a table of all, then a section each. ``abouts`` has a sentence for each family."""
    families = list(dict.fromkeys(family(entry) for entry in entries))
    entries = sorted(entries, key=lambda entry: families.index(family(entry)))
    lines = [*_opening(entries), "", *_table(entries)]
    for name, members in groupby(entries, key=family):
        lines += ["", f"## {name}"]
        lines += ["", _prose(abouts[name])] if name in abouts else []
        for entry in members:
            lines += ["", *_section(entry)]
    return "\n".join(lines) + "\n"


def _opening(entries: Sequence[Entry]) -> Iterator[str]:
    families = len({family(entry) for entry in entries})
    yield "# Rules"
    yield ""
    yield "<!-- Generated from the packs; `make generated` writes it anew. Change the pack instead. -->"
    yield ""
    yield f"{len(entries)} rules in {families} families. `runbook-lint explain RULE` prints the section of one rule."
    yield ""
    yield "Where a source says `policy`, it is the runbook policy that the repository in `examples/gpu-cloud` follows."
    yield ""
    yield "A waiver stands where the finding is and covers the whole item (an alert, a catalog entry). It names rules,"
    yield "never a family, and needs an end, an owner and a reason; without one of these, or after its end, the finding"
    yield "stands. JSON has no comments, so what is found in a JSON file is repaired or configured."
    if any(_holds_split(entry) for entry in entries):
        yield ""
        yield _SPLIT_NOTE


def _holds_split(entry: Entry) -> bool:
    return any(_SPLIT in text for example in entry.get("examples", ()) for text in _files(example).values())


def _files(example: Mapping[str, Any]) -> Mapping[str, str]:
    files: Mapping[str, str] = example.get("good") or example["bad"]
    return files


def _table(entries: Sequence[Entry]) -> Iterator[str]:
    yield "| family | rule | severity | why |"
    yield "|---|---|---|---|"
    before = ""
    for entry in entries:
        name = family(entry)
        first = f"[{name}](#{name})" if name != before else ""
        rule = f"[{entry['id']}](#{anchor(entry['id'])})"
        yield f"| {first} | {rule} | {entry['severity']} | {_cell(_prose(entry['why']))} |"
        before = name


def _section(entry: Entry) -> Iterator[str]:
    yield f"### {entry['id']}"
    yield ""
    yield from _messages(entry)
    yield ""
    yield f"Why: {_prose(entry['why'])}"
    for label, key in (("Source", "source"), ("What to do", "hint")):
        if key in entry:
            yield ""
            yield f"{label}: {_prose(entry[key])}"
    yield ""
    yield _judged(entry)
    yield from _options(entry)
    yield ""
    yield from _fence(snippet(entry), "yaml")
    yield from _waiving(entry)
    for example in entry.get("examples", ()):
        yield from _example(example)


def _messages(entry: Entry) -> Iterator[str]:
    said = says(entry)
    cases = len(said) > 1
    yield "| case | severity | says |" if cases else "| severity | says |"
    yield "|---|---|---|" if cases else "|---|---|"
    for each in said:
        case = f"| {each.case or 'usual'} " if cases else ""
        yield f"{case}| {each.severity} | {_cell(_code(each.message))} |"


def _judged(entry: Entry) -> str:
    word, nouns = scope(entry)
    field = f", its `{entry['field']}`" if "field" in entry else ""
    musts = " and ".join(f"`{name}`" for name, _ in verbs(entry))
    keys = settings(entry)
    reads = f" Reads {', '.join(f'`{key}`' for key in keys)} of the configuration." if keys else ""
    return f"Judged: {word} {nouns}{field}, must {musts}.{reads}"


def _options(entry: Entry) -> Iterator[str]:
    rows = options(entry)
    if rows:
        yield ""
        yield "| option | default | means |"
        yield "|---|---|---|"
    for name, default, meaning in rows:
        yield f"| `{name}` | {_cell(_code(default)) if default else 'not set'} | {_cell(_prose(meaning))} |"


def _waiving(entry: Entry) -> Iterator[str]:
    forms = waivers(entry)
    yield ""
    if not forms:
        yield "It cannot be waived."
        return
    yield "To waive it" + ("; its text is shown nowhere, waived or not:" if entry.get("secret") else ":")
    yield ""
    yield from _fence("\n".join(forms), "text")


def _example(example: Mapping[str, Any]) -> Iterator[str]:
    needs = conditions(example)
    kind = "Good" if "good" in example else "Bad"
    yield ""
    yield f"{kind}{f' ({_prose(needs)})' if needs else ''}:" + (
        f" {_prose(example['why'])}" if "why" in example else ""
    )
    for label, files in (("before, ", example.get("base", {})), ("", _files(example))):
        yield from _listing(label, files)
    if "found" in example:
        yield ""
        yield from _fence("\n".join(example["found"]), "text")
    yield from _listing("repaired by `--fix`, ", example.get("fixed", {}))


def _listing(label: str, files: Mapping[str, str]) -> Iterator[str]:
    for path, text in files.items():
        yield ""
        yield f"{label}{_code(path)}"
        yield ""
        yield from _fence(text, _LANGUAGES.get(path.rpartition(".")[2], "text"))


def _fence(text: str, language: str) -> Iterator[str]:
    """A fenced block whose fence is longer than any in the text."""
    mark = "`" * max(3, _longest(text) + 1)
    yield mark + language
    yield shown(text)
    yield mark


def _longest(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def _code(text: str) -> str:
    """A code span of any text."""
    mark = "`" * (_longest(text) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{mark}{pad}{printable(text)}{pad}{mark}"


def _cell(markdown: str) -> str:
    return markdown.replace("|", "\\|")


def _prose(text: str) -> str:
    """A pack's sentence, in which backticks may mark code; outside of them nothing is HTML."""
    parts = printable(" ".join(text.split())).split("`")
    return "`".join(part if index % 2 else part.replace("<", "&lt;") for index, part in enumerate(parts))
