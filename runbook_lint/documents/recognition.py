"""Which markdown texts are runbooks, with no configuration: by path, by title, by sections, by the alert they are named
after. A page that only has a few headings in common with one (a README, a design, a post-mortem) is none."""

import re
from collections.abc import Iterator

from runbook_lint.documents import profiles
from runbook_lint.expressions import lazy

_NAME = lazy(r"(?:^|[^a-z])(?:run[-_ ]?books?|play[-_ ]?books?)(?:$|[^a-z])", re.I)
_ON_CALL = lazy(r"(?:^|[^a-z])on[-_]?call(?:$|[^a-z])", re.I)
_ANSIBLE = lazy(r"(?:^|[^a-z])ansible(?:$|[^a-z])", re.I)
# Files that have a work of their own in any folder.
_OTHER_FILE = lazy(
    r"(?:readme|index|_index|contributing|changelog|history|release[-_]?notes|code[-_]of[-_]conduct|security|license|"
    r"summary|support|governance|maintainers|authors|roadmap|glossary|pull_request_template|"
    r"(?:.*[-_ ])?templates?(?:[-_ ].*)?|(?:.*[-_ ])?(?:adr|rfc)(?:[-_ ].*)?|(?:.*[-_ ])?post-?mortems?(?:[-_ ].*)?)",
    re.I,
)
_OTHER_FOLDER = lazy(
    r"\.github|\.gitlab|issue_template|_?posts|blog|news|adrs?|rfcs?|decisions|proposals|post-?mortems?|templates?|roles",
    re.I,
)
_RUNBOOKS = lazy(r"(?:.*[-_ ])?run[-_ ]?books?", re.I)
# Files without an ending that people keep in any folder.
_BARE = lazy(
    r"(?:licen[cs]e|copying|notice|owners|codeowners|readme|authors|contributors|changelog|version|todo|install|"
    r".*(?:makefile|dockerfile|containerfile|jenkinsfile|vagrantfile|procfile|gemfile|rakefile|justfile|tiltfile))",
    re.I,
)
_ALERTS = lazy(r"(?:.*[-_])?alerts?(?:[-_].*)?", re.I)
# Both are looked for from the end of the line before: a letter that is always there is found quickly.
# A fence reaches to the next line that begins with as much of its mark.
_FENCE = lazy(r"\n {0,3}(`{3,}+|~{3,}+)[^\n]*+(?=\n)(?:\n(?! {0,3}\1)[^\n]*+)*+(?:\n[^\n]*+)?+")
_HEADING = lazy(r"\n {0,3}(?:(#{1,6})[ \t]+([^\n]+)|(?![#>|*+-])(\S[^\n]*+)\n {0,3}(=++|-{2,}+)[ \t]*+(?![^\n]))")


def is_runbook(path: str, text: str) -> bool:
    """Whether a markdown text is a runbook."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    parts = folder.split("/")
    if _OTHER_FILE.fullmatch(stem) or any(_OTHER_FOLDER.fullmatch(part) for part in parts):
        return False
    if _named(parts, stem) and not _ANSIBLE.search(path):
        return True
    headings = list(_headings(text))
    if not headings:
        return False
    title = headings[0][1].strip("`* ")
    if _NAME.search(title) and not _ANSIBLE.search(path + title):
        return True
    return profiles.unmistakable(headings) or (_is_alert(title, stem) and _about_alerts(parts, headings))


def may_be_bare(path: str) -> bool:
    """Whether a file without an ending may be a runbook: one in a folder of runbooks."""
    folder, _, name = path.rpartition("/")
    if "." in name or _BARE.fullmatch(name):
        return False
    return any(_RUNBOOKS.fullmatch(part) for part in folder.split("/"))


def is_bare_runbook(path: str, text: str) -> bool:
    """Whether a text without an ending is a runbook: markdown with a title and a runbook's sections, no script."""
    if text.startswith("#!") or not is_runbook(path, text):
        return False
    headings = list(_headings(text))
    below = [title for level, title in headings if level > 1]
    return len(below) < len(headings) and (
        bool(profiles.recognise(headings)) or len(profiles.found("alert", below)) > 1
    )


def _headings(text: str) -> Iterator[tuple[int, str]]:
    """Level and text of the headings, near enough: whether a page is worth more than a glance must cost no more."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for found in _HEADING.finditer(_FENCE.sub("\n", f"\n{text}")):
        level = len(found[1]) if found[1] else 1 + found[4].startswith("-")
        yield level, (found[2] or found[3]).strip(" \t#")


def _named(parts: list[str], stem: str) -> bool:
    return bool(_NAME.search(stem) or _ON_CALL.search(stem)) or any(
        _NAME.fullmatch(part) or _ON_CALL.fullmatch(part) for part in parts
    )


def _is_alert(title: str, stem: str) -> bool:
    """An alert's runbook has the alert's name as its title and its file name: one word of several capitals."""
    return title.split(" ")[0] == stem and sum(letter.isupper() for letter in stem) > 1 and stem.isalnum()


def _about_alerts(parts: list[str], headings: list[tuple[int, str]]) -> bool:
    """``GraphQL.md`` with the title GraphQL is no alert's runbook: the folder or the sections must say more."""
    titles = [title for level, title in headings if level > 1]
    return any(_ALERTS.fullmatch(part) for part in parts) or len(profiles.found("alert", titles)) > 1
