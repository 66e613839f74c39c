"""Problem -> Finding: worded by the rule, placed, given a fingerprint."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from runbook_lint.expressions import lazy
from runbook_lint.model import NAMED, SEVERITIES, Finding, Item, Problem, Rule, Span
from runbook_lint.places import Lines
from runbook_lint.rows import claim

HIDDEN = "***"
# So much of a secret is recognised where a message cuts it short.
_RECOGNISED = 4
_CUT = "…"
_LONGEST = 200
# So many findings are asked together whether they hold a secret.
_TOGETHER = 64
_INK = lazy(r"[^\r\n]")
# Shorter values would tear ordinary words apart; of a text of several lines, such as a key, each long word is a secret.
_SHORTEST, _SHORTEST_PART = 5, 16
_BEFORE = frozenset(" \t\r\n\"'`=:<>()[]{}|,;&?/@")
_BREAK = lazy(r"[\r\n]|\\[rn]")
_PART = lazy(rf"[A-Za-z0-9+/=_-]{{{_SHORTEST_PART},}}")


class _Words(dict[str, Any]):
    """The words of a problem over the fields of its item; what neither knows stays as it is written."""

    __slots__ = ("item",)
    item: Item

    def __missing__(self, name: str) -> str:
        if name == "key":
            return _short(self.item.key)
        return _short(self.item.text(name)) if name in self.item.fields else f"{{{name}}}"


def _short(text: str) -> str:
    """A name as a message can hold it; nobody reads a longer one, and some readers drop a longer line."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + _CUT


def make(rule: Rule, item: Item, problem: Problem, lines: Lines, related: tuple[Item, ...] = ()) -> Finding:
    """The finding that a rule makes of a problem; ``related`` are the items among its words."""
    case = rule.cases.get(problem.case)
    message, severity = rule.message, rule.severity
    if case is not None:
        message, severity = case.message or message, case.severity or severity
    words = _Words(problem.words)
    words.item = item
    place = lines.place(item.path, item.place if problem.span is None else problem.span)
    return Finding(
        place,
        rule.id,
        rule.forced_severity or severity,
        message.format_map(words),
        item,
        problem.subject,
        problem.edits,
        also=problem.also,
        related=related,
    )


def once(found: Sequence[Finding], rules: Sequence[Rule]) -> list[Finding]:
    """The findings, each secret once: where rules of several packs find the same one, the last pack speaks, which is
    the user's own."""
    ranks = {rule.id: rank for rank, rule in enumerate(rules) if rule.secret}
    kept = [finding for finding in found if finding.rule not in ranks]
    taken: defaultdict[str, list[Span]] = defaultdict(list)
    for finding in sorted(found, key=lambda finding: -ranks.get(finding.rule, 0)):
        place = finding.place
        if finding.rule in ranks and claim(taken[place.path], Span(place.start, place.end)):
            kept.append(finding)
    return kept


def order(finding: Finding) -> tuple[str, int, int, str, str]:
    """Sorts findings by place, then by rule."""
    place = finding.place
    return (place.path, place.line, place.column, finding.rule, finding.message)


def reported(
    found: Sequence[Finding],
    secrets: Sequence[str],
    lines: Callable[[str], Lines],
    before: Sequence[Finding] = (),
) -> list[Finding]:
    """The findings as they are reported: without the texts of secrets, in order, with their fingerprints, which are
    others than those of the findings ``before``. ``lines`` are those of a file as they may be shown."""
    return numbered(sorted(_without(found, secrets), key=order), lines, before)


def numbered(
    findings: Sequence[Finding], lines: Callable[[str], Lines], before: Sequence[Finding] = ()
) -> list[Finding]:
    """The findings with their fingerprints, which know what stands in a line and not which line it is; what is equal
    even so is told apart by its order."""
    if not findings:
        return []
    import hashlib

    seen: dict[str, int] = Counter(_name(finding, lines) for finding in before)
    result = []
    for finding in findings:
        name = _name(finding, lines)
        number = seen[name] = seen.get(name, 0) + 1
        digest = hashlib.sha256(f"{name}\n{number}".encode("utf-8", "backslashreplace")).hexdigest()
        result.append(_with_fingerprint(finding, digest[:16]))
    return result


def _with_fingerprint(finding: Finding, fingerprint: str) -> Finding:
    """What ``replace`` would give, several times faster: every finding of a run goes through here."""
    return Finding(
        finding.place,
        finding.rule,
        finding.severity,
        finding.message,
        finding.item,
        finding.subject,
        finding.edits,
        fingerprint,
        finding.also,
        finding.older,
        finding.related,
        finding.waiver,
    )


def _name(finding: Finding, lines: Callable[[str], Lines]) -> str:
    """What names a finding: its item and subject, and for what has no name of its own, such as a word in a text, the
    line that it stands in."""
    item, place = finding.item, finding.place
    words = " ".join(finding.subject.split())
    name = f"{finding.rule}\n{place.path}\n{item.noun}\n{item.key}\n{words}"
    if item.noun in NAMED or ((place.start, place.end) == item.place and place.path == item.path):
        return name
    line = " ".join(lines(place.path).line(place.line).split())
    return f"{name}\n{line}" if line else name


