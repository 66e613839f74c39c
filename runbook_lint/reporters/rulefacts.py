"""What a pack entry says about its rule, for people."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from runbook_lint import packs, rulebook
from runbook_lint.checks import CHECKS, SETTINGS
from runbook_lint.documents.profiles import PROFILES
from runbook_lint.documents.settings import BASELINE, WAIVERS
from runbook_lint.expressions import lazy
from runbook_lint.options import defaults_of
from runbook_lint.reporters.escape import printable

Entry = dict[str, Any]

POLICY = "docs/policy.md"
NEVER_WAIVED = ("read", "waiver")
_END, _OWNER, _REASON = "2027-01-31", "team-x", "why it may stay"
UNTIL = f'until={_END} owner={_OWNER} reason="{_REASON}"'
# Where a comment stands in each language, and then how, by what it begins with.
_WHERE = {"markdown": "markdown", "front matter": "front matter between `---`", "YAML": "YAML"}
_HOW = {
    "<": "on the line before, or before the fence in which it stands; instead of `disable-next-line` also "
    "`disable-line` at the end of the line, or `disable-file` below the front matter, which it covers too",
    "#": "on the line before, or at the end of the line",
}
# What keeps the halves of a made-up secret apart, and what is said of it.
JOINT = "(+)"
JOINT_MEANS = f"`{JOINT}` stands in a made-up secret, so that scanners pass over this text."
# What stands around the secret in an example that is only a piece of text.
_MARKS = "«»"
_SECRET = lazy("«[^»]*»")
_RUN = lazy(r"[^\s«»()+]{8}(?=[^\s«»()+])")
# A message that is nothing but a name to be filled in.
_BARE = lazy(r"\{\w+\}")

_SCOPES = {
    "each": "each {} by itself",
    "every": "every {}, together with what other files say",
    "change": "every {}, before and after a change",
}
# What people call the nouns of a pack that do not speak for themselves.
_NOUNS = {
    "codeowner": "line of CODEOWNERS",
    "entry": "catalog entry",
    "fault": "fault in reading a file",
    "known": "finding that the baseline knows",
    "retired": "retired entry",
    "team": "team of the roster",
}


class Said(NamedTuple):
    """A message of a rule, its severity, the case it belongs to (empty: the usual one), and whether it is an example
    of many, none of which the pack words (empty: there is no example)."""

    case: str
    severity: str
    message: str
    free: bool = False


class Option(NamedTuple):
    """An option of a rule: its name, the default as YAML (empty: unset), and what it means."""

    name: str
    default: str
    meaning: str


def family(entry: Entry) -> str:
    """The family of an entry's rule."""
    return str(entry["id"]).partition("/")[0]


def says(entry: Entry) -> list[Said]:
    """All messages of a rule, the usual one first; for one that is nothing but a name, what an example says."""
    free = bool(_BARE.fullmatch(entry["message"]))
    message = example(entry) if free else entry["message"]
    said = [Said("", entry["severity"], message, free)]
    for name, case in entry.get("cases", {}).items():
        said.append(Said(name, case.get("severity", entry["severity"]), case.get("message", message)))
    return said


def example(entry: Entry) -> str:
    """What a rule says in its examples, in its usual words if one has these, or by its pack where no example can be
    written down; empty where nothing tells."""
    said = [line.split(": ", 1)[1] for each in packs.examples(entry) for line in each.get("found", ())]
    usual = re.compile(".+".join(map(re.escape, _BARE.split(entry["message"]))))
    return next(filter(usual.fullmatch, said), said[0] if said else str(entry.get("for_example", "")))


def short(entry: Entry) -> str:
    """A line that shows what a rule finds: its example, else its message, else why it is there."""
    return example(entry) or (entry["why"] if _BARE.fullmatch(entry["message"]) else entry["message"])


def nouns(entry: Entry) -> str:
    """What a rule judges."""
    named = entry[packs.scope_of(entry)]
    return named if isinstance(named, str) else ", ".join(named)


