"""Packs + overrides -> Rules. Refuses what the table of checks does not know."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from runbook_lint import patterns, resources
from runbook_lint.checks import CHECKS, GIVEN, SETTINGS, Check
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
        _refuse_unknown(name, by_id, config.where("rules", name))
    families = {id_.partition("/")[0] for id_ in by_id}
    for option, names in (("--select", select), ("--ignore", ignore)):
        for name in names:
            _refuse_unknown(name, [*by_id, *sorted(families)], option)
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


def _refuse_unknown(name: str, known: Collection[str], where: str) -> None:
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, 1)
        hint = f"; did you mean '{near[0]}'?" if near else "; `runbook-lint rules` lists all"
        raise UserError(f"{where}: there is no rule '{name}'{hint}")


def _chosen(id_: str, select: Sequence[str], ignore: Sequence[str]) -> bool:
    names = {id_, id_.partition("/")[0]}
    return (not select or not names.isdisjoint(select)) and names.isdisjoint(ignore)


def _rule(entry: Entry, config: Config, by_id: Mapping[str, Entry]) -> Rule:
    _refuse_paths(entry, scope_of(entry))
    for index, name in enumerate(entry.get("speaks_for", ())):
        _refuse_unknown(name, by_id, where_of(entry, "speaks_for", index))
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
    names = [option for name, _ in verbs_of(entry) for option in _options(_check(name, entry))]
    for option in mine:
        _refuse_option(option, names, config.where("rules", entry["id"], option))
    shared = _shared(entry, config, by_id)
    for keys, name, given in _verbs(entry):
        check = _check(name, entry)
        _refuse_given(check, given, partial(_option_place, entry, keys, name), "pack" in entry)
        own = {option: value for option, value in mine.items() if option in _options(check)}
        _refuse_given(check, own, partial(config.where, "rules", entry["id"]), True)
        options = {**given, **{option: value for option, value in shared.items() if option in _options(check)}, **own}
        _refuse_lack(check, options, f"{where_of(entry, *keys)}: {entry['id']}: the check '{name}'")
        wrong = check.mistake(options) if check.mistake is not None else ""
        if wrong:
            raise UserError(f"{where_of(entry, *keys)}: {entry['id']}: the check '{name}': {wrong}")
        yield _guarded(check, entry, own, config, options), {**_settings(check, config, by_id), **options}


def _option_place(entry: Entry, keys: tuple[str | int, ...], check: str, option: str) -> str:
    return f"{where_of(entry, *keys, option)}: {entry['id']}: {check}"


def _shared(entry: Entry, config: Config, by_id: Mapping[str, Entry]) -> dict[str, Any]:
    """The options of the rule that an entry is ``like``, as the pack and the user give them to that one."""
    other = entry.get("like")
    if other is None:
        return {}
    _refuse_unknown(other, by_id, where_of(entry, "like"))
    options = {option: value for _, given in verbs_of(by_id[other]) for option, value in given.items()}
    return {**options, **_override(other, config)}


def _settings(check: Check, config: Config, known: Collection[str]) -> dict[str, Any]:
    """What a check gets from the configuration."""
    asked = SETTINGS.intersection(check.options)
    return {name: list(known) if name == "rule_ids" else getattr(config, name) for name in asked}


def _options(check: Check) -> list[str]:
    """The options that a pack or a user may give."""
    return [option for option in check.options if option not in GIVEN]


def _guarded(check: Check, entry: Entry, mine: Mapping[str, Any], config: Config, options: Mapping[str, Any]) -> Any:
    """The check's function, in the files alone that the entry names; with a limit of time when its pattern is the
    user's own."""
    function = check.function
    if "paths" in entry or "unless" in entry or any("paths" in each for each in options.get("allow", ())):
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
        from difflib import get_close_matches

        near = get_close_matches(name, CHECKS, 1)
        hint = f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(CHECKS)}"
        raise UserError(f"{where}: there is no check '{name}'{hint}")
    check = CHECKS[name]
    if check.scope != _SCOPES.get(scope, scope):
        wanted = {"one": "each"}.get(check.scope, check.scope)
        raise UserError(f"{where}: the check '{name}' goes with `{wanted}:`, not with `{scope}:`")
    return check