class Veiled(str):
    """A path as it may be shown. It still answers to its real name, so that who asks for that file finds it."""

    real: str

    def __new__(cls, path: str, secrets: Sequence[str]) -> "Veiled":
        """The path without the secrets."""
        veiled = super().__new__(cls, hidden(path, secrets))
        veiled.real = path
        return veiled

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) is True or (not isinstance(other, Veiled) and self.real == other)

    __hash__ = str.__hash__

    def startswith(self, *words: Any) -> bool:
        """Whether the shown or the real path starts so."""
        return super().startswith(*words) or self.real.startswith(*words)


class Shown(Lines):
    """The lines of a text as they may be shown: every character of a secret is an asterisk, wherever it stands again.

    ``secrets`` are the places where they were found in this text, ``texts`` the secrets of all files.
    """

    def __init__(self, text: str, secrets: Sequence[Span], texts: Sequence[str] = ()) -> None:
        super().__init__(_masked(text, [*(_widened(text, span) for span in secrets), *_occurrences(text, texts)]))
        self.secrets = secrets
        self.texts = texts

    def without(self, value: Any) -> Any:
        """Plain data with none of the secrets of any file in it."""
        if isinstance(value, dict):
            return {self.without(key): self.without(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.without(each) for each in value]
        return hidden(value, self.texts) if isinstance(value, str) else value

    def hides(self, span: Span) -> bool:
        """Whether any of a secret stands in the span."""
        return any(start < span.end and span.start < end for start, end in self.secrets)


def secret_parts(text: str) -> list[str]:
    """The texts that must not be shown of what was found: itself, or the long words of its lines."""
    if _BREAK.search(text):
        return [part for line in _BREAK.split(text) for part in _PART.findall(line)]
    # An anchor has it in small letters, and a reader of YAML without its backslashes.
    return list({text, text.lower(), text.replace("\\", "")}) if len(text) >= _SHORTEST else []


def _widened(text: str, span: Span) -> Span:
    """All that may belong to a secret: what it runs on from, and the rest of its line, of which nobody can tell."""
    start, end = span
    while start and text[start - 1] not in _BEFORE:
        start -= 1
    rest = text.find("\n", end)
    return Span(start, rest if rest >= 0 else len(text))


def _occurrences(text: str, secrets: Sequence[str]) -> Iterator[Span]:
    for secret in secrets:
        at = text.find(secret)
        while at >= 0:
            yield Span(at, at + len(secret))
            at = text.find(secret, at + 1)


def _masked(text: str, secrets: Sequence[Span]) -> str:
    parts, at = [], 0
    for start, end in sorted(secrets):
        parts += [text[at:start], _INK.sub("*", text[max(start, at) : end])]
        at = max(at, end)
    return "".join((*parts, text[at:]))


def _without(found: Sequence[Finding], secrets: Sequence[str]) -> Iterator[Finding]:
    """The findings with none of the secret texts in their words. Most have none, and many are looked at together."""
    for at in range(0, len(found), _TOGETHER):
        some = found[at : at + _TOGETHER]
        yield from some if _are_clean(some, secrets) else (without(each, secrets) for each in some)


def _are_clean(found: Sequence[Finding], secrets: Sequence[str]) -> bool:
    """Whether the words of findings can have nothing of a secret in them."""
    if not secrets:
        return True
    said = "\n".join([text for each in found for text in _said(each)])
    return _CUT not in said and not any(secret in said for secret in secrets)


def _said(finding: Finding) -> tuple[str, str, str, str]:
    return finding.message, finding.item.key, finding.subject, finding.place.path


def without(finding: Finding, secrets: Sequence[str]) -> Finding:
    """The finding with none of the secret texts in its words."""
    if _are_clean((finding,), secrets):
        return finding
    place, item = finding.place, finding.item
    said = _said(finding)
    message, key, subject, path = (hidden(text, secrets) for text in said)
    if (message, key, subject, path) == said:
        return finding
    if path != place.path:
        place = place._replace(path=Veiled(place.path, secrets))
    return replace(finding, place=place, message=message, subject=subject, item=item.but(key=key))


def hidden(text: str, secrets: Sequence[str]) -> str:
    """The text without the secrets, also where one is cut short by an ellipsis."""
    if secrets and _CUT in text:
        *cut, rest = text.split(_CUT)
        text = _CUT.join((*(_without_beginning(part, secrets) for part in cut), rest))
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def _without_beginning(text: str, secrets: Sequence[str]) -> str:
    """A text that is cut short without the beginning of a secret at its end."""
    near = (each for each in secrets if each[:_RECOGNISED] in text)
    most = max((_begun(text, each) for each in near), default=0)
    return text[:-most] + HIDDEN if most else text


def _begun(text: str, secret: str) -> int:
    """How much of the beginning of a secret a text ends with."""
    return next((n for n in range(len(secret), _RECOGNISED - 1, -1) if text.endswith(secret[:n])), 0)


def spot(item: Item, lines: Lines) -> str:
    """An item's place in a message."""
    return f"{item.path}:{lines.position(item.place.start)[0]}"


def at_or_above(findings: Sequence[Finding], severity: str) -> list[Finding]:
    """The findings of this severity or a worse one."""
    rank = SEVERITIES.index(severity)
    return [finding for finding in findings if SEVERITIES.index(finding.severity) >= rank]
