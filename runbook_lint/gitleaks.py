"""A configuration of gitleaks 8, in TOML -> pack entries. What cannot be taken over is refused with a sentence."""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from runbook_lint import patterns, re2, toml
from runbook_lint.model import UserError
from runbook_lint.toml import Table

# Reads the file of a name; the place is for the sentence when it cannot be read.
Read = Callable[[str, str], str]

# The keys of each table, in lower case as gitleaks compares them, and what stands there.
_TOP = {
    "title": "text",
    "description": "text",
    "minversion": "text",
    "extend": "a table",
    "rules": "a list of tables",
    "allowlist": "a table or a list of tables",
    "allowlists": "a list of tables",
}
_EXTEND = {"usedefault": "true or false", "path": "text", "url": "text", "disabledrules": "a list of texts"}
_RULE = {
    "id": "text",
    "description": "text",
    "regex": "text",
    "path": "text",
    "secretgroup": "a whole number",
    "entropy": "a number",
    "keywords": "a list of texts",
    "tags": "a list of texts",
    "allowlist": "a table or a list of tables",
    "allowlists": "a list of tables",
    "required": "a list of tables",
    "skipreport": "true or false",
}
_ALLOW = {
    "description": "text",
    "condition": "text",
    "commits": "a list of texts",
    "paths": "a list of texts",
    "regextarget": "text",
    "regexes": "a list of texts",
    "stopwords": "a list of texts",
}
_GLOBAL = {**_ALLOW, "targetrules": "a list of texts"}
_CONDITIONS = {"": "or", "or": "or", "||": "or", "and": "and", "&&": "and"}
_TARGETS = {"": "secret", "secret": "secret", "match": "match", "line": "line"}
_DEPTH = 8
_ALLOWLIST = r"\[+ *allowlists?\b"
_WHY = "The rule is the repository's own: whoever can read the file, now or in its history, has what it finds."
_HINT = (
    "Revoke it first, then remove it; the history still has it. Name the place where operators get it instead. What is "
    "none belongs into an allow list."
)


class _Leak(NamedTuple):
    """A rule as it is written, and where."""

    where: str
    table: Table


class _Allow(NamedTuple):
    """An allow list: the files that it keeps out, and the option of the check that stands for the rest."""

    unless: Sequence[str]
    option: Sequence[Table]


class _Reading(NamedTuple):
    """A configuration with all that it extends; ``targeted`` are allow lists by the rule that they name."""

    leaks: Sequence[_Leak]
    everywhere: Sequence[_Allow]
    targeted: Sequence[tuple[str, str, _Allow]]
    defaults: bool


def entries(text: str, name: str, read: Read) -> Iterator[dict[str, Any]]:
    """The pack entries of a configuration."""
    reading = _read(text, name, read, (posixpath.normpath(name),))
    known = {leak.table["id"] for leak in reading.leaks}
    for where, id_, _ in reading.targeted:
        if id_ not in known and not reading.defaults:
            raise UserError(f"{where}: targetRules: there is no rule '{id_}'")
    taken: set[str] = set()
    for leak in reading.leaks:
        own = list(leak.table["allows"])
        own += [allow for _, id_, allow in reading.targeted if id_ == leak.table["id"]]
        if _reports(leak, reading.defaults):
            yield _entry(leak, [*reading.everywhere, *own], _free(leak.table["id"], taken), name)


def _reports(leak: _Leak, defaults: bool) -> bool:
    """Whether a rule finds anything: one without an expression only tunes one of the defaults, which are not ours."""
    if leak.table.get("required"):
        raise UserError(f"{leak.where}: `required` cannot be judged; a rule may only speak of what it finds itself")
    if leak.table.get("regex") or leak.table.get("path"):
        return not leak.table.get("skipreport")
    if not defaults:
        raise UserError(f"{leak.where}: it has neither `regex` nor `path`, so it finds nothing")
    return False