def _refuse_given(check: Check, given: Mapping[str, Any], where: Callable[[str], str], foreign: bool) -> None:
    """Refuses options that the check does not have, or that are of a wrong kind. The expressions of our own packs are
    compiled only when they are used."""
    hints = _hints(check.function) if given else {}
    for option, value in given.items():
        _refuse_option(option, _options(check), where(option))
        if not _fits(value, hints[option]):
            shown = json.dumps(value, ensure_ascii=False)[:60]
            raise UserError(f"{where(option)}: '{option}' must be {_kind(hints[option])}, not {shown}")
    for option, pattern in patterns.named(given) if foreign else ():
        why = patterns.invalid(pattern)
        if why:
            raise UserError(f"{where(option)}: the {option} is no regular expression: {why}")
    known = resources.names("schemas", ".schema.json") if "schema" in given else ()
    if "schema" in given and given["schema"] not in known:
        raise UserError(f"{where('schema')}: there is no schema '{given['schema']}'; there are {', '.join(known)}")


@lru_cache(maxsize=256)
def _hints(function: Callable[..., Any]) -> Mapping[str, Any]:
    return get_type_hints(function)


def _refuse_option(option: str, known: Sequence[str], where: str) -> None:
    if option not in known:
        from difflib import get_close_matches

        near = get_close_matches(option, known, 1)
        choices = f"it has {', '.join(known)}" if known else "it has none but severity"
        raise UserError(f"{where}: there is no option '{option}'; {f'did you mean {near[0]!r}?' if near else choices}")


def _refuse_lack(check: Check, options: Mapping[str, Any], where: str) -> None:
    """Refuses a check without an option that it cannot do without."""
    lacking = [name for name in _options(check) if name not in options and name not in defaults_of(check)]
    if lacking:
        raise UserError(f"{where} needs the option '{lacking[0]}'")


def defaults_of(check: Check) -> Mapping[str, Any]:
    """The options that a check can do without, with what it takes instead."""
    defaults: Mapping[str, Any] = check.function.__kwdefaults__ or {}
    return defaults


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value from a pack is of the kind that a check declares. Numbers are never negative; one with a point
    comes from YAML as text."""
    kind, inside = get_origin(hint), get_args(hint)
    if kind in (UnionType, Union):
        return any(_fits(value, each) for each in inside)
    if kind is Literal:
        return value in inside
    if kind is Sequence:
        return isinstance(value, list) and all(_fits(each, inside[0]) for each in value)
    if kind is Mapping:
        return isinstance(value, dict) and all(_fits(k, inside[0]) and _fits(v, inside[1]) for k, v in value.items())
    if is_typeddict(hint):
        inner = get_type_hints(hint)
        return isinstance(value, dict) and all(key in inner and _fits(each, inner[key]) for key, each in value.items())
    if hint is float and isinstance(value, str):
        return value.replace(".", "", 1).isdecimal() and value.isascii()
    if hint in (int, float):
        return isinstance(value, (int, hint)) and not isinstance(value, bool) and value >= 0
    return isinstance(value, hint)


def _kind(hint: Any) -> str:
    """The same in words."""
    kind, inside = get_origin(hint), get_args(hint)
    if kind in (UnionType, Union):
        return " or ".join(_kind(each) for each in inside if each is not NoneType)
    if kind is Literal:
        return " or ".join(inside)
    if kind is Sequence:
        return f"a list, each {_kind(inside[0])}"
    if kind is Mapping:
        return f"a mapping from {_kind(inside[0])} to {_kind(inside[1])}"
    if is_typeddict(hint):
        return f"a mapping of {', '.join(get_type_hints(hint))}"
    return {int: "a whole number", float: "a number", str: "text", bool: "true or false"}.get(hint, str(hint))
