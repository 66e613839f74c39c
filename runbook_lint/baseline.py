"""The baseline: findings that were there when the check was taken up. They do not fail; new ones do."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from runbook_lint.model import Finding, Item, Rule, Value

_NEVER = {
    "read": "nobody knows what stands in a file that cannot be read",
    "waiver": "a waiver that is wrong is corrected or removed",
    "baseline": "a baseline does not excuse itself",
    "change": "a change is judged when it is made, and never again",
}
_SECRET = "a secret is revoked and removed, never known"  # noqa: S105


class Verdicts(NamedTuple):
    """The findings that stand, those that the baseline knows, and its entries with what is wrong with each."""

    standing: Sequence[Finding]
    known: Sequence[Finding]
    entries: Sequence[Item]


def refusal(rule_id: str, rules: Mapping[str, Rule]) -> str:
    """Why a finding of a rule may not be baselined; empty where it may."""
    rule = rules.get(rule_id)
    if rule_id.startswith("secret/") or (rule is not None and rule.secret):
        return _SECRET
    return _NEVER.get(rule_id.partition("/")[0], "")


def divide(
    found: Sequence[Finding], entries: Sequence[Item], rules: Mapping[str, Rule], unread: Collection[str] = ()
) -> Verdicts:
    """Which findings the entries of a baseline know. An entry that none needs is ``solved``, one that may not be there
    ``refused``; of rules that did not run, and of files that cannot be read, nobody can tell."""
    known = {entry.key for entry in entries if not refusal(entry.text("rule"), rules)}
    standing = [finding for finding in found if finding.fingerprint not in known]
    baselined = [finding for finding in found if finding.fingerprint in known]
    needed = {finding.fingerprint for finding in found}
    return Verdicts(standing, baselined, [_judged(entry, needed, rules, unread) for entry in entries])


def _judged(entry: Item, needed: set[str], rules: Mapping[str, Rule], unread: Collection[str]) -> Item:
    why = refusal(entry.text("rule"), rules)
    fields = dict(entry.fields)
    if why:
        fields["refused"] = Value(why, *entry.place)
    elif entry.key not in needed and entry.text("rule") in rules and entry.text("path") not in unread:
        fields["solved"] = Value(True, *entry.place)
    return entry.but(fields=fields)


def written(findings: Iterable[Finding], entries: Iterable[Item] = ()) -> str:
    """The baseline of some findings, and of entries that stay: sorted, one a line, so that branches merge."""
    rows = sorted({*map(_row, findings), *map(_kept, entries)})
    lines = (json.dumps(dict(zip(_KEYS, row, strict=True)), ensure_ascii=False) for row in rows)
    body = ",\n".join(lines)
    return f'{{"version": 1, "findings": [\n{body}\n]}}\n' if body else '{"version": 1, "findings": []}\n'


_KEYS = ("path", "rule", "item", "fingerprint")


def _kept(entry: Item) -> tuple[str, str, str, str]:
    return (entry.text("path"), entry.text("rule"), entry.text("item"), entry.key)


def _row(finding: Finding) -> tuple[str, str, str, str]:
    return (str(finding.place.path), finding.rule, finding.item.key, finding.fingerprint)
