"""Checks of the catalog's entries against each other and against the runbooks."""

from collections.abc import Iterator, Mapping

from runbook_lint.checks import entries, targets
from runbook_lint.model import Estate, Item, Member, Problem, Rewrite, Value


def have_unique_ids(estate: Estate) -> Iterator[Problem]:
    """No id or alias is used twice in all catalogs; a difference in case alone is no difference."""
    first: dict[str, tuple[Item, str, str]] = {}
    entries = (*estate.all("entry"), *estate.all("retired"))
    for entry in sorted(entries, key=lambda entry: (entry.path, entry.place)):
        for role, value in _names(entry):
            name = str(value.value).strip()
            seen = first.setdefault(name.casefold(), (entry, name, role))
            if seen[0] is entry and (seen[1], seen[2]) == (name, role):
                continue
            yield _collision(entry, role, value, name, seen)


def _names(entry: Item) -> Iterator[tuple[str, Value]]:
    id_ = entry.fields.get("id")
    if id_ is not None and entry.key:
        yield "id", id_
    aliases = entry.raw("aliases")
    for alias in aliases if isinstance(aliases, list) else ():
        if isinstance(alias.value, str):
            yield "alias", alias


def _collision(entry: Item, role: str, value: Value, name: str, seen: tuple[Item, str, str]) -> Problem:
    other, spelling, other_role = seen
    case = "case" if spelling != name else ("alias" if "alias" in (role, other_role) else "")
    words = {"name": name, "other": other, "spelling": spelling, "role": role, "other_role": other_role}
    return Problem(value.span, words, case, name, entry, also=(other,))


def have_unique_targets(estate: Estate, *, url_prefixes: Mapping[str, str]) -> Iterator[Problem]:
    """No two entries lead to the same place."""
    first: dict[tuple[str, str], Item] = {}
    leads = targets.leads(estate, url_prefixes)
    for entry in estate.all("entry"):
        url = entry.fields.get("url")
        if url is None or not entry.text("url"):
            continue
        target = leads[entry].target
        key = (targets.folded(target.path) or targets.folded(entry.text("url")), target.anchor.casefold())
        other = first.setdefault(key, entry)
        if other is not entry:
            words = {"url": entry.text("url"), "other": other, "other_id": other.key}
            yield Problem(url.span, words, subject=entry.text("url"), item=entry, also=(other,))


def have_a_target(estate: Estate, *, url_prefixes: Mapping[str, str]) -> Iterator[Problem]:
    """The file of an entry's ``url`` is in the repository, written the same way, and has its anchor."""
    folders = targets.folders(estate.paths)
    spellings = {path.casefold(): path for path in sorted(estate.paths, reverse=True) if path not in folders}
    leads = targets.leads(estate, url_prefixes)
    for entry in estate.all("entry"):
        url = entry.fields.get("url")
        if url is None or not isinstance(url.value, str) or not url.value.strip():
            continue
        problem = _target_problem(entry, url, leads[entry], estate, spellings)
        if problem is not None:
            yield problem


def _target_problem(
    entry: Item, url: Value, lead: targets.Lead, estate: Estate, spellings: Mapping[str, str]
) -> Problem | None:
    target, path = lead
    words = {"url": entry.text("url"), "path": target.path, "anchor": target.anchor}
    if target.outside:
        return Problem(url.span, words, "outside", item=entry)
    if not target.path:
        return None if targets.is_url(words["url"]) else Problem(url.span, words, "nothing", item=entry)
    if path.casefold() not in spellings:
        near = spellings.get(target.path.casefold(), "")
        return Problem(url.span, {**words, "near": near}, "case" if near else "", item=entry)
    known = targets.anchors(path, estate)
    if target.anchor and known is not None and target.anchor.lower() not in known:
        return Problem(url.span, {**words, "path": path}, "anchor", item=entry)
    return None


def be_listed(estate: Estate, *, url_prefixes: Mapping[str, str], severity_map: Mapping[str, str]) -> Iterator[Problem]:
    """Every runbook is in the catalog, once there is one and it could be read. What the repository tells of one that is
    not makes its entry."""
    if not estate.has_catalog:
        return
    new = unlisted(estate, url_prefixes)
    if new:
        catalog = min(item.path for item in estate.all("catalog"))
        propose = entries.proposer(estate, severity_map)
        yield from (Problem(item=runbook, edits=(Member(catalog, propose(runbook)),)) for runbook in new)


def unlisted(estate: Estate, url_prefixes: Mapping[str, str]) -> list[Item]:
    """The runbooks that no entry leads to."""
    # An entry that is wrong only about capitals is told so; the runbook is listed all the same.
    listed = {(file or target.path).casefold() for target, file in targets.leads(estate, url_prefixes).values()}
    return [runbook for runbook in estate.all("runbook") if runbook.path.casefold() not in listed]


def have_the_same_title(estate: Estate, *, url_prefixes: Mapping[str, str]) -> Iterator[Problem]:
    """An entry's title is the heading that it leads to, but for case and spaces."""
    leads = targets.leads(estate, url_prefixes)
    for entry in estate.all("entry"):
        title = entry.fields.get("title")
        heading = _heading(leads[entry], estate)
        if title is None or not heading or title.value == heading or _plain(str(title.value)) == _plain(heading):
            continue
        words = {"title": entry.text("title"), "heading": heading}
        yield Problem(title.span, words, item=entry, edits=(Rewrite(title, heading),))


def _heading(lead: targets.Lead, estate: Estate) -> str:
    target, file = lead
    runbook = estate.by_path.get(file)
    if runbook is None:
        return ""
    if target.anchor:
        known: Mapping[str, str] = runbook.raw("anchors", {})
        return known.get(target.anchor.lower(), "")
    return runbook.text("title")


def _plain(title: str) -> str:
    return " ".join(title.casefold().replace("`", "").split())
