"""The Decision Header: fit for tonight or not, why, the counts, and what the page speaks of."""

from collections.abc import Iterator

from runbook_lint.report.document import Counts, Nightly, Repository
from runbook_lint.report.page.tags import labels, listing, number, percent, row, said, section, table, text
from runbook_lint.summary import many as many_of

_HEADS = ("Repository", "Commit", "Uncommitted", "History", "Read")
# Shapes, so that the verdict is not told by colour.
_FIT = '<path d="M9 21l7 7 15-16" />'
_UNFIT = '<path d="M11 11l18 18M29 11L11 29" />'
STYLE = labels("sources", _HEADS)


def render(document: Nightly) -> str:
    """The first section."""
    decision = document["decision"]
    fit = decision["fit"]
    why = listing(map(said, decision["reasons"])) if decision["reasons"] else "<p>Nothing speaks against it.</p>"
    body = (
        f'<div class="verdict {"fit" if fit else "unfit"}">'
        f"<svg width=40 height=40 aria-hidden=true>{_FIT if fit else _UNFIT}</svg>"
        f"<div><p class=word>{said(decision['verdict'])}</p>{why}</div></div>\n"
        f"<dl class=counts>{''.join(_tiles(decision['counts']))}</dl>\n{_sources(document)}"
    )
    asked = "Decide whether the estate is fit for tonight" + (
        ", and who has to be told if it is not." if not fit else "."
    )
    return section("decision", "Decision Header", asked, body)


def _tiles(of: Counts) -> Iterator[str]:
    covered = percent(of["mapped"], of["alerts"]) if of["alerts"] else "none"
    findings = f"{many_of(of['errors'], 'error')}, {many_of(of['warnings'], 'warning')}"
    yield _tile("Alerts with a working runbook", covered, f"{number(of['mapped'])} of {number(of['alerts'])}")
    yield _bad("Alerts without one", of["unmapped"], f"{number(of['unmapped_sev1'])} for sev1")
    yield _bad("Reviews overdue", of["overdue"], f"{number(of['overdue_sev1'])} for sev1")
    yield _bad("Never dated", of["undated"], f"of {many_of(of['entries'], 'entry', 'entries')}")
    yield _bad("Secrets", of["secrets"], "in what was read")
    yield _bad("Not readable", of["unreadable"], "nothing is known of these")
    yield _tile("Cannot tell", number(of["cannot_tell"]), "from templates or elsewhere")
    yield _tile("Waivers", number(of["waivers"]), f"{number(of['waivers_ending'])} ending soon")
    yield _tile("Baseline", number(of["baseline"]), "older findings let be")
    yield _tile("Findings", number(of["errors"] + of["warnings"]), findings)


def _bad(name: str, count: int, about: str) -> str:
    return _tile(name, number(count), about, " class=bad" if count else "")


def _tile(name: str, value: str, about: str, kind: str = "") -> str:
    return f"<div{kind}><dt>{name}</dt><dd><b>{value}</b> <span>{about}</span></dd></div>"


def _sources(document: Nightly) -> str:
    if not document["repositories"]:
        return "<p>No repository was looked at.</p>"
    caption = f"What this page speaks of, as of {text(document['as_of'])}"
    return table("sources", caption, _HEADS, map(_source, document["repositories"]))


def _source(each: Repository) -> str:
    commit = (
        f"<code>{text(each['commit'][:10])}</code> of {text(each['committed'][:10])}" if each["commit"] else "no git"
    )
    work = "yes, and this page counts it in" if each["dirty"] else "none" if each["commit"] else ""
    since = f"since {text(each['since'][:10])}" if each["since"] else "none"
    return row(
        commit,
        work,
        since + (", cut off there (shallow clone)" if each["shallow"] else ""),
        text(each["read"]),
        head=text(each["name"]) or "this one",
    )
