"""Edits -> new text. Only what is safe: all around stays as it is, and the result is read again before it counts."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from runbook_lint import documents
from runbook_lint.documents import catalog
from runbook_lint.documents.tree import child, plain
from runbook_lint.expressions import lazy
from runbook_lint.model import Edit, Finding, Item, Member, Repair, Rewrite, Sibling, Span, Value
from runbook_lint.rows import claim

_PLAIN = lazy(r"[A-Za-z_][\w./-]*(?: [\w./,-]+)*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
_DATE = lazy(r"\d{4}-\d\d-\d\d")
# A line of a template that decides what follows, and one that ends what stands before it.
_OPENS = lazy(r"\s*\{\{-?\s*(?:if|else|range|with)\b")
_TURNS = lazy(r"\s*\{\{-?\s*else\b")
_MARGIN = lazy(r"[ ]*(?:- +)*")


def by_path(findings: Iterable[Finding]) -> dict[str, list[Repair]]:
    """The repairs of some findings by the file that they are for."""
    found: defaultdict[str, list[Repair]] = defaultdict(list)
    for finding in findings:
        for repair in finding.edits:
            path = repair.path if isinstance(repair, Member) else finding.place.path
            if repair not in found[path]:
                found[path].append(repair)
    return dict(sorted(found.items()))


def applied(text: str, path: str, kind: str, repairs: Iterable[Repair]) -> str:
    """The text with all repairs that can be made safely; the text itself where none can."""
    repairs = list(repairs)
    made = [_Made(edit, isinstance(each, Sibling)) for each in repairs if (edit := _edit(each, text)) is not None]
    fixed = _with(text, [each.edit for each in made])
    if not _is_safe(text, fixed, path, kind, sum(each.adds for each in made)):
        fixed = _one_by_one(text, path, kind, made)
    members = [repair.value for repair in repairs if isinstance(repair, Member)]
    return _with_members(fixed, path, members) if members else fixed


def offered(text: str, path: str, kind: str, repairs: Sequence[Repair]) -> list[Edit | None]:
    """For each repair alone the edit of the text that makes it; None where it cannot be made safely."""
    made = [_edit(repair, text) for repair in repairs]
    adds = sum(isinstance(repair, Sibling) for repair, edit in zip(repairs, made, strict=True) if edit is not None)
    together = _is_safe(text, _with(text, [edit for edit in made if edit is not None]), path, kind, adds)
    joining = _joining(text, path, [repair.value for repair in repairs if isinstance(repair, Member)])
    return [
        joining(repair.value) if isinstance(repair, Member) else _offer(text, path, kind, repair, edit, safe=together)
        for repair, edit in zip(repairs, made, strict=True)
    ]


def _offer(text: str, path: str, kind: str, repair: Repair, edit: Edit | None, *, safe: bool) -> Edit | None:
    if edit is None or not (safe or _is_safe(text, _with(text, [edit]), path, kind, isinstance(repair, Sibling))):
        return None
    return edit._replace(text=_like(text, edit.text))


class _Made(NamedTuple):
    """An edit, and whether it adds a value."""

    edit: Edit
    adds: bool


def _one_by_one(text: str, path: str, kind: str, made: Iterable[_Made]) -> str:
    """The text with those of some edits that are safe each alone, from its end."""
    for each in sorted(made, key=lambda each: each.edit.start, reverse=True):
        fixed = _with(text, [each.edit])
        text = fixed if _is_safe(text, fixed, path, kind, each.adds) else text
    return text


def _like(text: str, written: str) -> str:
    """What was written with the ends of lines that a text has."""
    return written.replace("\n", "\r\n") if "\r\n" in text else written


def scalar(value: Any, *, quoted: bool = False) -> str:
    """A value as YAML and, if quoted, as JSON: quoted where any reader could take it for something else."""
    if not quoted and isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)


def _bare(value: str) -> str:
    """A value that stood without quotes, which a date may do."""
    return value if _DATE.fullmatch(value) else scalar(value)


def _with(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits, made from its end; of two that overlap the first is made."""
    taken: list[Span] = []
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        if claim(taken, Span(edit.start, edit.end)):
            text = text[: edit.start] + _like(text, edit.text) + text[edit.end :]
    return text


