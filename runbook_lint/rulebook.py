"""Packs + overrides -> Rules. Refuses what the schema or the table of checks does not know."""

import os
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from runbook_lint import resources
from runbook_lint.checks import CHECKS, GIVEN
from runbook_lint.config import Config, checked_tree
from runbook_lint.documents import yamltree
from runbook_lint.documents.tree import plain
from runbook_lint.model import SEVERITIES, Case, Rule, UserError

Entry = dict[str, Any]


def shipped_entries() -> list[Entry]:
    """The entries of all packs that come with the tool, by family."""
    return [entry for family in resources.names("rules", ".yaml") for entry in _entries(f"{family}.yaml")]


def _entries(file: str) -> list[Entry]:
    reading = yamltree.read(resources.read("rules", file))
    rules: list[Entry] = plain(reading.documents[0].root)["rules"]
    return rules


def user_entries(root: str, config: Config) -> Iterator[Entry]:
    """The entries of the user's own packs, each pack valid by its schema."""
    for name in config.packs:
        try:
            with open(os.path.join(root, name), encoding="utf-8-sig") as handle:
                text = handle.read()
        except (OSError, UnicodeDecodeError) as error:
            words = getattr(error, "strerror", None) or "it is no UTF-8"
            raise UserError(f"{config.where('packs')}: the pack {name} cannot be read: {words}") from None
        for entry in plain(checked_tree(text, name, "pack"))["rules"]:
            yield {**entry, "pack": name}


def load(root: str, config: Config, select: Sequence[str] = (), ignore: Sequence[str] = ()) -> list[Rule]:
    """The rules in force, in the order of their packs."""
    entries = [*shipped_entries(), *user_entries(root, config)]
    known = [entry["id"] for entry in entries]
    _refuse_doubles(entries)
    for name in config.rules:
        _refuse_unknown(name, known, config.where(f"rules.{name}"))
    for name in (*select, *ignore):
        _refuse_unknown(name, [*known, *(id_.partition("/")[0] for id_ in known)], "--select/--ignore")
    chosen = [entry for entry in entries if _chosen(entry["id"], select, ignore)]
    rules = [_rule(entry, config, known) for entry in chosen if config.rules.get(entry["id"]) != "off"]
    return rules


def _refuse_doubles(entries: Sequence[Entry]) -> None:
    seen: dict[str, Entry] = {}
    for entry in entries:
        if entry["id"] in seen:
            raise UserError(f"{entry.get('pack', 'rules')}: the rule {entry['id']} exists already; choose another id")
        seen[entry["id"]] = entry


def _refuse_unknown(name: str, known: Sequence[str], where: str) -> None:
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f"; did you mean '{near[0]}'?" if near else "; `runbook-lint rules` lists all"
        raise UserError(f"{where}: there is no rule '{name}'{hint}")


def _chosen(id_: str, select: Sequence[str], ignore: Sequence[str]) -> bool:
    names = {id_, id_.partition("/")[0]}
    return (not select or not names.isdisjoint(select)) and names.isdisjoint(ignore)


def _rule(entry: Entry, config: Config, known: Sequence[str]) -> Rule:
    scope = next(scope for scope in ("each", "every", "change") if scope in entry)
    override = config.rules.get(entry["id"], {})
    if isinstance(override, str):
        override = {"severity": override}
    options = {key: value for key, value in override.items() if key != "severity"}
    nouns = entry[scope]
    return Rule(
        id=entry["id"],
        scope={"each": "one"}.get(scope, scope),
        nouns=(nouns,) if isinstance(nouns, str) else tuple(nouns),
        field=entry.get("field", ""),
        checks=tuple(_bound(entry, scope, options, config, known)),
        severity=override.get("severity", entry["severity"]),
        message=entry["message"],
        why=entry["why"],
        cases={name: Case(**case) for name, case in entry.get("cases", {}).items()},
        secret=entry.get("secret", False),
        hint=entry.get("hint", ""),
        forced_severity=override.get("severity", ""),
    )


def _bound(entry: Entry, scope: str, options: Mapping[str, Any], config: Config, known: Sequence[str]) -> Iterator[Any]:
    """Each check of an entry with its options: the pack's, over them the user's, and the settings that it asks for."""
    verbs = entry["must"] if isinstance(entry["must"], list) else [entry["must"]]
    unused = set(options)
    for verb in verbs:
        name, given = (verb, {}) if isinstance(verb, str) else next(iter(verb.items()))
        check = _check(name, entry, scope)
        own = [option for option in check.options if option not in GIVEN]
        for option in given:
            _refuse_option(option, own, f"{entry.get('pack', 'rules')}: {entry['id']}: {name}")
        unused -= set(own)
        settings = {
            key: known if key == "rule_ids" else getattr(config, key) for key in check.options if key in GIVEN[1:]
        }
        mine = {key: value for key, value in options.items() if key in own}
        yield check.function, {**settings, **given, **mine}
    for option in unused:
        names = [
            option for verb in verbs for option in _check(_name(verb), entry, scope).options if option not in GIVEN
        ]
        _refuse_option(option, names, config.where(f"rules.{entry['id']}"))


def _name(verb: Any) -> str:
    return verb if isinstance(verb, str) else str(next(iter(verb)))


def _check(name: str, entry: Entry, scope: str) -> Any:
    where = f"{entry.get('pack', 'rules')}: {entry['id']}"
    if name not in CHECKS:
        near = get_close_matches(name, CHECKS, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise UserError(f"{where}: there is no check '{name}'{hint}")
    check = CHECKS[name]
    if check.scope != {"each": "one"}.get(scope, scope):
        wanted = {"one": "each"}.get(check.scope, check.scope)
        raise UserError(f"{where}: the check '{name}' goes with `{wanted}:`, not with `{scope}:`")
    return check


def _refuse_option(option: str, known: Sequence[str], where: str) -> None:
    if option not in known:
        choices = f"it has {', '.join(known)}" if known else "it has none but severity"
        raise UserError(f"{where}: there is no option '{option}'; {choices}")


def severity_rank(severity: str) -> int:
    """Info is 0, warning 1, error 2."""
    return SEVERITIES.index(severity)