def _entry(leak: _Leak, allows: Sequence[_Allow], id_: str, name: str) -> dict[str, Any]:
    table = leak.table
    title = " ".join(table.get("description", "").split()).rstrip(".") or table["id"]
    said = "a secret stands here" if table.get("regex") else "such a file does not belong here"
    entry = {
        "id": id_,
        "each": "text",
        "field": "text",
        "must": {"hold-no-leak": _options(leak, allows)},
        "severity": "error",
        "message": f"{title}: {said}".replace("{", "{{").replace("}", "}}"),
        "why": _WHY,
        "source": f"{name}, rule {table['id']}",
        "hint": _HINT,
        "secret": bool(table.get("regex")),
        "unless": [path for allow in allows for path in allow.unless],
        "pack": name,
        "where": lambda *keys: leak.where,
    }
    return {**entry, "paths": [_expression(table["path"], f"{leak.where}: path")]} if table.get("path") else entry


def _options(leak: _Leak, allows: Sequence[_Allow]) -> Table:
    """The options of the check. A rule about files finds the first character of each."""
    table = leak.table
    options = {"pattern": r"\A[\s\S]", "keywords": [word.lower() for word in table["keywords"]]}
    if not table.get("regex"):
        return options
    pattern, group = _expression(table["regex"], f"{leak.where}: regex"), table.get("secretgroup", 0)
    groups = re.compile(pattern).groups
    if group > groups:
        raise UserError(f"{leak.where}: secretGroup is {group}, but the regex has {groups or 'no'} groups")
    allow = [option for allow in allows for option in allow.option]
    return {**options, "pattern": pattern, "group": group, "entropy": table.get("entropy", 0), "allow": allow}