def _edit(repair: Repair, text: str) -> Edit | None:
    if isinstance(repair, Edit):
        return repair
    if isinstance(repair, Rewrite):
        return _rewritten(repair, text)
    return _beside(repair, text) if isinstance(repair, Sibling) else None


def _rewritten(repair: Rewrite, text: str) -> Edit | None:
    """Only what is written as it is read: no block, no escape, nothing merged in from elsewhere."""
    start, end = repair.old.span
    raw = text[start:end]
    if raw.strip("'\"") != str(repair.old.value):
        return None
    quoted = raw[:1] in ("'", '"')
    return Edit(start, end, scalar(repair.value, quoted=True) if quoted else _bare(repair.value))


def _beside(repair: Sibling, text: str) -> Edit | None:
    """A new key directly before another one of the same mapping, laid out as that one is."""
    at = repair.beside.key
    if at < 0:
        return None
    start = text.rfind("\n", 0, at) + 1
    margin = text[start:at]
    if text[:at].rstrip()[-1:] in ("{", ","):
        quoted = text[at] == '"'
        key = json.dumps(repair.key) if quoted else repair.key
        joint = f",\n{margin}" if not margin.strip() else ", "
        return Edit(at, at, f"{key}: {_flow(repair.value, quoted=quoted)}{joint}")
    if _MARGIN.fullmatch(margin) and not _is_conditional(text, start, at):
        lines = _lines(f"{repair.key}: ", repair.value, " " * len(margin))
        return Edit(at, at, f"{lines}\n{' ' * len(margin)}")
    return None


def _is_conditional(text: str, start: int, at: int) -> bool:
    """Whether a template decides, on the line before or the one after, if what stands here is there at all."""
    before = text[text.rfind("\n", 0, max(0, start - 1)) + 1 : start]
    end = text.find("\n", at)
    after = text[end + 1 : text.find("\n", end + 1)] if end >= 0 else ""
    return bool(_OPENS.match(before) or _TURNS.match(after))


def _flow(value: Any, *, quoted: bool) -> str:
    if not isinstance(value, Mapping):
        return scalar(value, quoted=quoted)
    return "{" + ", ".join(f"{scalar(k, quoted=quoted)}: {scalar(v, quoted=quoted)}" for k, v in value.items()) + "}"


def _lines(key: str, value: Any, margin: str) -> str:
    if not isinstance(value, Mapping):
        return key + scalar(value)
    return key.rstrip() + "".join(f"\n{margin}  {name}: {scalar(each)}" for name, each in value.items())


def _is_safe(before: str, after: str, path: str, kind: str, added: int) -> bool:
    """Whether a text has the same items as before, each with all that it had and no more than was added, and no fault
    that it had not."""
    if before == after:
        return True
    old, new = (documents.read(kind, text, path) for text in (before, after))
    if [(item.noun, item.key) for item in old if item.noun != "text"] != [
        (item.noun, item.key) for item in new if item.noun != "text"
    ]:
        return False
    alerts = [(one, other) for one, other in zip(old, new, strict=True) if one.noun == "alert"]
    leaves = [(_leaves(one), _leaves(other)) for one, other in alerts]
    if sum(len(other) - len(one) for one, other in leaves) not in (0, added):
        return False
    return all(one.items() <= other.items() for one, other in leaves)


def _leaves(item: Item) -> dict[str, str]:
    return {name: repr(plain(value)) for name, value in item.fields.items() if not isinstance(value.value, dict)}


# --- entries ----------------------------------------------------------------------------------------------------------


