"""What a pack entry says about its rule, for people: its facts, and the page of all rules in markdown."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from runbook_lint import rulebook
from runbook_lint.checks import CHECKS, SETTINGS
from runbook_lint.reporters.escape import printable

Entry = dict[str, Any]

POLICY = "docs/policy.md"
NEVER_WAIVED = ("read", "waiver")
_UNTIL = 'until=2027-01-31 owner=team-x reason="why it may stay"'
# A message that is nothing but a name to be filled in, and what stands for one that no example shows.
_BARE = re.compile(r"\{\w+\}")
_UNTOLD = "what is wrong, in words of its own each time"
_OPENING = f"""# Rules

<!-- Generated from the packs; `make generated` writes it anew. Change the pack instead. -->

`runbook-lint rules` lists the rules, `runbook-lint explain RULE` prints the section of one.

Where a source says `policy`, it is [{POLICY}](../{POLICY}).

The configuration `.runbook-lint.yaml` gives a rule another severity and other options, or switches it off:

```yaml
rules:
  review/overdue: {{severity: warning, days: 60}}
  runbook/sections: off
```

A waiver stands where the finding is and covers the whole item (an alert, a catalog entry). It names rules, never a
family, and needs an end, an owner and a reason; without one of these, or after its end, the finding stands. In markdown
it excuses the next line, in YAML its own line, or the next one where it stands alone:

```text
<!-- runbook-lint-disable-next-line RULE {_UNTIL} -->
# runbook-lint: ignore[RULE] {_UNTIL}
```

[Other forms](../README.md#waivers) cover more. JSON has no comments: what is found there is repaired or configured.
What the families `{"` and `".join(NEVER_WAIVED)}` find cannot be waived. A secret is shown nowhere, waived or not.

`(+)` stands in the middle of a made-up secret, so that scanners pass over this text.
"""
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
    """All messages of a rule, the usual one first; for one that is nothing but a name, what an example says."""
    message = entry["message"]
    if _BARE.fullmatch(message):
        message = example(entry) or _UNTOLD
    said = [Said("", entry["severity"], message)]
    for name, case in entry.get("cases", {}).items():
        said.append(Said(name, case.get("severity", entry["severity"]), case.get("message", message)))
    return said


def example(entry: Entry) -> str:
    """What a rule says in its examples, in its usual words if one has these; empty where none finds anything."""
    said = [line.split(": ", 1)[1] for each in entry.get("examples", ()) for line in each.get("found", ())]
    usual = re.compile(".+".join(map(re.escape, _BARE.split(entry["message"]))))
    return next(filter(usual.fullmatch, said), said[0] if said else "")


def short(entry: Entry) -> str:
    """A line that shows what a rule finds: its example, else its message, else why it is there."""
    return example(entry) or (entry["why"] if _BARE.fullmatch(entry["message"]) else entry["message"])


def nouns(entry: Entry) -> str:
    """What a rule judges."""
    named = entry[rulebook.scope_of(entry)]
    return named if isinstance(named, str) else ", ".join(named)


def options(entry: Entry) -> list[Option]:
    """The options that the pack describes, with the defaults that are in force without a configuration."""
    defaults: dict[str, Any] = {}
    for name, given in rulebook.verbs_of(entry):
        defaults |= {**rulebook.defaults_of(CHECKS[name]), **given}
    return [Option(name, _yaml(defaults.get(name)), meaning) for name, meaning in entry.get("options", {}).items()]


def _yaml(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def settings(entry: Entry) -> list[str]:
    """The keys of the configuration that the rule's checks read."""
    asked = {option for name, _ in rulebook.verbs_of(entry) for option in CHECKS[name].options}
    return [key for key in SETTINGS if key in asked and key != "rule_ids"]


def snippet(entry: Entry) -> str:
    """How the configuration changes a rule and switches it off, as YAML."""
    other = "error" if entry["severity"] == "warning" else "warning"
    pairs = [f"severity: {other}", *(f"{each.name}: {each.default}" for each in options(entry) if each.default)]
    return f"rules:\n  {entry['id']}: {{{', '.join(pairs)}}}\n  # {entry['id']}: off\n"


def languages(entry: Entry) -> list[str]:
    """In which files a finding of the rule can be waived: markdown, YAML; none for a rule that cannot be waived."""
    if family(entry) in NEVER_WAIVED:
        return []
    paths = [line.partition(":")[0] for each in entry.get("examples", ()) for line in each.get("found", ())]
    everywhere = not paths or "text" in nouns(entry)
    markdown = everywhere or "runbook" in nouns(entry) or any(path.endswith(".md") for path in paths)
    yaml = everywhere or not all(path.endswith(".md") for path in paths)
    return ["markdown"] * markdown + ["YAML"] * yaml


def waiver(language: str, rule: str) -> str:
    """The comment that waives a finding of a rule where it stands."""
    if language == "markdown":
        return f"<!-- runbook-lint-disable-next-line {rule} {_UNTIL} -->"
    return f"# runbook-lint: ignore[{rule}] {_UNTIL}"


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
    lines = [_OPENING, *_table(entries)]
    for name, members in groupby(entries, key=family):
        lines += ["", f"## {name}"]
        lines += ["", _prose(abouts[name])] if name in abouts else []
        for entry in members:
            lines += ["", *_section(entry)]
    return "\n".join(lines) + "\n"


def _files(example: Mapping[str, Any]) -> Mapping[str, str]:
    files: Mapping[str, str] = example.get("good") or example["bad"]
    return files


def _table(entries: Sequence[Entry]) -> Iterator[str]:
    yield "| family | rule | severity | says, for example |"
    yield "|---|---|---|---|"
    before = ""
    for entry in entries:
        name = family(entry)
        first = f"[{name}](#{name})" if name != before else ""
        rule = f"[{entry['id']}](#{anchor(entry['id'])})"
        yield f"| {first} | {rule} | {entry['severity']} | {_cell(_code(short(entry)))} |"
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
    for each in entry.get("examples", ()):
        yield from _example(each)


def _messages(entry: Entry) -> Iterator[str]:
    said = says(entry)
    cases = len(said) > 1
    yield "| case | severity | says |" if cases else "| severity | says |"
    yield "|---|---|---|" if cases else "|---|---|"
    for each in said:
        case = f"| {each.case or 'usual'} " if cases else ""
        yield f"{case}| {each.severity} | {_cell(_code(each.message))} |"


def _judged(entry: Entry) -> str:
    field = f", its `{entry['field']}`" if "field" in entry else ""
    musts = " and ".join(f"`{name}`" for name, _ in rulebook.verbs_of(entry))
    keys = settings(entry)
    reads = f" Reads {', '.join(f'`{key}`' for key in keys)} of the configuration." if keys else ""
    where = " and ".join(languages(entry))
    waived = f"Waived in {where}." if where else "It cannot be waived."
    return f"Judged: {rulebook.scope_of(entry)} {nouns(entry)}{field}, must {musts}.{reads} {waived}"


def _options(entry: Entry) -> Iterator[str]:
    rows = options(entry)
    if rows:
        yield ""
        yield "| option | default | means |"
        yield "|---|---|---|"
    for name, default, meaning in rows:
        yield f"| `{name}` | {_cell(_code(default)) if default else 'not set'} | {_cell(_prose(meaning))} |"


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
