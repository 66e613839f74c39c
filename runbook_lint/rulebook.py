"""Packs + overrides -> Rules. Refuses what the table of checks does not know."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from runbook_lint import options, patterns
from runbook_lint.checks import CHECKS, SETTINGS, Check
from runbook_lint.config import Config
from runbook_lint.model import Case, Rule, UserError
from runbook_lint.packs import Entry, on_disk, scope_of, shipped_entries, user_entries, where_of

# The word of a pack for the scope, where it is another.
_SCOPES = {"each": "one"}
_NO_CASES: Mapping[str, Mapping[str, str]] = {}


def load(
    root: str,
    config: Config,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    read: Callable[[str], bytes] | None = None,
) -> list[Rule]:
    """The rules in force, in the order of their packs; ``read`` gives the user's packs where not the disk does."""
    entries = [*shipped_entries(), *user_entries(read or on_disk(root), config)]
    _refuse_doubles(entries)
    by_id = {entry["id"]: entry for entry in entries}
    for name in config.rules:
        options.refuse_unknown(name, by_id, config.where("rules", name))
    families = {id_.partition("/")[0] for id_ in by_id}
    for option, names in (("--select", select), ("--ignore", ignore)):
        for name in names:
            options.refuse_unknown(name, [*by_id, *sorted(families)], option)
    wanted = {id_ for id_ in by_id if config.rules.get(id_) != "off" and _chosen(id_, select, ignore)}
    # What the user wrote is looked at also when nobody asked for it now; our own entries are right.
    foreign = {entry["id"] for entry in entries if "pack" in entry or entry["id"] in config.rules}
    settled, asked = _settled(), wanted | foreign
    rules = [
        (entry["id"] not in config.rules and settled.get(entry["id"])) or _rule(entry, config, by_id)
        for entry in entries
        if entry["id"] in asked
    ]
    return [rule for rule in rules if rule.id in wanted]


@lru_cache(maxsize=1)
def _settled() -> Mapping[str, Rule]:
    """Those of our own rules, nearly all of them, that are the same by every configuration that does not name them:
    those that get nothing from it, nor from another rule. The tests hold them to what reads any rule."""
    asking = {name for name, check in CHECKS.items() if SETTINGS.intersection(check.options)}
    verbs = ((entry, verbs_of(entry)) for entry in shipped_entries() if "like" not in entry)
    cases: dict[int, Mapping[str, Case]] = {}
    return {
        entry["id"]: _made(entry, tuple([(CHECKS[name].function, given) for name, given in checks]), cases=cases)
        for entry, checks in verbs
        if asking.isdisjoint([name for name, _ in checks])
    }


def _refuse_doubles(entries: Sequence[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry["id"] in seen:
            raise UserError(f"{where_of(entry, 'id')}: the rule {entry['id']} exists already; choose another id")
        seen.add(entry["id"])


def _chosen(id_: str, select: Sequence[str], ignore: Sequence[str]) -> bool:
    names = {id_, id_.partition("/")[0]}
    return (not select or not names.isdisjoint(select)) and names.isdisjoint(ignore)


def _rule(entry: Entry, config: Config, by_id: Mapping[str, Entry]) -> Rule:
    _refuse_paths(entry, scope_of(entry))
    for index, name in enumerate(entry.get("speaks_for", ())):
        options.refuse_unknown(name, by_id, where_of(entry, "speaks_for", index))
    severity = _override(entry["id"], config).get("severity", "")
    return _made(entry, tuple(_bound(entry, config, by_id)), severity)


def _made(
    entry: Entry, checks: tuple[Any, ...], severity: str = "", cases: dict[int, Mapping[str, Case]] | None = None
) -> Rule:
    """The rule of an entry with its checks; the user's severity goes before its own. Those who make many give a dict
    for the ``cases``: hundreds of entries have the ones that are the defaults of their pack."""
    scope = scope_of(entry)
    nouns = entry[scope]
    given = entry.get("cases", _NO_CASES)
    shared = cases if cases is not None else {}
    if id(given) not in shared:
        shared[id(given)] = {name: Case(**case) for name, case in given.items()}
    return Rule(
        id=entry["id"],
        scope=_SCOPES.get(scope, scope),
        nouns=(nouns,) if isinstance(nouns, str) else tuple(nouns),
        field=entry.get("field", ""),
        checks=checks,
        severity=severity or entry["severity"],
        message=entry["message"],
        why=entry["why"],
        cases=shared[id(given)],
        secret=entry.get("secret", False),
        hint=entry.get("hint", ""),
        forced_severity=severity,
        speaks_for=tuple(entry.get("speaks_for", ())),
    )


def _refuse_paths(entry: Entry, scope: str) -> None:
    """Refuses paths where none are asked for, and those that are no regular expressions."""
    for key in ("paths", "unless"):
        for index, path in enumerate(entry.get(key, ())):
            why = patterns.invalid(path) if "pack" in entry and scope == "each" else ""
            if why or scope != "each":
                words = f"no regular expression: {why}" if why else "for rules that say `each:`"
                raise UserError(f"{where_of(entry, key, index)}: {entry['id']}: `{key}` is {words}")


def _override(id_: str, config: Config) -> dict[str, Any]:
    """What the configuration says of a rule: ``severity`` and options."""
    given = config.rules.get(id_, {})
    if isinstance(given, str):
        return {} if given == "off" else {"severity": given}
    return dict(given)


def verbs_of(entry: Entry) -> list[tuple[str, dict[str, Any]]]:
    """The checks of an entry, each with the options that the pack gives it."""
    must = entry["must"]
    verbs = must if isinstance(must, list) else [must]
    return [(verb, {}) if isinstance(verb, str) else next(iter(verb.items())) for verb in verbs]


def _verbs(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], str, dict[str, Any]]]:
    """The checks of an entry: the keys that lead to each, its name, and its options."""
    must = entry["must"]
    for index, verb in enumerate(must if isinstance(must, list) else [must]):
        keys = ("must", index) if isinstance(must, list) else ("must",)
        if isinstance(verb, str):
            yield keys, verb, {}
        else:
            name = next(iter(verb))
            yield (*keys, name), name, verb[name]