def _with_members(text: str, path: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """A catalog with more entries at the end of its list, those left out that cannot be put there safely."""
    listed = _entries(text, path)
    if listed is None:
        return text
    fixed = _with(text, [_appended(text, path, listed, entries)])
    if _has(fixed, path, listed, entries):
        return fixed
    return _with_members(_with_members(text, path, entries[:1]), path, entries[1:]) if len(entries) > 1 else text


def _joining(text: str, path: str, entries: Sequence[Mapping[str, Any]]) -> Callable[[Mapping[str, Any]], Edit | None]:
    """Gives the edit that puts one of some entries at the end of a catalog's list; None where that is not safe."""
    listed = _entries(text, path) if entries else None
    if listed is None:
        return lambda entry: None
    whole: Value = listed
    together = _has(_with(text, [_appended(text, path, whole, entries)]), path, whole, entries)

    def joined(entry: Mapping[str, Any]) -> Edit | None:
        edit = _appended(text, path, whole, [entry])
        safe = together or _has(_with(text, [edit]), path, whole, [entry])
        return edit._replace(text=_like(text, edit.text)) if safe else None

    return joined


def _has(text: str, path: str, former: Value, entries: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a catalog has the entries that it had, and then these."""
    after = _entries(text, path)
    return after is not None and plain(after) == [*plain(former), *map(dict, entries)]


def _entries(text: str, path: str) -> Value | None:
    reading = catalog.tree(text, path)
    if reading.faults or len(reading.documents) != 1:
        return None
    root = reading.documents[0].root
    listed = root if isinstance(root.value, list) else child(root, "runbooks")
    return listed if listed is not None and isinstance(listed.value, list) else None


def _appended(text: str, path: str, listed: Value, entries: Sequence[Mapping[str, Any]]) -> Edit:
    """Puts entries at the end of a list, laid out as the one before."""
    as_json = path.lower().endswith(".json")
    if as_json or text[listed.start] == "[":
        return _appended_json(text, listed, entries, as_json=as_json)
    last = listed.value[-1]
    dash = text.rindex("-", 0, last.start)
    margin = " " * (dash - text.rfind("\n", 0, dash) - 1)
    end = text.find("\n", len(text[: last.end].rstrip()))
    end = len(text) if end < 0 else end - text.startswith("\r", end - 1)
    return Edit(end, end, "".join(f"\n{_block(entry, margin)}" for entry in entries))


def _block(entry: Mapping[str, Any], margin: str) -> str:
    lines = [f"{key}: {scalar(value)}" for key, value in entry.items()]
    return "\n".join(f"{margin}{'  ' if index else '- '}{line}" for index, line in enumerate(lines))


def _appended_json(text: str, listed: Value, entries: Sequence[Mapping[str, Any]], *, as_json: bool) -> Edit:
    """In JSON, laid out as the entry before it: over lines, or on one."""
    if not listed.value:
        if not as_json:
            return Edit(*listed.span, f"[{', '.join(json.dumps(entry, ensure_ascii=False) for entry in entries)}]")
        margin = _margin(text, listed.start)
        bodies = f",\n{margin}  ".join(_indented(entry, margin + "  ") for entry in entries)
        return Edit(*listed.span, f"[\n{margin}  {bodies}\n{margin}]")
    last = listed.value[-1]
    margin = _margin(text, last.start)
    own_line = not text[text.rfind("\n", 0, last.start) + 1 : last.start].strip()
    over_lines = "\n" in text[last.start : last.end]
    joint = f",\n{margin}" if own_line else ", "
    each = (_indented(entry, margin) if over_lines else json.dumps(entry, ensure_ascii=False) for entry in entries)
    return Edit(last.end, last.end, "".join(joint + body for body in each))


def _margin(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _indented(entry: Mapping[str, Any], margin: str) -> str:
    lines = json.dumps(entry, ensure_ascii=False, indent=2).split("\n")
    return f"\n{margin}".join(lines)
