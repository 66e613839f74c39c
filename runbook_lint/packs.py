"""The packs: entries that say what a rule is. Refuses what the schema of packs does not know."""

import json
import os
from binascii import crc32
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from runbook_lint import resources
from runbook_lint.config import Config, checked_tree, placed
from runbook_lint.documents import yamltree
from runbook_lint.documents.tree import plain
from runbook_lint.model import UserError
from runbook_lint.places import Lines

Entry = dict[str, Any]
# The file beside the packs that ``packed`` makes.
PACKED = "packs.json"
# What of a rule only those ask for who explain or test it.
_EXPLAINING = frozenset({"examples", "source"})
SCOPES = ("each", "every", "change")


@lru_cache(maxsize=1)
def shipped_entries() -> Sequence[Entry]:
    """The entries of all packs that come with the tool, by family, without their examples."""
    known = json.loads(resources.read("rules", PACKED)) if resources.has("rules", PACKED) else {}
    families = resources.names("rules", ".yaml")
    return [entry for family in families for entry in _shipped(family, known.get(family, {}))]


def _shipped(family: str, known: Mapping[str, Any]) -> Iterable[Entry]:
    """The entries of a family as ``packed`` made them, or from its pack where that was changed since."""
    if known.get("sum") != _sum(resources.content("rules", f"{family}.yaml")):
        known = _bare(_pack(family))
    return _merged(known)


@lru_cache(maxsize=1)
def full_entries() -> Sequence[Entry]:
    """The same with their examples, for those who explain, or test, a rule."""
    return [entry for family in resources.names("rules", ".yaml") for entry in _merged(_pack(family))]


def explained(root: str, config: Config) -> list[Entry]:
    """The entries of all rules with their examples, those of the packs in a user's repository too."""
    return [*full_entries(), *user_entries(on_disk(root), config)]


def packed() -> str:
    """All packs as the one file that is read at every start: without what only an explanation tells, in the form that
    is read fastest. A pack that was changed since is noticed by its sum, and read itself."""
    packs = {
        family: {"sum": _sum(resources.content("rules", f"{family}.yaml")), **_bare(_pack(family))}
        for family in resources.names("rules", ".yaml")
    }
    return json.dumps(packs, ensure_ascii=False, separators=(",", ":")) + "\n"


def _sum(content: bytes) -> int:
    """The sum of a pack, whatever ends its lines in a checkout."""
    return crc32(content.replace(b"\r\n", b"\n"))


def _pack(family: str) -> dict[str, Any]:
    pack: dict[str, Any] = plain(yamltree.read(resources.read("rules", f"{family}.yaml")).documents[0].root)
    return pack


def _bare(pack: Mapping[str, Any]) -> dict[str, Any]:
    """What a run needs of a pack."""
    rules = [{key: value for key, value in rule.items() if key not in _EXPLAINING} for rule in pack["rules"]]
    return {"defaults": pack.get("defaults", {}), "rules": rules}


def _merged(pack: Mapping[str, Any]) -> list[Entry]:
    defaults = pack.get("defaults", {})
    return [{**defaults, **rule} for rule in pack["rules"]]


def user_entries(read: Callable[[str], bytes], config: Config) -> Iterator[Entry]:
    """The entries of the user's own packs, each pack valid by its schema; ``where`` says the place of what is under
    keys. A pack in TOML is a configuration of gitleaks."""
    for name in config.packs:
        text = _text(read, name, config.where("packs"))
        if name.endswith(".toml"):
            from runbook_lint import gitleaks

            yield from gitleaks.entries(text, name, partial(_text, read))
        else:
            yield from _own_entries(text, name)


def on_disk(root: str) -> Callable[[str], bytes]:
    """Reads a file by its path from the root."""

    def read(name: str) -> bytes:
        with open(os.path.join(root, name), "rb") as handle:
            return handle.read()

    return read


def _text(read: Callable[[str], bytes], name: str, where: str) -> str:
    try:
        return read(name).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or "it is no UTF-8"
        raise UserError(f"{where}: the pack {name} cannot be read: {words}") from None


def _own_entries(text: str, name: str) -> Iterator[Entry]:
    tree = checked_tree(text, name, "pack")
    lines = Lines(text)
    defaults = plain(tree.value["defaults"]) if "defaults" in tree.value else {}
    for rule in tree.value["rules"].value:
        entry = {**defaults, **plain(rule), "pack": name, "where": partial(placed, rule, lines, name)}
        _refuse_gaps(entry)
        _refuse_messages(entry)
        yield entry


def _refuse_gaps(entry: Entry) -> None:
    """Refuses a rule that lacks what neither it nor its pack's defaults say."""
    scopes = [scope for scope in SCOPES if scope in entry]
    if len(scopes) != 1:
        raise UserError(
            f"{where_of(entry)}: {entry['id']}: say what it judges with one of `each:`, `every:` and `change:`"
        )
    for key in ("severity", "why"):
        if key not in entry:
            raise UserError(f"{where_of(entry)}: {entry['id']}: it has no `{key}`, nor have the `defaults` of its pack")


def _refuse_messages(entry: Entry) -> None:
    """Refuses a message that cannot be filled. A name that neither check nor item knows is left as it is written."""
    from string import Formatter

    cases = entry.get("cases", {})
    messages: list[tuple[tuple[str, ...], str]] = [(("message",), entry["message"])]
    messages += [(("cases", name, "message"), case["message"]) for name, case in cases.items() if "message" in case]
    for keys, message in messages:
        try:
            fields = [field[1:] for field in Formatter().parse(message) if field[1] is not None]
        except ValueError:
            fields = [("", "", "")]
        for name, form, conversion in fields:
            if not str(name).isidentifier() or form or conversion:
                advice = "a message may hold plain names such as {key}; write {{ and }} for braces"
                raise UserError(f"{where_of(entry, *keys)}: {entry['id']}: {advice}")


def examples(entry: Entry) -> list[dict[str, Any]]:
    """The examples of an entry, those that are only a piece of text as a runbook with that piece in it."""
    return [_whole_example(entry, each) for each in entry.get("examples", ())]


def _whole_example(entry: Entry, example: Mapping[str, Any]) -> dict[str, Any]:
    kind = "good" if "good" in example else "bad"
    piece = example[kind]
    if not isinstance(piece, str):
        return dict(example)
    opening = "# Example\n\n```text\n"
    before, mark, _ = (opening + piece).partition("«")
    whole = {**example, kind: {"runbooks/example.md": f"{opening}{piece.replace('«', '').replace('»', '')}\n```\n"}}
    if mark:
        before = before.replace("(+)", "")
        place = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
        whole["found"] = [f"runbooks/example.md:{place}: {entry['message']}"]
    return whole


def scope_of(entry: Entry) -> str:
    """The word that names the scope of an entry: ``each``, ``every`` or ``change``."""
    return next(scope for scope in SCOPES if scope in entry)


def where_of(entry: Entry, *keys: str | int) -> str:
    """The place of what stands under keys of an entry."""
    where: Callable[..., str] = entry.get("where", lambda *keys: "rules")
    return where(*keys)