def _bound(entry: Entry, config: Config, by_id: Mapping[str, Entry]) -> Iterator[Any]:
    """Each check of an entry with its options: the settings that it asks for, the pack's own, those of the rule that
    it is like, and over them the user's."""
    mine = {name: value for name, value in _override(entry["id"], config).items() if name != "severity"}
    if not mine and "pack" not in entry and "like" not in entry:
        # Our own as it stands, of which there are hundreds; the tests hold it to what follows.
        for name, given in verbs_of(entry):
            settings = _settings(CHECKS[name], config, by_id)
            yield CHECKS[name].function, {**settings, **given} if settings else given
        return
    names = [option for name, _ in verbs_of(entry) for option in options.taken(_check(name, entry))]
    for option in mine:
        options.refuse_option(option, names, config.where("rules", entry["id"], option))
    shared = _shared(entry, config, by_id)
    for keys, name, packed in _verbs(entry):
        check = _check(name, entry)
        options.refuse_given(check, packed, partial(_option_place, entry, keys, name), "pack" in entry)
        own = {option: value for option, value in mine.items() if option in options.taken(check)}
        options.refuse_given(check, own, partial(config.where, "rules", entry["id"]), True)
        known = options.taken(check)
        given = {**packed, **{option: value for option, value in shared.items() if option in known}, **own}
        where = f"{where_of(entry, *keys)}: {entry['id']}: the check '{name}'"
        options.refuse_lack(check, given, where)
        wrong = check.mistake(given) if check.mistake is not None else ""
        if wrong:
            raise UserError(f"{where}: {wrong}")
        yield _guarded(check, entry, own, config, given), {**_settings(check, config, by_id), **given}


def _option_place(entry: Entry, keys: tuple[str | int, ...], check: str, option: str) -> str:
    return f"{where_of(entry, *keys, option)}: {entry['id']}: {check}"


def _shared(entry: Entry, config: Config, by_id: Mapping[str, Entry]) -> dict[str, Any]:
    """The options of the rule that an entry is ``like``, as the pack and the user give them to that one."""
    other = entry.get("like")
    if other is None:
        return {}
    options.refuse_unknown(other, by_id, where_of(entry, "like"))
    given = {option: value for _, each in verbs_of(by_id[other]) for option, value in each.items()}
    return {**given, **_override(other, config)}


def _settings(check: Check, config: Config, known: Collection[str]) -> dict[str, Any]:
    """What a check gets from the configuration."""
    asked = SETTINGS.intersection(check.options)
    return {name: list(known) if name == "rule_ids" else getattr(config, name) for name in asked}


def _guarded(check: Check, entry: Entry, mine: Mapping[str, Any], config: Config, given: Mapping[str, Any]) -> Any:
    """The check's function, in the files alone that the entry names; with a limit of time when its pattern is the
    user's own."""
    function = check.function
    if "paths" in entry or "unless" in entry or any("paths" in each for each in given.get("allow", ())):
        function = patterns.within(function, entry.get("paths", ()), entry.get("unless", ()))
    own = dict(patterns.named(mine)) or ("pack" in entry and any(each in check.options for each in patterns.OPTIONS))
    if not own or check.scope != "one":
        return function
    where = config.where("rules", entry["id"]) if mine else entry.get("pack")
    return patterns.bounded(function, f"{where}: {entry['id']}")


def _check(name: str, entry: Entry) -> Check:
    scope = scope_of(entry)
    where = f"{where_of(entry, 'must')}: {entry['id']}"
    if name not in CHECKS:
        hint = options.meant(name, CHECKS, f"there are {', '.join(CHECKS)}")
        raise UserError(f"{where}: there is no check '{name}'; {hint}")
    check = CHECKS[name]
    if check.scope != _SCOPES.get(scope, scope):
        wanted = {"one": "each"}.get(check.scope, check.scope)
        raise UserError(f"{where}: the check '{name}' goes with `{wanted}:`, not with `{scope}:`")
    return check
