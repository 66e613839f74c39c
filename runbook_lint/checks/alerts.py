"""Checks of alerts and the runbooks they lead to. Where a reference leads was worked out before (``Estate.links``)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from runbook_lint.checks import entries, targets
from runbook_lint.model import Estate, Item, Link, Problem, Repair, Sibling, Value


def _is_id(link: Link) -> bool:
    return link.key.endswith("runbook_id")


def _first_resolved(links: Sequence[Link]) -> Link | None:
    for link in links:
        if link.id:
            return link
    return None


def _retired(estate: Estate) -> dict[str, Item]:
    """The retired entries by id, but for ids that a live entry has too."""
    live = {entry.key for entry in estate.all("entry")}
    return {entry.key: entry for entry in estate.all("retired") if entry.key and entry.key not in live}


def have_a_runbook_id(estate: Estate, *, url_prefixes: Mapping[str, str]) -> Iterator[Problem]:
    """Every alert names its runbook by id. Where another reference leads to exactly one live entry, its id is
    offered."""
    retired = _retired(estate)
    # Names are looked up only where an alert has no id.
    named = cache(lambda: _by_name(estate, url_prefixes))
    for alert in estate.all("alert"):
        links = estate.links.get(alert, ())
        if links and (_is_id(links[0]) or any(map(_is_id, links))):
            continue
        resolved = _first_resolved(links)
        if resolved is not None and resolved.id not in retired:
            words = {"id": resolved.id, "key": resolved.key}
            yield Problem(
                None, words, "link-resolves", item=alert, edits=_with_id(alert, resolved.id, alert.fields[resolved.key])
            )
        elif all(link.verdict == "cannot-tell" for link in links) and (id_ := named()(alert.key)):
            beside = alert.fields[links[0].key] if links else None
            yield Problem(None, {"id": id_}, "name-resolves", item=alert, edits=_with_id(alert, id_, beside))
        elif links and links[0].verdict == "cannot-tell":
            yield Problem(None, {"key": links[0].key}, "link-untold", item=alert)
        else:
            yield Problem(item=alert)


def _by_name(estate: Estate, url_prefixes: Mapping[str, str]) -> Callable[[str], str]:
    """Gives the id of the one live entry whose runbook is called like an alert."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    numbers = Counter(entry.key for entry in estate.all("entry"))
    leads = targets.leads(estate, url_prefixes)
    for entry in estate.all("entry"):
        ids[leads[entry].file].append(entry.key if numbers[entry.key] == 1 else "")
    of_name = entries.by_name(estate)

    def of(name: str) -> str:
        found = ids.get(of_name(name) or "-", [])
        return found[0] if len(found) == 1 else ""

    return of


def _with_id(alert: Item, id_: str, beside: Value | None) -> tuple[Repair, ...]:
    """The id among the annotations of an alert: beside the link, the first annotation, or new ones below its
    expression. What is merged in from elsewhere is not edited there."""
    inside = (name for name in alert.fields if name.startswith("annotations.") and name.count(".") == 1)
    first = beside if beside is not None and _is_annotation(alert, beside) else None
    first = first or next((alert.fields[name] for name in inside), None)
    if first is not None:
        return (Sibling(first, "runbook_id", id_),) if _is_own(alert, first) else ()
    own = next((alert.fields[name] for name in ("labels", "for", "expr") if name in alert.fields), None)
    if own is None or "annotations" in alert.fields or not _is_own(alert, own):
        return ()
    return (Sibling(own, "annotations", {"runbook_id": id_}),)


def _is_annotation(alert: Item, value: Value) -> bool:
    return any(each.key == value.key and name.startswith("annotations.") for name, each in alert.fields.items())


def _is_own(alert: Item, value: Value) -> bool:
    return alert.extent.start <= value.key < alert.extent.end


def have_known_runbooks(estate: Estate) -> Iterator[Problem]:
    """Whatever an alert names as its runbook is one."""
    for alert in estate.all("alert"):
        for link in estate.links.get(alert, ()):
            if link.verdict != "unknown" and not link.why:
                continue
            words = {"key": link.key, "value": link.value, "hint": link.hint, "anchor": link.anchor, "path": link.path}
            yield Problem(alert.fields[link.key].span, words, link.why, f"{link.key} {link.value}", alert)


def have_agreeing_links(estate: Estate) -> Iterator[Problem]:
    """All references of an alert lead to the same runbook. One that leads to a retired entry has its own fault."""
    retired = _retired(estate)
    for alert in estate.all("alert"):
        given = estate.links.get(alert, ())
        if len(given) < 2:
            continue
        links = [link for link in given if link.verdict == "resolved" and link.id not in retired]
        first = next((link for link in links if _is_id(link)), None)
        for link in links if first is not None else ():
            if first is None or not _differ(first, link):
                continue
            words = {"key": link.key, "id": first.id, "other_id": link.id or link.path}
            yield Problem(alert.fields[link.key].span, words, subject=link.key, item=alert)


def _differ(first: Link, other: Link) -> bool:
    if first.id and other.id:
        return first.id != other.id
    return bool(first.path and other.path and first.path != other.path)


def have_a_live_runbook(estate: Estate) -> Iterator[Problem]:
    """No alert leads to a retired entry."""
    retired = _retired(estate)
    for alert in estate.all("alert") if retired else ():
        dead = (link for link in estate.links.get(alert, ()) if link.id in retired)
        link = next(dead, None)
        if link is not None:
            by = retired[link.id].text("replaced_by")
            words = {"id": link.id, "by": by, "key": link.key}
            yield Problem(alert.fields[link.key].span, words, "replaced" if by else "", link.id, alert)


def have_the_same_severity(estate: Estate, *, severity_map: Mapping[str, str]) -> Iterator[Problem]:
    """An alert's severity label, translated, is the ``severity_hint`` of its runbook; an unknown label says nothing."""
    hints = {entry.key: entry.text("severity_hint") for entry in estate.all("entry")}
    for alert in estate.all("alert"):
        resolved = _first_resolved(estate.links.get(alert, ()))
        theirs = hints.get(resolved.id) if resolved is not None else ""
        if resolved is None or not theirs:
            continue
        label = alert.text("labels.severity")
        ours = severity_map.get(label.lower())
        value = alert.fields.get("labels.severity") if ours and ours != theirs else None
        if value is not None:
            words = {"label": label, "ours": ours, "theirs": theirs, "id": resolved.id}
            yield Problem(value.span, words, item=alert)
