"""The page of all rules in markdown, made of what the packs say about them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runbook_lint import packs, rulebook
from runbook_lint.model import SEVERITIES
from runbook_lint.reporters import rulefacts
from runbook_lint.reporters.escape import printable
from runbook_lint.reporters.rulefacts import Entry
from runbook_lint.summary import many

_NEVER_WAIVED = "` and `".join(rulefacts.NEVER_WAIVED)
_OPENING = f"""# Rules

<!-- Generated from the packs; `make generated` writes it anew. Change the pack instead. -->

`runbook-lint rules` lists the rules, `runbook-lint explain RULE` says all about one.

Where a source says `policy`, it is [{rulefacts.POLICY}](../{rulefacts.POLICY}).

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
<!-- runbook-lint-disable-next-line RULE {rulefacts.UNTIL} -->
# runbook-lint: ignore[RULE] {rulefacts.UNTIL}
```

[Other forms](../README.md#waivers) cover more. JSON has no comments: what is found there is repaired or configured.
What the families `{_NEVER_WAIVED}` find cannot be waived. A secret is shown nowhere, waived or not.

{rulefacts.JOINT_MEANS}
"""
_LANGUAGES = {"md": "markdown", "yaml": "yaml", "yml": "yaml", "json": "json"}


def anchor(name: str) -> str:
    """The anchor of a rule's section on the page, which is what GitHub makes of its heading."""
    return name.replace("/", "")


def page(entries: Sequence[Entry], abouts: Mapping[str, str]) -> str:
    """The page of the rules: a table of all, then a part for each family. ``abouts`` has a sentence for each family."""
    families = list(dict.fromkeys(rulefacts.family(entry) for entry in entries))
    members = {name: [entry for entry in entries if rulefacts.family(entry) == name] for name in families}
    lines = [_OPENING, "| family | rule | severity | says, for example |", "|---|---|---|---|"]
    for name in families:
        lines += _rows(name, members[name])
    for name in families:
        lines += ["", f"## {name}"]
        lines += ["", _prose(abouts[name])] if name in abouts else []
        lines += _family(name, members[name])
    return "\n".join(lines) + "\n"


def _divided(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The rules that have a section each, and those by the hundred that share a table: the formats."""
    sections = [entry for entry in entries if not rulefacts.is_format(entry)]
    return sections, [entry for entry in entries if rulefacts.is_format(entry)]


def _rows(name: str, entries: Sequence[Entry]) -> Iterator[str]:
    """What the table of all rules says of a family."""
    sections, formats = _divided(entries)
    rows = [
        (f"[{entry['id']}](#{anchor(entry['id'])})", entry["severity"], rulefacts.short(entry)) for entry in sections
    ]
    if formats:
        found = {entry["severity"] for entry in formats}
        severities = ", ".join(severity for severity in SEVERITIES if severity in found)
        rows.append((f"[{many(len(formats), 'format')}](#{name}-formats)", severities, rulefacts.short(formats[0])))
    for number, (rule, severity, said) in enumerate(rows):
        first = "" if number else f"[{name}](#{name})"
        yield f"| {first} | {rule} | {severity} | {_cell(_code(said))} |"


def _family(name: str, entries: Sequence[Entry]) -> Iterator[str]:
    sections, formats = _divided(entries)
    for entry in sections:
        yield ""
        yield from _section(entry)
    if formats:
        yield ""
        yield f"### {name} formats"
        yield ""
        yield (
            f"{many(len(formats), 'rule')}, each for one form of text. `runbook-lint explain RULE` shows the reason, "
            "what to do about what is found, and examples."
        )
        yield ""
        yield "| rule | severity | says | source |"
        yield "|---|---|---|---|"
    for entry in formats:
        source = _cell(_prose(entry.get("source", "")))
        yield f"| {entry['id']} | {_severities(entry)} | {_cell(_code(rulefacts.short(entry)))} | {source} |"


def _severities(entry: Entry) -> str:
    """The usual severity of a rule, and those of its cases that have another."""
    usual, *cases = rulefacts.says(entry)
    others = ", ".join(f"{each.case}: {each.severity}" for each in cases if each.severity != usual.severity)
    return f"{usual.severity} ({others})" if others else usual.severity


def _files(example: Mapping[str, Any]) -> Mapping[str, str]:
    files: Mapping[str, str] = example.get("good") or example["bad"]
    return files


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
        yield from _example(each, entry)


def _messages(entry: Entry) -> Iterator[str]:
    said = rulefacts.says(entry)
    cases = len(said) > 1
    yield "| case | severity | says |" if cases else "| severity | says |"
    yield "|---|---|---|" if cases else "|---|---|"
    for each in said:
        case = f"| {each.case or 'usual'} " if cases else ""
        yield f"{case}| {each.severity} | {_cell(_code(each.message))} |"


def _judged(entry: Entry) -> str:
    field = f", its `{entry['field']}`" if "field" in entry else ""
    musts = " and ".join(f"`{name}`" for name, _ in rulebook.verbs_of(entry))
    keys = rulefacts.settings(entry)
    reads = f" Reads {', '.join(f'`{key}`' for key in keys)} of the configuration." if keys else ""
    where = " and ".join(rulefacts.languages(entry))
    waived = f"Waived in {where}." if where else "It cannot be waived."
    return f"Judged: {packs.scope_of(entry)} {rulefacts.nouns(entry)}{field}, must {musts}.{reads} {waived}"


def _options(entry: Entry) -> Iterator[str]:
    rows = rulefacts.options(entry)
    if rows:
        yield ""
        yield "| option | default | means |"
        yield "|---|---|---|"
    for name, default, meaning in rows:
        yield f"| `{name}` | {_cell(_code(default)) if default else 'not set'} | {_cell(_prose(meaning))} |"


def _example(example: Mapping[str, Any], entry: Entry) -> Iterator[str]:
    needs = rulefacts.conditions(example)
    kind = "Good" if "good" in example else "Bad"
    yield ""
    yield f"{kind}{f' ({_prose(needs)})' if needs else ''}:" + (
        f" {_prose(example['why'])}" if "why" in example else ""
    )
    piece = rulefacts.piece(example)
    if piece is not None:
        yield from _piece(piece, entry)
        return
    for label, files in rulefacts.states(example):
        yield from _listing(label, files)
    if "found" in example:
        yield ""
        yield from _fence("\n".join(example["found"]), "text")
    yield from _listing("repaired by `--fix`, ", example.get("fixed", {}))


def _piece(text: str, entry: Entry) -> Iterator[str]:
    yield ""
    yield from _fence("\n".join(rulefacts.marked(text)), "text")
    if rulefacts.is_marked(text):
        yield ""
        yield f"Found: {_code(entry['message'])}"


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
    yield rulefacts.shown(text)
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