def _free(id_: str, taken: set[str]) -> str:
    """The id of the entry: the rule's own in our letters, with a number when it is taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", id_.lower()).strip("-")
    plain = plain if plain[:1].isalpha() else f"rule-{plain}".rstrip("-")
    free, number = plain, 1
    while free in taken:
        number += 1
        free = f"{plain}-{number}"
    taken.add(free)
    return f"gitleaks/{free}"


def _read(text: str, name: str, read: Read, chain: Sequence[str]) -> _Reading:
    """A configuration with what it extends; ``chain`` are the files that led here, itself the last."""

    def where(key: str) -> str:
        return f"{name}:{toml.line_of_key(text, key)}"

    top = toml.checked(toml.parsed(text, name), _TOP, where)
    leaks = [_leak(rule, text, name) for rule in top.get("rules", ())]
    at = f"{name}:{toml.line_of(text, _ALLOWLIST)}"
    allows = [toml.checked(given, _GLOBAL, _said(f"{at}: allowlist")) for given in _lists(top)]
    everywhere = [_allowed(table, at) for table in allows if not table.get("targetrules")]
    targeted = [(at, id_, _allowed(table, at)) for table in allows for id_ in table.get("targetrules", ())]
    extend = toml.checked(top.get("extend", {}), _EXTEND, where)
    if extend.get("url"):
        raise UserError(f"{where('url')}: extend: a url is never followed; put the file into the repository, as `path`")
    own = _Reading(leaks, everywhere, targeted, extend.get("usedefault", False))
    if not extend.get("path"):
        return own
    return _extended(own, _base(extend["path"], where("extend"), read, chain), extend.get("disabledrules", ()))


def _base(path: str, where: str, read: Read, chain: Sequence[str]) -> _Reading:
    """What a configuration extends. Its path is one from the root of the repository."""
    path = posixpath.normpath(path)
    if path in chain or len(chain) > _DEPTH:
        words = "extends itself" if path in chain else f"is more than {_DEPTH} files away"
        raise UserError(f"{where}: extend: {path} {words}")
    return _read(read(path, f"{where}: extend"), path, read, (*chain, path))


def _extended(own: _Reading, base: _Reading, disabled: Sequence[str]) -> _Reading:
    """A configuration over the one that it extends: what both have is joined, and its own word counts."""
    bases = {leak.table["id"]: leak.table for leak in base.leaks if leak.table["id"] not in disabled}
    mine = [leak._replace(table=_joined(leak.table, bases.get(leak.table["id"], {}))) for leak in own.leaks]
    ids = {leak.table["id"] for leak in mine} | set(disabled)
    rest = [leak for leak in base.leaks if leak.table["id"] not in ids]
    everywhere, targeted = [*own.everywhere, *base.everywhere], [*own.targeted, *base.targeted]
    return _Reading([*mine, *rest], everywhere, targeted, own.defaults or base.defaults)


def _joined(table: Table, base: Table) -> Table:
    lists = {key: [*base.get(key, ()), *table[key]] for key in ("keywords", "allows")}
    return {**base, **{key: value for key, value in table.items() if value}, **lists}


def _leak(rule: Table, text: str, name: str) -> _Leak:
    """A rule with its keys checked, its allow lists under ``allows``."""
    id_ = next((value for key, value in rule.items() if key.lower() == "id"), "")
    if not isinstance(id_, str) or not id_:
        number = toml.line_of(text, r"\[\[[ \t]*rules[ \t]*\]\]")
        raise UserError(f"{name}:{number}: a rule has no `id`")
    line = toml.line_of(text, rf"id[ \t]*=[ \t]*[\"']+{re.escape(id_)}[\"']")
    where = f"{name}:{line}: rule '{id_}'"
    table = toml.checked(rule, _RULE, _said(where))
    lists = [toml.checked(each, _ALLOW, _said(f"{where}: allowlist")) for each in _lists(table)]
    return _Leak(where, {"keywords": [], **table, "allows": [_allowed(each, where) for each in lists]})


def _said(where: str) -> Callable[[str], str]:
    """The place of every key of a table, where only that of the table is known."""
    return lambda _key: where


def _lists(table: Table) -> list[Table]:
    """The allow lists of a rule or of the whole, in the newer and in the older way of writing."""
    older = table.get("allowlist", [])
    return [*table.get("allowlists", ()), *(older if isinstance(older, list) else [older])]


def _allowed(table: Table, where: str) -> _Allow:
    """What an allow list stands for. Commits cannot be judged in a text, so a list that asks for one never holds."""
    both = _choice(table, "condition", _CONDITIONS, where) == "and"
    target = _choice(table, "regextarget", _TARGETS, where)
    if not any(table.get(key) for key in ("commits", "paths", "regexes", "stopwords")):
        raise UserError(f"{where}: allowlist: it names no commits, paths, regexes or stopwords")
    paths, regexes = (
        [_expression(each, f"{where}: allowlist: {key}") for each in table.get(key, ())] for key in ("paths", "regexes")
    )
    words = {"regexes": regexes, "stopwords": [word for word in table.get("stopwords", ()) if word]}
    words = {key: value for key, value in words.items() if value}
    if both and (table.get("commits") or not words):
        return _Allow((), ()) if table.get("commits") else _Allow(paths, ())
    option = {**words, "target": target, "condition": "and" if both else "or"}
    if both and paths:
        return _Allow((), [{**option, "paths": paths}])
    return _Allow(paths, [option] if words else [])


def _choice(table: Table, key: str, choices: Mapping[str, str], where: str) -> str:
    given = table.get(key, "").lower()
    if given not in choices:
        raise UserError(f"{where}: allowlist: '{key}' must be {' or '.join(sorted(set(choices.values())))}")
    return choices[given]


def _expression(given: str, where: str) -> str:
    """An expression of Go for Python."""
    try:
        expression = re2.translate(given)
        why = patterns.invalid(expression)
    except ValueError as error:
        why = str(error)
    if why:
        raise UserError(f"{where}: this is no regular expression that can be used here: {why}")
    return expression