def judged(entry: Entry) -> str:
    """The same in words, with how much the rule looks at together."""
    *others, last = (_NOUNS.get(noun, noun) for noun in nouns(entry).split(", "))
    named = f"{', '.join(others)} or {last}" if others else last
    return _SCOPES[packs.scope_of(entry)].format(named)


def headings(entry: Entry) -> list[tuple[str, str, Sequence[str]]]:
    """The kinds of runbook, their sections, and the headings that are taken for each, where the rule asks for them."""
    asked = any(name == "have-sections" for name, _ in rulebook.verbs_of(entry))
    kinds = PROFILES.items() if asked else ()
    return [(kind, section, words) for kind, sections in kinds for section, words in sections.items()]


def options(entry: Entry) -> list[Option]:
    """The options that the pack describes, with the defaults that are in force without a configuration."""
    defaults: dict[str, Any] = {}
    for name, given in rulebook.verbs_of(entry):
        defaults |= {**defaults_of(CHECKS[name]), **given}
    return [Option(name, _yaml(defaults.get(name)), meaning) for name, meaning in entry.get("options", {}).items()]


def _yaml(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def settings(entry: Entry) -> list[str]:
    """The keys of the configuration that the rule's checks read."""
    asked = {option for name, _ in rulebook.verbs_of(entry) for option in CHECKS[name].options}
    return sorted(SETTINGS.intersection(asked) - {"rule_ids"})


def snippet(entry: Entry) -> str:
    """How the configuration changes a rule and switches it off, as YAML."""
    other = "error" if entry["severity"] == "warning" else "warning"
    pairs = [f"severity: {other}", *(f"{each.name}: {each.default}" for each in options(entry) if each.default)]
    return f"rules:\n  {entry['id']}: {{{', '.join(pairs)}}}\n  # {entry['id']}: off\n"


def is_waivable(entry: Entry) -> bool:
    """Whether what a rule finds can be waived. What a baseline knows too much is taken out of it instead."""
    return family(entry) not in NEVER_WAIVED and nouns(entry) != "known"


def languages(entry: Entry) -> list[str]:
    """In which texts a comment waives a finding of the rule: markdown, front matter, YAML; none where no comment can
    stand. What is said of a runbook stands at its title, which front matter may hold, or where it says the wrong; an
    incident in markdown is its front matter."""
    if not is_waivable(entry):
        return []
    paths = [line.partition(":")[0] for each in packs.examples(entry) for line in each.get("found", ())]
    everywhere = not paths or "text" in nouns(entry)
    front = everywhere or not {"runbook", "incident"}.isdisjoint(nouns(entry).split(", "))
    markdown = front or any(path.endswith(".md") for path in paths)
    yaml = everywhere or not all(path.endswith((".md", BASELINE)) for path in paths)
    there = zip(_WHERE, (markdown, front, yaml), strict=True)
    return [language for language, holds in there if holds]


def waiver(language: str, rule: str) -> str:
    """The comment that waives a finding of a rule where it stands."""
    if language == "markdown":
        return f"<!-- runbook-lint-disable-next-line {rule} {UNTIL} -->"
    return f"# runbook-lint: ignore[{rule}] {UNTIL}"


def comments(entry: Entry) -> Iterator[tuple[str, str]]:
    """Where a comment waives a finding of the rule, as the beginning of a sentence, and the comment; what looks the
    same in two languages once."""
    places: dict[str, list[str]] = {}
    for language in languages(entry):
        places.setdefault(waiver(language, entry["id"]), []).append(_WHERE[language])
    for comment, named in places.items():
        yield f"In {' and in '.join(named)}, {_HOW[comment[0]]}", comment


def listed_waiver(entry: Entry) -> str:
    """The same in the file of waivers, as YAML."""
    key, value = _target(entry)
    return (
        f"# {WAIVERS}\nversion: 1\nwaivers:\n  - rule: {entry['id']}\n    {key}: {json.dumps(value)}\n"
        f"    until: {_END}\n    owner: {_OWNER}\n    reason: {_REASON}\n"
    )


def waive_command(entry: Entry) -> str:
    """The command that writes it there."""
    key, value = _target(entry)
    option = {"paths": "path", "runbook_id": "runbook-id"}.get(key, key)
    given = f'"{value[0]}"' if isinstance(value, list) else value
    return f'runbook-lint waive {entry["id"]} --{option} {given} --until {_END} --owner {_OWNER} --reason "{_REASON}"'


def _target(entry: Entry) -> tuple[str, str | list[str]]:
    """What a waiver of the file names for a rule: an alert, a runbook by its id, or files."""
    judged = nouns(entry)
    if judged == "alert":
        return "alert", "DiskFull"
    if judged == "entry":
        return "runbook_id", "ops.disk.full"
    if judged == "baseline":
        return "paths", [BASELINE]
    return "paths", ["docs/runbooks/**" if "markdown" in languages(entry) else "deploy/**"]


def cites_policy(entry: Entry) -> bool:
    """Whether the source of a shipped rule is the policy."""
    return "pack" not in entry and "policy" in entry.get("source", "").lower()


def conditions(example: Mapping[str, Any]) -> str:
    """What an example needs beside its files: the day and the configuration."""
    parts = [f"as of {example['as-of']}"] if "as-of" in example else []
    parts += [f"with {key}: {_yaml(value)}" for key, value in example.get("config", {}).items()]
    return ", ".join(parts)


def states(example: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The files of an example, for each moment what became of them since the one before: how it is called, and the
    texts by path; of a file that was deleted ``(deleted)``."""
    base = example.get("base", [])
    former = [base] if isinstance(base, dict) else base
    known: Mapping[str, str] = {}
    for index, files in enumerate((*former, example.get("good") or example["bad"])):
        label = {len(former): "now, " if former else "", len(former) - 1: "before, "}.get(index, "long before, ")
        new = {path: text for path, text in files.items() if known.get(path) != text}
        yield label, {**new, **{path: "(deleted)" for path in known if path not in files}}
        known = files


def shown(text: str) -> str:
    """An example's text with everything unseen as an escape."""
    return "\n".join(printable(line) for line in text.removesuffix("\n").split("\n"))


def is_format(entry: Entry) -> bool:
    """Whether a rule is about one form of text: all of its examples are only pieces of text."""
    examples = entry.get("examples", ())
    return bool(examples) and all(piece(example) is not None for example in examples)


def piece(example: Mapping[str, Any]) -> str | None:
    """The text of an example that is only a piece of text, with the marks around the secret."""
    text = example.get("good", example.get("bad"))
    return text if isinstance(text, str) else None


def is_marked(text: str) -> bool:
    """Whether something is found in a piece of text."""
    return _MARKS[0] in text


def shielded(text: str) -> str:
    """A piece of text that may stand in a file: no run of letters in its secret is long enough for a scanner."""
    return _SECRET.sub(lambda secret: _RUN.sub(rf"\g<0>{JOINT}", secret[0]), text)


def marked(text: str, room: int = sys.maxsize) -> Iterator[str]:
    """The lines of a piece of text, with carets under the secret instead of its marks. A line with a secret in it that
    is wider than the room is folded, so that the carets stay under it."""
    inside = False
    for line in text.removesuffix("\n").split("\n"):
        above = under = ""
        for letter in line:
            if letter in _MARKS:
                inside = letter == _MARKS[0]
            else:
                above += printable(letter)
                under += ("^" if inside else " ") * len(printable(letter))
        yield from _folded(above, under, room) if "^" in under else [above]


def _folded(above: str, under: str, room: int) -> Iterator[str]:
    for at in range(0, len(above), room):
        yield above[at : at + room]
        if "^" in under[at : at + room]:
            yield under[at : at + room].rstrip()
